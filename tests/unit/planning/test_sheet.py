"""The sheet of a plan: complete, narrow enough, and safe for a terminal."""

import io
from datetime import timedelta

from rich.console import Console

import ddbbulk
from ddbbulk import PlanReport, plan_sheet
from ddbbulk.schema_file import TableDefinition

DEFINITION = {
    "table": "follows",
    "partition_key": "follower",
    "sort_key": "followee",
    "billing": "provisioned",
    "write_capacity": 400,
    "global_indexes": [{"name": "follows_index", "partition_key": "followee"}],
    "local_indexes": [{"name": "by_day", "sort_key": "day"}],
}


def shown(report: PlanReport) -> str:
    console = Console(file=io.StringIO(), width=80)
    console.print(plan_sheet(report))
    text = console.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    assert isinstance(text, str)
    return text


async def planned(followee: str = "@daisy", **options: object) -> PlanReport:
    source: list[object] = [
        {"follower": f"@donald{n}", "followee": followee, "day": f"day {n}"}
        for n in range(2_000)
    ]
    source.append({"follower": "@nobody"})
    return await ddbbulk.plan(
        TableDefinition.model_validate(DEFINITION),
        source,
        **options,  # type: ignore[arg-type] # as each test gives them
    )


async def test_the_sheet_says_all_that_the_report_does() -> None:
    text = " ".join(shown(await planned(finish_in=timedelta(seconds=10))).split())
    for words in (
        "2,001, 1 would be rejected",
        "by_day (local)",
        "@daisy follows_index 2,000 100.0% 2.0 s",
        "present 400 400 10.0 s 0.52 the table",
        "up to 64 B",
        "1 rejected: MissingKey; item 2,000: attribute followee, the sort key",
        "to finish in 10.0 s: provision the table to 413 WCU",
        "prices of us-east-1, read on 2026-08-01",
        "best way: BatchWriteItem from here",
    ):
        assert words in text


async def test_the_sheet_is_readable_at_80_columns() -> None:
    assert max(map(len, shown(await planned()).splitlines())) <= 80


async def test_what_comes_from_data_cannot_steer_a_terminal() -> None:
    text = shown(await planned("\x1b[2J[red]@daisy"))
    assert "\x1b" not in text
    assert r"\x1b[2J[red]@daisy" in text


async def test_a_sample_says_what_it_is_and_how_far_it_may_be_off() -> None:
    @ddbbulk.generator(count=20_000, version="1")
    def follows(index: int) -> dict[str, object]:
        return {
            "follower": f"@d{index}",
            "followee": f"@{index}",
            "day": "x" * (index % 9),
        }

    table = TableDefinition.model_validate(DEFINITION)
    text = shown(await ddbbulk.plan(table, follows, sample=1_000))
    assert "1,000 items, read at 20 places spread over it; figures are" in text
    assert "±" in text
    assert "within the sample" in text
