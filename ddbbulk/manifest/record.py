"""Lines of a manifest, made of writes that the service has acknowledged."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

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


# In the place of a write: there is no other that the service may have done.
END: Final = Acknowledgement("", is_certain=True)
END_LINE: Final = b'{"end":true}\n'
# Another load begins, whose end is still to come.
OPEN_LINE: Final = b'{"end":false}\n'


def creation_lines(schema: TableSchema) -> Callable[[Sequence[Acknowledgement]], bytes]:
    """Return what makes lines of acknowledgements: keys and digests, no other values.

    Args:
        schema: the table's keys.
    """
    names = [key.name for key in schema.keys]

    def lines(entries: Sequence[Acknowledgement]) -> bytes:
        return b"".join([_line(entry, names) for entry in entries])

    return lines


def _line(entry: Acknowledgement, names: Sequence[str]) -> bytes:
    if entry.body == END.body:
        return END_LINE
    return orjson.dumps(_creation(entry, names)) + b"\n"


def _creation(entry: Acknowledgement, names: Sequence[str]) -> dict[str, Any]:
    body = orjson.loads(entry.body)
    if "DeleteRequest" in body:
        return {"key": body["DeleteRequest"]["Key"], "digest": None}
    item = body["PutRequest"]["Item"]
    line = {
        "key": {name: item[name] for name in names},
        "digest": item_digest(item).hex(),
    }
    return line if entry.is_certain else line | {"is_certain": False}
