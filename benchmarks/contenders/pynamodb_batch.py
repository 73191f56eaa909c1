"""PynamoDB: the ``batch_write`` of a model."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

from pynamodb.attributes import (
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.models import Model

from contest import ACCESS_KEY, KEY, MAKERS, REGION, TABLE, Task, Write, with_floats

_SETS: Final[dict[str, Any]] = {
    "labels": UnicodeSetAttribute,
    "scores": NumberSetAttribute,
}
_ATTRIBUTES: Final[dict[type, Any]] = {
    str: UnicodeAttribute,
    int: NumberAttribute,
    float: NumberAttribute,
    dict: MapAttribute,
    list: ListAttribute,
}

# Its numbers are floats.
prepared = with_floats


@asynccontextmanager
async def opened(task: Task) -> AsyncGenerator[Write, None]:
    """Make the model of a workload's items."""
    model = _model(task)

    async def write(items: Iterator[Any]) -> None:
        with model.batch_write() as batch:
            for item in items:
                batch.save(model(**item))

    yield write


def _model(task: Task) -> Any:  # noqa: ANN401 -- a class, made here
    example = with_floats(MAKERS[task.workload](1))
    meta = {
        "table_name": TABLE,
        "host": task.endpoint_url,
        "region": REGION,
        "aws_access_key_id": ACCESS_KEY,
        "aws_secret_access_key": ACCESS_KEY,
    }
    attributes = {name: _attribute(name, value) for name, value in example.items()}
    return type(Model)("Item", (Model,), {"Meta": type("Meta", (), meta), **attributes})


def _attribute(name: str, value: object) -> Any:  # noqa: ANN401 -- of any kind
    if name == KEY:
        return UnicodeAttribute(hash_key=True)
    return (_SETS[name] if name in _SETS else _ATTRIBUTES[type(value)])()
