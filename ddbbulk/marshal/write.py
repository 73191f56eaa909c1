"""One put or delete, encoded once: what travels from the batcher to the wire."""

from typing import Literal

Operation = Literal["put", "delete"]
Key = str | tuple[str, ...]


class Write:
    """A put or delete, ready for the wire, with all that decisions need to know.

    A million of these pass through a load, so it is a plain class with slots.

    Attributes:
        operation: ``put`` or ``delete``.
        body: the element of BatchWriteItem's list, as JSON:
            ``{"PutRequest":{"Item":{…}}}`` or ``{"DeleteRequest":{"Key":{…}}}``.
        key: the primary key in a canonical, hashable form (numbers normalised, so that
            ``1`` and ``1.0`` are one key): a string, or a tuple of two.
        size: the item's size in bytes by DynamoDB's rules (a delete: its key's).
        units: write units of a *new* item on each of ``TableSchema.resources``.
        position: the item's index in its source, from 0 (set by the writer).
        origin: what can say where a person finds the item (set by the writer).
        number: its place in the order of arrival (set by the batcher).
        attempts: how often it has been sent.
        guarded_until: until when a request that was given up may still land.
        superseded: a write of the same key that this one replaced before it was sent.
        version: wire JSON of what a condition compares, where there is one.
    """

    __slots__ = (
        "attempts",
        "body",
        "guarded_until",
        "key",
        "number",
        "operation",
        "origin",
        "position",
        "size",
        "superseded",
        "units",
        "version",
    )

    def __init__(
        self,
        operation: Operation,
        body: bytes,
        key: Key,
        size: int,
        units: tuple[int, ...],
    ) -> None:
        self.operation: Operation = operation
        self.body = body
        self.key = key
        self.size = size
        self.units = units
        self.position = 0
        self.origin: object = None
        self.number = 0
        self.guarded_until = 0.0
        self.attempts = 0
        self.superseded: Write | None = None
        self.version = b""
