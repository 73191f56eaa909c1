"""Schema files: what they say, and what is said of those that are wrong."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema
from ddbbulk.schema_file import TableDefinition

TEXT = """
table = "follows"
partition_key = "follower"
sort_key = "created:N"
billing = "provisioned"
write_capacity = 200
read_capacity = 20
ttl_attribute = "expires_at"

[[global_indexes]]
name = "by_followee"
partition_key = "followee"
sort_key = ["city", "hash:B"]
projection = "KEYS_ONLY"
write_capacity = 100

[[local_indexes]]
name = "by_level"
sort_key = "level:N"
projection = "INCLUDE"
non_key_attributes = ["note"]
"""
MINIMAL: dict[str, Any] = {"partition_key": "pk", "sort_key": "sk"}


def index(**members: object) -> dict[str, Any]:
    return {"name": "by_city", "partition_key": "city", **members}


def local(**members: object) -> dict[str, Any]:
    return {"name": "by_level", "sort_key": "level:N", **members}


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    file = tmp_path / "follows.toml"
    file.write_text(TEXT)
    return file


def test_a_file_says_what_a_table_has(file: Path) -> None:
    table = TableDefinition.read(file)
    assert table.keys_and_indexes == TableSchema(
        KeyAttribute("follower"),
        KeyAttribute("created", "N"),
        (
            IndexSchema(
                "by_level",
                (KeyAttribute("follower"),),
                (KeyAttribute("level", "N"),),
                "INCLUDE",
                ("note",),
                is_local=True,
            ),
            IndexSchema(
                "by_followee",
                (KeyAttribute("followee"),),
                (KeyAttribute("city"), KeyAttribute("hash", "B")),
                "KEYS_ONLY",
            ),
        ),
    )
    assert (table.table, table.ttl_attribute) == ("follows", "expires_at")
    assert (table.write_capacity, table.global_indexes[0].write_capacity) == (200, 100)


def test_the_files_of_the_readme_are_some() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    text, other = re.findall(r"```toml\n(.*?)```", readme, flags=re.DOTALL)
    table = TableDefinition.model_validate(tomllib.loads(text))
    assert [index.name for index in table.keys_and_indexes.indexes] == [
        "by_level",
        "by_followee",
    ]
    users = TableDefinition.model_validate(tomllib.loads(other))
    assert (users.tags, users.deletion_protection) == ({"team": "birds"}, False)


def test_json_says_the_same_as_toml(file: Path, tmp_path: Path) -> None:
    table = TableDefinition.read(file)
    document = {
        "partition_key": "follower",
        "sort_key": "created:N",
        "local_indexes": [
            local(projection="INCLUDE", non_key_attributes=["note"]),
        ],
        "global_indexes": [
            {
                "name": "by_followee",
                "partition_key": ["followee"],
                "sort_key": ["city", "hash:B"],
                "projection": "KEYS_ONLY",
            }
        ],
    }
    other = tmp_path / "follows.json"
    other.write_text(json.dumps(document))
    read = TableDefinition.read(other)
    assert read.keys_and_indexes == table.keys_and_indexes
    assert read.billing == "on-demand"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "partition_key: Field required"),
        ({"partition_key": "pk:X"}, "partition_key: key attribute 'pk:X': write it as"),
        ({"partition_key": 5}, "partition_key: write a key attribute as name, name:"),
        (MINIMAL | {"partition": 1}, "partition: there is no such field; there are ta"),
        (MINIMAL | {"billing": "free"}, "billing: Input should be 'on-demand' or"),
        (MINIMAL | {"write_capacity": 0}, "write_capacity: Input should be greater"),
        (MINIMAL | {"write_capacity": 9}, "go with billing provisioned: say billing"),
        (
            MINIMAL | {"global_indexes": [index(write_capacity=9)]},
            "go with billing provisioned: say billing",
        ),
        (MINIMAL | {"table": "a table"}, "table: a name has 3 to 255 letters"),
        (MINIMAL | {"sort_key": "pk"}, "sort_key is the partition_key once more"),
        (
            {"partition_key": "pk", "local_indexes": [local()]},
            "local_indexes need a table with a sort_key",
        ),
        (
            MINIMAL | {"global_indexes": [index(projection="SOME")]},
            "global_indexes.0.projection: Input should be 'ALL', 'KEYS_ONLY'",
        ),
        (
            MINIMAL | {"global_indexes": [index(projection="INCLUDE")]},
            "global_indexes.0: non_key_attributes goes with projection INCLUDE",
        ),
        (
            MINIMAL | {"local_indexes": [local(non_key_attributes=["x"])]},
            "local_indexes.0: non_key_attributes goes with projection INCLUDE",
        ),
        (
            MINIMAL | {"global_indexes": [index(partition_key=[])]},
            "global_indexes.0.partition_key: Value should have at least 1",
        ),
        (
            MINIMAL | {"global_indexes": [index(), index()]},
            "2 indexes have the name by_city: give each its own",
        ),
        (
            MINIMAL | {"global_indexes": [index(partition_key="sk:N")]},
            "attribute sk is S in one key and N in another",
        ),
        (
            MINIMAL | {"local_indexes": [local(name=f"i-{n}") for n in range(6)]},
            "local_indexes: Tuple should have at most 5 items",
        ),
        (
            MINIMAL | {"max_write_units": 9, "billing": "provisioned"},
            "max_write_units and max_read_units go with billing on-demand",
        ),
        (MINIMAL | {"tags": {"team": 7}}, "tags.team: Input should be a valid string"),
        (MINIMAL | {"tags": {"AWS:x": "y"}}, "tags.AWS:x: only AWS itself writes"),
        (
            MINIMAL | {"tags": {f"tag-{n}": "" for n in range(51)}},
            "tags: Dictionary should have at most 50 items",
        ),
        (
            MINIMAL | {"deletion_protection": "perhaps"},
            "deletion_protection: Input should be a valid boolean",
        ),
        (MINIMAL | {"\x1b[2J": 1}, r"\\x1b\[2J: there is no such field"),
    ],
)
def test_what_is_wrong_is_said_with_the_field(
    tmp_path: Path, document: dict[str, Any], message: str
) -> None:
    file = tmp_path / "table.json"
    file.write_text(json.dumps(document))
    with pytest.raises(ConfigurationError, match=message) as caught:
        TableDefinition.read(file)
    assert str(caught.value).startswith(f"{file}: ")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("t.toml", b"partition_key = ", "no TOML: "),
        ("t.json", b"{", "no JSON: "),
        ("t.toml", b"\xff", "no TOML: "),
        ("t.json", b"[1]", "no fields of a table: give partition_key"),
        ("t.toml", None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_is_none_is_refused(
    tmp_path: Path, name: str, text: bytes | None, message: str
) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_bytes(text)
    with pytest.raises(ConfigurationError, match=message):
        TableDefinition.read(file)
