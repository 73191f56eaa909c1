"""How a batch reaches DynamoDB: one protocol, several carriers."""

from ddbbulk.transport.client import ClientTransport
from ddbbulk.transport.transport import (
    Operation,
    Outcome,
    Reply,
    Settle,
    SubmittingTransport,
    Transport,
    Unmet,
)

__all__ = [
    "ClientTransport",
    "Operation",
    "Outcome",
    "Reply",
    "Settle",
    "SubmittingTransport",
    "Transport",
    "Unmet",
]
