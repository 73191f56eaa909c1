"""From every bookmark of every file a reading goes on as if it had never stopped."""

import asyncio
import csv
import gzip
import io
import json
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from ddbbulk.errors import ConfigurationError
from ddbbulk.sources import (
    Bookmark,
    Chunk,
    CsvSource,
    JsonLinesSource,
    SeekableSource,
    files,
    lines,
)

BOM = b"\xef\xbb\xbf"

texts = st.text(st.sampled_from('ab",\r\n é\0:{}\ufeff'), max_size=8)
line_ends = st.sampled_from(["\n", "\r\n", "\n\n", "\n \r\n"])
damage = st.sampled_from(
    [b"", b"\xff", b'"x\n', b'x"y,1\n', b"\n\n", b"[1]\n", b"{}\n", b"\x1f\x8b\n"]
)

# Each line of JSON ends up between line ends that hypothesis draws.
json_lines = st.one_of(
    st.builds(lambda text: json.dumps({"a": text}), texts),
    st.builds(lambda text: json.dumps({"a": {"S": text}}), texts),
    st.builds(lambda text: json.dumps({"Item": {"a": {"N": text}}}), texts),
    st.sampled_from(["{}", "[1]", "nonsense", '{"a":1,"a":2}', "é", "x" * 90]),
)


@dataclass(frozen=True)
class Content:
    """The bytes of a file."""

    text: bytes
    is_marked: bool
    is_gzipped: bool

    def write(self, path: Path) -> None:
        content = BOM * self.is_marked + self.text
        path.write_bytes(gzip.compress(content) if self.is_gzipped else content)


@st.composite
def json_texts(draw: st.DrawFn) -> bytes:
    pieces = draw(st.lists(st.tuples(json_lines, line_ends), max_size=12))
    text = "".join(line + end for line, end in pieces).encode()
    if draw(st.booleans()):
        text = text.rstrip()  # the last line has no end
    return text


@st.composite
def csv_texts(draw: st.DrawFn) -> bytes:
    text = io.StringIO()
    quoting: Literal[0, 1]
    quoting = csv.QUOTE_ALL if draw(st.booleans()) else csv.QUOTE_MINIMAL
    end = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(text, quoting=quoting, lineterminator=end)
    writer.writerow(["a", draw(st.sampled_from(["b", "b\nc"]))])
    rows = draw(st.lists(st.lists(texts, min_size=1, max_size=3), max_size=10))
    header_bytes = len(text.getvalue().encode())
    writer.writerows(rows)
    content = text.getvalue().encode()
    at = draw(st.integers(header_bytes, len(content)))
    return content[:at] + draw(damage) + content[at:]


def contents(content: st.SearchStrategy[bytes]) -> st.SearchStrategy[list[Content]]:
    one = st.builds(
        Content, content, st.booleans(), st.sampled_from([False, False, False, True])
    )
    return st.lists(one, min_size=1, max_size=3)


Found = tuple[int, object, str]


async def found(
    source: SeekableSource, start: int = 0, bookmark: Bookmark | None = None
) -> tuple[list[Chunk], list[Found], str]:
    """All that a reading yields, and the error that ends it."""
    chunks: list[Chunk] = []
    problem = ""
    try:
        async with aclosing(source.read(start, bookmark=bookmark)) as reading:
            async for chunk in reading:
                chunks += [chunk]
    except Exception as error:  # noqa: BLE001 -- compared, whatever it is
        problem = f"{type(error).__name__}: {error}"
    items = [
        (position, item, chunk.where(position))
        for chunk in chunks
        for position, item in enumerate(chunk.items, chunk.start)
    ]
    return chunks, items, problem


async def check_all_bookmarks(source: SeekableSource, skipped: int) -> None:
    chunks, whole, problem = await found(source)
    event(f"{min(len(chunks), 5)} chunks")
    for chunk in chunks:
        bookmark = chunk.bookmark
        if bookmark is None:
            event("a chunk without a bookmark")
            continue
        assert bookmark.position <= chunk.start
        kept = Bookmark(bookmark.position, json.loads(json.dumps(bookmark.place)))
        for start in {bookmark.position, min(bookmark.position + skipped, len(whole))}:
            _, items, ended = await found(source, start, kept)
            assert items == whole[start:]
            assert ended == problem


def check(
    written: Sequence[Content], skipped: int, source_type: type, **options: str
) -> None:
    with TemporaryDirectory() as folder:
        paths = [Path(folder, str(number)) for number in range(len(written))]
        for path, content in zip(paths, written, strict=True):
            content.write(path)
        asyncio.run(check_all_bookmarks(source_type(paths, **options), skipped))


@given(
    contents(json_texts()),
    st.sampled_from(["auto", "plain", "dynamodb"]),
    st.integers(1, 80),
    st.integers(0, 30),
)
@settings(deadline=None, max_examples=50)
def test_json_lines_go_on_from_every_bookmark(
    written: list[Content], dialect: str, block_bytes: int, skipped: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCK_BYTES", block_bytes)
        patch.setattr(lines, "MAX_LINE_BYTES", 80)
        try:
            check(written, skipped, JsonLinesSource, dialect=dialect)
        except ConfigurationError as error:
            if "has a first line of more than" not in str(error):
                raise
            event("refused as a whole")


@given(
    contents(csv_texts()),
    st.sampled_from(["omit", "null"]),
    st.integers(1, 80),
    st.integers(0, 30),
)
@settings(deadline=None, max_examples=50)
def test_csv_goes_on_from_every_bookmark(
    written: list[Content], empty: str, block_bytes: int, skipped: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCK_BYTES", block_bytes)
        check(written, skipped, CsvSource, empty=empty)
