"""The errors of requests of which nothing was admitted."""

from collections.abc import Iterable
from typing import Final

from ddbbulk.simulator.service_error import ServiceError, ThrottlingReason

ACCOUNT: Final = "AccountLimitExceeded"
_TABLE_MESSAGE: Final = (
    "The level of configured provisioned throughput for the table was exceeded. "
    "Consider increasing your provisioning level with the UpdateTable API."
)
_INDEX_MESSAGE: Final = (
    "The level of configured provisioned throughput for one or more global secondary "
    "indexes of the table was exceeded. Consider increasing your provisioning level "
    "for the under-provisioned global secondary indexes with the UpdateTable API"
)
_OTHER_MESSAGE: Final = (
    "Throughput exceeds the current capacity of your table or index. DynamoDB is "
    "automatically scaling your table or index so please try again shortly. If "
    "exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/"
    "amazondynamodb/latest/developerguide/bp-partition-key-design.html"
)
_ACCOUNT_MESSAGE: Final = (
    "Throughput exceeds the current throughput quota for your account. Please contact "
    "Support at https://aws.amazon.com/support to request a quota increase."
)


def throttled(reasons: Iterable[ThrottlingReason]) -> ServiceError:
    """The error of a request of which nothing was admitted.

    AWS's pages disagree on the classes. Here provisioned capacity has its own, as the
    BatchWriteItem page has it; an account's limit has RequestLimitExceeded, as the API
    reference describes that one; everything else is a ThrottlingException.
    """
    reasons = tuple(dict.fromkeys(reasons))
    provisioned = [
        reason
        for reason in reasons
        if reason.reason.endswith("ProvisionedThroughputExceeded")
    ]
    if provisioned:
        is_index = all(reason.reason.startswith("Index") for reason in provisioned)
        code = "ProvisionedThroughputExceededException"
        message = _INDEX_MESSAGE if is_index else _TABLE_MESSAGE
    elif all(reason.reason.endswith(ACCOUNT) for reason in reasons):
        code, message = "RequestLimitExceeded", _ACCOUNT_MESSAGE
    else:
        code, message = "ThrottlingException", _OTHER_MESSAGE
    return ServiceError(code, message, reasons=reasons)
