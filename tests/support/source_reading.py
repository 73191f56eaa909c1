"""Files for sources to read, and readers that check that positions run on."""

from contextlib import aclosing
from pathlib import Path

from ddbbulk.sources import Bookmark, Chunk, ItemSource, SeekableSource


async def read_chunks(
    source: ItemSource, start: int = 0, *, bookmark: Bookmark | None = None
) -> list[Chunk]:
    """Return all chunks from ``start`` on, having checked that they follow on."""
    chunks: list[Chunk] = []
    position = start
    if bookmark is None:
        begun = source.read(start)
    else:
        assert isinstance(source, SeekableSource)
        begun = source.read(start, bookmark=bookmark)
    async with aclosing(begun) as reading:
        async for chunk in reading:
            assert chunk.start == position
            assert chunk.items
            assert chunk.lines is None or len(chunk.lines) == len(chunk.items)
            position += len(chunk.items)
            chunks.append(chunk)
    return chunks


async def read_items(source: ItemSource, start: int = 0) -> list[object]:
    """Return all items from ``start`` on."""
    return [item for chunk in await read_chunks(source, start) for item in chunk.items]


async def read_until_error(
    source: ItemSource, error: type[Exception]
) -> tuple[list[object], Exception]:
    """Return the items before the error, and the error."""
    items: list[object] = []
    try:
        async with aclosing(source.read()) as reading:
            async for chunk in reading:
                items.extend(chunk.items)
    except error as raised:
        return items, raised
    raise AssertionError(f"the source ended without {error.__name__}")


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> None:
    """Write a file for a source to read, its line ends as they are."""
    path.write_bytes(
        content if isinstance(content, bytes) else content.encode(encoding)
    )
