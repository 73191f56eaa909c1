"""The handlers that others have registered with a client."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final, cast

_OPERATIONS: Final = (
    "BatchWriteItem",
    "PutItem",
    "DeleteItem",
    "Scan",
    "BatchGetItem",
)
_KNOWN: Final = ("botocore", "aiobotocore", "boto3", "aioboto3", "ddbbulk")


def foreign_hooks(client: Any, events: Iterable[str]) -> Iterator[str]:  # noqa: ANN401 # botocore ships no types
    """Yield the handlers that neither botocore nor this package has registered.

    Args:
        client: a DynamoDB client.
        events: what they would handle, such as ``before-sign``, for a request that
            writes or reads.
    """
    # botocore has no public way to its handlers; it calls what this finds.
    handlers = client.meta.events._emitter._handlers  # noqa: SLF001 # as above
    for event in events:
        for operation in _OPERATIONS:
            for handler in handlers.prefix_search(f"{event}.dynamodb.{operation}"):
                module = _module_of(handler)
                if module.partition(".")[0] not in _KNOWN:
                    yield f"{event}: {module}"


def _module_of(handler: Any) -> str:  # noqa: ANN401 # whatever can be called
    while isinstance(handler, partial):
        handler = cast("Any", handler).func
    return str(getattr(handler, "__module__", None) or type(handler).__module__)
