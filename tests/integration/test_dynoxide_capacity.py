"""What we say a write costs is what dynoxide charges for it."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from hypothesis import given, settings

from ddbbulk import sizing
from ddbbulk.marshal import Marshaller, Write
from ddbbulk.schema import IndexSchema
from ddbbulk.sizing import AttributeValue, item_size, write_cost
from tests.property.strategies import SCHEMA, items, size_from_first_digit
from tests.support.servers import Server

pytestmark = pytest.mark.integration

Item = dict[str, AttributeValue]
Send = Callable[[Write], dict[str, Any]]

TABLE = "ddbbulk_capacity"
HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/"
    "aws4_request, SignedHeaders=host, Signature=0",
    "X-Amz-Date": "20260101T000000Z",
}


def index_definition(index: IndexSchema) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection}
    if index.non_key_attributes:
        projection["NonKeyAttributes"] = list(index.non_key_attributes)
    return {
        "IndexName": index.name,
        "KeySchema": [
            {"AttributeName": key.name, "KeyType": "HASH"}
            for key in index.partition_keys
        ]
        + [{"AttributeName": key.name, "KeyType": "RANGE"} for key in index.sort_keys],
        "Projection": projection,
    }


@pytest.fixture(scope="module", autouse=True)
def _numbers_as_dynoxide_measures_them() -> Iterator[None]:
    """It takes the smaller one of the two formulas for a number's size, we the larger.

    Which is right for numbers such as 120 is not known. All else is compared exactly.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sizing, "number_size", size_from_first_digit)
        yield


@pytest.fixture(scope="module")
def send(dynoxide: Server, dynamodb: Callable[[Server], Any]) -> Send:
    """Give what sends a write as it is, and returns what it consumed."""
    keys = {*SCHEMA.keys, *(key for index in SCHEMA.indexes for key in index.keys)}
    client = dynamodb(dynoxide)
    if TABLE in client.list_tables()["TableNames"]:
        client.delete_table(TableName=TABLE)
    client.create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": key.name, "AttributeType": key.type} for key in keys
        ],
        GlobalSecondaryIndexes=list(map(index_definition, SCHEMA.global_indexes)),
        LocalSecondaryIndexes=list(map(index_definition, SCHEMA.local_indexes)),
        BillingMode="PAY_PER_REQUEST",
    )
    location = urlsplit(dynoxide.endpoint_url).netloc

    def send_write(write: Write) -> dict[str, Any]:
        body = b'{"RequestItems":{"%b":[%b]},"ReturnConsumedCapacity":"INDEXES"}' % (
            TABLE.encode(),
            write.body.encode(),
        )
        connection = HTTPConnection(location, timeout=10)
        connection.request("POST", "/", body, HEADERS)
        answer = orjson.loads(connection.getresponse().read())
        connection.close()
        assert answer.get("UnprocessedItems") == {}, answer
        consumed: dict[str, Any] = answer["ConsumedCapacity"][0]
        return consumed

    return send_write


def charged(
    before: Item | None, after: Item | None
) -> tuple[float, float, dict[str, float], dict[str, float]]:
    """What we compute, in the shape of ``measured``."""
    table, global_units, local_units = write_cost(before, after, SCHEMA)
    total = table + sum(global_units.values()) + sum(local_units.values())
    return total, table, dict(global_units), dict(local_units)


def measured(
    consumed: dict[str, Any],
) -> tuple[float, float, dict[str, float], dict[str, float]]:
    """What a ConsumedCapacity says: all units, the table's, the GSIs', the LSIs'."""
    global_units, local_units = (
        {name: index["CapacityUnits"] for name, index in consumed.get(kind, {}).items()}
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    )
    return (
        consumed["CapacityUnits"],
        consumed["Table"]["CapacityUnits"],
        global_units,
        local_units,
    )


def sent_item(write: Write) -> Item:
    item: Item = orjson.loads(write.body)["PutRequest"]["Item"]
    return item


@settings(max_examples=150)
@given(old=items, new=items)
def test_puts_and_deletes_cost_what_dynoxide_charges(
    send: Send, old: dict[str, object], new: dict[str, object]
) -> None:
    marshaller = Marshaller(SCHEMA)
    key = {"pk": old["pk"], "sk": old["sk"]}
    first, second = marshaller.put(old), marshaller.put(new | key)
    delete = marshaller.delete(key)
    before, after = sent_item(first), sent_item(second)
    send(delete)  # what an example that failed left behind

    assert measured(send(first)) == charged(None, before)
    assert measured(send(second)) == charged(before, after)
    assert measured(send(delete)) == charged(after, None)
    assert measured(send(delete)) == charged(None, None)


@settings(max_examples=150)
@given(item=items)
def test_sizes_agree_to_the_byte(send: Send, item: dict[str, object]) -> None:
    """An item that is filled up to a full kilobyte: one byte more is one unit more."""
    marshaller = Marshaller(SCHEMA)
    item["padding"] = ""
    size = item_size(sent_item(marshaller.put(item)))
    units = size // 1024 + 1

    for excess in (0, 1):
        item["padding"] = "x" * (units * 1024 - size + excess)
        write = marshaller.put(item)
        send(marshaller.delete({"pk": item["pk"], "sk": item["sk"]}))
        measurement = measured(send(write))

        assert measurement == charged(None, sent_item(write))
        assert measurement[1] == units + excess


def nested(levels: int, leaf: object) -> object:
    for level in range(levels):
        leaf = [leaf] if level % 2 else {"a": leaf}
    return leaf


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param({"pk": "x" * 2048}, id="longest partition key"),
        pytest.param({"city": "x" * 2048}, id="longest index partition key"),
        pytest.param({"x": "x" * (409_600 - 100)}, id="nearly 400 KB"),
        pytest.param({"x": nested(31, "leaf")}, id="deepest value"),
        pytest.param({"x": nested(31, {})}, id="deepest empty map"),
        pytest.param({"sk": Decimal("1E-130")}, id="smallest number"),
        pytest.param({"sk": Decimal("-9." + "9" * 37 + "E125")}, id="largest number"),
        pytest.param({"x": {"", "a"}, "y": {b"", b"a"}}, id="empty members of sets"),
        pytest.param({"x": ["", b"", [], {}]}, id="all that may be empty"),
        pytest.param({"n" * 65_536: 1}, id="longest name"),
        pytest.param({"x": '\x00\x1f\x7f\u2028\ufffe😀"\\'}, id="odd characters"),
    ],
)
def test_the_extremes_that_we_accept_are_accepted(
    send: Send, attributes: dict[str, object]
) -> None:
    item = {"pk": "a", "sk": 1} | attributes
    marshaller = Marshaller(SCHEMA)
    write = marshaller.put(item)
    send(marshaller.delete({"pk": item["pk"], "sk": item["sk"]}))

    assert measured(send(write)) == charged(None, sent_item(write))
