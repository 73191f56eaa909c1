"""Key attributes: checked against table and indexes, and brought into one form."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from ddbbulk.errors import InvalidItemError
from ddbbulk.limits import MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES
from ddbbulk.marshal.refusal import label
from ddbbulk.marshal.scalars import Encoded
from ddbbulk.marshal.wire import canonical_base64
from ddbbulk.schema import KeyAttribute, KeyType, TableSchema
from ddbbulk.sizing import AttributeValue, canonical_number

Encode = Callable[[object], Encoded]

_TYPE_NAMES: Final[Mapping[str, str]] = {
    "S": "a string",
    "N": "a number",
    "B": "bytes",
    "BOOL": "true or false",
    "NULL": "null",
    "L": "a list",
    "M": "a map",
}


@dataclass(frozen=True, slots=True)
class KeyRule:
    """What one key attribute has to be.

    Args:
        name: the attribute's name.
        type: ``S``, ``N`` or ``B``.
        max_bytes: the longest value that is allowed.
        role: what a person calls it: ``the partition key``.
        code_prefix: empty for the table's key, ``Index`` for that of an index.
    """

    name: str
    type: KeyType
    max_bytes: int
    role: str
    code_prefix: str = ""

    @property
    def where(self) -> str:
        """How messages name the attribute."""
        return f"attribute {label(self.name)}, {self.role},"

    def check(self, text: str, size: int) -> None:
        """Raise what is wrong with a value, given its wire JSON and its size."""
        kind = text[2 : text.index('"', 2)]
        if kind != self.type:
            advice = ""
            if kind == "NULL" and self.code_prefix:
                advice = ": leave it out to keep the item out of the index"
            raise InvalidItemError(
                f"{self.where} must be {_TYPE_NAMES[self.type]} ({self.type}), "
                f"and is {_TYPE_NAMES.get(kind, 'a set')} ({kind}){advice}",
                code=f"{self.code_prefix}KeyType",
            )
        if size == 0:
            raise InvalidItemError(
                f"{self.where} is empty; a key has at least one byte",
                code=f"Empty{self.code_prefix}Key",
            )
        if size > self.max_bytes:
            raise InvalidItemError(
                f"{self.where} has {size:,} bytes; at most {self.max_bytes:,} are "
                f"allowed: {label(key_text(text))}",
                code=f"{self.code_prefix}KeyTooLong",
            )


def key_text(text: str) -> str:
    """Return the canonical form of a key attribute from its wire JSON."""
    if text.startswith('{"S":'):
        content: str = orjson.loads(text[5:-1])
        return content
    return text[6:-2]


def wire_key_text(value: AttributeValue, kind: KeyType) -> str:
    """Return the canonical form of a key attribute that DynamoDB sent back."""
    content: str = value[kind]
    if kind == "N":
        return canonical_number(content)
    return canonical_base64(content) if kind == "B" else content


def table_rules(schema: TableSchema) -> tuple[KeyRule, ...]:
    """Return the rules for the table's key, in the order of ``schema.keys``."""
    return tuple(
        _rules(schema.keys[:1], "the partition key", MAX_PARTITION_KEY_BYTES)
    ) + tuple(_rules(schema.keys[1:], "the sort key", MAX_SORT_KEY_BYTES))


def index_rules(schema: TableSchema) -> tuple[KeyRule, ...]:
    """Return the rules for attributes that must fit an index where they are present.

    What the rules of the table's key demand already is left out.
    """
    rules = {rule.name: rule for rule in table_rules(schema)}
    demanded = dict(rules)
    for rule in _all_index_rules(schema):
        other = rules.get(rule.name)
        if other is None or rule.max_bytes < other.max_bytes:
            rules[rule.name] = rule
    return tuple(rule for rule in rules.values() if rule is not demanded.get(rule.name))


def _all_index_rules(schema: TableSchema) -> Iterator[KeyRule]:
    for index in schema.indexes:
        where = f"of index {index.name}"
        yield from _rules(
            index.partition_keys,
            f"a partition key {where}",
            MAX_PARTITION_KEY_BYTES,
            "Index",
        )
        yield from _rules(
            index.sort_keys, f"a sort key {where}", MAX_SORT_KEY_BYTES, "Index"
        )


def _rules(
    keys: tuple[KeyAttribute, ...], role: str, max_bytes: int, code_prefix: str = ""
) -> Iterator[KeyRule]:
    for key in keys:
        yield KeyRule(key.name, key.type, max_bytes, role, code_prefix)
