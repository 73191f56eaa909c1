"""The simulator in front of another server: throttling what does not throttle."""

from collections.abc import Iterator
from typing import Any

import pytest

from ddbbulk.simulator import Simulator
from tests.support.raw_dynamodb import RawClient, connected
from tests.support.servers import Server

pytestmark = pytest.mark.integration

TABLE: dict[str, Any] = {
    "TableName": "throttled",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "city", "AttributeType": "S"},
    ],
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 50},
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_city",
            "KeySchema": [{"AttributeName": "city", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        }
    ],
}


LARGE = {"pk": {"S": "large"}, "notes": {"S": "x" * 380_000}}


@pytest.fixture
def in_front(dynoxide: Server) -> Iterator[tuple[Simulator, RawClient]]:
    with (
        Simulator(upstream=dynoxide.endpoint_url) as simulator,
        connected(simulator.endpoint_url) as client,
    ):
        client.must("CreateTable", **TABLE)
        yield simulator, client
        client.must("DeleteTable", TableName="throttled")


def put(number: int, **attributes: object) -> dict[str, Any]:
    return {"PutRequest": {"Item": {"pk": {"S": f"{number}"}, **attributes}}}


def test_writes_beyond_the_capacity_of_an_index_come_back(
    in_front: tuple[Simulator, RawClient],
) -> None:
    simulator, client = in_front
    entries = [put(number, city={"S": "Duckburg"}) for number in range(25)]
    answer = client.must(
        "BatchWriteItem",
        RequestItems={"throttled": entries},
        ReturnConsumedCapacity="INDEXES",
    )
    assert len(answer["UnprocessedItems"]["throttled"]) == 20
    (consumed,) = answer["ConsumedCapacity"]
    assert consumed["GlobalSecondaryIndexes"]["by_city"]["CapacityUnits"] == 5
    counts = simulator.stats()["tables"]["throttled"]
    assert counts["write_units"] == 5
    assert counts["unprocessed_items"] == 20
    assert counts["indexes"]["by_city"]["write_units"] == 5


def test_what_has_no_index_key_passes_while_the_index_is_short(
    in_front: tuple[Simulator, RawClient],
) -> None:
    _, client = in_front
    entries = [put(number) for number in range(25)]
    answer = client.must("BatchWriteItem", RequestItems={"throttled": entries})
    assert not answer["UnprocessedItems"]
    assert "ConsumedCapacity" not in answer


def test_a_single_write_settles_what_it_really_cost(
    in_front: tuple[Simulator, RawClient], dynoxide: Server
) -> None:
    simulator, client = in_front
    with connected(dynoxide.endpoint_url) as behind:
        behind.must("PutItem", TableName="throttled", Item=LARGE)
    answer = client.must(
        "DeleteItem",
        TableName="throttled",
        Key={"pk": LARGE["pk"]},
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 372
    # It looked like one unit; the debt is that of 372, for 6 seconds.
    refused = client.send("PutItem", TableName="throttled", Item={"pk": {"S": "x"}})
    assert refused.code == "ProvisionedThroughputExceededException"
    (reason,) = refused.body["ThrottlingReasons"]
    assert reason["reason"] == "TableWriteProvisionedThroughputExceeded"
    counts = simulator.stats()["tables"]["throttled"]
    assert (counts["write_units"], counts["throttled_requests"]) == (372, 1)


def test_reads_are_throttled_by_what_they_consumed(
    in_front: tuple[Simulator, RawClient],
) -> None:
    _, client = in_front
    client.must("PutItem", TableName="throttled", Item=LARGE)
    request = {
        "TableName": "throttled",
        "Key": {"pk": LARGE["pk"]},
        "ConsistentRead": True,
        "ReturnConsumedCapacity": "TOTAL",
    }
    answer = client.must("GetItem", **request)
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 93
    throttled = client.send("GetItem", **request)
    assert throttled.code == "ProvisionedThroughputExceededException"


def test_what_is_wrong_is_judged_by_the_server(
    in_front: tuple[Simulator, RawClient],
) -> None:
    _, client = in_front
    wrong = {"PutRequest": {"Item": {"pk": {"N": "1"}}}}
    answer = client.send("BatchWriteItem", RequestItems={"throttled": [wrong]})
    assert answer.code == "ValidationException"
    answer = client.send("PutItem", TableName="nowhere", Item={"pk": {"S": "x"}})
    assert answer.code == "ResourceNotFoundException"


def test_other_operations_pass_through(in_front: tuple[Simulator, RawClient]) -> None:
    _, client = in_front
    item = {"pk": {"S": "x"}}
    client.must(
        "TransactWriteItems",
        TransactItems=[{"Put": {"TableName": "throttled", "Item": item}}],
    )
    answer = client.must("BatchGetItem", RequestItems={"throttled": {"Keys": [item]}})
    assert answer["Responses"]["throttled"] == [item]


def test_changed_capacity_is_noticed(in_front: tuple[Simulator, RawClient]) -> None:
    _, client = in_front
    client.must("PutItem", TableName="throttled", Item={"pk": {"S": "x"}})
    client.must(
        "UpdateTable",
        TableName="throttled",
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 1},
    )
    entries = [put(number) for number in range(25)]
    answer = client.must("BatchWriteItem", RequestItems={"throttled": entries})
    assert len(answer["UnprocessedItems"]["throttled"]) == 24


