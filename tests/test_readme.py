"""The README is true: its code runs, its options exist, its files are there."""

import ast
import inspect
import re
import textwrap
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import boto3
import pytest
from typer.main import get_command

import ddbbulk
from ddbbulk.cli import app
from ddbbulk.simulator import Simulator

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.fixture(name="table")
def _table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Serve the tables of the README's examples where the environment says."""
    with Simulator() as simulator:
        client = boto3.client("dynamodb", endpoint_url=simulator.endpoint_url)
        for name in ("tweeter_user", "tweeter_user_copy"):
            client.create_table(
                TableName=name,
                KeySchema=[{"AttributeName": "alias", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "alias", "AttributeType": "S"}],
                ProvisionedThroughput={
                    "ReadCapacityUnits": 1000,
                    "WriteCapacityUnits": 40_000,
                },
            )
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", simulator.endpoint_url)
        client.close()
        yield


@pytest.mark.parametrize("block", BLOCKS, ids=range(1, len(BLOCKS) + 1))
async def test_every_python_block_runs(
    block: str, table: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "users.csv").write_text("alias,age,tags\n@huey,5,a|b\n")

    async def feed() -> AsyncIterator[dict[str, object]]:
        yield {"alias": "@dewey"}

    # 50 seconds at 200 WCU are for the reader; the test has no time to wait.
    faster = block.replace("wcu=200", "wcu=40_000")
    names: dict[str, Any] = {"ddbbulk": ddbbulk, "feed": feed}
    code: CodeType = compile(
        textwrap.dedent(faster),
        "README.md",
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
    )
    result = eval(code, names)  # noqa: S307 # the README's own code, awaited if need be
    if inspect.isawaitable(result):
        await result


def leaves(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 -- click's classes come through typer
    """Yield the commands that do something, also those of groups, with their names."""
    if not hasattr(command, "list_commands"):
        yield name, command
        return
    # A group imports a command when it is asked for.
    for inner in command.list_commands(None):
        yield from leaves(command.get_command(None, inner), f"{name} {inner}")


def test_every_option_of_the_command_line_is_in_the_readme() -> None:
    options = {
        (name, option)
        for name, command in leaves(get_command(app))
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--") and option != "--help"
    }
    assert (" table count", "--rcu") in options
    named = set(re.findall(r"--[a-z][a-z-]*", README))
    assert {f"{name} {option}" for name, option in options if option not in named} == (
        set()
    )


def test_every_file_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`((?:tests|benchmarks|examples)/[\w/.]+)`", README))
    named |= set(re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
    assert named
    assert {name for name in named if not (ROOT / name).exists()} == set()
