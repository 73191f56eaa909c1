"""One put or delete, encoded once: what travels from the batcher to the wire."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

Operation = Literal["put", "delete"]
Key = str | tuple[str, ...]


class Write(msgspec.Struct, gc=False, eq=False):
    """A put or delete, ready for the wire, with all that decisions need to know.

    A million of these pass through a load: a struct is made in half the time of a plain
    class, and the garbage collector need not look at it, for none leads to itself.

    Args:
        operation: ``put`` or ``delete``.
        body: the element of BatchWriteItem's list, as JSON:
            ``{"PutRequest":{"Item":{…}}}`` or ``{"DeleteRequest":{"Key":{…}}}``. Text,
            for a whole batch is joined and turned into bytes at once.
        key: the primary key in a canonical, hashable form (numbers normalised, so that
            ``1`` and ``1.0`` are one key): a string, or a tuple of two.
        size: the item's size in bytes by DynamoDB's rules (a delete: its key's).
        units: write units of a *new* item on each of ``TableSchema.resources``.
        position: the item's index in its source, from 0.
        origin: what can say where a person finds the item.
        barrier: number of the first barrier that waits for it; 0: none does.
        guarded_until: until when a request that was given up may still land.
        attempts: how often it has been sent.
        faults: how often its request failed then, other than by a throttle.
        superseded: a write of the same key that this one replaced before it was sent.
        version: wire JSON of what a condition compares, where there is one.
    """

    operation: Operation
    body: str
    key: Key
    size: int
    units: tuple[int, ...]
    position: int = 0
    origin: object = None
    barrier: int = 0
    guarded_until: float = 0.0
    attempts: int = 0
    faults: int = 0
    superseded: "Write | None" = None
    version: bytes = b""

    def __repr__(self) -> str:
        """Tell writes apart without showing what is in them."""
        return f"<{self.operation} at position {self.position}>"

    def earlier(self) -> Iterator["Write"]:
        """Yield those that it superseded, and that those did: the latest first."""
        write = self.superseded
        while write is not None:
            yield write
            write = write.superseded

    @property
    def body_bytes(self) -> int:
        """At most so many bytes does the body take on the wire.

        Every character beyond ASCII is counted in the item's size with all its bytes.
        """
        body = self.body
        return len(body) if body.isascii() else len(body) + self.size


@dataclass(frozen=True, slots=True)
class Refused:
    """An item among many that cannot become a write.

    Args:
        item: what was to be written.
        position: its index in its source, from 0.
        code: a stable word for the reason.
        message: the reason. Not the exception: that would keep alive all that it went
            through.
    """

    item: object
    position: int
    code: str
    message: str
