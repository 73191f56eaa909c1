"""The bytes of a file: plain or gzipped, from a path or from standard input.

All of it is read in a worker thread, never on the event loop.
"""

import os
import select
import stat
import sys
import zlib
from codecs import BOM_UTF8
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from threading import Event
from typing import IO, Any, BinaryIO, Final, cast

from ddbbulk.errors import ConfigurationError
from ddbbulk.printable import printable

STANDARD_INPUT: Final = "-"
# Some hundreds of items: a trip to the worker thread costs each of them little, and
# their parsing does not keep the event loop from running for long.
BLOCK_BYTES: Final = 128 * 1024
# How soon a reader that waits for a pipe notices that nobody wants the data any more.
_POLL_MILLISECONDS: Final = 100
# https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1; no text begins like this.
_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS


class UnreadableError(Exception):
    """The rest of a file cannot be read.

    It stays in this package: who knows the position makes it a ``SourceError``.
    """


def display_name(path: str) -> str:
    """Return what a person calls the file, safe for a terminal."""
    return "standard input" if path == STANDARD_INPUT else printable(path)


def is_repeatable(path: str) -> bool:
    """Say whether the file can be read twice: it is no pipe, terminal or the like.

    One that is missing may be there the second time.
    """
    if path == STANDARD_INPUT:
        return False
    return Path(path).is_file() or not Path(path).exists()


def check_readable(path: str) -> None:
    """Raise a ConfigurationError unless the file is there and may be read."""
    if path == STANDARD_INPUT:
        if cast("object", sys.stdin) is None:
            raise ConfigurationError("standard input is closed: name a file")
        return
    name = printable(path)
    try:
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            raise ConfigurationError(
                f"{name} is a directory: name the files in it, such as {name}/*.csv"
            )
        if stat.S_ISREG(mode):
            # Opening a pipe would wait for its writer.
            Path(path).open("rb").close()
    except FileNotFoundError as error:
        raise ConfigurationError(f"there is no file {name}: check the path") from error
    except PermissionError as error:
        raise ConfigurationError(
            f"{name} may not be read: check its permissions"
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"{name} cannot be opened: {error.strerror}"
        ) from error


@contextmanager
def open_file(path: str) -> Generator[BinaryIO, None, None]:
    """Open the file for ``read_blocks``; standard input is left open at the end."""
    if path != STANDARD_INPUT:
        with Path(path).open("rb", buffering=0) as stream:
            yield stream
        return
    descriptor = _descriptor(sys.stdin)
    if descriptor is None:
        # Something put in its place: a test's, or a notebook's.
        yield sys.stdin.buffer
    else:
        with open(descriptor, "rb", buffering=0, closefd=False) as stream:
            yield stream


def text_offset(stream: BinaryIO) -> int | None:
    """Return where the text begins in an open file, in bytes.

    That is after a byte order mark of UTF-8. None: the file is gzipped, so that places
    in its text are not places in the file.
    """
    head = os.pread(stream.fileno(), len(BOM_UTF8), 0)
    if head.startswith(_GZIP_MAGIC):
        return None
    return len(BOM_UTF8) if head == BOM_UTF8 else 0


def is_line_start(stream: BinaryIO, offset: int) -> bool:
    """Say whether a line begins at this byte of an open file, or the file ends there.

    Args:
        stream: a file that is not gzipped.
        offset: 1 or more.
    """
    descriptor = stream.fileno()
    if offset > os.fstat(descriptor).st_size:
        return False
    return os.pread(descriptor, 1, offset - 1) == b"\n"


def read_blocks_from(stream: BinaryIO, offset: int, stop: Event) -> Iterator[bytes]:
    """Yield the bytes of a file that is not gzipped, from one of them on."""
    stream.seek(offset)
    yield from _raw_blocks(stream, stop)


def read_blocks(stream: BinaryIO, stop: Event) -> Iterator[bytes]:
    """Yield the file's bytes, decompressed if they begin as gzip does.

    Args:
        stream: unbuffered, so that a slow pipe's bytes are handed over as they come.
        stop: once set, the blocks end; a wait for a pipe ends too.

    Raises:
        UnreadableError: the gzip data are damaged or end in the middle.
        OSError: the file cannot be read.
    """
    blocks = _raw_blocks(stream, stop)
    head = b""
    for block in blocks:
        head += block
        if len(head) >= len(_GZIP_MAGIC):
            break
    if head.startswith(_GZIP_MAGIC):
        yield from _decompressed(chain([head], blocks))
    elif head:
        yield head
        yield from blocks


def _raw_blocks(stream: BinaryIO, stop: Event) -> Iterator[bytes]:
    descriptor = _descriptor(stream)
    is_waiting = descriptor is not None and not stat.S_ISREG(
        os.fstat(descriptor).st_mode
    )
    while not stop.is_set():
        if descriptor is not None and is_waiting and not _has_data(descriptor):
            continue
        block = stream.read(BLOCK_BYTES)
        if not block:
            return
        yield block


def _has_data(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(_POLL_MILLISECONDS))


def _descriptor(stream: IO[Any] | None) -> int | None:
    try:
        return None if stream is None else stream.fileno()
    except OSError:
        return None


def _decompressed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    inflater = zlib.decompressobj(_GZIP_WINDOW)
    for block in blocks:
        data = block
        while data:
            if inflater.eof:
                # Another gzip file may follow, or the zeros that pad a tape.
                data = data.lstrip(b"\0")
                if not data:
                    break
                inflater = zlib.decompressobj(_GZIP_WINDOW)
            try:
                text = inflater.decompress(data, BLOCK_BYTES)
            except zlib.error as error:
                raise UnreadableError(f"the gzip data are damaged ({error})") from error
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            if text:
                yield text
    if not inflater.eof:
        raise UnreadableError("the gzip data end in the middle: was the file cut?")
