"""Fingerprints of files: equal for equal contents, cheap for the largest."""

import hashlib
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO, Final

from ddbbulk.errors import ConfigurationError
from ddbbulk.printable import printable
from ddbbulk.sources.files import STANDARD_INPUT

# Of a file's beginning, its middle and its end.
SAMPLE_BYTES: Final = 64 * 1024


def fingerprint(path: str) -> dict[str, Any]:
    """Return a file's size in bytes, and the SHA-256 of three samples of it.

    Of a file that is not larger than three samples all bytes count. Neither its name
    nor its times do, so that a copy on another machine is the same file.

    Raises:
        ConfigurationError: it cannot be read, or only once.
    """
    if path == STANDARD_INPUT:
        raise _unrepeatable("standard input")
    name = printable(path)
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            # Opening a pipe would wait for its writer.
            raise _unrepeatable(name)
        with Path(path).open("rb", buffering=0) as stream:
            return _fingerprint(stream)
    except OSError as error:
        raise ConfigurationError(
            f"{name} cannot be read: {error.strerror or error}"
        ) from error


def _fingerprint(stream: BinaryIO) -> dict[str, Any]:
    size = os.fstat(stream.fileno()).st_size
    if size <= 3 * SAMPLE_BYTES:
        samples = [(0, size)]
    else:
        starts = (0, (size - SAMPLE_BYTES) // 2, size - SAMPLE_BYTES)
        samples = [(start, SAMPLE_BYTES) for start in starts]
    return {"size": size, "sha256": [_digest(stream, *sample) for sample in samples]}


def _digest(stream: BinaryIO, start: int, length: int) -> str:
    stream.seek(start)
    digest = hashlib.sha256()
    while length and (data := stream.read(length)):
        digest.update(data)
        length -= len(data)
    return digest.hexdigest()


def _unrepeatable(name: str) -> ConfigurationError:
    return ConfigurationError(
        f"{name} can be read only once, so a load of it cannot go on where another one "
        "stopped: save it as a file first, or load it without a checkpoint"
    )
