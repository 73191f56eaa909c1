"""A schema is read from a description, or written down in a word or two."""

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema


def test_a_key_is_a_string_unless_it_says_otherwise() -> None:
    assert KeyAttribute.parse("alias") == KeyAttribute("alias", "S")
    assert KeyAttribute.parse("created:N") == KeyAttribute("created", "N")
    assert KeyAttribute.parse("a:b:B") == KeyAttribute("a:b", "B")


@pytest.mark.parametrize("text", ["age:X", ":N", "age:", "a:number"])
def test_a_key_of_unknown_type_is_an_error(text: str) -> None:
    with pytest.raises(ConfigurationError, match="name:N"):
        KeyAttribute.parse(text)


def test_a_description_gives_keys_and_indexes() -> None:
    described = {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (("pk", "S"), ("sk", "N"), ("team", "S"), ("at", "B"))
        ],
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "by_time",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "at", "KeyType": "RANGE"},
                ],
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": ["title"],
                },
            }
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_team",
                "KeySchema": [{"AttributeName": "team", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    }
    schema = TableSchema.from_description(described)
    assert schema.keys == (KeyAttribute("pk"), KeyAttribute("sk", "N"))
    assert schema.resources == ("", "by_team")
    assert schema.local_indexes == (
        IndexSchema(
            "by_time",
            (KeyAttribute("pk"),),
            (KeyAttribute("at", "B"),),
            projection="INCLUDE",
            non_key_attributes=("title",),
            is_local=True,
        ),
    )
    (by_team,) = schema.global_indexes
    assert by_team.keys == (KeyAttribute("team"),)
    assert by_team.projection == "KEYS_ONLY"