def test_a_server_that_is_not_there_is_named() -> None:
    url = "http://127.0.0.1:9"
    with (
        Simulator(upstream=url) as simulator,
        connected(simulator.endpoint_url) as client,
        pytest.raises(AssertionError, match=f"503.*{url} does not answer"),
    ):
        client.send("ListTables")


def get(*numbers: int) -> dict[str, Any]:
    keys = [{"pk": {"S": f"{number}"}} for number in numbers]
    return {"Keys": keys, "ConsistentRead": True}


def test_keys_beyond_the_capacity_come_back(
    in_front: tuple[Simulator, RawClient],
) -> None:
    simulator, client = in_front
    client.must("BatchWriteItem", RequestItems={"throttled": [put(1), put(2)]})
    answer = client.must(
        "BatchGetItem",
        RequestItems={"throttled": get(*range(8))},
        ReturnConsumedCapacity="TOTAL",
    )
    assert len(answer["Responses"]["throttled"]) == 2
    assert answer["UnprocessedKeys"] == {"throttled": get(5, 6, 7)}
    assert answer["ConsumedCapacity"] == [
        {"TableName": "throttled", "CapacityUnits": 5.0}
    ]
    refused = client.send("BatchGetItem", RequestItems={"throttled": get(5)})
    assert refused.code == "ProvisionedThroughputExceededException"
    counts = simulator.stats()["tables"]["throttled"]
    assert (counts["read_units"], counts["throttled_reads"]) == (5, 2)


def test_a_transaction_passes_whole_or_is_cancelled(
    in_front: tuple[Simulator, RawClient],
) -> None:
    simulator, client = in_front
    city = {"city": {"S": "Duckburg"}}
    actions = [
        {"Put": {"TableName": "throttled", **put(number, **city)["PutRequest"]}}
        for number in range(5)
    ]
    client.must("TransactWriteItems", TransactItems=actions)
    cancelled = client.send("TransactWriteItems", TransactItems=actions[:1])
    assert cancelled.code == "TransactionCanceledException"
    (reason,) = cancelled.body["CancellationReasons"]
    assert reason["Code"] == "ProvisionedThroughputExceeded"
    assert "global secondary indexes" in reason["Message"]
    counts = simulator.stats()["tables"]["throttled"]
    assert counts["throttled_requests"] == 1
    gets = [
        {"Get": {"TableName": "throttled", "Key": {"pk": {"S": f"{number}"}}}}
        for number in range(3)
    ]
    assert len(client.must("TransactGetItems", TransactItems=gets)["Responses"]) == 3
    cancelled = client.send("TransactGetItems", TransactItems=gets)
    assert [reason["Code"] for reason in cancelled.body["CancellationReasons"]] == [
        "ProvisionedThroughputExceeded"
    ] * 3


def test_what_is_wrong_with_many_items_is_judged_by_the_server(
    in_front: tuple[Simulator, RawClient],
) -> None:
    _, client = in_front
    wrong = {"Keys": [{"other": {"S": "x"}}]}
    answer = client.send("BatchGetItem", RequestItems={"throttled": wrong})
    assert answer.code == "ValidationException"
    twice = {"Delete": {"TableName": "throttled", "Key": {"pk": {"S": "x"}}}}
    answer = client.send("TransactWriteItems", TransactItems=[twice, twice])
    assert answer.code == "ValidationException"
    answer = client.send("TransactGetItems", TransactItems=[])
    assert answer.code == "ValidationException"
    nowhere = {"nowhere": get(1)}
    answer = client.send("BatchGetItem", RequestItems=nowhere)
    assert answer.code == "ResourceNotFoundException"
