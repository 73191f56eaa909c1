import ddbbulk
from ddbbulk.examples.tweeter.names import Names
from ddbbulk.examples.tweeter.tables import (
    Capacity,
    command,
    create_request,
    feed_table,
    follows_table,
    update_request,
)

CAPACITY = Capacity(write=200, index_write=100.5, read=5)


def test_a_created_table_is_the_one_that_the_items_need() -> None:
    for table in (follows_table(Names()), feed_table(Names())):
        request = create_request(table, CAPACITY)

        assert ddbbulk.TableSchema.from_description(request) == table.schema


def test_an_index_is_created_with_a_capacity_of_its_own_in_whole_units() -> None:
    request = create_request(follows_table(Names()), CAPACITY)

    (index,) = request["GlobalSecondaryIndexes"]
    assert request["ProvisionedThroughput"] == {
        "ReadCapacityUnits": 5,
        "WriteCapacityUnits": 200,
    }
    assert index["ProvisionedThroughput"]["WriteCapacityUnits"] == 101


def test_an_update_names_only_what_changes_and_keeps_the_read_capacity() -> None:
    described = create_request(follows_table(Names()), CAPACITY)

    assert update_request(described, {"": 200, "follows_index": 1}) == {
        "TableName": "tweeter_follow",
        "GlobalSecondaryIndexUpdates": [
            {
                "Update": {
                    "IndexName": "follows_index",
                    "ProvisionedThroughput": {
                        "ReadCapacityUnits": 5,
                        "WriteCapacityUnits": 1,
                    },
                }
            }
        ],
    }


def test_an_update_that_changes_nothing_is_none() -> None:
    described = create_request(follows_table(Names()), CAPACITY)

    assert update_request(described, {"": 200, "follows_index": 101}) == {}
    assert update_request(described, {}) == {}


async def test_a_command_says_where() -> None:
    async with ddbbulk.connect(
        endpoint_url="http://127.0.0.1:1", region="eu-west-1"
    ) as connection:
        said = command("update-table", {"TableName": "it's"}, connection)

    assert said.startswith(
        "aws dynamodb update-table --region eu-west-1 "
        "--endpoint-url http://127.0.0.1:1 --cli-input-json "
    )
