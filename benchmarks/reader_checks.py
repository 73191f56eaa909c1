"""What has to hold for every file, however broken: read, and judge what came of it."""

import asyncio
import csv
import io
import json
from collections.abc import Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import orjson

from ddbbulk.cli.failures_source import FailuresSource
from ddbbulk.errors import ConfigurationError, DdbBulkError, SourceError
from ddbbulk.failures import FailedItem, OpenedFile
from ddbbulk.intake import Intake
from ddbbulk.ledger import Ledger
from ddbbulk.marshal import Marshaller
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.sizing import item_size
from ddbbulk.sources import (
    Bookmark,
    BrokenRecord,
    Chunk,
    ItemSource,
    SeekableSource,
    files,
)
from ddbbulk.sources.exact_json import decode_json
from reader_inputs import BOM, CSV_READERS, FAILURES, JSON_READERS, Input

TABLE: Final = "ducks"
SCHEMA: Final = TableSchema(
    KeyAttribute("id"),
    indexes=(IndexSchema("by_number", (KeyAttribute("k", "N"),)),),
)


@dataclass
class Outcome:
    """What became of an input.

    Attributes:
        accepted: items that would be sent.
        rejected: items that would be in the failures file.
        problem: the error that refused the files or ended the reading.
    """

    accepted: int = 0
    rejected: int = 0
    problem: DdbBulkError | None = None
    chunks: list[Chunk] = field(default_factory=list)

    @property
    def items(self) -> list[tuple[object, str]]:
        """All items, and where each of them stands."""
        return [
            (item, chunk.where(position))
            for chunk in self.chunks
            for position, item in enumerate(chunk.items, chunk.start)
        ]


async def judge(one: Input, folder: Path) -> Outcome:
    """Read the files of an input.

    Raises:
        AssertionError: something does not hold.
        Exception: whatever a reader should not have raised.
    """
    paths = [folder / str(number) for number in range(len(one.contents))]
    for path, content in zip(paths, one.contents, strict=True):
        path.write_bytes(content)
    with patch.object(files, "BLOCK_BYTES", one.block_bytes):
        if one.reader == FAILURES:
            return await _judge_failures(paths[0])
        return await _judge_source(one, paths)


async def _judge_failures(path: Path) -> Outcome:
    try:
        opened = OpenedFile.open(path, table=None)
    except ConfigurationError as error:
        return _ended(Outcome(), error, path.parent)
    with closing(opened):
        opened.table = opened.table or TABLE
        outcome = await _read(FailuresSource(opened), path.parent)
        _admit(outcome)
    _check_no_line_missed(path, outcome.chunks)
    return outcome


async def _judge_source(one: Input, paths: Sequence[Path]) -> Outcome:
    folder = paths[0].parent
    try:
        source = one.open(paths)
    except ConfigurationError as error:
        return _ended(Outcome(), error, folder)
    outcome = await _read(source, folder)
    _admit(outcome)
    identity = source.identity()
    assert identity == source.identity() == json.loads(json.dumps(identity))
    await _check_bookmarks(source, outcome, folder)
    if outcome.problem is None and one.encoding == "utf-8":
        for path, content in zip(paths, one.contents, strict=True):
            if not content.startswith(b"\x1f\x8b"):
                chunks = [c for c in outcome.chunks if c.file == str(path)]
                _check_all_lines(one.reader, content.removeprefix(BOM), chunks)
    return outcome


async def _read(
    source: ItemSource, folder: Path, start: int = 0, bookmark: Bookmark | None = None
) -> Outcome:
    outcome = Outcome()
    position = start
    begun = source.read(start)
    if bookmark is not None and isinstance(source, SeekableSource):
        begun = source.read(start, bookmark=bookmark)
    try:
        async with aclosing(begun) as chunks:
            async for chunk in chunks:
                assert chunk.start == position
                assert chunk.items
                assert chunk.lines is not None
                assert len(chunk.lines) == len(chunk.items)
                position += len(chunk.items)
                outcome.chunks += [chunk]
    except SourceError as error:
        assert error.position == position
        return _ended(outcome, error, folder)
    except ConfigurationError as error:
        return _ended(outcome, error, folder)
    return outcome


