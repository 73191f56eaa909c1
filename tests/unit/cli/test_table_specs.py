import pytest
import typer

from ddbbulk.cli.table_specs import TableSpec
from ddbbulk.schema import TableSchema


def test_a_table_in_a_few_words() -> None:
    spec = TableSpec.parse("follows:follower,at:N@200")

    assert spec == TableSpec("follows", TableSchema.of("follower", "at:N"), 200)
    assert spec.request() == {
        "TableName": "follows",
        "AttributeDefinitions": [
            {"AttributeName": "follower", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        "KeySchema": [
            {"AttributeName": "follower", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": {"ReadCapacityUnits": 200, "WriteCapacityUnits": 200},
    }


def test_a_table_without_capacity_is_on_demand() -> None:
    request = TableSpec.parse("users:alias").request()

    assert request["BillingMode"] == "PAY_PER_REQUEST"
    assert "ProvisionedThroughput" not in request


def test_reads_have_units_of_their_own_where_given() -> None:
    request = TableSpec.parse("users:alias@200/50").request()

    assert request["ProvisionedThroughput"] == {
        "ReadCapacityUnits": 50,
        "WriteCapacityUnits": 200,
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "users",
        "users:",
        ":alias",
        "users:alias@",
        "users:alias@x",
        "users:alias@/5",
        "users:alias@5/",
        "users:alias@5/x",
        "users:alias@0",
        "users:alias@5/0",
        "users:alias@\u0665",
        "users:alias,",
        "users:alias,at,more",
        "users:alias:X",
    ],
)
def test_what_is_no_table_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="write it as"):
        TableSpec.parse(text)


@pytest.mark.parametrize("name", ["u", "my users", "x" * 256])
def test_a_name_that_no_table_can_have_is_refused_before_anything_starts(
    name: str,
) -> None:
    with pytest.raises(typer.BadParameter, match="a table's name has 3 to 255 of"):
        TableSpec.parse(f"{name}:alias")


def test_a_sort_key_is_another_attribute_than_the_partition_key() -> None:
    with pytest.raises(typer.BadParameter, match="two different attributes"):
        TableSpec.parse("users:alias,alias:N")
