"""A file is whole under its name, or not there under it."""

import gzip
import io
import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.unloading.output_file import StandardOutput, open_output


def test_a_file_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "users.jsonl"
    output = open_output(path, is_replacing=False)
    output.write(b"one\n")
    assert not path.exists()
    assert (tmp_path / "users.jsonl.part").read_bytes() == b"one\n"

    output.write(b"two\n")
    output.finish()
    output.close()

    assert path.read_bytes() == b"one\ntwo\n"
    assert [each.name for each in tmp_path.iterdir()] == ["users.jsonl"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert output.bytes_written == 8


def test_what_was_not_finished_keeps_another_name_and_is_begun_anew(
    tmp_path: Path,
) -> None:
    path = tmp_path / "users.jsonl"
    torn = open_output(path, is_replacing=False)
    torn.write(b"torn, and longer than what follows\n")
    torn.close()
    assert not path.exists()

    output = open_output(path, is_replacing=False)
    output.write(b"whole\n")
    output.finish()
    output.close()

    assert path.read_bytes() == b"whole\n"


def test_a_name_that_ends_in_gz_is_compressed(tmp_path: Path) -> None:
    output = open_output(tmp_path / "users.jsonl.gz", is_replacing=False)
    output.write(b"quack\n" * 10_000)
    output.finish()
    output.close()

    packed = (tmp_path / "users.jsonl.gz").read_bytes()
    assert gzip.decompress(packed) == b"quack\n" * 10_000
    assert output.bytes_written == len(packed) < 1000


def test_a_file_that_is_there_is_replaced_only_when_told(tmp_path: Path) -> None:
    path = tmp_path / "users.jsonl"
    path.write_bytes(b"mine\n")

    with pytest.raises(ConfigurationError, match="--force"):
        open_output(path, is_replacing=False)

    output = open_output(path, is_replacing=True)
    output.write(b"new\n")
    assert path.read_bytes() == b"mine\n"
    output.finish()
    output.close()
    assert path.read_bytes() == b"new\n"


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "users.jsonl"
    output = open_output(path, is_replacing=False)
    path.write_bytes(b"theirs\n")

    with pytest.raises(ConfigurationError, match="there is a file"):
        output.finish()
    output.close()

    assert path.read_bytes() == b"theirs\n"


def test_two_unloads_do_not_write_to_one_file(tmp_path: Path) -> None:
    first = open_output(tmp_path / "users.jsonl", is_replacing=False)

    with pytest.raises(ConfigurationError, match=r"users\.jsonl\.part"):
        open_output(tmp_path / "users.jsonl", is_replacing=False)

    first.close()


@pytest.mark.parametrize("name", ["", "no/such/folder/users.jsonl"])
def test_a_place_where_no_file_can_be_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        open_output(tmp_path / name, is_replacing=False)


def test_standard_output_gets_what_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=stream))
    output = open_output("-", is_replacing=False)
    assert isinstance(output, StandardOutput)

    output.write(b"one\n")
    output.finish()
    output.close()

    assert stream.getvalue() == b"one\n"
    assert output.bytes_written == 4


def test_standard_output_that_is_closed_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdout", None)

    with pytest.raises(ConfigurationError, match="standard output is closed"):
        open_output("-", is_replacing=False)


def test_nothing_is_left_where_nothing_was_written(tmp_path: Path) -> None:
    open_output(tmp_path / "users.jsonl", is_replacing=False).close()

    assert not any(tmp_path.iterdir())


def test_a_table_without_items_makes_an_empty_file(tmp_path: Path) -> None:
    output = open_output(tmp_path / "users.jsonl", is_replacing=False)
    output.finish()
    output.close()

    assert (tmp_path / "users.jsonl").read_bytes() == b""


def test_what_is_compressed_can_be_read_also_where_it_is_not_whole(
    tmp_path: Path,
) -> None:
    output = open_output(tmp_path / "users.jsonl.gz", is_replacing=False)
    output.write(b"one\n")
    output.close()

    part = tmp_path / "users.jsonl.gz.part"
    assert gzip.decompress(part.read_bytes()) == b"one\n"
    assert output.bytes_written == part.stat().st_size


def test_a_pipe_or_device_is_no_file_to_replace(tmp_path: Path) -> None:
    pipe = tmp_path / "users.jsonl"
    os.mkfifo(pipe)

    for is_replacing in (False, True):
        with pytest.raises(ConfigurationError, match="standard output"):
            open_output(pipe, is_replacing=is_replacing)

    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [each.name for each in tmp_path.iterdir()] == ["users.jsonl"]
