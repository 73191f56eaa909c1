"""Everything that ddbbulk raises.

::

    DdbBulkError                      .report: what was done before it, if a load ran
      ConfigurationError              a setting, table or file that cannot work
      SourceError                     the source of items failed  .position
      InvalidItemError                one item that DynamoDB would refuse  .code
        ItemTooLargeError
      RejectedItemsError              asked for by LoadReport.raise_for_rejected()
      TooManyFailuresError            so many rejections that going on is pointless
      DeadlineReachedError            the time that the load was given is over
      ConservationError               the counts do not balance: a defect of ddbbulk
      RestoreOwedError                raised capacity is not put back  .next_decrease
      WriterClosedError               a writer was used before or after its block
      RequestError                    a request that failed for good  .table .code
        ThrottledError
        ServiceUnavailableError
        ConnectionFailedError
        CredentialsError
        AccessDeniedError
        TableNotFoundError
        RequestRejectedError
"""

from datetime import datetime
from typing import Any


class DdbBulkError(Exception):
    """The root of the tree.

    Attributes:
        report: the ``LoadReport`` up to the error, where a load had begun. (Its type is
            not named here because reports stand above errors.)
    """

    report: Any = None


class ConfigurationError(DdbBulkError, ValueError):
    """A setting, a table or a file that cannot work; the message names the fix."""


class SourceError(DdbBulkError):
    """The source of items failed before its end."""

    def __init__(self, message: str, *, position: int) -> None:
        super().__init__(message)
        self.position = position


class InvalidItemError(DdbBulkError):
    """One item that DynamoDB would refuse: it is rejected, the load goes on.

    Args:
        message: what is wrong, with the attribute's name but never its value, except
            that of a key (escaped, cut at 64 characters).
        code: a stable word for the reason, such as ``MissingKey``.
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class ItemTooLargeError(InvalidItemError):
    """An item above DynamoDB's 400 KB."""


class RejectedItemsError(DdbBulkError):
    """Some items were rejected and the caller asked for that to be an error."""


class TooManyFailuresError(DdbBulkError):
    """So many items were rejected that the load was stopped."""


class DeadlineReachedError(DdbBulkError):
    """The time that a load was given is over; a checkpoint knows what is left."""


class ConservationError(DdbBulkError):
    """Items read and items accounted for differ: a defect, never to be ignored."""


class RestoreOwedError(DdbBulkError):
    """Raised capacity could not be put back: it goes on to cost money.

    Args:
        message: why, and how to put it back.
        next_decrease: when the service allows that, where that is why.
    """

    def __init__(self, message: str, *, next_decrease: datetime | None = None) -> None:
        super().__init__(message)
        self.next_decrease = next_decrease


class WriterClosedError(DdbBulkError):
    """A writer was used outside its ``async with`` block, or after an error."""


class RequestError(DdbBulkError):
    """A request that failed and that a retry would not mend."""

    def __init__(self, message: str, *, table: str = "", code: str = "") -> None:
        super().__init__(message)
        self.table = table
        self.code = code


class ThrottledError(RequestError):
    """DynamoDB throttled every attempt for as long as the retry policy waits."""


class ServiceUnavailableError(RequestError):
    """DynamoDB answered with server errors for as long as the policy waits."""


class ConnectionFailedError(RequestError):
    """The endpoint could not be reached, or hung up, for as long as we waited."""


class CredentialsError(RequestError):
    """No credentials, or none that the service accepts."""


class AccessDeniedError(RequestError):
    """The caller may not do this; the message names the IAM action."""


class TableNotFoundError(RequestError):
    """There is no such table at this endpoint, or it is not ready."""


class RequestRejectedError(RequestError):
    """The service refused the request as invalid."""
