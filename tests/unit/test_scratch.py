"""What is kept outside of the memory: nobody else's, and gone in the end."""

import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.key_store import KeyStore
from ddbbulk.scratch import Scratch, ScratchFile

LIMIT = 100_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def small_disk() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_the_last_number_of_a_key_counts_however_they_come() -> None:
    with KeyStore() as store:
        store.put_all([(b"a", 1), (b"b", 2), (b"a", 3)])
        store.put_all([(b"b", 4)])
        assert [store.number_of(key) for key in (b"a", b"b", b"c")] == [3, 4, None]
        assert len(store) == 2


def test_a_database_is_its_owners_alone_and_gone_in_the_end(folder: Path) -> None:
    with Scratch("CREATE TABLE t (n INTEGER)") as scratch:
        (inner,) = folder.iterdir()
        assert inner.stat().st_mode & 0o777 == 0o700
        assert [one.stat().st_mode & 0o777 for one in inner.iterdir()] == [0o600]
        scratch.run_all("INSERT INTO t VALUES (?)", [(1,), (2,)])
        assert [*scratch.rows("SELECT n FROM t ORDER BY n")] == [(1,), (2,)]
    assert not [*folder.iterdir()]


def test_a_file_has_no_name_and_gives_back_what_it_got(folder: Path) -> None:
    with ScratchFile() as file:
        assert (file.append(b"abc"), file.append(b"de")) == (0, 3)
        assert file.read(1, 3) == b"bcd"
        assert file.append(b"f") == 5
        assert file.read(0, 100) == b"abcdef"
        assert not [*folder.iterdir()]


def test_a_full_disk_is_told_with_what_helps(folder: Path, small_disk: None) -> None:
    with (
        Scratch("CREATE TABLE t (n BLOB)") as scratch,
        pytest.raises(ConfigurationError, match="TMPDIR"),
    ):
        # More than it holds in memory.
        scratch.run_all("INSERT INTO t VALUES (?)", [(b"x" * 1_000_000,)] * 50)
    with ScratchFile() as file, pytest.raises(ConfigurationError, match="TMPDIR"):
        file.append(b"x" * 3_000_000)
    assert not [*folder.iterdir()]
