"""Bodies that go through botocore's client as they are, in both directions."""

from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

import orjson
from botocore.parsers import ResponseParserError

from ddbbulk.aws.translation import RAW_BODY

# Set by a transport around its call: what its request is to carry. A caller of the same
# client who sets nothing gets botocore's own behaviour.
PREPARED_BODY: ContextVar[bytes | None] = ContextVar("ddbbulk_body", default=None)

_ERROR = ("__type", "code", "message", "Message")


def carry_prepared(client: Any) -> None:  # noqa: ANN401 # botocore ships no types
    """Let a client send what ``PREPARED_BODY`` holds, and keep what is answered."""
    events = client.meta.events
    for operation in (
        "BatchWriteItem",
        "PutItem",
        "DeleteItem",
        "Scan",
        "BatchGetItem",
    ):
        events.register(f"before-call.dynamodb.{operation}", _give_body)
    events.register("before-parse.dynamodb", _keep_body)


def _give_body(params: dict[str, Any], **_: object) -> None:
    """Put the prepared bytes in the place of what botocore has serialised."""
    body = PREPARED_BODY.get()
    if body is not None:
        params["body"] = body


def _keep_body(
    response_dict: dict[str, Any],
    customized_response_dict: dict[str, Any],
    **_: object,
) -> None:
    """Keep an answer's bytes: for their checksum, and for what botocore leaves out."""
    is_error = response_dict["status_code"] >= HTTPStatus.MULTIPLE_CHOICES
    is_prepared = PREPARED_BODY.get() is not None
    if is_error or is_prepared:
        customized_response_dict[RAW_BODY] = response_dict["body"]
    if is_prepared:
        response_dict["body"] = (
            _error_alone(response_dict["body"]) if is_error else b"{}"
        )
    elif response_dict["body"].strip()[:1] not in (b"{", b""):
        # botocore's parser breaks at JSON that is no object.
        if not is_error:
            raise ResponseParserError("the answer is not a JSON object")
        response_dict["body"] = b"{}"


def _error_alone(body: bytes) -> bytes:
    """Return what botocore needs of an error: not the item that it may show."""
    try:
        error = orjson.loads(body)
        return orjson.dumps({name: error[name] for name in _ERROR if name in error})
    except (orjson.JSONDecodeError, TypeError):
        return body
