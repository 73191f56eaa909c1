"""Partition keys of writes, for the table and each global index."""

from ddbbulk.marshal import Delete, Marshaller, Partitions
from ddbbulk.schema import IndexSchema, KeyAttribute, TableSchema

SCHEMA = TableSchema(
    KeyAttribute("follower"),
    KeyAttribute("created", "N"),
    (
        IndexSchema("by_followee", (KeyAttribute("followee"),)),
        IndexSchema("local", (KeyAttribute("follower"),), is_local=True),
        IndexSchema(
            "by_place",
            (KeyAttribute("zip", "N"), KeyAttribute("street")),
            (KeyAttribute("house"),),
        ),
    ),
)


def partitions(item: dict[str, object]) -> tuple[object, ...]:
    return Partitions(SCHEMA).of(Marshaller(SCHEMA).put(item))


def test_a_partition_is_named_for_the_table_and_each_global_index() -> None:
    item = {"follower": "@a", "created": 1, "followee": "@daisy"}
    place = {"zip": 10.50, "street": 'Q"uack', "house": "13"}
    assert partitions(item | place) == ("@a", "@daisy", ("10.5", 'Q"uack'))


def test_an_item_that_an_index_does_not_have_has_no_partition_there() -> None:
    item = {"follower": "@a", "created": 1, "zip": 1, "street": "S"}
    assert partitions(item) == ("@a", None, None)


def test_of_a_delete_only_the_tables_partition_is_known() -> None:
    (write,) = Marshaller(SCHEMA).put_all(
        [Delete({"follower": "@a", "created": 1})], 0, None
    )
    assert Partitions(SCHEMA).of(write) == ("@a", None, None)  # type: ignore[arg-type] # it is no refusal
