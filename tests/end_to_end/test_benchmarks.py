"""The benchmarks of promises run as they stand; how well is not a matter of tests."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.benchmark_runs import BENCHMARKS, run

# Each test starts several processes, one after the other.
pytestmark = pytest.mark.timeout(90)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    quick = run(
        "seconds_per_10k.py",
        *("--quick", "--seconds", "0.5", "--rates", "400"),
        *("--workloads", "users", "follows", "--writers", "ddbbulk", "boto3"),
        *("--results", str(folder)),
    )
    assert quick.returncode == 0, quick.stdout + quick.stderr
    return folder


@pytest.fixture(scope="module")
def document(results: Path) -> dict[str, Any]:
    text = (results / "seconds_per_10k.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def test_every_writer_gets_all_items_into_the_table(document: dict[str, Any]) -> None:
    written = [
        (score["workload"], score["writer"], score["items"], score["runs"][0]["items"])
        for score in document["scores"]
    ]
    assert written == [
        ("users", "ddbbulk", 200, 200),
        ("users", "boto3", 200, 200),
        ("follows", "ddbbulk", 200, 200),
    ]


def test_the_floor_is_what_the_table_counted_by_its_rate(
    document: dict[str, Any],
) -> None:
    assert [score["floor_seconds"] for score in document["scores"]] == [0.5] * 3


def test_only_a_table_with_an_index_has_an_index_window(
    document: dict[str, Any],
) -> None:
    windows = [score["index_window_by_budget"] for score in document["scores"]]
    assert windows[:2] == [None, None]
    assert windows[2] > 0


def test_results_name_the_machine_but_not_its_host_or_folders(
    results: Path, document: dict[str, Any]
) -> None:
    assert set(document["machine"]) == {
        "cores",
        "processor",
        "system",
        "python",
        "packages",
    }
    text = json.dumps(document)
    assert str(BENCHMARKS.parent) not in text
    assert str(results) not in text


def test_less_capacity_than_the_budget_loses_no_item(tmp_path: Path) -> None:
    options = ("--seconds", "0.5", "--runs", "1", "--results", str(tmp_path))
    run("less_than_budget.py", *options)  # its exit code judges the time as well
    text = (tmp_path / "less_than_budget.json").read_text(encoding="utf-8")
    for score in json.loads(text)["scores"]:
        assert score["runs"][0]["items"] == score["items"]


def test_a_few_items_of_hot_keys_are_all_written(tmp_path: Path) -> None:
    measured = run("hot_keys.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "hot_keys.json").read_text(encoding="utf-8")
    scores = json.loads(text)["scores"]
    assert [(one["input"], one["writer"]) for one in scores] == [
        ("sorted", "ddbbulk"),
        ("sorted", "aioboto3, 16"),
        ("follows", "ddbbulk"),
    ]
    for score in scores:
        assert score["runs"][0]["items"] == score["items"]


def test_some_broken_files_are_read_and_counted(tmp_path: Path) -> None:
    options = ("--inputs", "200", "--seed", "1", "--results", str(tmp_path))
    fuzzed = run("fuzz_readers.py", *options)
    assert fuzzed.returncode == 0, fuzzed.stdout + fuzzed.stderr
    text = (tmp_path / "fuzz_readers.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert (document["inputs"], document["failures"]) == (200, 0)
    assert sum(one["inputs"] for one in document["readers"].values()) == 200
    assert sum(one["accepted"] for one in document["readers"].values()) > 20


def test_chaos_in_short_leaves_each_table_as_its_source_says(tmp_path: Path) -> None:
    measured = run("chaos.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "chaos.json").read_text(encoding="utf-8")
    users, churn = json.loads(text)["scenarios"]
    for scenario in (users, churn):
        assert scenario["differences"] == {"lost": 0, "wrong": 0, "extra": 0}
        assert scenario["faults_met"]["throttle"] > 0
    assert users["report"]["items_written"] == users["items"]
    assert churn["report"]["items_superseded"] > 0


def test_a_few_kills_leave_each_table_as_its_source_says(tmp_path: Path) -> None:
    measured = run("kill_and_resume.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "kill_and_resume.json").read_text(encoding="utf-8")
    loads = json.loads(text)["loads"]
    assert sum(len(load["load"]["twice"]) for load in loads) == 2
    for load in loads:
        assert load["differences"] == {"lost": 0, "wrong": 0, "extra": 0}
        assert load["broken_promise"] == ""


def test_capacity_is_put_back_however_a_few_loads_end(tmp_path: Path) -> None:
    measured = run("raise_and_restore.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "raise_and_restore.json").read_text(encoding="utf-8")
    endings = json.loads(text)["endings"]
    assert [one["signal"] for one in endings] == ["SIGINT", "SIGTERM", "SIGKILL"]
    assert [one["problem"] for one in endings] == ["", "", ""]


def test_what_a_table_gives_is_found_out_in_short(tmp_path: Path) -> None:
    measured = run("adaptive.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "adaptive.json").read_text(encoding="utf-8")
    (score,) = json.loads(text)["scores"]
    assert score["items"] == score["count"] == 1_500
    assert score["perfect_seconds"] > 1
    assert score["report"]["requests"] > 0
