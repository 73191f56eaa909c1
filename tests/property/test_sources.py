"""What was written comes back, and no bytes at all make a source crash or hang."""

import asyncio
import csv
import gzip
import io
import json
from collections.abc import Callable
from contextlib import aclosing
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources import (
    BrokenRecord,
    CsvSource,
    ItemSource,
    JsonLinesSource,
    files,
    generator,
)
from ddbbulk.sources.csv_rows import RowCutter
from ddbbulk.sources.exact_json import decode_json
from tests.support.source_reading import read_items

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# What matters to the formats is drawn far more often than by chance.
awkward = st.text(st.sampled_from('",\r\n|:;\\ a\t{}[]é\0'), max_size=12)
cells = texts | awkward
# A NUL or a byte order mark in the header is taken for a wrong encoding.
names = cells.map(lambda name: "a" + name.replace("\0", "").lower())
numbers = st.integers(-(10**37), 10**37) | st.decimals(
    allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20)
)
values = st.recursive(
    st.none() | st.booleans() | numbers | cells,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(cells, inner, max_size=4)
    ),
    max_leaves=15,
)
items = st.dictionaries(cells, values, max_size=6)


def to_json(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        members = (
            f"{json.dumps(name)} : {to_json(one)}" for name, one in value.items()
        )
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(to_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def read_back(content: bytes, open_file: Callable[[Path], ItemSource]) -> list[object]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(content)
        return asyncio.run(read_items(open_file(path)))


@given(
    st.lists(items, max_size=8),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
    st.booleans(),
    st.integers(1, 200),
)
@settings(deadline=None, max_examples=60)
def test_items_written_as_json_lines_come_back_equal(
    written: list[object],
    line_end: str,
    is_gzipped: bool,  # noqa: FBT001 - hypothesis passes by position
    block_bytes: int,
) -> None:
    content = "".join(to_json(item) + line_end for item in written).encode()
    # Small blocks, to find the seams.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCK_BYTES", block_bytes)
        read = read_back(
            gzip.compress(content) if is_gzipped else content,
            lambda path: JsonLinesSource(path, dialect="plain"),
        )

    assert read == written
    assert str(read) == str(written)


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.tuples(
            st.lists(names, min_size=width, max_size=width, unique=True),
            st.lists(st.lists(cells, min_size=width, max_size=width), max_size=15),
        )
    ),
    # The module quotes a carriage return only where the line end holds one, or always.
    st.sampled_from(
        [
            (csv.QUOTE_MINIMAL, "\r\n"),
            (csv.QUOTE_ALL, "\r\n"),
            (csv.QUOTE_ALL, "\n"),
            (csv.QUOTE_NONNUMERIC, "\n"),
        ]
    ),
    st.sampled_from([",", ";", "\t", "|"]),
)
@settings(deadline=None, max_examples=60)
def test_tables_written_by_the_csv_module_come_back_equal(
    table: tuple[list[str], list[list[str]]],
    dialect: tuple[Literal[0, 1, 2], str],
    delimiter: str,
) -> None:
    header, rows = table
    header = [
        name.replace("\0", "0").replace("\ufeff", "") + str(n)
        for n, name in enumerate(header)
    ]
    text = io.StringIO()
    writer = csv.writer(
        text,
        quoting=dialect[0],
        delimiter=delimiter,
        lineterminator=dialect[1],
    )
    writer.writerows([header, *rows])

    read = read_back(
        text.getvalue().encode(),
        lambda path: CsvSource(path, delimiter=delimiter, empty="null"),
    )

    assert read == [
        {name: cell or None for name, cell in zip(header, row, strict=True)}
        for row in rows
    ]


@given(st.lists(st.text(st.sampled_from('",\nab'), max_size=12), max_size=8))
def test_rows_are_cut_as_the_csv_module_does_in_strict_mode(parts: list[str]) -> None:
    text = "\n".join(parts)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    expected: list[list[str] | None] = []
    is_open = False
    while True:
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            is_open = "unexpected end of data" in str(error)
            if not is_open:
                expected.append(None)
            continue
        if row:
            expected.append(row)

    cutter = RowCutter(",")
    cut, _ = cutter.cut(text, 1)

    assert [None if isinstance(row, BrokenRecord) else row for row in cut] == expected
    assert (cutter.end() is not None) == is_open


@given(st.text(st.sampled_from('{}[]:", \\a1'), max_size=30) | items.map(to_json))
@settings(max_examples=150)
def test_a_name_that_comes_twice_is_always_found(text: str) -> None:
    is_repeated = False

    def collect(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal is_repeated
        is_repeated = is_repeated or len(dict(pairs)) != len(pairs)
        return dict(pairs)

    try:
        json.loads(text, object_pairs_hook=collect)
    except ValueError:
        return
    decoded = decode_json(text.encode())

    found = isinstance(decoded, BrokenRecord) and decoded.code == "RepeatedName"
    assert found == is_repeated


seeds = st.sampled_from(
    [
        b'a,b,c\n1,"x\ny",\n"q""q",2,3\n',
        b'{"a":1.5,"b":[{"c":"\\u00e9"}]}\n\n{"Item":{"a":{"S":"x"}}}\n',
        gzip.compress(b'{"a":1}\n{"a":2}\n', mtime=0),
        "a,b\nnaïve,2\n".encode("utf-16"),
    ]
)
opened = st.sampled_from(
    [
        CsvSource,
        lambda path: CsvSource(path, encoding="utf-16"),
        lambda path: CsvSource(path, types={"a": "N"}, encoding="shift_jis"),
        JsonLinesSource,
        lambda path: JsonLinesSource(path, dialect="dynamodb", encoding="cp1252"),
    ]
)
edits = st.lists(
    st.tuples(st.integers(0, 80), st.integers(0, 8), st.binary(max_size=4)), max_size=5
)


async def read_what_can_be_read(source: ItemSource) -> None:
    read = 0
    try:
        async with aclosing(source.read()) as chunks:
            async for chunk in chunks:
                assert chunk.start == read
                read += len(chunk.items)
    except SourceError as error:
        failed_at = error.position
    else:
        failed_at = read
    assert failed_at == read


@given(seeds, edits, opened)
@settings(deadline=None, max_examples=150)
def test_no_bytes_make_a_source_fail_in_any_but_its_own_way(
    seed: bytes,
    changes: list[tuple[int, int, bytes]],
    open_file: Callable[[Path], ItemSource],
) -> None:
    content = bytearray(seed)
    for at, length, replacement in changes:
        content[at : at + length] = replacement
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(content)
        try:
            asyncio.run(read_what_can_be_read(open_file(path)))
        except ConfigurationError:
            return


@given(st.integers(0, 500), st.integers(1, 20), st.integers(0, 600))
@settings(deadline=None)
def test_the_parts_of_a_generator_are_the_whole_from_any_start(
    count: int, parts: int, start: int
) -> None:
    @generator(count=count)
    def numbers_from_0(index: int) -> int:
        return index

    async def read_parts() -> list[object]:
        read: list[object] = []
        for part in numbers_from_0.split(parts):
            async with aclosing(part.read(start)) as chunks:
                async for chunk in chunks:
                    assert chunk.items[0] == chunk.start
                    read += chunk.items
        return read

    assert asyncio.run(read_parts()) == list(range(start, count))
