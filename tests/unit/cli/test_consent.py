"""A load that costs by the item, at AWS and without a cap, is asked for."""

import io
import os
import pty
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
from rich.console import Console

from ddbbulk import Connection
from ddbbulk.cli.consent import Consent, is_uncapped, units_per_item
from ddbbulk.errors import ConfigurationError
from ddbbulk.schema import TableSchema
from ddbbulk.sources import BrokenRecord, Chunk
from ddbbulk.tables import TableDescription

AWS = "https://dynamodb.us-east-1.amazonaws.com"
LOCAL = "http://127.0.0.1:8000"
USERS = TableSchema.of("alias")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    table: str = "users"
    wcu: float | Literal["adaptive"] | None = None
    max_wcu: float | None = None
    estimated_items: int | None = 1_200_000
    is_agreed: bool = False


def described(wcu: float | None = None) -> TableDescription:
    return TableDescription(
        name="users",
        arn="",
        status="ACTIVE",
        schema=USERS,
        write_capacity=wcu,
        index_write_capacity={},
        max_write_units=None,
        item_count=0,
    )


def first(*items: object) -> Chunk:
    return Chunk(items, 0)


@pytest.fixture(name="terminal")
def _terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Make standard input a terminal; what is written to the number is typed."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "r") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield ours
    os.close(ours)


async def ask(settings: Settings, table: TableDescription | None) -> str:
    told = io.StringIO()
    console = Console(file=told, force_terminal=True, width=500, color_system=None)
    connection = Connection(endpoint_url=AWS)
    consent = Consent(settings, connection, console)
    items = first({"alias": "@daisy", "text": "x" * 1500})
    await consent.ask(items, USERS, table)
    return told.getvalue()


@pytest.mark.parametrize("wcu", [None, "adaptive"])
def test_what_nothing_caps_is_what_aws_gives_on_demand(
    wcu: Literal["adaptive"] | None,
) -> None:
    asked = Settings(wcu=wcu)
    assert is_uncapped(asked, described(), AWS)
    assert is_uncapped(asked, None, AWS)
    assert not is_uncapped(asked, described(200), AWS)
    assert not is_uncapped(asked, described(), LOCAL)


@pytest.mark.parametrize("settings", [Settings(wcu=200.0), Settings(max_wcu=200)])
def test_a_number_is_a_cap(settings: Settings) -> None:
    assert not is_uncapped(settings, described(), AWS)


async def test_without_a_terminal_it_is_refused_with_the_cost_and_what_to_do() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"1,200,000 items of 2 write request units cost about \$1\.50 .*"
        r"--max-wcu N, or --yes",
    ):
        await ask(Settings(), described())


async def test_with_yes_the_cost_is_told_and_nobody_is_asked() -> None:
    told = await ask(Settings(is_agreed=True), described())
    assert "note: table users is on demand" in told
    assert "$1.50" in told


async def test_nobody_is_asked_about_a_table_that_is_provisioned() -> None:
    assert await ask(Settings(), described(200)) == ""


async def test_yes_at_the_terminal_goes_on(terminal: int) -> None:
    os.write(terminal, b"y\n")
    told = await ask(Settings(estimated_items=None), None)
    assert "if table users is on demand: a million items" in told
    assert "Load them? [y/N]" in told


async def test_anything_else_at_the_terminal_ends_it(terminal: int) -> None:
    os.write(terminal, b"\n")
    with pytest.raises(ConfigurationError, match="nothing was written"):
        await ask(Settings(), described())


def test_units_are_those_of_the_first_items_that_are_items() -> None:
    items = first(
        {"alias": "a", "text": "x" * 2500}, {"alias": "b"}, BrokenRecord("x", "y"), 7
    )
    assert units_per_item(items, USERS) == 2
    assert units_per_item(None, USERS) == 1
