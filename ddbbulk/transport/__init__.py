"""How a batch reaches DynamoDB: one protocol, several carriers."""

from ddbbulk.transport.client import ClientTransport
from ddbbulk.transport.transport import Outcome, Reply, Transport, Unmet

__all__ = ["ClientTransport", "Outcome", "Reply", "Transport", "Unmet"]
