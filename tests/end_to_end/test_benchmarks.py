"""The benchmarks run as they stand; how fast they are is not a matter of tests."""

import json
import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

# Each test starts several processes, one after the other.
pytestmark = pytest.mark.timeout(90)

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def run(script: str, *options: str) -> subprocess.CompletedProcess[str]:
    # What they run of the library is covered by tests; that they run is the question.
    uncovered = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("COVERAGE_")
    }
    return subprocess.run(  # noqa: S603 -- our own script under our own interpreter
        [sys.executable, BENCHMARKS / script, *options],
        capture_output=True,
        text=True,
        check=False,
        env=uncovered,
    )


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


def test_a_small_run_compares_memory_and_leaves_the_readme_alone(
    tmp_path: Path,
) -> None:
    options = ("--few", "100", "--many", "200", "--runs", "1")
    readme = (BENCHMARKS / "README.md").read_text(encoding="utf-8")
    measured = run("memory.py", *options, "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "memory.json").read_text(encoding="utf-8")
    few, many = json.loads(text)["runs"]
    assert (few["items"], many["items"]) == (100, 200)
    assert few["peak_bytes"] > 10_000_000
    assert (BENCHMARKS / "README.md").read_text(encoding="utf-8") == readme


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


def test_the_cost_of_safety_is_that_of_the_same_items_written(tmp_path: Path) -> None:
    measured = run("safety_cost.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "safety_cost.json").read_text(encoding="utf-8")
    scores = json.loads(text)["scores"]
    assert len(scores) == 8
    for score in scores:
        assert score["runs"][0]["items"] == score["items"]


def test_what_a_table_gives_is_found_out_in_short(tmp_path: Path) -> None:
    measured = run("adaptive.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "adaptive.json").read_text(encoding="utf-8")
    (score,) = json.loads(text)["scores"]
    assert score["items"] == score["count"] == 1_500
    assert score["perfect_seconds"] > 1
    assert score["report"]["requests"] > 0


def test_a_few_conditional_puts_are_counted_right(tmp_path: Path) -> None:
    options = ("--items", "100", "--runs", "1", "--results", str(tmp_path))
    measured = run("conditional_puts.py", *options)
    if shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        assert measured.returncode == 1
        assert "install nginx" in measured.stderr
        return
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "conditional_puts.json").read_text(encoding="utf-8")
    runs = json.loads(text)["runs"]
    counts = [(one["items"], one["written"], one["existing"]) for one in runs]
    assert counts[:3] == [(100, 100, 0), (100, 0, 100), (100, 100, 0)]
    assert counts[3:] == [(400, 400, 0), (400, 0, 400), (400, 400, 0)]
    transports = [one["transport"] for one in runs]
    assert transports == ["aioboto3"] * 3 + ["direct"] * 3


def test_every_kind_of_item_is_timed_each_way(tmp_path: Path) -> None:
    measured = run("marshalling.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "marshalling.json").read_text(encoding="utf-8")
    scores = json.loads(text)["scores"]
    assert len(scores) == 5
    for score in scores:
        assert score["us"].keys() == {"general", "one_by_one", "chunk"}
        assert score["bytes"] > 200


def test_every_transport_is_measured_on_a_server_that_takes_all(tmp_path: Path) -> None:
    measured = run("transport_cost.py", "--quick", "--results", str(tmp_path))
    if shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        assert measured.returncode == 1
        assert "install nginx" in measured.stderr
        assert "Traceback" not in measured.stderr
        return
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "transport_cost.json").read_text(encoding="utf-8")
    runs = json.loads(text)["runs"]
    ways = {(one["case"]["transport"], one["case"]["scheme"]) for one in runs}
    assert ways == set(product(("direct", "aioboto3"), ("http", "https")))
    assert all(one["cpu_seconds"] > 0 for one in runs)


def test_every_source_of_a_plan_is_timed(tmp_path: Path) -> None:
    measured = run("plan_rate.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "plan_rate.json").read_text(encoding="utf-8")
    scores = json.loads(text)["scores"]
    assert [score["items"] for score in scores] == [4_000, *[1_000] * 5]
    assert all(score["items_per_second"] > 0 for score in scores)


def test_imports_are_timed(tmp_path: Path) -> None:
    measured = run("import_time.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "import_time.json").read_text(encoding="utf-8")
    assert all(
        one > 0 for taken in json.loads(text)["seconds"].values() for one in taken
    )


def test_writers_are_rehearsed_and_measured_side_by_side(tmp_path: Path) -> None:
    measured = run(
        "client_cost.py",
        *("--quick", "--writers", "ddbbulk", "boto3", "--workloads", "users", "models"),
        *("--results", str(tmp_path)),
    )
    if shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is None:
        assert measured.returncode == 2
        assert "nginx-light" in measured.stderr
        return
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "client_cost.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert document["left_out"] == {}
    assert [(one["writer"], one["column"]) for one in document["runs"]] == [
        ("ddbbulk", "users"),
        ("boto3", "users"),
        ("ddbbulk", "models"),
        ("boto3", "models"),
        ("ddbbulk", "users, TLS"),
    ]
    assert [(one["writer"], one["items"]) for one in document["memory"]] == [
        ("idle client", 0),
        *(("ddbbulk", 1_000), ("boto3", 1_000)),
        *(("ddbbulk", 10_000), ("boto3", 10_000)),
    ]
    assert all(one["peak_bytes"] > 10_000_000 for one in document["memory"])


def test_a_peer_that_cannot_take_part_is_named(tmp_path: Path) -> None:
    script = (
        "from contest_writers import Writer, opened_arena, WriterFailedError\n"
        "ghost = Writer(name='ghost', module='ghost', package='ghost')\n"
        "assert ghost.version() == ''\n"
        "with opened_arena() as arena:\n"
        "    try:\n"
        "        arena.run(ghost.task(count=1))\n"
        "    except WriterFailedError as failure:\n"
        "        print(failure)\n"
    )
    done = subprocess.run(  # noqa: S603 -- our own words under our own interpreter
        [sys.executable, "-c", script],
        cwd=BENCHMARKS,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "No module named 'contenders.ghost'" in done.stdout
