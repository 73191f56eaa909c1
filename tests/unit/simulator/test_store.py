import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest

from ddbbulk.errors import ConfigurationError
from ddbbulk.simulator.keys import after_prefix, key_part
from ddbbulk.simulator.store import Changes, ItemStore, StoredItem


def key(partition: str, sort: int | None = None) -> bytes:
    part = key_part({"S": partition})
    return part if sort is None else part + key_part({"N": str(sort)})


def filled(path: Path | None = None) -> ItemStore:
    store = ItemStore(path)
    store.create_table("ducks", ["by_sort"])
    puts = [
        (key(partition, sort), 10 + sort, f"{partition}{sort}".encode())
        for partition in "abc"
        for sort in range(4)
    ]
    entries = [
        (key_part({"N": str(size)}) + one, one) for one, size, _ in reversed(puts)
    ]
    store.write(
        "ducks",
        Changes(
            puts=puts,
            index_puts={"by_sort": entries},
            items_added=len(puts),
            bytes_added=sum(size for _, size, _ in puts),
        ),
    )
    return store


def bodies(store: ItemStore, index: str | None = None, **bounds: Any) -> list[str]:  # noqa: ANN401 -- parameters of walk
    walk = store.walk("ducks", index, **bounds)
    return [item.body.decode() for _, item in walk]


def test_items_come_back_by_their_keys() -> None:
    store = filled()
    found = store.get_many("ducks", [key("a", 1), key("b", 9), key("c", 3)])
    assert found == {
        key("a", 1): StoredItem(11, b"a1"),
        key("c", 3): StoredItem(13, b"c3"),
    }
    assert store.get("ducks", key("z")) is None


def test_a_walk_goes_in_the_order_of_keys() -> None:
    store = filled()
    order = [f"{partition}{sort}" for partition in "abc" for sort in range(4)]
    assert bodies(store) == order
    assert bodies(store, is_forward=False) == order[::-1]


def test_a_walk_keeps_to_its_range_and_goes_on_behind_a_key() -> None:
    store = filled()
    lower = key("b")
    within: dict[str, Any] = {"lower": lower, "upper": after_prefix(lower)}
    assert bodies(store, **within) == ["b0", "b1", "b2", "b3"]
    assert bodies(store, **within, after=key("b", 1)) == ["b2", "b3"]
    back = bodies(store, **within, after=key("b", 1), is_forward=False)
    assert back == ["b0"]
    assert bodies(store, after=key("b", 2), limit=2) == ["b3", "c0"]


def test_a_walk_of_an_index_goes_in_the_order_of_the_index() -> None:
    store = filled()
    order = [f"{partition}{sort}" for sort in range(4) for partition in "abc"]
    assert bodies(store, "by_sort") == order


def test_segments_share_the_items_out_and_keep_partitions_whole() -> None:
    store = filled()
    shares = [bodies(store, segment=share, total_segments=3) for share in range(3)]
    assert sorted(body for share in shares for body in share) == bodies(store)
    for share in shares:
        partitions = [body[0] for body in share]
        assert all(partitions.count(partition) == 4 for partition in partitions)


def test_counts_follow_what_is_written() -> None:
    store = filled()
    assert (store.count("ducks"), store.size_bytes("ducks")) == (12, 138)
    store.write(
        "ducks", Changes(deletes=[key("a", 0)], items_added=-1, bytes_added=-10)
    )
    assert (store.count("ducks"), store.size_bytes("ducks")) == (11, 128)
    assert len(bodies(store)) == 11


def test_an_index_can_come_and_go() -> None:
    store = filled()
    store.create_index("ducks", "later")
    store.write("ducks", Changes(index_puts={"later": [(b"x", key("a", 1))]}))
    assert bodies(store, "later") == ["a1"]
    assert store.count_entries("ducks", "later") == 1
    store.drop_index("ducks", "later")
    store.create_index("ducks", "later")
    assert bodies(store, "later") == []


def test_a_dropped_table_leaves_nothing_behind() -> None:
    store = filled()
    store.drop_table("ducks")
    store.create_table("ducks", ["by_sort"])
    assert bodies(store) == []
    assert bodies(store, "by_sort") == []
    assert store.count("ducks") == 0


def test_a_file_survives_with_definitions_indexes_and_counts(tmp_path: Path) -> None:
    path = tmp_path / "data.sqlite"
    store = filled(path)
    store.define("ducks", b"the definition")
    store.close()
    again = ItemStore(path)
    assert again.definitions() == {"ducks": b"the definition"}
    assert len(bodies(again)) == len(bodies(again, "by_sort")) == again.count("ducks")
    assert again.size_bytes("ducks") == 138
    again.close()


def test_a_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data.sqlite"
    store = filled(path)
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    store.close()


def test_a_file_in_use_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "data.sqlite"
    store = filled(path)
    with pytest.raises(ConfigurationError, match="cannot be used: database is locked"):
        ItemStore(path)
    store.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to look like one" * 100)
    with pytest.raises(ConfigurationError, match=r"notes\.txt' cannot be used"):
        ItemStore(path)
    assert path.read_text().startswith("not a database")


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE ducks(name)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="another program's database"):
        ItemStore(path)
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file or directory"):
        ItemStore(tmp_path / "missing" / "data.sqlite")


def test_changes_of_several_tables_are_done_together_or_not_at_all(
    tmp_path: Path,
) -> None:
    store = ItemStore(tmp_path / "data.db")
    store.create_table("ducks")
    store.create_table("mice")
    one = Changes(puts=[(key("a"), 5, b"one")], items_added=1, bytes_added=5)
    with pytest.raises(KeyError):
        store.write_all({"ducks": one, "geese": one})
    assert store.get("ducks", key("a")) is None
    assert store.count("ducks") == 0
    store.write_all({"ducks": one, "mice": one})
    store.close()
    again = ItemStore(tmp_path / "data.db")
    for table in ("ducks", "mice"):
        assert again.get(table, key("a")) == StoredItem(5, b"one")
        assert again.count(table) == 1
    again.close()


def test_a_file_may_have_a_name_that_means_more_to_sqlite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path(":memory:")
    filled(path).close()
    again = ItemStore(path)
    assert again.count("ducks") == 12
    again.close()
