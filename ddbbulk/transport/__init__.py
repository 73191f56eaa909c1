"""How a batch reaches DynamoDB: one protocol, several carriers."""

from ddbbulk.transport.choice import TRANSPORT_NAMES, TransportName, open_transport
from ddbbulk.transport.client import ClientTransport
from ddbbulk.transport.direct import DirectTransport
from ddbbulk.transport.transport import (
    DeletingTransport,
    Operation,
    Outcome,
    ReadingTransport,
    ReadOperation,
    Reply,
    Settle,
    SubmittingTransport,
    Transport,
    Unmet,
)

__all__ = [
    "TRANSPORT_NAMES",
    "ClientTransport",
    "DeletingTransport",
    "DirectTransport",
    "Operation",
    "Outcome",
    "ReadOperation",
    "ReadingTransport",
    "Reply",
    "Settle",
    "SubmittingTransport",
    "Transport",
    "TransportName",
    "Unmet",
    "open_transport",
]
