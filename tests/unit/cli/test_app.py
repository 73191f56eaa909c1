import re
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ddbbulk.cli import app

LOAD = ["load", "users.csv", "--table", "users"]


def refusal(*words: str) -> str:
    """Return what is said about wrong usage, without the box that it stands in."""
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 2
    assert result.stdout == ""
    return re.sub(r"[\s│]+", " ", result.stderr)


def shown(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0
    assert result.stderr == ""
    return re.sub(r"[\s│]+", " ", result.stdout)


def test_the_version_is_that_of_the_package() -> None:
    assert shown("--version").strip() == f"ddbbulk {version('ddbbulk')}"


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_the_help_names_the_commands_and_where_to_begin(flag: str) -> None:
    text = shown(flag)

    assert "load" in text
    assert "Begin with ddbbulk simulate" in text


@pytest.mark.parametrize("command", ["load", "simulate"])
def test_the_help_of_a_command_teaches_by_examples(command: str) -> None:
    _, _, examples = shown(command, "--help").partition(" Examples ")

    assert examples.count(f"ddbbulk {command} ") >= 3


@pytest.mark.parametrize("option", ["--table", "-t", "--table-name"])
def test_the_table_has_three_names(option: str) -> None:
    text = refusal("load", "users.csv", option, "users", "--wcu", "0")

    assert "Invalid value for '--wcu': 0: write units a second are a number above" in (
        text
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["load", "-t", "users"], "Missing argument 'SOURCE'"),
        (["load", "users.csv"], "Missing option '--table'"),
        ([*LOAD, "--wcu", "fast"], "'fast': give a number, 'table' or 'adaptive'"),
        ([*LOAD, "--index-wcu", "by_age"], "write it as INDEX=N"),
        ([*LOAD, "--max-connections", "0"], "Invalid value for '--max-connections'"),
        (["load", "x", "-t", "users"], "error: this load goes to AWS"),
        ([*LOAD, "--wcu", "5", "--key", "a:X"], "write it as name, name:S"),
        ([*LOAD, "--wcu", "5", "--region", "r"], "error: there is no file users.csv"),
        (["simulate", "--port", "70000"], "Invalid value for '--port'"),
        (["simulate", "--table", "users"], "NAME:KEY[,SORTKEY][@WCU[/RCU]]"),
        (["lod"], "No such command 'lod'"),
    ],
)
def test_wrong_usage_says_what_is_wrong(
    words: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert reason in refusal(*words)


def test_an_address_of_nobody_cannot_be_listened_on_but_is_warned_of() -> None:
    # https://www.rfc-editor.org/rfc/rfc5737: no machine has this address.
    text = refusal("simulate", "--host", "192.0.2.1", "--port", "0")

    assert "warning: listening on 192.0.2.1: whoever reaches this machine" in text
    assert "error: the simulator cannot listen on 192.0.2.1" in text
