"""DynamoDB's protocol without a client library: any JSON goes out, all that comes back.

boto3 would refuse half of the wrong requests itself, and is slow where a test sends
thousands.
"""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

# Nobody checks the signature here, but some servers want to see one.
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": (
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host;x-amz-date;x-amz-target, Signature=0"
    ),
}
TARGET = "DynamoDB_20120810."


class Answer(NamedTuple):
    """What a server answered.

    Attributes:
        code: the error's code; empty where it is none.
        body: the JSON that came.
    """

    code: str
    body: dict[str, Any]


class RawClient:
    """Sends requests over one connection."""

    def __init__(self, endpoint_url: str) -> None:
        address = urlsplit(endpoint_url)
        self._connection = http.client.HTTPConnection(
            address.hostname or "", address.port, timeout=15
        )

    def send(self, operation: str, **request: object) -> Answer:
        """Return the answer to a request; a server error fails the test."""
        body = json.dumps(request, ensure_ascii=False).encode()
        headers = HEADERS | {"X-Amz-Target": TARGET + operation}
        self._connection.request("POST", "/", body, headers)
        response = self._connection.getresponse()
        text = response.read()
        assert response.status in (200, 400), (response.status, text[:500])
        answer: dict[str, Any] = json.loads(text)
        code = ""
        if response.status != http.HTTPStatus.OK:
            code = str(answer["__type"]).rpartition("#")[2]
        return Answer(code, answer)

    def must(self, operation: str, **request: object) -> dict[str, Any]:
        """Return the answer to a request that has to succeed."""
        answer = self.send(operation, **request)
        assert not answer.code, answer
        return answer.body

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextmanager
def connected(endpoint_url: str) -> Iterator[RawClient]:
    """Connect to a server while the block runs."""
    client = RawClient(endpoint_url)
    try:
        yield client
    finally:
        client.close()
