"""What the options of ``ddbbulk load`` and ``ddbbulk retry`` ask for."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from ddbbulk.cli.raising import Raising
from ddbbulk.conditions import Mode
from ddbbulk.schema import TableSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSettings:
    """What the options of ``ddbbulk load`` ask for, checked as far as words go.

    Args:
        wcu: write units a second; None for what the table has provisioned.
        max_wcu: the most of what it has, or gives, that is used.
        reserve: the share of it that is left to others.
        is_agreed: a load that nothing caps need not be asked for.
        schema: what ``--key`` says, which spares DescribeTable.
        transport: the name of what carries the requests; None: what can.
        estimated_items: about how many items there are, where one can tell.
        failures: where rejected items go.
        max_failures: how many of them are borne, as a number or a share.
        checkpoint: where it is kept what is done.
        manifest: where it is kept what the load has created.
        deadline: when to stop.
        command: what was typed: it goes on with the load where there is a checkpoint.
        mode: what becomes of items that are there.
        version_attribute: what mode ``newer`` compares.
        raising: capacity that is raised meanwhile, if any.
        interleave: whether the writes of hot keys are spread.
        redact_keys: whether those keys are told.
    """

    table: str
    wcu: float | Literal["adaptive"] | None
    index_wcu: dict[str, float]
    schema: TableSchema | None
    endpoint_url: str | None
    region: str | None
    profile: str | None
    max_connections: int
    transport: str | None
    allow_insecure_endpoint: bool
    report_file: Path | None
    is_json: bool
    is_debug: bool
    estimated_items: int | None
    failures: Path | None = None
    max_failures: str | None = None
    checkpoint: Path | None = None
    manifest: Path | None = None
    deadline: datetime | None = None
    command: str = ""
    mode: Mode = "put"
    version_attribute: str | None = None
    raising: Raising | None = None
    max_wcu: float | None = None
    reserve: float = 0.0
    is_agreed: bool = False
    interleave: bool = True
    redact_keys: bool = False
