"""Lines of a manifest, made of writes that the service has acknowledged."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson

from ddbbulk.canonical import item_digest
from ddbbulk.schema import TableSchema


class Acknowledgement(NamedTuple):
    """A write that was done.

    Args:
        body: as ``Write`` has it.
        is_certain: the service has done it for this request, not for another.
    """

    body: str
    is_certain: bool


def creation_lines(schema: TableSchema) -> Callable[[Sequence[Acknowledgement]], bytes]:
    """Return what makes lines of acknowledgements: keys and digests, no other values.

    Args:
        schema: the table's keys.
    """
    names = [key.name for key in schema.keys]

    def lines(entries: Sequence[Acknowledgement]) -> bytes:
        return b"".join(
            [orjson.dumps(_line(entry, names)) + b"\n" for entry in entries]
        )

    return lines


def _line(entry: Acknowledgement, names: Sequence[str]) -> dict[str, Any]:
    body = orjson.loads(entry.body)
    if "DeleteRequest" in body:
        return {"key": body["DeleteRequest"]["Key"], "digest": None}
    item = body["PutRequest"]["Item"]
    line = {
        "key": {name: item[name] for name in names},
        "digest": item_digest(item).hex(),
    }
    return line if entry.is_certain else line | {"is_certain": False}
