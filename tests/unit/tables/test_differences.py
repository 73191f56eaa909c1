"""In what a table differs from what was wanted, in words."""

from typing import Any

import pytest

from ddbbulk.schema_file import TableDefinition
from ddbbulk.tables import differences

INDEX = {"name": "by_city", "partition_key": "city"}
TABLE: dict[str, Any] = {
    "partition_key": "pk",
    "billing": "provisioned",
    "write_capacity": 200,
    "read_capacity": 20,
    "global_indexes": [INDEX],
}


def of(**changes: object) -> TableDefinition:
    return TableDefinition.model_validate(TABLE | changes)


@pytest.mark.parametrize(
    ("wanted", "there", "text", "is_of_keys"),
    [
        (
            {"sort_key": "sk:N"},
            {},
            "the key is pk (S) there, and pk (S), sk (N) is wanted",
            True,
        ),
        (
            {"global_indexes": []},
            {},
            "index by_city is global by city (S) with ALL there, and nothing is wanted",
            True,
        ),
        (
            {},
            {"global_indexes": [INDEX | {"projection": "KEYS_ONLY"}]},
            (
                "index by_city is global by city (S) with KEYS_ONLY there, and global "
                "by city (S) with ALL is wanted"
            ),
            True,
        ),
        (
            {"read_capacity": 30, "global_indexes": [INDEX | {"read_capacity": 20}]},
            {},
            (
                "the capacity is 200 WCU and 20 RCU there, and 200 WCU and 30 RCU is "
                "wanted"
            ),
            False,
        ),
        (
            {},
            {"ttl_attribute": "expires_at"},
            "ttl_attribute is expires_at there, and nothing is wanted",
            False,
        ),
        (
            {"tags": {"team": "birds"}},
            {"tags": {"team": "ducks"}},
            "tags is team=ducks there, and team=birds is wanted",
            False,
        ),
    ],
)
def test_what_differs_is_said(
    wanted: dict[str, Any], there: dict[str, Any], text: str, *, is_of_keys: bool
) -> None:
    (found,) = differences(of(**wanted), of(**there))
    assert (str(found), found.is_of_keys) == (text, is_of_keys)


def test_the_order_of_indexes_and_of_what_they_copy_is_no_difference() -> None:
    copies = {"projection": "INCLUDE", "non_key_attributes": ["a", "b"]}
    one, other = INDEX | copies, {"name": "by_day", "partition_key": "day"}
    turned = one | {"non_key_attributes": ["b", "a"]}
    first = of(global_indexes=[one, other])
    assert differences(first, of(global_indexes=[other, turned])) == ()


def test_the_name_is_no_difference() -> None:
    assert differences(of(table="users"), of(table="users-dev")) == ()
