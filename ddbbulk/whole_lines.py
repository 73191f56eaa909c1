"""Files of JSON Lines that are appended to: what a kill has torn is cut off."""

import logging
import os
from typing import BinaryIO, Final

import orjson

from ddbbulk.locked_file import LockedFile

_LOG = logging.getLogger(__name__)

_BLOCK_BYTES: Final = 64 * 1024


def cut_torn_line(file: LockedFile, stream: BinaryIO) -> None:
    """Cut a last line that was not written out, or end one that lacks only its end.

    Args:
        file: it begins with a line that is known to be ours.
        stream: of the file, to be read anywhere.
    """
    end = stream.seek(0, os.SEEK_END)
    whole = _end_of_lines(stream, end)
    if whole == end:
        return
    stream.seek(whole)
    if not is_torn(stream.read()):
        file.append(b"\n")  # only the line's end is missing
        return
    _LOG.warning(
        "%s: the last line was not written to its end, and is cut off", file.name
    )
    os.ftruncate(file.descriptor, whole)


def is_torn(line: bytes) -> bool:
    """Say whether an object is cut off: no beginning of one is JSON by itself."""
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return True
    return False


def _end_of_lines(stream: BinaryIO, end: int) -> int:
    """Return where the last whole line ends, in a file of this length."""
    while end > 0:
        start = max(0, end - _BLOCK_BYTES)
        stream.seek(start)
        found = stream.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
