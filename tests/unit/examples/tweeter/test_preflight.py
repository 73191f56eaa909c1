from collections.abc import Mapping

import pytest

import ddbbulk
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.preflight import check_table, rates
from ddbbulk.examples.tweeter.tables import Table, follows_table, users_table


@pytest.fixture
def connection() -> ddbbulk.Connection:
    return ddbbulk.connect(endpoint_url="http://127.0.0.1:1", region="us-east-1")


def _description(  # what a test does not name is as the items need it
    table: Table,
    *,
    schema: ddbbulk.TableSchema | None = None,
    status: str = "ACTIVE",
    wcu: float | None = 200,
    index_wcu: Mapping[str, float | None] | None = None,
) -> ddbbulk.TableDescription:
    return ddbbulk.TableDescription(
        name=table.name,
        arn="",
        status=status,
        schema=schema or table.schema,
        write_capacity=wcu,
        index_write_capacity=index_wcu
        or {index.name: wcu for index in (schema or table.schema).global_indexes},
        max_write_units=None,
        item_count=0,
    )


def _index(name: str, *keys: str) -> ddbbulk.IndexSchema:
    partition, *sort = (ddbbulk.KeyAttribute.parse(key) for key in keys)
    return ddbbulk.IndexSchema(name, (partition,), tuple(sort))


def test_the_tables_of_the_course_are_accepted(
    connection: ddbbulk.Connection,
) -> None:
    for table in (users_table(Names()), follows_table(Names())):
        check_table(_description(table), table, connection)


def test_another_key_is_told_with_the_option_that_renames_it(
    connection: ddbbulk.Connection,
) -> None:
    table = users_table(Names())
    description = _description(table, schema=ddbbulk.TableSchema.of("handle"))

    with pytest.raises(ddbbulk.ConfigurationError) as caught:
        check_table(description, table, connection)

    assert "tweeter_user has the key handle (S)" in str(caught.value)
    assert "--attribute alias=handle" in str(caught.value)


def test_a_key_of_another_type_is_refused(
    connection: ddbbulk.Connection,
) -> None:
    table = users_table(Names())
    description = _description(table, schema=ddbbulk.TableSchema.of("alias:N"))

    with pytest.raises(ddbbulk.ConfigurationError, match=r"alias \(N\)"):
        check_table(description, table, connection)


def test_a_sort_key_too_many_is_refused(
    connection: ddbbulk.Connection,
) -> None:
    table = users_table(Names())
    description = _description(table, schema=ddbbulk.TableSchema.of("alias", "at"))

    with pytest.raises(ddbbulk.ConfigurationError, match=r"alias \(S\) \+ at \(S\)"):
        check_table(description, table, connection)


def test_a_missing_index_is_told_with_those_that_are_there(
    connection: ddbbulk.Connection,
) -> None:
    table = follows_table(Names())
    keys = table.schema
    schema = ddbbulk.TableSchema(
        keys.partition_key, keys.sort_key, (_index("others", "x"),)
    )

    with pytest.raises(ddbbulk.ConfigurationError) as caught:
        check_table(_description(table, schema=schema), table, connection)

    assert "no index follows_index (it has: others)" in str(caught.value)
    assert "aws dynamodb create-table" in str(caught.value)


def test_an_index_the_wrong_way_round_is_refused(
    connection: ddbbulk.Connection,
) -> None:
    table = follows_table(Names())
    keys = table.schema
    index = _index("follows_index", "follower_alias", "followee_alias")
    schema = ddbbulk.TableSchema(keys.partition_key, keys.sort_key, (index,))

    with pytest.raises(ddbbulk.ConfigurationError, match="takes followee_alias"):
        check_table(_description(table, schema=schema), table, connection)


def test_an_index_that_would_refuse_every_item_is_told_beforehand(
    connection: ddbbulk.Connection,
) -> None:
    table = users_table(Names())
    index = _index("by_count", "follower_count:S")
    schema = ddbbulk.TableSchema(table.schema.partition_key, None, (index,))

    with pytest.raises(ddbbulk.ConfigurationError, match="by_count"):
        check_table(_description(table, schema=schema), table, connection)


def test_a_table_that_is_not_ready_is_refused(
    connection: ddbbulk.Connection,
) -> None:
    table = users_table(Names())

    with pytest.raises(ddbbulk.ConfigurationError, match="is CREATING: wait"):
        check_table(_description(table, status="CREATING"), table, connection)


def test_a_slow_index_is_told_with_the_time_it_takes() -> None:
    table = follows_table(Names())
    description = _description(table, index_wcu={"follows_index": 5})

    used = rates(
        description, wcu=200, index_wcu={}, items=10_000, attributes=table.attributes
    )

    assert used.warnings == (
        "follows_index has 5 WCU: 33 min at this rate, 50 s at 200",
    )
    assert (used.table, used.indexes) == (200, {"follows_index": 5})
    assert used.seconds(10_000) == 2000


def test_a_table_with_more_than_the_budget_is_held_to_the_budget() -> None:
    table = users_table(Names())

    used = rates(
        _description(table, wcu=1000),
        wcu=200,
        index_wcu={},
        items=10_000,
        attributes=table.attributes,
    )

    assert (used.table, used.warnings) == (200, ())


def test_a_table_on_demand_takes_what_is_asked() -> None:
    table = users_table(Names())

    used = rates(
        _description(table, wcu=None),
        wcu=200,
        index_wcu={},
        items=1,
        attributes=table.attributes,
    )

    assert (used.table, used.warnings) == (200, ())


def test_an_index_that_no_item_appears_in_slows_nothing() -> None:
    table = users_table(Names())
    index = _index("by_city", "city")
    schema = ddbbulk.TableSchema(table.schema.partition_key, None, (index,))
    description = _description(table, schema=schema, index_wcu={"by_city": 1})

    used = rates(
        description, wcu=200, index_wcu={}, items=1, attributes=table.attributes
    )

    assert (used.indexes, used.warnings) == ({}, ())
