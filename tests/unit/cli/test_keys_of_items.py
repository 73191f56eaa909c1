"""Of a source's items only the key is left, and each is a delete."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ddbbulk.cli.keys_of_items import KeysOfItems, keys_of
from ddbbulk.marshal import BrokenRecord, Delete, Marshaller, WireItem
from ddbbulk.schema import TableSchema
from ddbbulk.sources import Chunk, SeekableSource, as_source, open_source

FOLLOWS = TableSchema.of("follower", "followee:N")


@dataclass
class Follow:
    follower: str
    followee: int
    note: str = ""


async def chunks(source: KeysOfItems, start: int = 0) -> list[Chunk]:
    return [chunk async for chunk in source.read(start)]


async def keys(*items: object) -> list[object]:
    (chunk,) = await chunks(keys_of(as_source(list(items)), FOLLOWS))
    return list(chunk.items)


async def test_whatever_an_item_is_its_key_is_what_is_left() -> None:
    key = {"follower": "@donald", "followee": 7}
    wire = WireItem({"follower": {"S": "@donald"}, "followee": {"N": "7"}})
    whole = WireItem({**wire.attributes, "note": {"S": "quack"}})
    found = await keys({**key, "note": "quack"}, Follow("@donald", 7), whole)
    assert found[:2] == [Delete(key), Delete(key)]
    marshaller = Marshaller(FOLLOWS)
    bodies = {
        marshaller.delete(one.key).body for one in found if isinstance(one, Delete)
    }
    assert bodies == {
        '{"DeleteRequest":{"Key":{"follower":{"S":"@donald"},"followee":{"N":"7"}}}}'
    }


async def test_what_has_no_key_is_refused_where_keys_are_checked() -> None:
    broken = BrokenRecord("BrokenJson", "no JSON")
    deleted = Delete({"follower": "@daisy", "followee": 1})
    found = await keys({"follower": "@donald"}, broken, deleted, 7)
    assert found[:3] == [Delete({"follower": "@donald"}), broken, deleted]
    assert isinstance(found[3], BrokenRecord)
    assert found[3].code == "NotAnItem"
    (refused,) = Marshaller(FOLLOWS).put_all(found[:1], 0, None)
    assert getattr(refused, "code", "") == "MissingKey"


async def test_positions_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "follows.csv"
    file.write_text("follower,followee,note\na,1,x\nb,2,y\nc,3,z\n")
    source = keys_of(open_source([str(file)], types="followee=N"), FOLLOWS)
    assert isinstance(source, SeekableSource)
    (chunk,) = await chunks(source, 1)
    assert (chunk.start, chunk.where(2)) == (1, f"{file}, line 4")
    assert [key(one) for one in chunk.items] == ["b", "c"]


def key(one: object) -> object:
    assert isinstance(one, Delete)
    return one.key["follower"]


def test_to_delete_a_file_is_another_thing_than_to_load_it(tmp_path: Path) -> None:
    file = tmp_path / "follows.jsonl"
    file.write_text('{"follower": "a", "followee": 1}\n')
    source = open_source([str(file)])
    assert isinstance(source, SeekableSource)
    deleted = keys_of(source, FOLLOWS)
    assert isinstance(deleted, SeekableSource)
    identity: Mapping[str, object] = deleted.identity()
    assert identity == {**source.identity(), "purpose": "delete"}


def test_what_cannot_be_found_again_has_no_identity() -> None:
    assert not isinstance(keys_of(as_source([]), FOLLOWS), SeekableSource)
