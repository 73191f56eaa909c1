"""What a conditional put asks for, and what is refused before it is sent."""

from decimal import Decimal

import orjson
import pytest

from ddbbulk.conditions import Condition, Mode
from ddbbulk.errors import ConfigurationError, InvalidItemError
from ddbbulk.marshal import Marshaller
from ddbbulk.schema import TableSchema

SCHEMA = TableSchema.of("pk", "sk:N")
KEY = {"pk": "a", "sk": 1}


def condition(mode: Mode, version: str | None = None) -> Condition:
    made = Condition.of(mode, version, table="t", schema=SCHEMA)
    assert made is not None
    return made


def requested(asked: Condition, item: dict[str, object]) -> dict[str, object]:
    write = Marshaller(SCHEMA).put(item)
    asked.admit(write)
    body: dict[str, object] = orjson.loads(asked.request(write, b"INDEXES"))
    return body


def test_an_insert_asks_for_the_absence_of_the_key() -> None:
    assert requested(condition("insert"), KEY | {"x": {"y": "z"}}) == {
        "TableName": "t",
        "Item": {"pk": {"S": "a"}, "sk": {"N": "1"}, "x": {"M": {"y": {"S": "z"}}}},
        "ConditionExpression": "attribute_not_exists(#a)",
        "ExpressionAttributeNames": {"#a": "pk"},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        "ReturnConsumedCapacity": "INDEXES",
    }


@pytest.mark.parametrize(
    ("version", "wire"),
    [
        (5, {"N": "5"}),
        (Decimal("5.0"), {"N": "5"}),
        ("2026-01-01", {"S": "2026-01-01"}),
        ('"é', {"S": '"é'}),
        (b"\x01", {"B": "AQ=="}),
    ],
)
def test_a_newer_item_asks_for_a_smaller_version(
    version: object, wire: dict[str, str]
) -> None:
    body = requested(condition("newer", 'my "v"'), KEY | {'my "v"': version})
    assert body["ConditionExpression"] == "attribute_not_exists(#a) OR #a < :a"
    assert body["ExpressionAttributeNames"] == {"#a": 'my "v"'}
    assert body["ExpressionAttributeValues"] == {":a": wire}


def test_the_table_may_be_named_by_its_arn() -> None:
    arn = "arn:aws:dynamodb:eu-west-1:1:table/t"
    asked = Condition(table=arn, schema=SCHEMA, version_attribute=None)
    assert requested(asked, KEY)["TableName"] == arn


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (KEY, "MissingVersion"),
        (KEY | {"v": None}, "VersionType"),
        (KEY | {"v": True}, "VersionType"),
        (KEY | {"v": [1]}, "VersionType"),
        (KEY | {"v": {1}}, "VersionType"),
    ],
)
def test_an_item_without_a_version_that_has_an_order_is_refused(
    item: dict[str, object], code: str
) -> None:
    write = Marshaller(SCHEMA).put(item)
    with pytest.raises(InvalidItemError, match="attribute v, the version") as caught:
        condition("newer", "v").admit(write)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "asked", [condition("insert"), condition("newer", "v")], ids=["insert", "newer"]
)
def test_a_delete_is_refused(asked: Condition) -> None:
    with pytest.raises(InvalidItemError, match="mode put") as caught:
        asked.admit(Marshaller(SCHEMA).delete(KEY))
    assert caught.value.code == "DeleteInMode"


def test_a_put_has_no_condition() -> None:
    assert Condition.of("put", None, table="t", schema=SCHEMA) is None


@pytest.mark.parametrize(
    ("mode", "version", "fix"),
    [
        ("upsert", None, "give put, insert or newer"),
        ("newer", None, "--version-attribute"),
        ("newer", "", "--version-attribute"),
        ("insert", "v", "mode newer"),
        ("put", "v", "mode newer"),
        ("newer", "sk", "part of the key"),
    ],
)
def test_a_mode_that_cannot_work_names_the_fix(
    mode: Mode, version: str | None, fix: str
) -> None:
    with pytest.raises(ConfigurationError, match=fix):
        Condition.of(mode, version, table="t", schema=SCHEMA)
