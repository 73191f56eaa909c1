"""What a line of a failures file says is to be done again."""

import pytest

from ddbbulk.cli.failures_source import item_of
from ddbbulk.failures import FailedItem
from ddbbulk.marshal import WireItem
from ddbbulk.sources import BrokenRecord

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/"


def line_of(table: str) -> bytes:
    return FailedItem(
        table=table,
        item={"pk": {"S": "a"}},
        operation="put",
        reason="ItemTooLarge",
        message="",
        attempts=0,
        position=0,
    ).line()


@pytest.mark.parametrize(
    ("table", "of_file"),
    [("users", "users"), (ARN + "users", "users"), ("users", ARN + "users")],
)
def test_a_table_may_be_called_by_its_name_or_its_arn(table: str, of_file: str) -> None:
    item = item_of(line_of(table), table=of_file)

    assert item == WireItem({"pk": {"S": "a"}})


@pytest.mark.parametrize(
    ("table", "of_file"), [("others", "users"), (ARN + "users", ARN + "others")]
)
def test_a_line_of_another_table_is_not_loaded_into_this_one(
    table: str, of_file: str
) -> None:
    item = item_of(line_of(table), table=of_file)

    assert isinstance(item, BrokenRecord)
    assert item.code == "OtherTable"
