"""What is no answer of DynamoDB's is asked for again, and never taken for nothing."""

from collections.abc import Mapping
from typing import Any

import pytest
from tenacity import stop_after_delay

from ddbbulk.errors import ServiceUnavailableError
from ddbbulk.reading import Page, ReadBudget, Reader
from ddbbulk.retry import RetryPolicy
from ddbbulk.transport import Outcome, ReadOperation, Reply
from tests.support.table_to_read import TABLE, TableToRead, birds


class MumblingTable(TableToRead):
    """Says nonsense in answer to each second request, or to every one."""

    nonsense: Mapping[str, Any] = {}
    sane_every: int = 2

    async def read(self, operation: ReadOperation, body: bytes) -> Outcome:
        outcome = await super().read(operation, body)
        is_sane = self.sane_every and len(self.requests) % self.sane_every == 0
        return outcome if is_sane else Reply(self.nonsense)


def reader_of(table: TableToRead) -> Reader:
    return Reader(
        table,
        table=TABLE,
        budget=ReadBudget(50.0),
        retry=RetryPolicy(stop=stop_after_delay(60)),
    )


async def pages_of(table: TableToRead, *, is_count: bool = False) -> list[Page]:
    pages = reader_of(table).scan(segments=1, is_count=is_count)
    return [page async for page in pages]


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"Items": "none", "Count": 4},
        {"Items": ["a"], "Count": 1},
        {"Items": [], "Count": 1},
        {"Items": [], "Count": 0, "LastEvaluatedKey": "a"},
        {"Items": [], "Count": 0, "ScannedCount": "many"},
        {"Items": [], "Count": 0, "ConsumedCapacity": "1"},
        {"Items": [], "Count": 0, "ConsumedCapacity": {"units": 1}},
    ],
)
async def test_what_is_no_page_is_not_taken_for_one(nonsense: dict[str, Any]) -> None:
    table = MumblingTable(birds(60))
    table.nonsense = nonsense

    pages = await pages_of(table)

    assert sorted(item["pk"]["S"] for page in pages for item in page.items) == sorted(
        f"bird{n}" for n in range(60)
    )


@pytest.mark.parametrize("nonsense", [{}, {"ScannedCount": 60}, {"Count": "many"}])
async def test_what_is_no_number_is_not_counted(nonsense: dict[str, Any]) -> None:
    table = MumblingTable(birds(60))
    table.nonsense = nonsense

    pages = await pages_of(table, is_count=True)

    assert sum(page.count for page in pages) == 60


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"Responses": []},
        {"Responses": {TABLE: {}}},
        {"Responses": {TABLE: ["a"]}},
        {"UnprocessedKeys": {TABLE: {}}},
    ],
)
async def test_items_are_not_missing_because_nobody_speaks_of_them(
    nonsense: dict[str, Any],
) -> None:
    items = birds(60)
    table = MumblingTable(items)
    table.nonsense = nonsense
    keys = [{"pk": item["pk"], "sk": item["sk"]} for item in items]

    assert len(await reader_of(table).look_up(keys)) == 60


async def test_a_server_that_says_only_nonsense_is_given_up() -> None:
    table = MumblingTable(birds(5))
    table.sane_every = 0

    with pytest.raises(ServiceUnavailableError, match="no answer to Scan"):
        await pages_of(table)
