"""Transactions that are cancelled: why, action by action.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from ddbbulk.simulator.service_error import ServiceError, ThrottlingReason
from ddbbulk.simulator.throttling import throttled

_THROTTLED: Final = "ProvisionedThroughputExceeded"


class CancellationReason(NamedTuple):
    """Why an action could not be done.

    Attributes:
        code: such as ``ConditionalCheckFailed``; ``None`` where nothing was wrong.
        message: the text, where something was.
        item: the item that a condition did not hold for, where it was asked for.
    """

    code: str = "None"
    message: str = ""
    item: dict[str, Any] | None = None

    @classmethod
    def unmet(cls, item: dict[str, Any] | None) -> "CancellationReason":
        """A condition did not hold."""
        return cls("ConditionalCheckFailed", "The conditional request failed", item)

    @classmethod
    def invalid(cls, error: ServiceError) -> "CancellationReason":
        """What an action wants cannot be, as its table or item is.

        Raises:
            ServiceError: the error, where it is of another kind.
        """
        if error.code != "ValidationException":
            raise error
        return cls("ValidationError", error.message)

    @classmethod
    def of(cls, obstacle: ThrottlingReason) -> "CancellationReason":
        """There was no capacity for it."""
        error = throttled([obstacle])
        is_provisioned = error.code.startswith(_THROTTLED)
        code = _THROTTLED if is_provisioned else "ThrottlingError"
        return cls(code, error.message)

    def to_json(self) -> dict[str, Any]:
        """The element of ``CancellationReasons``."""
        answer: dict[str, Any] = {"Code": self.code}
        if self.message:
            answer["Message"] = self.message
        if self.item:
            answer["Item"] = self.item
        return answer


NO_REASON: Final = CancellationReason()


class TransactionCancelledError(ServiceError):
    """The answer to a transaction of which nothing was done.

    Args:
        reasons: one for each action, in order.
    """

    def __init__(self, reasons: Sequence[CancellationReason]) -> None:
        codes = ", ".join(reason.code for reason in reasons)
        super().__init__(
            "TransactionCanceledException",
            "Transaction cancelled, please refer cancellation reasons for specific "
            f"reasons [{codes}]",
        )
        self.cancellation_reasons = tuple(reasons)

    def to_json(self) -> dict[str, Any]:
        """The error as it travels: this one spells its message in upper case."""
        answer = super().to_json()
        answer["Message"] = answer.pop("message")
        answer["CancellationReasons"] = [
            reason.to_json() for reason in self.cancellation_reasons
        ]
        return answer