def _ended(outcome: Outcome, problem: DdbBulkError, folder: Path) -> Outcome:
    """Check that the error names the file, and nothing that steers a terminal."""
    assert str(folder) in str(problem)
    assert str(problem).isprintable()
    outcome.problem = problem
    return outcome


def _admit(outcome: Outcome) -> None:
    """Let every item be marshalled: it is sent, or rejected with its line."""
    failed: list[FailedItem] = []
    intake = Intake(
        table=TABLE,
        marshaller=Marshaller(SCHEMA),
        # As after an item that was good: a thousand bad ones do not end the load.
        ledger=Ledger(SCHEMA.resources, items_read=1, items_written=1),
        on_event=None,
        on_failure=failed.append,
    )
    for chunk in outcome.chunks:
        for position, item in enumerate(chunk.items, chunk.start):
            admitted: list[Any] = []
            intake.admit((item,), position, chunk, admitted.append)
            if not admitted:
                outcome.rejected += 1
                assert failed[-1].position == position
                assert failed[-1].where == chunk.where(position)
                _check_failed(failed[-1])
            else:
                outcome.accepted += 1
                ((write,),) = admitted
                body = orjson.loads(write.body)
                if write.operation == "put":
                    assert item_size(body["PutRequest"]["Item"]) == write.size
    assert len(failed) == outcome.rejected


def _check_failed(failed: FailedItem) -> None:
    assert failed.message.isprintable()
    assert failed.where.isprintable()
    assert FailedItem.parse(failed.line()).line() == failed.line()


async def _check_bookmarks(
    source: SeekableSource, outcome: Outcome, folder: Path
) -> None:
    """Go on from the last bookmark: nothing is different from there."""
    known = [chunk.bookmark for chunk in outcome.chunks if chunk.bookmark is not None]
    if not known:
        return
    bookmark = known[-1]
    resumed = await _read(source, folder, bookmark.position, bookmark)
    assert resumed.items == outcome.items[bookmark.position :]
    assert str(resumed.problem) == str(outcome.problem)


def _check_all_lines(reader: str, content: bytes, chunks: Sequence[Chunk]) -> None:
    """Compare with what else can read such a file: nothing was passed over."""
    numbers = _line_numbers(chunks)
    if reader in JSON_READERS:
        lines = _lines_that_count(content)
        assert numbers == [number for number, _ in lines]
        for _, line in lines:
            _check_json(line)
    elif reader in CSV_READERS and b"\r" not in content:
        assert numbers == sorted(set(numbers))
        delimiter, _ = CSV_READERS[reader]
        text = content.decode(errors="surrogateescape")
        assert len(numbers) == _csv_rows(text, delimiter) - 1  # the header


def _check_no_line_missed(path: Path, chunks: Sequence[Chunk]) -> None:
    lines = _lines_that_count(path.read_bytes())
    assert _line_numbers(chunks) == [number for number, _ in lines]


def _line_numbers(chunks: Sequence[Chunk]) -> list[int]:
    return [number for chunk in chunks for number in chunk.lines or ()]


def _lines_that_count(content: bytes) -> list[tuple[int, bytes]]:
    return [
        (number, line)
        for number, line in enumerate(content.split(b"\n"), 1)
        if line and not line.isspace()
    ]


def _check_json(line: bytes) -> None:
    """What was read is what the standard library reads."""
    value = decode_json(line)
    if isinstance(value, BrokenRecord):
        return
    expected: Any = json.loads(line, parse_float=Decimal, strict=False)
    assert value == expected


def _csv_rows(text: str, delimiter: str) -> int:
    """How many rows the standard library finds, broken ones too."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = 0
    while True:
        try:
            rows += bool(next(reader))
        except StopIteration:
            return rows
        except csv.Error:
            rows += 1


def judge_in_new_loop(one: Input, folder: Path) -> Outcome:
    """Read the files of an input, as ``judge`` does, from code that is not async."""
    return asyncio.run(judge(one, folder))
