import asyncio
import gzip
import io
import os
import sys
import threading
from contextlib import aclosing
from pathlib import Path

import pytest

from ddbbulk.errors import ConfigurationError, SourceError
from ddbbulk.sources import JsonLinesSource
from ddbbulk.sources.parser import Parser
from tests.support.source_reading import read_chunks, read_items, read_until_error

LINES = b"".join(b'{"n":%d}\n' % index for index in range(50_000))
ITEMS = [{"n": index} for index in range(50_000)]


def open_files() -> list[str]:
    found: list[str] = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(descriptor.readlink()))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
@pytest.mark.parametrize("is_gzipped", [False, True])
async def test_gzip_is_known_by_its_content(
    tmp_path: Path, name: str, *, is_gzipped: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(LINES) if is_gzipped else LINES)

    assert await read_items(JsonLinesSource(path)) == ITEMS


async def test_gzip_files_put_together_are_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    half = LINES.index(b"\n", len(LINES) // 2) + 1
    parts = (gzip.compress(LINES[:half]), gzip.compress(LINES[half:]))
    path.write_bytes(b"".join(parts) + b"\0" * 512)

    assert await read_items(JsonLinesSource(path)) == ITEMS


async def test_what_expands_a_thousandfold_is_read_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"n":1}\n' * 300_000))

    sizes = [len(chunk.items) for chunk in await read_chunks(JsonLinesSource(path))]

    assert sum(sizes) == 300_000
    assert max(sizes) < 50_000


async def test_a_cut_gzip_file_yields_what_is_readable_and_then_fails(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl.gz"
    whole = gzip.compress(LINES)
    path.write_bytes(whole[: len(whole) // 2])

    items, error = await read_until_error(JsonLinesSource(path), SourceError)

    assert 10_000 < len(items) < 50_000
    assert items == ITEMS[: len(items)]
    assert isinstance(error, SourceError)
    assert error.position == len(items)
    assert "a.jsonl.gz" in str(error)
    assert "end in the middle" in str(error)


async def test_a_damaged_gzip_file_fails(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    damaged = bytearray(gzip.compress(LINES))
    damaged[-6] ^= 0xFF  # the checksum
    path.write_bytes(damaged)

    _, error = await read_until_error(JsonLinesSource(path), SourceError)

    assert "damaged" in str(error)


async def test_files_follow_one_another_with_names_and_lines(tmp_path: Path) -> None:
    first, empty, second = (tmp_path / name for name in ("1.jsonl", "0", "2.jsonl"))
    first.write_bytes(b'{"n":0}\n\n{"n":1}\n')
    empty.write_bytes(b"")
    second.write_bytes(b'\n{"n":2}')

    source = JsonLinesSource([first, empty, str(second)])
    chunks = await read_chunks(source)

    assert source.name == f"{first} and 2 more"
    assert [chunk.where(chunk.start) for chunk in chunks] == [
        f"{first}, line 1",
        f"{second}, line 2",
    ]
    assert chunks[0].where(1) == f"{first}, line 3"
    assert await read_items(source, 1) == [{"n": 1}, {"n": 2}]


async def test_reading_may_start_midway(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)

    chunks = await read_chunks(JsonLinesSource(path), 33_333)

    assert chunks[0].items[0] == {"n": 33_333}
    assert chunks[0].where(33_333).endswith("line 33,334")


def test_a_missing_file_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    good = tmp_path / "a.jsonl"
    good.write_bytes(LINES)

    with pytest.raises(ConfigurationError, match=r"no file .*missing\.jsonl"):
        JsonLinesSource([good, tmp_path / "missing.jsonl"])


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is a directory: name the files"):
        JsonLinesSource(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    path.chmod(0)

    with pytest.raises(ConfigurationError, match="permissions"):
        JsonLinesSource(path)


async def test_a_file_that_vanishes_is_a_source_error(tmp_path: Path) -> None:
    first, second = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    first.write_bytes(LINES)
    second.write_bytes(LINES)
    source = JsonLinesSource([first, second])
    second.unlink()

    items, error = await read_until_error(source, SourceError)

    assert items == ITEMS
    assert isinstance(error, SourceError)
    assert error.position == 50_000
    assert "2.jsonl" in str(error)


def test_no_file_at_all_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="give one path"):
        JsonLinesSource([])


async def test_an_abandoned_read_closes_its_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)

    async with aclosing(JsonLinesSource(path).read()) as chunks:
        await anext(chunks)
        assert str(path) in open_files()

    assert str(path) not in open_files()
    assert len(asyncio.all_tasks()) == 1


async def test_a_cancelled_read_closes_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)

    async def read_slowly() -> None:
        async with aclosing(JsonLinesSource(path).read()) as chunks:
            async for _ in chunks:
                begun.set()
                await asyncio.Event().wait()

    begun = asyncio.Event()
    reading = asyncio.create_task(read_slowly())
    await begun.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert str(path) not in open_files()


async def test_a_pipe_hands_over_what_has_come(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    os.write(writer, b'{"n":0}\n{"n":1}\n{"n"')

    async with aclosing(JsonLinesSource(path).read()) as chunks:
        early = await anext(chunks)
        os.write(writer, b":2}\n")
        late = await anext(chunks)
    os.close(writer)

    assert (list(early.items), list(late.items)) == (ITEMS[:2], ITEMS[2:3])


async def test_a_reader_that_waits_for_a_pipe_can_give_up(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR)
    os.write(writer, b'{"n":0}\n')

    async with aclosing(JsonLinesSource(path).read()) as chunks:
        await anext(chunks)
    os.close(writer)

    assert str(path) not in open_files()


async def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(LINES))))
    source = JsonLinesSource("-")

    chunks = await read_chunks(source)

    assert [item for chunk in chunks for item in chunk.items] == ITEMS
    assert chunks[0].where(0) == "standard input, line 1"
    assert source.name == "standard input"
    with pytest.raises(ConfigurationError, match="only once"):
        source.read()


async def test_standard_input_is_left_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    with path.open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)

        assert await read_items(JsonLinesSource("-")) == ITEMS
        assert stream.read() == ""


def test_standard_input_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="only once"):
        JsonLinesSource(["-", "-"])


async def test_files_are_parsed_outside_the_event_loops_thread(tmp_path: Path) -> None:
    threads: set[int] = set()

    class Watched(JsonLinesSource):
        def _parser(self, file: str) -> Parser:
            threads.add(threading.get_ident())
            return super()._parser(file)

    path = tmp_path / "a.jsonl"
    path.write_bytes(LINES)
    source = Watched(path)
    threads.clear()
    await read_items(source)

    assert threads
    assert threading.get_ident() not in threads


def test_standard_input_that_is_closed_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", None)

    with pytest.raises(ConfigurationError, match="standard input is closed"):
        JsonLinesSource("-")
