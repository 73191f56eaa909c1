import gzip
import json
import os
from pathlib import Path
from typing import Any, cast

import pytest

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources import (
    Bookmark,
    Chunk,
    CsvSource,
    JsonLinesSource,
    SeekableSource,
    files,
)
from tests.support.source_reading import read_chunks, read_items, read_until_error

COUNT = 300
LINES = b"".join(b'{"n":%d}\n' % index for index in range(COUNT))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BLOCK_BYTES", 64)


def bookmark_of(chunk: Chunk) -> Bookmark:
    assert chunk.bookmark is not None
    return chunk.bookmark


def through_json(bookmark: Bookmark) -> Bookmark:
    return Bookmark(bookmark.position, json.loads(json.dumps(bookmark.place)))


def flat(chunks: list[Chunk]) -> list[tuple[object, str]]:
    return [
        (item, chunk.where(position))
        for chunk in chunks
        for position, item in enumerate(chunk.items, chunk.start)
    ]


async def assert_every_bookmark_leads_there(source: SeekableSource) -> list[Chunk]:
    chunks = await read_chunks(source)
    whole = flat(chunks)
    known = {chunk.bookmark.position: chunk for chunk in chunks if chunk.bookmark}
    for start, chunk in known.items():
        bookmark = through_json(bookmark_of(chunk))
        resumed = await read_chunks(source, start, bookmark=bookmark)
        assert flat(resumed) == whole[start:]
    return chunks


async def test_every_chunk_of_a_plain_file_has_its_own_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)

    chunks = await assert_every_bookmark_leads_there(JsonLinesSource(path))

    assert len(chunks) > 30
    assert [bookmark_of(chunk).position for chunk in chunks] == [
        chunk.start for chunk in chunks
    ]
    assert bookmark_of(chunks[0]).place == {"file": 0}
    last = bookmark_of(chunks[-1])
    begun = LINES[last.place["offset"] :]
    assert begun.startswith(b'{"n":%d}\n' % last.position)
    assert last.place["line"] == last.position + 1


async def test_what_is_before_the_bookmark_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    source = JsonLinesSource(path, dialect="plain")
    chunk = (await read_chunks(source))[20]
    bookmark = bookmark_of(chunk)
    # What cannot be read as it was before has not been looked at.
    at = bookmark.place["offset"]
    path.write_bytes(b"x" * (at - 1) + LINES[at - 1 :])

    items = await read_items_from(source, bookmark)

    assert items == [{"n": n} for n in range(bookmark.position, COUNT)]


async def read_items_from(source: SeekableSource, bookmark: Bookmark) -> list[object]:
    chunks = await read_chunks(source, bookmark.position, bookmark=bookmark)
    return [item for chunk in chunks for item in chunk.items]


async def test_files_before_that_of_the_bookmark_are_not_opened(tmp_path: Path) -> None:
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    first.write_bytes(LINES)
    second.write_bytes(LINES)
    source = JsonLinesSource([first, second])
    bookmark = bookmark_of((await read_chunks(source))[-1])
    first.unlink()

    assert len(await read_items_from(source, bookmark)) == 2 * COUNT - bookmark.position
    _, error = await read_until_error(source, SourceError)
    assert "1.jsonl" in str(error)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
async def test_a_byte_order_mark_shifts_the_places(tmp_path: Path, mark: bytes) -> None:
    plain, table = tmp_path / "a.jsonl", tmp_path / "a.csv"
    plain.write_bytes(mark + LINES)
    table.write_bytes(mark + b"n\n" + b"\xef\xbb\xbfx\n" * 100)

    await assert_every_bookmark_leads_there(JsonLinesSource(plain))
    chunks = await assert_every_bookmark_leads_there(CsvSource(table))

    # Within the text it is a character like others.
    assert {str(item) for chunk in chunks for item in chunk.items} == {
        str({"n": "\ufeffx"})
    }


async def test_a_line_that_looks_like_gzip_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"n\n" + b"\x1f\x8b\n" * 100)

    chunks = await assert_every_bookmark_leads_there(CsvSource(path))

    assert len({bookmark_of(chunk).position for chunk in chunks}) > 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("is_gzipped", [True, False])
