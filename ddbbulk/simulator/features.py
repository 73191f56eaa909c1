"""What a table has beside items and capacity: remembered and shown, but not acted on.

A stream has no records, nothing is encrypted or restored, and no policy forbids
anything; a program can still see that a table has them.
"""

from dataclasses import dataclass
from typing import Any, Final

STANDARD: Final = "STANDARD"
RECOVERY_DAYS: Final = 35


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of a table's changes.

    Attributes:
        label: when it was made; its ARN ends with it.
        view_type: what its records would have of an item.
        is_enabled: whether it is still going on.
    """

    label: str
    view_type: str
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """A resource-based policy, and which revision of it."""

    text: str
    revision: str


@dataclass(frozen=True, slots=True)
class Features:
    """What a table has that the simulator does nothing about.

    Attributes:
        table_class: what its storage and requests would cost.
        encryption_key: the ARN of the key, where it is not DynamoDB's own.
        stream: the latest one.
        recoverable_since: since when it could be restored to any point in time, as
            seconds since 1970; None: it could not.
        recovery_days: how far back.
        policy: who else may use it.
    """

    table_class: str = STANDARD
    encryption_key: str | None = None
    stream: Stream | None = None
    recoverable_since: float | None = None
    recovery_days: int = RECOVERY_DAYS
    policy: Policy | None = None

    def to_json(self, table_arn: str) -> dict[str, Any]:
        """The elements of a table's description; what it does not have is absent."""
        description: dict[str, Any] = {}
        if self.table_class != STANDARD:
            description["TableClassSummary"] = {"TableClass": self.table_class}
        if self.encryption_key is not None:
            description["SSEDescription"] = {
                "Status": "ENABLED",
                "SSEType": "KMS",
                "KMSMasterKeyArn": self.encryption_key,
            }
        if self.stream is not None:
            label = self.stream.label
            description["LatestStreamLabel"] = label
            description["LatestStreamArn"] = f"{table_arn}/stream/{label}"
            if self.stream.is_enabled:
                description["StreamSpecification"] = {
                    "StreamEnabled": True,
                    "StreamViewType": self.stream.view_type,
                }
        return description
