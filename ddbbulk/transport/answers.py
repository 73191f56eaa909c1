"""The bytes of an answer, read into an outcome: the same for every transport."""

import zlib
from typing import Any, cast

import orjson

from ddbbulk.retry import Failure, FailureKind
from ddbbulk.transport.transport import Outcome, Reply, Unmet


def reply_of(body: bytes, checksum: str | None) -> Outcome:
    """Return what an answer says, where it arrived as it was sent.

    Args:
        body: the whole of it.
        checksum: its ``x-amz-crc32`` header; None: it has none.
    """
    if checksum is not None and checksum != str(zlib.crc32(body)):
        return Failure(
            FailureKind.FAULT, "ChecksumMismatch", "the answer was damaged on its way"
        )
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        return Failure(FailureKind.FAULT, "MalformedAnswer", "the answer is not JSON")
    if not isinstance(parsed, dict):
        return Failure(FailureKind.FAULT, "MalformedAnswer", "not a JSON object")
    return Reply(cast("dict[str, Any]", parsed))


def unmet_of(reply: Outcome) -> Unmet | Failure:
    """Return what the answer to a put says whose condition did not hold."""
    return reply if isinstance(reply, Failure) else Unmet(reply.body.get("Item"))