async def test_where_bytes_are_no_places_the_files_beginning_is_one(
    tmp_path: Path, encoding: str, *, is_gzipped: bool
) -> None:
    path, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    text = LINES.decode().encode(encoding)
    path.write_bytes(gzip.compress(text) if is_gzipped else text)
    other.write_bytes(path.read_bytes())

    source = JsonLinesSource([path, other], encoding=encoding)
    chunks = await assert_every_bookmark_leads_there(source)

    if is_gzipped or encoding != "utf-8":
        bookmarks = [bookmark_of(chunk) for chunk in chunks]
        assert {bookmark.position for bookmark in bookmarks} == {0, COUNT}
        assert bookmarks[-1] == Bookmark(COUNT, {"file": 1})


async def test_a_row_over_several_lines_is_begun_at_its_beginning(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    long = '"' + "line\r\n" * 40 + '",2\n'
    path.write_text(('"a\nb",c\n' + long + "1,2\n" * 50) * 2, newline="")

    chunks = await assert_every_bookmark_leads_there(CsvSource(path))

    # The first such row is part of what the file's beginning leads to.
    assert [chunk.bookmark for chunk in chunks].count(None) == 1
    assert sum(chunk.bookmark is not None for chunk in chunks) > 5


async def test_the_dialect_that_the_first_object_showed_is_remembered(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl"
    wire, plain = b'{"Item":{"a":{"S":"x"}}}\n', b'{"a":"plain"}\n'
    path.write_bytes(b"broken\n{}\n" * 20 + wire + plain * 20)

    chunks = await assert_every_bookmark_leads_there(JsonLinesSource(path))

    dialects = [bookmark_of(chunk).place.get("dialect") for chunk in chunks]
    assert list(dict.fromkeys(dialects)) == [None, "auto", "dynamodb"]


async def test_a_pipe_has_no_bookmarks(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    os.write(writer, b'{"n":0}\n')
    source = JsonLinesSource(path)

    chunks = source.read()
    assert (await anext(chunks)).bookmark is None
    await chunks.aclose()
    os.close(writer)


@pytest.mark.parametrize(
    ("position", "place"),
    [
        (0, None),
        (0, []),
        (0, {}),
        (0, {"file": "0"}),
        (0, {"file": True}),
        (0, {"file": 1}),
        (0, {"file": -1}),
        (-1, {"file": 0}),
        ("0", {"file": 0}),
        (900, {"file": 0}),
        (5, {"file": 0, "offset": -8, "line": 6, "dialect": "plain"}),
        (5, {"file": 0, "offset": 40.0, "line": 6, "dialect": "plain"}),
        (5, {"file": 0, "offset": 41, "line": 6, "dialect": "plain"}),
        (5, {"file": 0, "offset": 10**30, "line": 6, "dialect": "plain"}),
        (5, {"file": 0, "offset": 40, "line": 0, "dialect": "plain"}),
        (5, {"file": 0, "offset": 40, "line": 6}),
        (5, {"file": 0, "offset": 40, "line": 6, "dialect": "ion"}),
        (5, {"file": 0, "offset": 40, "line": 6, "dialect": {}}),
    ],
)
async def test_a_bookmark_that_cannot_be_is_refused(
    tmp_path: Path, position: object, place: object
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    bookmark = Bookmark(cast("int", position), cast("dict[str, Any]", place))

    with pytest.raises(ConfigurationError, match="place to go on from is not"):
        await read_chunks(JsonLinesSource(path), 200, bookmark=bookmark)


async def test_a_place_within_a_gzipped_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(LINES))
    bookmark = Bookmark(5, {"file": 0, "offset": 40, "line": 6, "dialect": "plain"})

    with pytest.raises(ConfigurationError, match="no line begins at byte 40"):
        await read_chunks(JsonLinesSource(path), 5, bookmark=bookmark)


async def test_a_file_that_has_lost_its_header_is_not_gone_on_with(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n\n" + "1\n" * 100)
    source = CsvSource(path)
    bookmark = bookmark_of((await read_chunks(source))[-1])
    path.write_text("\n" * 202)

    with pytest.raises(ConfigurationError, match="has no header"):
        await read_chunks(source, 99, bookmark=bookmark)


async def test_a_start_behind_the_bookmark_is_found_from_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    source = JsonLinesSource(path)
    bookmark = bookmark_of((await read_chunks(source))[10])

    resumed = await read_chunks(source, 222, bookmark=bookmark)

    assert flat(resumed) == flat(await read_chunks(source, 222))
    assert bookmark_of(resumed[0]).position <= 222
    assert await read_items(source, 222) == [{"n": n} for n in range(222, COUNT)]
