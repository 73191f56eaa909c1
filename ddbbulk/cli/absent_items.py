"""The items of a source whose keys the table does not have: asked just before."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from itertools import groupby
from typing import Any, Final

from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential,
    wait_random,
)

from ddbbulk.aws import Connection, translated
from ddbbulk.errors import (
    AccessDeniedError,
    ConnectionFailedError,
    InvalidItemError,
    ServiceUnavailableError,
    ThrottledError,
)
from ddbbulk.marshal import Delete, Key, Marshaller, WireItem
from ddbbulk.schema import TableSchema
from ddbbulk.sources import Chunk, ItemSource

_IN_FLIGHT: Final = 16
_PATIENCE_SECONDS: Final = 60.0


class AbsentItems:
    """Yields of a source what can be written without changing an item that is there.

    A key that this source itself brought is not asked for again: its later item wins.
    Deletes are left out. What cannot be an item of the table is yielded, to be rejected
    with its reason.

    Attributes:
        present: positions of the items whose keys the table has.
        deletes: positions of the deletes.
    """

    def __init__(
        self,
        source: ItemSource,
        *,
        table: str,
        schema: TableSchema,
        connection: Connection,
    ) -> None:
        self.present: set[int] = set()
        self.deletes: set[int] = set()
        self._source = source
        self._table = table
        self._names = tuple(key.name for key in schema.keys)
        self._marshaller = Marshaller(schema)
        self._client: Any = connection.client
        self._absent: set[Key] = set()
        self._turns = asyncio.Semaphore(_IN_FLIGHT)

    @property
    def name(self) -> str:
        """The source's name."""
        return self._source.name

    @property
    def length(self) -> None:
        """Not known before the table is asked."""
        return

    async def read(self, start: int = 0) -> AsyncGenerator[Chunk, None]:
        """Yield the items from position ``start`` on.

        Raises:
            RequestError: the table could not be asked.
        """
        async with aclosing(self._source.read(start)) as chunks:
            async for chunk in chunks:
                await self._look_up(chunk)
                for part in self._parts(chunk):
                    yield part

    def split(self, parts: int) -> Sequence[ItemSource]:
        """Return this source alone."""
        del parts
        return [self]

    async def _look_up(self, chunk: Chunk) -> None:
        """Learn which items of a chunk are there already."""
        asked: dict[Key, list[int]] = {}
        wires: dict[Key, Mapping[str, Any]] = {}
        for position, item in enumerate(chunk.items, chunk.start):
            if isinstance(item, Delete):
                self.deletes.add(position)
            elif isinstance(item, WireItem) and (key := self._key(item)) is not None:
                asked.setdefault(key, []).append(position)
                wires[key] = item.attributes
        keys = [key for key in asked if key not in self._absent]
        found = await self._found([wires[key] for key in keys])
        for key, is_there in zip(keys, found, strict=True):
            if is_there:
                self.present.update(asked[key])
            else:
                self._absent.add(key)

    def _parts(self, chunk: Chunk) -> list[Chunk]:
        """Return the runs of a chunk's items that are to be written."""
        out = self.present | self.deletes

        def is_out(position: int) -> bool:
            return position in out

        positions = range(chunk.start, chunk.start + len(chunk.items))
        parts: list[Chunk] = []
        for is_left_out, run in groupby(positions, is_out):
            begin, *rest = run
            if not is_left_out:
                part = chunk.since(begin)
                items = part.items[: len(rest) + 1]
                parts.append(Chunk(items, begin, part.file, part.lines))
        return parts

    def _key(self, item: WireItem) -> Key | None:
        try:
            return self._marshaller.put(item).key
        except InvalidItemError:
            return None  # the load will say why

    async def _found(self, items: Sequence[Mapping[str, Any]]) -> list[bool]:
        try:
            async with asyncio.TaskGroup() as tasks:
                asking = [tasks.create_task(self._is_there(item)) for item in items]
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
        return [task.result() for task in asking]

    async def _is_there(self, item: Mapping[str, Any]) -> bool:
        request: dict[str, Any] = {
            "TableName": self._table,
            "Key": {name: _as_botocore_has_it(item[name]) for name in self._names},
            "ConsistentRead": True,
            "ProjectionExpression": "#p",
            "ExpressionAttributeNames": {"#p": self._names[0]},
        }
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(
                (ConnectionFailedError, ServiceUnavailableError, ThrottledError)
            ),
            wait=wait_exponential(multiplier=0.05, max=2) + wait_random(0, 0.1),
            stop=stop_after_delay(_PATIENCE_SECONDS),
            reraise=True,
        )
        async with self._turns:
            return "Item" in await retrying(self._get_item, request)

    async def _get_item(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            with translated(table=self._table, action="dynamodb:GetItem"):
                answer: Mapping[str, Any] = await self._client.get_item(**request)
        except AccessDeniedError as error:
            raise AccessDeniedError(
                f"{error}; or do without it: --overwrite writes without looking",
                table=self._table,
                code=error.code,
            ) from error
        return answer


def _as_botocore_has_it(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sound key attribute of DynamoDB JSON for the client: its B is bytes."""
    ((kind, content),) = value.items()
    is_text = kind == "B" and isinstance(content, str)
    return {kind: b64decode(content) if is_text else content}
