"""The benchmarks of cost run as they stand; how fast is not a matter of tests."""

import json
import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.support.benchmark_runs import BENCHMARKS, run

# Each test starts several processes, one after the other.
pytestmark = pytest.mark.timeout(90)


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


def test_the_cost_of_safety_is_that_of_the_same_items_written(tmp_path: Path) -> None:
    measured = run("safety_cost.py", "--quick", "--results", str(tmp_path))
    assert measured.returncode == 0, measured.stdout + measured.stderr
    text = (tmp_path / "safety_cost.json").read_text(encoding="utf-8")
    scores = json.loads(text)["scores"]
    assert len(scores) == 4
    for score in scores:
        assert score["runs"][0]["items"] == score["items"]


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
        *("--quick", "--writers", "ddbbulk", "--workloads", "users"),
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
        ("ddbbulk", "users, TLS"),
    ]
    assert [(one["writer"], one["items"]) for one in document["memory"]] == [
        ("idle client", 0),
        ("ddbbulk", 1_000),
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


def test_every_seeded_difference_is_found_and_no_other(tmp_path: Path) -> None:
    quick = run("verify.py", "--quick", "--items", "300", "--results", str(tmp_path))
    assert quick.returncode == 0, quick.stdout + quick.stderr
    document = json.loads((tmp_path / "verify.json").read_text(encoding="utf-8"))
    steps = {step["name"]: step for step in document["steps"]}
    assert steps["verify changes"]["told"] == "100 of 100 found, 0 false"
    assert steps["compare files"]["told"] == "every item is the same in both"
