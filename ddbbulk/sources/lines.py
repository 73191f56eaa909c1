"""A file's bytes in UTF-8, cut at the ends of lines of bounded length."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ddbbulk.errors import ConfigurationError
from ddbbulk.printable import printable
from ddbbulk.sources.files import UnreadableError

# DynamoDB JSON, escapes included, writes the largest item (400 KB) in a few megabytes.
MAX_LINE_BYTES: Final = 16 * 1024 * 1024
# How Python writes text in its own source: no file of data is in them, and what they
# cannot read is a warning to whoever looks at standard error.
_OF_PYTHON_SOURCE: Final = frozenset({"unicode-escape", "raw-unicode-escape"})


@dataclass(frozen=True, slots=True)
class Lines:
    """Some whole lines of a file, in UTF-8.

    Args:
        first: the number of the first line, from 1.
        data: the lines, without the end of the last one.
        offset: how many bytes of the file are before them, where that can be told.
        is_too_long: this is one line of more than ``MAX_LINE_BYTES``, and was let go.
    """

    first: int
    data: bytes
    offset: int = 0
    is_too_long: bool = False


def whole_lines(
    blocks: Iterable[bytes], *, first: int = 1, offset: int = 0
) -> Iterator[Lines]:
    """Yield the lines of the blocks, as many together as have ended.

    Args:
        blocks: the text in UTF-8, cut anywhere.
        first: the number of the line with which they begin.
        offset: how many bytes are before them.
    """
    held: list[bytes] = []
    held_bytes = 0
    for block in blocks:
        begin = 0
        end = block.rfind(b"\n")
        if end >= 0 and held_bytes + block.find(b"\n") > MAX_LINE_BYTES:
            yield Lines(first, b"", offset, is_too_long=True)
            begin = block.find(b"\n") + 1
            first += 1
            offset += held_bytes + begin
            held.clear()
            held_bytes = 0
        if end >= begin:
            data = b"".join((*held, block[begin:end]))
            yield Lines(first, data, offset)
            first += data.count(b"\n") + 1
            offset += len(data) + 1
            held.clear()
            held_bytes = 0
        rest = block[max(end + 1, begin) :]
        held_bytes += len(rest)
        if held_bytes > MAX_LINE_BYTES:
            held.clear()
        elif rest:
            held.append(rest)
    if held_bytes > MAX_LINE_BYTES:
        yield Lines(first, b"", offset, is_too_long=True)
    elif held:
        yield Lines(first, b"".join(held), offset)


def checked_encoding(encoding: str) -> str:
    """Return the encoding's canonical name.

    Raises:
        ConfigurationError: Python knows no such text encoding.
    """
    try:
        "a".encode(encoding)
        codecs.getincrementaldecoder(encoding)()
        name = _known(codecs.lookup(encoding).name)
    except (LookupError, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"{printable(encoding)!r} is no text encoding: use one that Python knows, "
            "such as utf-8, cp1252 or utf-16"
        ) from error
    return name


def _known(name: str) -> str:
    if name in _OF_PYTHON_SOURCE:
        raise LookupError(name)
    return name


def is_utf8(encoding: str) -> bool:
    """Say whether the encoding, by its canonical name, is UTF-8."""
    return encoding in {"utf-8", "utf-8-sig"}


def as_utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the text in UTF-8 and without a byte order mark.

    What cannot be decoded comes out as bytes that are not UTF-8, for the row or line to
    be found that they hit.

    Raises:
        UnreadableError: the encoding does not tell where the damage ends.
    """
    if not is_utf8(encoding):
        blocks = _recoded(blocks, encoding)
    yield from _without_mark(blocks)


def _recoded(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    try:
        for block in blocks:
            yield decoder.decode(block).encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeError as error:
        raise UnreadableError(
            f"it is not {encoding}: give its encoding (encoding=, --encoding)"
        ) from error


def _without_mark(blocks: Iterable[bytes]) -> Iterator[bytes]:
    head = b""
    is_begun = False
    for block in blocks:
        if is_begun:
            yield block
            continue
        head += block
        if len(head) >= len(codecs.BOM_UTF8):
            is_begun = True
            yield head.removeprefix(codecs.BOM_UTF8)
    if not is_begun:
        yield head.removeprefix(codecs.BOM_UTF8)
