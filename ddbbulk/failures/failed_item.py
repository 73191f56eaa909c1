"""A rejected item with its reason, as a line of the failures file holds it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self, cast

import msgspec
import orjson

from ddbbulk.errors import InvalidItemError
from ddbbulk.marshal import Delete, Operation, WireItem, Write, item_to_wire
from ddbbulk.marshal.items import is_record, record_content
from ddbbulk.marshal.refusal import label


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedItem:
    """An item that was rejected, and why.

    Args:
        table: name or ARN of the table it was for.
        item: the item in DynamoDB JSON, or of a delete its key; None where nothing of
            it can be told so.
        operation: ``put`` or ``delete``.
        reason: a stable word, such as ``MissingKey`` or ``ValidationException``.
        message: the reason for a person; it holds no values but keys.
        attempts: how often it was sent; 0 where it was refused before.
        position: its index in its source, from 0.
        where: where a person finds it: ``users.csv, line 17``.
        raw: the text that the source has of a record that it could not read.
        omitted: names of attributes that DynamoDB JSON cannot hold. They are not in
            ``item``, so it is not to be written as it is.
    """

    table: str
    item: dict[str, Any] | None = field(repr=False)
    operation: Operation
    reason: str
    message: str
    attempts: int
    position: int
    where: str = ""
    raw: str | None = field(default=None, repr=False)
    omitted: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether ``item`` is all there is, so that it can be tried again."""
        return self.item is not None and not self.omitted

    def line(self) -> bytes:
        """Return the item as a line of a failures file, with its end."""
        members: dict[str, object] = {
            "table": self.table,
            "item": self.item,
            "operation": self.operation,
            "reason": _text(self.reason),
            "message": _text(self.message),
            "attempts": self.attempts,
            "position": self.position,
            "where": _text(self.where),
        }
        if self.raw is not None:
            members["raw"] = _text(self.raw)
        if self.omitted:
            members["omitted"] = self.omitted
        return orjson.dumps(members) + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Read a line of a failures file.

        Raises:
            ValueError: it is none; the message shows no text of the line.
        """
        try:
            return cast("Self", _DECODER.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ValueError("the line is not one of a failures file") from None


OnFailure = Callable[[FailedItem], None]

_DECODER: Final = msgspec.json.Decoder(FailedItem)


@dataclass(frozen=True, slots=True)
class Told:
    """What can be told of an item in DynamoDB JSON.

    Args:
        item: its attributes; None where it is none or could not be read.
        operation: what was to be done with it.
        omitted: names of attributes that DynamoDB JSON cannot hold.
    """

    item: dict[str, Any] | None
    operation: Operation = "put"
    omitted: tuple[str, ...] = ()

    @classmethod
    def of_write(cls, write: Write) -> Self:
        """Return what a write would have sent."""
        body = orjson.loads(write.body)
        if write.operation == "delete":
            return cls(body["DeleteRequest"]["Key"], "delete")
        return cls(body["PutRequest"]["Item"])

    @classmethod
    def of_item(cls, item: object) -> Self:
        """Return what can be told of an item that could not be encoded."""
        if isinstance(item, Delete):
            return cls(*_told(item.key, "delete"))
        return cls(*_told(item, "put"))


def _told(
    item: object, operation: Operation
) -> tuple[dict[str, Any] | None, Operation, tuple[str, ...]]:
    try:
        return item_to_wire(item), operation, ()
    except InvalidItemError:
        pass  # a part of it, then
    told: dict[str, Any] = {}
    omitted: list[str] = []
    try:
        for name, wire in _members(item):
            if wire is None:
                omitted.append(label(name))
            else:
                told |= wire
    except Exception:  # noqa: BLE001 - the code of a caller's own class may raise anything
        return None, operation, ()
    return told, operation, tuple(omitted)


def _members(item: object) -> Iterator[tuple[object, dict[str, Any] | None]]:
    """Yield each attribute's name, and a part of the item that holds it alone."""
    content = item
    if isinstance(item, WireItem):
        content = item.attributes
    elif is_record(type(item)):
        content = record_content(item)
    for name, value in cast("Mapping[object, object]", content).items():
        if isinstance(item, WireItem):
            yield name, _verbatim(name, value)
        else:
            yield name, _encoded(name, value)


def _encoded(name: object, value: object) -> dict[str, Any] | None:
    try:
        return item_to_wire({name: value})
    except InvalidItemError:
        return None


def _verbatim(name: object, value: object) -> dict[str, Any] | None:
    """Return DynamoDB JSON as it was given, even where it is not sound."""
    try:
        # As deep as in the line, for the depth is limited.
        line = orjson.dumps({"item": {name: value}}, _as_json)
    except (TypeError, ValueError, RecursionError):
        return None
    copy: dict[str, Any] = orjson.loads(line)["item"]
    return copy


def _as_json(content: object) -> object:
    if isinstance(content, bytes | bytearray):
        return item_to_wire({"B": bytes(content)})["B"]["B"]
    if isinstance(content, Mapping):
        return dict(cast("Mapping[object, object]", content))
    if isinstance(content, set | frozenset):
        return list(cast("set[object]", content))
    raise TypeError


def _text(text: str) -> str:
    """Return text that UTF-8 can hold: half of a surrogate pair is written out."""
    return text.encode("utf-8", "backslashreplace").decode()
