import re
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from ddbbulk.examples.conversations.app import FLAGS, app, with_prod

COMMANDS = (
    "schema-load",
    "list-tables",
    "scan",
    "drop",
    "seed",
    "generate",
    "get-conversation",
    "list-conversations",
    "send",
    "forget",
)


def shown(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return re.sub(r"[\s│]+", " ", result.stdout)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("scan prod", "scan --aws"),
        ("drop --yes prod", "drop --yes --aws"),
        ("seed prod", "seed --aws"),
        ("scan --table prod", "scan --table prod"),
        ("scan -t prod", "scan -t prod"),
        ("scan --table=ponds prod", "scan --table=ponds --aws"),
        ("scan -tponds prod", "scan -tponds --aws"),
        ("scan --json prod", "scan --json --aws"),
        ("send -- prod", "send -- prod"),
        ("scan", "scan"),
        ("prod scan", "prod scan"),
        ("", ""),
    ],
)
def test_prod_at_the_end_means_aws(given: str, read: str) -> None:
    assert with_prod(given.split()) == read.split()


def test_every_option_without_a_value_is_known_as_one() -> None:
    group: Any = get_command(app)

    flags = {
        name
        for command in group.commands.values()
        for option in command.params
        if getattr(option, "is_flag", False)
        for name in option.opts
    }

    assert flags == set(FLAGS)


def test_the_help_names_every_command_and_how_to_begin() -> None:
    text = shown("--help")

    assert all(command in text for command in COMMANDS)
    begin = text.partition("Begin with")[2]
    assert begin.index("schema-load") < begin.index("seed")
    assert begin.index("seed") < begin.index("get-conversation")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_tells_what_it_does_and_where(command: str) -> None:
    text = shown(command, "--help")

    assert "--endpoint-url" in text
    assert "prod" in text


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["scan", "--aws", "--endpoint-url", "http://a"], "name different places"),
        (["scan", "--data", "a.db", "--region", "eu-west-1"], "the simulator needs"),
        (["seed", "--user", "1"], "--user 1: give a UUID"),
        (["seed", "/nowhere/talk.txt"], "/nowhere/talk.txt: cannot be read"),
        (["seed", "--start", "monday"], "--start monday"),
        (["seed", "--start", "9999-12-31T23:00"], "after the year 9999"),
        (
            ["get-conversation", "--since", "2026-01-06", "--until", "2026-01-05"],
            "--since is later than --until",
        ),
        (["generate", "--messages", "9999999999"], "after the year 9999"),
        (["list-conversations", "daisy"], "USER_UUID daisy: give a UUID"),
        (["send", " "], "an empty message"),
        (["send", "Quack", "--group", "1", "--to", "2"], "--group and --to"),
        (["forget", "daisy"], "USER_UUID daisy"),
    ],
    ids=lambda value: " ".join(value)[:30] if isinstance(value, list) else "",
)
def test_a_mistake_is_one_clear_message(words: list[str], complaint: str) -> None:
    result = CliRunner().invoke(app, words)

    assert result.exit_code == 2
    assert complaint in result.stderr
    assert result.stdout == ""


def test_one_user_twice_is_no_conversation() -> None:
    user = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399,bayko,Bayko"

    result = CliRunner().invoke(app, ["seed", "--user", user, "--user", user])

    assert result.exit_code == 2
    assert "one and the same" in result.stderr
