"""The transport that works everywhere: aioboto3's client, with bodies that we prepared.

Signing, credentials, endpoints and proxies stay botocore's. The body goes in by the
client's ``before-call`` event and comes out by ``before-parse`` (``aws.connection``):
neither way passes botocore's serialisers, and the answer's checksum can be compared.
"""

import zlib
from typing import Any, cast

import orjson

from ddbbulk.aws import Connection, failure_of
from ddbbulk.aws.connection import PREPARED_BODY
from ddbbulk.aws.translation import RAW_BODY
from ddbbulk.retry import Failure, FailureKind
from ddbbulk.transport.transport import Outcome, Reply


class ClientTransport:
    """Sends through a connection's aiobotocore client.

    Args:
        connection: an open connection.
        table: name or ARN of the table; an ARN decides the endpoint, too.
    """

    name = "aioboto3"

    def __init__(self, connection: Connection, *, table: str) -> None:
        self._client: Any = connection.client
        self._credentials = connection.credentials
        # What botocore validates and routes by; the bytes on the wire are ours.
        self._stand_in: dict[str, list[dict[str, object]]] = {table: [{}]}

    async def batch_write(self, body: bytes) -> Outcome:
        """Send one BatchWriteItem body, once."""
        signed_in = self._credentials.round
        prepared = PREPARED_BODY.set(body)
        try:
            response = await self._client.batch_write_item(RequestItems=self._stand_in)
        except Exception as error:  # noqa: BLE001 # whatever a client may raise is an outcome
            return await self._credentials.judged(failure_of(error), signed_in)
        finally:
            PREPARED_BODY.reset(prepared)
        self._credentials.accepted(signed_in)
        return _reply(
            response[RAW_BODY],
            response["ResponseMetadata"]["HTTPHeaders"].get("x-amz-crc32"),
        )


def _reply(body: bytes, checksum: str | None) -> Outcome:
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
