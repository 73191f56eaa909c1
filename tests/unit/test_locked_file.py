"""A file that one process has, whole or not at all, and nothing left beside it."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.locked_file import LockedFile


def opened(path: Path) -> LockedFile:
    return LockedFile.open(path, what="checkpoint", is_new_allowed=True)


def test_a_replaced_file_is_still_ours(tmp_path: Path) -> None:
    path = tmp_path / "c"
    file = opened(path)
    for text in (b"one", b"two"):
        file.replace([text[:1], text[1:]])
        assert path.read_bytes() == text
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with pytest.raises(ConfigurationError, match="in use by another load"):
            opened(path)
    file.close()
    again = opened(path)
    with again.stream() as stream:
        assert stream.read() == b"two"
    again.close()


def test_a_file_that_cannot_be_replaced_stays_as_it_was(tmp_path: Path) -> None:
    def parts() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    path = tmp_path / "c"
    file = opened(path)
    file.replace([b"whole"])
    with pytest.raises(ConfigurationError, match="cannot be replaced: No space left"):
        file.replace(parts())
    assert path.read_bytes() == b"whole"
    assert {entry.name for entry in tmp_path.iterdir()} == {"c"}
    file.close()


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "c[1]"
    number, draft = tempfile.mkstemp(".tmp", f".{path.name}.", tmp_path)
    os.close(number)
    others = {"c[1].tmp", ".c1.12345678.tmp", ".c[1].notes.tmp", ".c[1].12345678"}
    for name in others:
        (tmp_path / name).write_bytes(b"somebody else's")
    opened(path).close()
    assert not Path(draft).exists()
    assert {entry.name for entry in tmp_path.iterdir()} == {"c[1]", *others}


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"Is a directory|is no file"):
        opened(tmp_path)
