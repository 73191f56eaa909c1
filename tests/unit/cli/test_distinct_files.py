"""What is read is not written over, however it is called."""

import os
from pathlib import Path

import pytest

from ddbbulk.cli.distinct_files import check_distinct_files
from ddbbulk.errors import ConfigurationError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "users.csv").write_text("alias\n")
    (tmp_path / "link.csv").symlink_to("users.csv")
    (tmp_path / "other_name.csv").hardlink_to("users.csv")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["users.csv", "./users.csv", "link.csv", "other_name.csv"]
)
def test_a_source_is_not_written_over(folder: Path, name: str) -> None:
    for path in (Path(name), folder / name):
        with pytest.raises(ConfigurationError, match=r"--report .* what is read here"):
            check_distinct_files(["-", "users.csv"], {"--report": path})


def test_two_things_do_not_go_into_one_file(folder: Path) -> None:
    written = {"--failures": Path("new"), "--list": None, "--report": folder / "new"}
    with pytest.raises(ConfigurationError, match="is the file of --failures, too"):
        check_distinct_files(["-"], written)


def test_what_is_another_file_or_none_is_fine(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    written = {"--failures": Path("-"), "--list": Path("pipe"), "--x": Path("pipe")}
    check_distinct_files(["users.csv", "pipe"], written)
