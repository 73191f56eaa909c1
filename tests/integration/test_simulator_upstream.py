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


def get(*numbers: object) -> dict[str, Any]:
    keys = [{"pk": {"S": f"{number}"}} for number in numbers]
    return {"Keys": keys, "ConsistentRead": True}


def test_keys_beyond_the_capacity_come_back(
    in_front: tuple[Simulator, RawClient], dynoxide: Server
) -> None:
    simulator, client = in_front
    with connected(dynoxide.endpoint_url) as behind:
        behind.must("PutItem", TableName="throttled", Item=LARGE)
    answer = client.must(
        "BatchGetItem",
        RequestItems={"throttled": get("large", *range(7))},
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["Responses"]["throttled"] == [LARGE]
    assert answer["UnprocessedKeys"] == {"throttled": get(4, 5, 6)}
    assert answer["ConsumedCapacity"] == [
        {"TableName": "throttled", "CapacityUnits": 97.0}
    ]
    # It looked like five units; the debt is that of 97, for 18 seconds.
    refused = client.send("BatchGetItem", RequestItems={"throttled": get(5)})
    assert refused.code == "ProvisionedThroughputExceededException"
    counts = simulator.stats()["tables"]["throttled"]
    assert (counts["read_units"], counts["throttled_reads"]) == (97, 2)


def test_a_transaction_passes_whole_or_is_cancelled(
    in_front: tuple[Simulator, RawClient],
) -> None:
    simulator, client = in_front
    city = {"city": {"S": "Duckburg"}}
    large = put(1, **city, notes={"S": "x" * 20_000})["PutRequest"]
    actions = [{"Put": {"TableName": "throttled", **large}}]
    # 40 units of the table's 50, 20 of the index's 5.
    client.must("TransactWriteItems", TransactItems=actions)
    other = {"Delete": {"TableName": "throttled", "Key": {"pk": {"S": "2"}}}}
    cancelled = client.send("TransactWriteItems", TransactItems=[other, *actions])
    assert cancelled.code == "TransactionCanceledException"
    codes = [reason["Code"] for reason in cancelled.body["CancellationReasons"]]
    assert codes == ["None", "ProvisionedThroughputExceeded"]
    counts = simulator.stats()["tables"]["throttled"]
    assert counts["throttled_requests"] == 1
    assert counts["write_units"] == 40


def test_a_transaction_that_reads_is_cancelled_until_its_debt_is_paid(
    in_front: tuple[Simulator, RawClient], dynoxide: Server
) -> None:
    _, client = in_front
    with connected(dynoxide.endpoint_url) as behind:
        behind.must("PutItem", TableName="throttled", Item=LARGE)
    gets = [
        {"Get": {"TableName": "throttled", "Key": {"pk": {"S": name}}}}
        for name in ("large", "absent")
    ]
    answer = client.must(
        "TransactGetItems", TransactItems=gets, ReturnConsumedCapacity="TOTAL"
    )
    assert answer["Responses"] == [{"Item": LARGE}, {}]
    assert answer["ConsumedCapacity"] == [
        {"TableName": "throttled", "CapacityUnits": 188.0, "ReadCapacityUnits": 188.0}
    ]
    cancelled = client.send("TransactGetItems", TransactItems=gets)
    codes = [reason["Code"] for reason in cancelled.body["CancellationReasons"]]
    assert codes == ["ProvisionedThroughputExceeded"] * 2


def test_what_is_wrong_with_many_items_is_judged_by_the_server(
    in_front: tuple[Simulator, RawClient],
) -> None:
    _, client = in_front
    wrong = {"Keys": [{"other": {"S": "x"}}]}
    several: list[dict[str, Any]] = [
        {"throttled": wrong},
        {"throttled": {"Keys": []}},
        {},
    ]
    for parts in several:
        answer = client.send("BatchGetItem", RequestItems=parts)
        assert answer.code == "ValidationException"
    twice = {"Delete": {"TableName": "throttled", "Key": {"pk": {"S": "x"}}}}
    answer = client.send("TransactWriteItems", TransactItems=[twice, twice])
    assert answer.code == "ValidationException"
    answer = client.send("TransactGetItems", TransactItems=[])
    assert answer.code == "ValidationException"
    nowhere = {"nowhere": get(1)}
    answer = client.send("BatchGetItem", RequestItems=nowhere)
    assert answer.code == "ResourceNotFoundException"
