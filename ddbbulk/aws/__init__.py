"""Sessions, credentials, endpoint and client, through aioboto3."""

from ddbbulk.aws.connection import Connection, connect
from ddbbulk.aws.translation import failure_of, translated, unmet_answer

__all__ = ["Connection", "connect", "failure_of", "translated", "unmet_answer"]
