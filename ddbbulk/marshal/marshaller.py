"""Items to writes: encoded, checked, keyed and priced in one pass."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, cast

from ddbbulk.errors import InvalidItemError
from ddbbulk.limits import MAX_BATCH_ITEMS, WRITE_UNIT_BYTES
from ddbbulk.marshal.bundle import Bundle, Columns
from ddbbulk.marshal.compiled import CompiledEncoders
from ddbbulk.marshal.cost import CostModel
from ddbbulk.marshal.items import (
    BrokenRecord,
    Delete,
    WireItem,
    attributes_of,
)
from ddbbulk.marshal.keys import (
    Encode,
    KeyRule,
    index_rules,
    key_text,
    table_rules,
    wire_key_text,
)
from ddbbulk.marshal.refusal import RefusedValueError, label
from ddbbulk.marshal.scalars import quoted, utf8_size
from ddbbulk.marshal.shape_compiler import ShapeCompiler
from ddbbulk.marshal.values import ValueEncoders
from ddbbulk.marshal.wire import WireEncoder
from ddbbulk.marshal.write import Key, Refused, Write
from ddbbulk.schema import TableSchema
from ddbbulk.sizing import AttributeValue

Attributes = Mapping[str, object]

# A shorter string fits every limit of a key, however many bytes its characters take.
_SHORT: Final = 256
_ABSENT: Final = object()


class Marshaller:
    """Turns the items of one table into writes, ready to be sent.

    It remembers the names and types that it has seen, up to a bound, so one marshaller
    is for one load. It is not for several threads at once.

    Args:
        schema: the table's keys and indexes.

    Example:
        >>> from ddbbulk.schema import TableSchema
        >>> marshaller = Marshaller(TableSchema.of("alias"))
        >>> write = marshaller.put({"alias": "@daisy", "followers": 0})
        >>> write.body
        '{"PutRequest":{"Item":{"alias":{"S":"@daisy"},"followers":{"N":"0"}}}}'
        >>> write.key, write.size, write.units
        ('@daisy', 21, (1,))
    """

    def __init__(self, schema: TableSchema) -> None:
        self._keys = schema.keys
        self._table_names = tuple(key.name for key in schema.keys)
        self._cost = CostModel(schema)
        self._table_rules = table_rules(schema)
        self._index_rules = index_rules(schema)
        self._encoders = ValueEncoders()
        self._wire_encoder = WireEncoder(self._encoders.heads)
        self._is_flat = self._cost.is_flat
        self._one_each = self._cost.one_each
        self._compiled = CompiledEncoders(
            ShapeCompiler(
                encoders=self._encoders,
                table_rules=self._table_rules,
                index_rules=self._index_rules,
                cost=self._cost,
            )
        )

    def put_all(
        self, items: Sequence[object], start: int, origin: object
    ) -> list[Write | Refused]:
        """Encode items in their order: puts, and deletes where they are ``Delete``.

        Args:
            items: each a mapping, a pydantic model, a dataclass, a ``WireItem``, a
                ``Delete`` or a ``BrokenRecord``, which is refused for its own reason.
            start: position of the first in its source; the others follow it.
            origin: what can say where a person finds them.

        Returns:
            One write for each item, or what is wrong with it.
        """
        results: list[Write | Refused] = []
        for lot in self.lots(items, start, origin):
            results += lot.writes() if isinstance(lot, Bundle) else lot
        return results

    def lots(
        self, items: Sequence[object], start: int, origin: object
    ) -> list[Bundle | list[Write | Refused]]:
        """Encode items as ``put_all`` does; return in bundles those that are alike.

        A bundle has 25 items; those that are left over, and all that are unlike, come
        as writes. The order of the items is kept.
        """
        lots: list[Bundle | list[Write | Refused]] = []
        loose: list[Write | Refused] = []
        columns, at = Columns(), 0
        while at < len(items):
            end = self._compiled.encode(items, at, columns)
            count, whole = end - at, 0
            if count >= MAX_BATCH_ITEMS and columns.are_small(self._one_each):
                if loose:
                    lots.append(loose)
                    loose = []
                whole = count - count % MAX_BATCH_ITEMS
                lots += self._bundles(columns, whole, start + at, origin)
            if whole < count:
                loose += self._writes(columns, whole, start + at + whole, origin)
            if count:
                columns = Columns()
            if end < len(items):
                loose.append(self._result(items[end], start + end, origin))
            at = end + 1
        if loose:
            lots.append(loose)
        return lots

    def put(self, item: object) -> Write:
        """Encode an item to be put.

        Args:
            item: a mapping, a pydantic model, a dataclass or a ``WireItem``.

        Raises:
            InvalidItemError: DynamoDB would refuse the item; the code says why.
        """
        columns = Columns()
        one, compiled = (item,), self._compiled
        if compiled.latest(one, 0, columns) or compiled.encode(one, 0, columns):
            return self._writes(columns, 0, 0, None)[0]
        return self._put(item)

    def _bundles(
        self, columns: Columns, count: int, position: int, origin: object
    ) -> list[Bundle]:
        one_each = self._one_each
        return [
            Bundle(columns, first, one_each, position + first, origin)
            for first in range(0, count, MAX_BATCH_ITEMS)
        ]

    def _writes(
        self, columns: Columns, first: int, position: int, origin: object
    ) -> list[Write]:
        part = slice(first, None)
        units = columns.units[part] or self._cost.uniform_units(columns.sizes[part])
        return columns.writes(units, position, origin, part)

    def _result(self, item: object, position: int, origin: object) -> Write | Refused:
        if isinstance(item, BrokenRecord):
            return Refused(item, position, item.code, item.message)
        try:
            if isinstance(item, Delete):
                write = self.delete(item.key)
                if item.old is not None:
                    # Where an index was added later, one that no put could write.
                    with suppress(InvalidItemError):
                        write.units = self.put(item.old).units
            else:
                write = self._put(item)
        except InvalidItemError as error:
            return Refused(item, position, error.code, str(error))
        write.position = position
        write.origin = origin
        return write

    def _put(self, item: object) -> Write:
        """Encode an item of any shape; otherwise as ``put``."""
        if type(item) is not dict:
            if isinstance(item, WireItem):
                return self._put_wire(item)
            item = attributes_of(item)
        attributes = cast("dict[str, object]", item)
        members: list[str] = []
        encoders = self._encoders
        heads = encoders.heads
        size = 0
        name = ""
        try:
            # The library's innermost loop. Strings are encoded in place, the rest by a
            # look-up of the exact type.
            for name, value in attributes.items():
                head, name_size = heads[name]
                if type(value) is str:
                    members.append(f'{head}{{"S":{quoted(value)}}}')
                    size += len(value) if value.isascii() else utf8_size(value)
                else:
                    text, value_size = encoders[type(value)](value, 1)
                    members.append(head + text)
                    size += value_size
                size += name_size
        except RefusedValueError as error:
            raise error.within(label(name)) from error.__cause__
        return self._write(attributes, encoders.encode, members, size)

    def delete(self, key: object) -> Write:
        """Encode the deletion of an item.

        Args:
            key: the table's key attributes, all of them and no others, in any form
                that an item may have.

        Raises:
            InvalidItemError: it is no key of this table; the code says why.
        """
        encode: Encode = self._encoders.encode
        if isinstance(key, WireItem):
            encode = self._wire_encoder.encode
            key = key.attributes
        attributes = attributes_of(key)
        members, size = self._encoded(attributes, encode)
        text = self._key(attributes, encode)
        extra = [name for name in attributes if name not in self._table_names]
        if extra:
            raise InvalidItemError(
                f"attribute {label(extra[0])} is no part of the table's key; to delete "
                f"takes only {' and '.join(map(label, self._table_names))}",
                code="ExtraAttributes",
            )
        body = f'{{"DeleteRequest":{{"Key":{{{",".join(members)}}}}}}}'
        return Write("delete", body, text, size, self._one_each)

    def key_of(self, wire: Mapping[str, AttributeValue]) -> Key:
        """Return the key of an ``Item`` or ``Key`` of the wire, as writes have it.

        Raises:
            InvalidItemError: the key attributes are not there, or malformed.
        """
        try:
            texts = [wire_key_text(wire[key.name], key.type) for key in self._keys]
        except (KeyError, TypeError) as error:
            raise InvalidItemError(
                "an item without its key attributes", code="MalformedWire"
            ) from error
        return texts[0] if len(texts) == 1 else tuple(texts)

    def _put_wire(self, item: WireItem) -> Write:
        attributes = attributes_of(item.attributes)
        encode = self._wire_encoder.encode
        members, size = self._encoded(attributes, encode)
        return self._write(attributes, encode, members, size)

    def _encoded(self, attributes: Attributes, encode: Encode) -> tuple[list[str], int]:
        """Return the members of an item's JSON object, and its size."""
        members: list[str] = []
        size = 0
        name = ""
        try:
            for name, value in attributes.items():
                head, name_size = self._encoders.heads[name]
                text, value_size = encode(value)
                members.append(head + text)
                size += name_size + value_size
        except RefusedValueError as error:
            raise error.within(label(name)) from error.__cause__
        return members, size

    def _write(
        self, attributes: Attributes, encode: Encode, members: list[str], size: int
    ) -> Write:
        key = self._key(attributes, encode)
        for rule in self._index_rules:
            value = attributes.get(rule.name, _ABSENT)
            if value is not _ABSENT and not _is_sound(value, rule):
                rule.check(*encode(value))
        if size <= WRITE_UNIT_BYTES and self._is_flat:
            units = self._one_each
        else:
            units = self._cost.units(attributes, size, lambda value: encode(value)[1])
        body = f'{{"PutRequest":{{"Item":{{{",".join(members)}}}}}}}'
        return Write("put", body, key, size, units)

    def _key(self, attributes: Attributes, encode: Encode) -> Key:
        texts: list[str] = []
        for rule in self._table_rules:
            value = attributes.get(rule.name, _ABSENT)
            if type(value) is str and rule.type == "S" and 0 < len(value) < _SHORT:
                texts.append(value)  # as most keys are
            else:
                texts.append(_checked_key(rule, value, encode))
        return texts[0] if len(texts) == 1 else tuple(texts)


def _is_sound(value: object, rule: KeyRule) -> bool:
    """Say whether a value surely fits a key; it may even where this says no."""
    return type(value) is str and rule.type == "S" and 0 < len(value) < _SHORT


def _checked_key(rule: KeyRule, value: object, encode: Encode) -> str:
    if value is _ABSENT:
        raise InvalidItemError(f"{rule.where} is missing", code="MissingKey")
    text, size = encode(value)
    rule.check(text, size)
    return key_text(text)
