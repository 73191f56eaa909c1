import pytest

from ddbbulk.cli.preflight import (
    capacity_notes,
    check_first_items,
    sparse_indexes,
)
from ddbbulk.errors import ConfigurationError
from ddbbulk.marshal import WireItem
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.sources import BrokenRecord, Chunk
from ddbbulk.tables import TableDescription

USERS = TableSchema(
    KeyAttribute("alias"),
    indexes=(IndexSchema("by_age", (KeyAttribute("age", "N"),)),),
)
GOOD = {"alias": "@daisy", "age": 3}


def chunk(*items: object) -> Chunk:
    return Chunk(items, 0, "users.csv", range(2, 2 + len(items)))


def refusal(schema: TableSchema, *items: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        check_first_items(chunk(*items), schema, "users")
    return str(caught.value)


def test_a_missing_key_is_explained_by_what_is_there() -> None:
    message = refusal(USERS, {"Alias": "a", "age": 1}, {"Alias": "b", "name": "B"})

    assert message.startswith("users.csv, line 2: no alias (S) in the first items")
    assert "key of table users" in message
    assert "What they have is: Alias, age, name." in message


def test_only_the_missing_part_of_a_key_is_named() -> None:
    message = refusal(TableSchema.of("a", "b:N"), {"a": "x"}, {"a": "y"})

    assert "no b (N) in" in message
    assert "no a (S)" not in message


def test_each_item_without_some_part_of_the_key_names_the_whole_key() -> None:
    message = refusal(TableSchema.of("a", "b"), {"a": "x"}, {"b": "y"})

    assert "no a (S) and no b (S) in" in message


def test_names_are_shown_safely_and_not_without_end() -> None:
    items = {"\x1b[1m": 1} | {f"column{number}": "x" for number in range(40)}

    message = refusal(USERS, items)

    assert r"\x1b[1m, column0, " in message
    assert message.count("column") == 19
    assert "and 21 more" in message


@pytest.mark.parametrize(
    ("header", "option"), [("alias;age", "';'"), ("alias\tage", "tab")]
)
def test_columns_that_were_not_told_apart_are_explained(
    header: str, option: str
) -> None:
    message = refusal(USERS, {header: "@daisy;3"})

    assert message.endswith(f"If these are several columns, give --delimiter {option}")


def test_a_mistyped_key_is_explained_with_the_option_that_mends_it() -> None:
    message = refusal(TableSchema.of("id:N"), {"id": "1"}, {"id": "2"})

    assert message.startswith("users.csv, line 2: attribute id, the partition key, ")
    assert message.endswith("--types id=N")


def test_items_that_say_their_types_get_no_advice_about_columns() -> None:
    message = refusal(TableSchema.of("id:N"), WireItem({"id": {"S": "1"}}))

    assert "attribute id, the partition key, " in message
    assert "--types" not in message


def test_a_mistyped_index_key_is_explained_too() -> None:
    assert "--types age=N" in refusal(USERS, {"alias": "a", "age": "1"})


def test_string_keys_get_no_advice_about_types() -> None:
    assert "--types" not in refusal(TableSchema.of("id"), {"id": 1})


def test_one_good_item_is_enough() -> None:
    check_first_items(chunk({"name": "x"}, GOOD), USERS, "users")


def test_other_troubles_are_left_to_the_load() -> None:
    broken = BrokenRecord("RaggedRow", "2 cells of 3")
    check_first_items(chunk(broken), USERS, "users")
    check_first_items(chunk({"alias": "a", "x": float("nan")}), USERS, "users")
    check_first_items(chunk({"alias": ""}, {"name": "x"}), USERS, "users")


def test_dynamodb_json_is_looked_at_as_well() -> None:
    check_first_items(chunk(WireItem({"alias": {"S": "a"}})), USERS, "users")
    assert "have is: id." in refusal(USERS, WireItem({"id": {"S": "a"}}))


def test_items_that_will_not_be_in_an_index_are_noted() -> None:
    assert list(sparse_indexes(chunk({"alias": "a"}), USERS)) == [
        "none of the first items has age: such items do not appear in index by_age"
    ]


def test_an_index_that_some_item_is_in_is_not_noted() -> None:
    assert not list(sparse_indexes(chunk({"alias": "a"}, GOOD), USERS))


def test_nothing_is_noted_where_no_item_could_be_read() -> None:
    assert not list(sparse_indexes(chunk(BrokenRecord("x", "y")), USERS))


def table(wcu: float | None, **indexes: float | None) -> TableDescription:
    return TableDescription(
        name="users",
        arn="",
        status="ACTIVE",
        schema=USERS,
        write_capacity=wcu,
        index_write_capacity=indexes,
        max_write_units=None,
        item_count=0,
    )


def test_rates_that_fit_are_not_noted() -> None:
    described = table(200, by_age=200)

    assert not list(capacity_notes(described, wcu=None, index_wcu={}))
    assert not list(capacity_notes(described, wcu=200, index_wcu={"by_age": 50}))


def test_a_budget_above_what_is_provisioned_is_noted() -> None:
    described = table(200, by_age=300)

    of_table, of_index = capacity_notes(described, wcu=300, index_wcu={"by_age": 301})

    assert of_table == (
        "--wcu 300 is more than the 200 WCU that table users has: it will throttle"
    )
    assert of_index.startswith("--index-wcu by_age=301 is more than the 300 WCU that")


def test_an_index_that_is_slower_than_its_table_is_noted() -> None:
    assert list(capacity_notes(table(200, by_age=5), wcu=None, index_wcu={})) == [
        "index by_age has 5 WCU, less than the 200 of the table, and may set the pace"
    ]


def test_an_on_demand_table_has_nothing_to_compare_with() -> None:
    described = table(None, by_age=None)

    assert not list(capacity_notes(described, wcu=9_000, index_wcu={"by_age": 9_000}))
