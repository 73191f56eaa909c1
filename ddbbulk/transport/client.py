"""The transport that works everywhere: aioboto3's client, with bodies that we prepared.

Signing, credentials, endpoints and proxies stay botocore's. The body goes in by the
client's ``before-call`` event and comes out by ``before-parse`` (``aws.prepared``):
neither way passes botocore's serialisers, and the answer's checksum can be compared.
"""

from collections.abc import Mapping
from typing import Any

from ddbbulk.aws import Connection, failure_of, unmet_answer
from ddbbulk.aws.prepared import PREPARED_BODY
from ddbbulk.aws.translation import RAW_BODY
from ddbbulk.transport.answers import reply_of, unmet_of
from ddbbulk.transport.transport import Outcome, ReadOperation, Unmet


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
        self._batch: dict[str, list[dict[str, object]]] = {table: [{}]}
        self._table = table
        # The same for requests that read: what botocore calls them, and needs of them.
        self._reads: dict[ReadOperation, tuple[str, dict[str, object]]] = {
            "Scan": ("scan", {"TableName": table}),
            "BatchGetItem": (
                "batch_get_item",
                {"RequestItems": {table: {"Keys": []}}},
            ),
        }

    async def batch_write(self, body: bytes) -> Outcome:
        """Send one BatchWriteItem body, once."""
        signed_in = self._credentials.round
        prepared = PREPARED_BODY.set(body)
        try:
            answer = await self._client.batch_write_item(RequestItems=self._batch)
        except Exception as error:  # noqa: BLE001 # whatever a client may raise is an outcome
            return await self._credentials.judged(failure_of(error), signed_in)
        finally:
            PREPARED_BODY.reset(prepared)
        self._credentials.accepted(signed_in)
        return _reply(answer)

    async def put_item(self, body: bytes) -> Outcome | Unmet:
        """Send one PutItem body, once."""
        return await self._write_one(body, self._client.put_item, Item={})

    async def delete_item(self, body: bytes) -> Outcome | Unmet:
        """Send one DeleteItem body, once."""
        return await self._write_one(body, self._client.delete_item, Key={})

    async def _write_one(
        self,
        body: bytes,
        call: Any,  # noqa: ANN401 # botocore ships no types
        **subject: object,
    ) -> Outcome | Unmet:
        signed_in = self._credentials.round
        prepared = PREPARED_BODY.set(body)
        try:
            answer = await call(TableName=self._table, **subject)
        except Exception as error:  # noqa: BLE001 # whatever a client may raise is an outcome
            answer = unmet_answer(error)
            if answer is None:
                return await self._credentials.judged(failure_of(error), signed_in)
            self._credentials.accepted(signed_in)
            return unmet_of(_reply(answer))
        finally:
            PREPARED_BODY.reset(prepared)
        self._credentials.accepted(signed_in)
        return _reply(answer)

    async def read(self, operation: ReadOperation, body: bytes) -> Outcome:
        """Send one body of a request that reads, once."""
        signed_in = self._credentials.round
        method, parameters = self._reads[operation]
        prepared = PREPARED_BODY.set(body)
        try:
            answer = await getattr(self._client, method)(**parameters)
        except Exception as error:  # noqa: BLE001 # whatever a client may raise is an outcome
            return await self._credentials.judged(failure_of(error), signed_in)
        finally:
            PREPARED_BODY.reset(prepared)
        self._credentials.accepted(signed_in)
        return _reply(answer)


def _reply(answer: Mapping[str, Any]) -> Outcome:
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    return reply_of(answer[RAW_BODY], headers.get("x-amz-crc32"))
