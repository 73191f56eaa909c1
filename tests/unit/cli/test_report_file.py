import os
from pathlib import Path

import pytest

from ddbbulk.cli.report_file import check_report_file, write_report_file
from ddbbulk.errors import ConfigurationError


def test_a_report_replaces_the_old_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    check_report_file(path)
    write_report_file(path, "new ü\n")

    assert path.read_text(encoding="utf-8") == "new ü\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "target.json"
    target.write_text("old")
    link = tmp_path / "link.json"
    link.symlink_to(target)

    write_report_file(link, "new")

    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_report_file(path, "through")
        assert os.read(reader, 100) == b"through"
        assert path.is_fifo()
    finally:
        os.close(reader)


def test_a_missing_directory_is_noticed_before_the_load(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no directory .*nowhere"):
        check_report_file(tmp_path / "nowhere" / "report.json")


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="name a file"):
        check_report_file(tmp_path)


def test_a_report_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="could not be written: No such file"):
        write_report_file(tmp_path / "nowhere" / "report.json", "text")
