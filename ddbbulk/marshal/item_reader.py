"""How generated code takes an item apart: a dict, a dataclass or a pydantic model."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, Literal, cast
from uuid import UUID

from pydantic import BaseModel

from ddbbulk.marshal.items import is_record, record_content

# Pydantic's own types whose values it dumps as they are, unless it is told otherwise.
_PLAIN: Final = frozenset(
    {"str", "int", "float", "bool", "none", "bytes"}
    | {"decimal", "date", "datetime", "uuid"}
)
_PLAIN_TYPES: Final = frozenset(
    (str, int, float, bool, type(None), bytes, Decimal, date, datetime, UUID)
)
_WRAPPERS: Final = frozenset(
    ["default", "nullable", "function-after", "function-before", "function-wrap"]
)


@dataclass(frozen=True, slots=True)
class ItemReader:
    """Reads items of one type.

    Args:
        kind: their exact type.
        form: ``members`` of a dict, ``attributes`` of an object, the ``fields`` of a
            model that dumps them as they are, or what its ``dump`` is.
        content: return an item's attributes by name.
        fields: where a field has another name than its attribute: by attribute.
    """

    kind: type
    form: Literal["members", "attributes", "fields", "dump"]
    content: Callable[[Any], Mapping[str, object]]
    fields: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])

    def shape(self, item: Any) -> tuple[object, ...]:  # noqa: ANN401 -- of its kind
        """Return what items have to have in common to be read and written alike."""
        if self.form == "members":
            return (*item, *map(type, item.values()))
        values = item.__dict__ if self.form == "fields" else self.content(item)
        return (self.kind, *values, *map(type, values.values()))

    def fitting(self, item: object) -> "ItemReader":
        """Return the reader that reads this item as its attributes are."""
        if self.form != "fields":
            return self
        content = self.content(item)
        fields = {self.fields.get(name): value for name, value in content.items()}
        are_dumped_as_they_are = fields == item.__dict__ and all(
            type(value) in _PLAIN_TYPES and type(fields[name]) is type(value)
            for name, value in item.__dict__.items()
        )
        return self if are_dumped_as_they_are else replace(self, form="dump")

    def names(self, names: Sequence[str]) -> dict[str, object]:
        """Return what the lines need in their namespace."""
        if self.form == "attributes":
            return {"_kind": self.kind, "_get": attrgetter(*names)}
        if self.form == "fields":
            fields = {f"_f{at}": self.fields[name] for at, name in enumerate(names)}
            return {"_kind": self.kind, **fields}
        return {"_kind": self.kind, "_content": self.content}

    def lines(self, length: int) -> list[str]:
        """Return the lines that put the values of an item into ``v0``, ``v1``, ….

        Args:
            length: how many they are.
        """
        refuse = "    break"
        if self.form == "members":
            return [
                f"if type(item) is not dict or len(item) != {length}:",
                refuse,
                *(f"v{at} = item[_n{at}]" for at in range(length)),
            ]
        check = ["if type(item) is not _kind:", refuse]
        if self.form == "attributes":
            values = ", ".join(f"v{at}" for at in range(length))
            return [*check, f"{values} = _get(item)"]
        is_dump = self.form == "dump"
        return [
            *check,
            f"content = {'_content(item)' if is_dump else 'item.__dict__'}",
            f"if len(content) != {length}:",
            refuse,
            *(
                f"v{at} = content[_{'n' if is_dump else 'f'}{at}]"
                for at in range(length)
            ),
        ]


MAPPINGS: Final = ItemReader(dict, "members", lambda item: item)


def reader_of(kind: type[object]) -> ItemReader | None:
    """Return the reader of a type's items; None where there is none."""
    if kind is dict:
        return MAPPINGS
    if not is_record(kind):
        return None
    content = cast("Callable[[Any], Mapping[str, object]]", record_content)
    if not issubclass(kind, BaseModel):
        return ItemReader(kind, "attributes", content)
    fields = _plain_fields(kind)
    if fields:
        return ItemReader(kind, "fields", content, fields)
    return ItemReader(kind, "dump", content)


def _plain_fields(model: type[BaseModel]) -> Mapping[str, str] | None:
    """Return a model's fields by the names that they are dumped under.

    None where a dump is, or may be, something else than the fields' values: where
    anything has a serializer of its own, is left out, or is not a plain value.
    """
    if model.model_dump is not BaseModel.model_dump:
        return None
    schema: Mapping[str, Any] = cast("Any", model).__pydantic_core_schema__
    if schema.get("type") == "definitions":
        schema = schema["schema"]
    schema = _unwrapped(schema)
    if (
        schema.get("type") != "model"
        or "serialization" in schema
        or schema.get("root_model")
        or schema.get("config", {}).get("extra_fields_behavior") == "allow"
    ):
        return None
    fields_schema = _unwrapped(schema["schema"])
    if fields_schema.get("type") != "model-fields" or (
        fields_schema.get("computed_fields") or "serialization" in fields_schema
    ):
        return None
    names: dict[str, str] = {}
    for name, field in fields_schema["fields"].items():
        if not _is_plain(field):
            return None
        names[field.get("serialization_alias") or name] = name
    return names if len(names) == len(fields_schema["fields"]) else None


def _is_plain(field: Mapping[str, Any]) -> bool:
    if field.keys() & {"serialization_exclude", "serialization_exclude_if"}:
        return False
    schema = _unwrapped(field["schema"])
    return schema.get("type") in _PLAIN and "serialization" not in schema


def _unwrapped(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what validators and defaults are wrapped around."""
    while schema.get("type") in _WRAPPERS and "serialization" not in schema:
        schema = schema["schema"]
    return schema
