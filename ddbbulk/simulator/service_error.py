"""What the simulator answers instead of a result: DynamoDB's own error codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_DYNAMODB: Final = "com.amazonaws.dynamodb.v20120810#"
# Errors of the framework below DynamoDB carry its name spaces (seen on the wire).
_NAME_SPACES: Final = {
    "ExpiredTokenException": "com.amazon.coral.service#",
    "SerializationException": "com.amazon.coral.service#",
    "ThrottlingException": "com.amazon.coral.availability#",
    "UnknownOperationException": "com.amazon.coral.service#",
    "ValidationException": "com.amazon.coral.validate#",
}


@dataclass(frozen=True, slots=True)
class ThrottlingReason:
    """Why a request was throttled: a reason word and the ARN that was short."""

    reason: str
    resource: str


class ServiceError(Exception):
    """An error answer of the service.

    Args:
        code: DynamoDB's code, such as ``ValidationException``.
        message: the text that DynamoDB would send (a client may match its beginning).
        status: the HTTP status.
        reasons: for throttles, what was short.
        item: for a failed condition that asked for it, the item as it stands.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        reasons: Sequence[ThrottlingReason] = (),
        item: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.reasons = tuple(reasons)
        self.item = item

    @classmethod
    def validation(cls, message: str) -> "ServiceError":
        """A request that DynamoDB refuses for what it says."""
        return cls("ValidationException", message)

    @classmethod
    def invalid_parameter(cls, message: str) -> "ServiceError":
        """A refused value, behind DynamoDB's usual first words."""
        return cls.validation(f"One or more parameter values were invalid: {message}")

    @classmethod
    def serialization(cls, message: str) -> "ServiceError":
        """A request whose JSON does not have the shape of the operation."""
        return cls("SerializationException", message)

    @classmethod
    def no_such_table(cls) -> "ServiceError":
        """The answer of the data operations for a missing or unfinished table."""
        return cls("ResourceNotFoundException", "Requested resource not found")

    @classmethod
    def not_simulated(cls, what: str) -> "ServiceError":
        """Something of DynamoDB that the simulator does not speak."""
        return cls.validation(
            f"{what} is not supported by the ddbbulk simulator. To throttle a server "
            "that supports it, start the simulator with --upstream URL"
        )

    def to_json(self) -> dict[str, Any]:
        """The error as it travels."""
        space = _NAME_SPACES.get(self.code, _DYNAMODB)
        # The framework's errors spell their members in lower case, DynamoDB's own not.
        answer: dict[str, Any] = {
            "__type": space + self.code,
            "message": self.message,
        }
        if self.reasons:
            is_framework = self.code == "ThrottlingException"
            member = "throttlingReasons" if is_framework else "ThrottlingReasons"
            answer[member] = [
                {"reason": reason.reason, "resource": reason.resource}
                for reason in self.reasons
            ]
        if self.item is not None:
            answer["Item"] = self.item
        return answer
