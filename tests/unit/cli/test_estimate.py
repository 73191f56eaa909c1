import gzip
from pathlib import Path

import pytest

from ddbbulk.cli.estimate import estimated_items


def written(path: Path, lines: int) -> str:
    text = b"".join(b'{"alias": "@donald%09d"}\n' % n for n in range(lines))
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return str(path)


def test_files_are_estimated_together(tmp_path: Path) -> None:
    paths = [written(tmp_path / "a", 400), written(tmp_path / "b", 300)]

    assert estimated_items(paths) == 700


def test_a_large_file_is_estimated_by_its_beginning(tmp_path: Path) -> None:
    assert estimated_items([written(tmp_path / "a", 40_123)]) == 40_000


def test_a_compressed_file_is_estimated_by_its_beginning(tmp_path: Path) -> None:
    path = written(tmp_path / "a.gz", 400_000)

    estimate = estimated_items([path])

    assert Path(path).stat().st_size > 256 * 1024
    assert estimate == pytest.approx(400_000, rel=0.2)


def test_an_empty_file_has_no_items(tmp_path: Path) -> None:
    assert estimated_items([written(tmp_path / "a", 0)]) == 0


def test_there_is_no_telling_for_a_pipe_or_one_long_line(tmp_path: Path) -> None:
    (tmp_path / "long").write_bytes(b"x" * 300_000)

    assert estimated_items([written(tmp_path / "a", 10), "-"]) is None
    assert estimated_items([str(tmp_path / "long")]) is None


def test_damaged_gzip_data_tell_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(b"\x1f\x8bnonsense")

    assert estimated_items([str(tmp_path / "a.gz")]) is None


def test_a_dash_is_standard_input_also_where_a_file_has_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "-", 10)
    monkeypatch.chdir(tmp_path)

    assert estimated_items(["-"]) is None
