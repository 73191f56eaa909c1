"""What became of the items of a source, by what the table has under their keys."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

import orjson

from ddbbulk.limits import TTL_MAX_AGE_SECONDS
from ddbbulk.marshal import Key, Marshaller, Write
from ddbbulk.schema import TableSchema
from ddbbulk.sizing import Item
from ddbbulk.verifying.comparing import differences

Code = Literal["Missing", "Different", "NotDeleted", "Expired"]

_HEAD: Final = len('{"PutRequest":{"Item":')
_DELETE_HEAD: Final = len('{"DeleteRequest":{"Key":')
_TAIL: Final = len("}}")


@dataclass(frozen=True, slots=True)
class Suspect:
    """An item that the table does not hold: unless a later one of its key says so.

    Args:
        write: what the source says of it.
        code: ``Missing``, ``Different``, ``NotDeleted``, or ``Expired`` where its time
            to live has passed.
        attributes: names of those that differ, with what can be said without values.
    """

    write: Write
    code: Code
    attributes: tuple[str, ...] = ()


class Judge:
    """Compares what a source says with what a table holds.

    Args:
        schema: the table's keys.
        ttl_attribute: what says when an item expires; None: none does.
    """

    def __init__(self, schema: TableSchema, *, ttl_attribute: str | None) -> None:
        self._keys = [(key.name, key.type) for key in schema.keys]
        self._key_of = Marshaller(schema).key_of
        self._ttl_attribute = ttl_attribute

    def keys(self, writes: Iterable[Write]) -> list[dict[str, Any]]:
        """Return the keys of writes in DynamoDB JSON, each once."""
        # Their canonical form is what stands on the wire.
        different = dict.fromkeys(write.key for write in writes)
        return [
            {
                name: {kind: text}
                for (name, kind), text in zip(self._keys, _parts(key), strict=True)
            }
            for key in different
        ]

    def suspects(
        self, writes: Sequence[Write], found: Iterable[Item], *, now: float
    ) -> list[Suspect]:
        """Return those of the writes that the table does not hold.

        Args:
            writes: what the source says.
            found: what the table has under their keys.
            now: the time after that look, in seconds since 1970.
        """
        held = {self._key_of(item): item for item in found}
        suspects: list[Suspect] = []
        for write in writes:
            suspect = self._judged(write, held.get(write.key), now)
            if suspect is not None:
                suspects.append(suspect)
        return suspects

    def _judged(self, write: Write, stored: Item | None, now: float) -> Suspect | None:
        if write.operation == "delete":
            is_gone = stored is None or self._is_expired(stored, now)
            return None if is_gone else Suspect(write, "NotDeleted")
        item = item_of(write)
        names = () if stored is None else differences(item, stored)
        if stored is not None and not names:
            return None
        if self._is_expired(item, now):
            return Suspect(write, "Expired")
        if stored is None:
            return Suspect(write, "Missing")
        return Suspect(write, "Different", names)

    def _is_expired(self, item: Item, now: float) -> bool:
        """Say whether the service may delete an item at any moment, or has.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
        """
        name = self._ttl_attribute
        text = None if name is None else item.get(name, {}).get("N")
        if text is None:
            return False
        return now - TTL_MAX_AGE_SECONDS < float(text) < now


def _parts(key: Key) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else key


def item_of(write: Write) -> Mapping[str, Any]:
    """Return the item that a write puts, or the key that it deletes."""
    head = _HEAD if write.operation == "put" else _DELETE_HEAD
    return cast("Mapping[str, Any]", orjson.loads(write.body[head:-_TAIL]))
