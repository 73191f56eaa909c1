"""Verify and undo over HTTP: on the simulator, and on a server of others."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import ddbbulk
from ddbbulk import ConfigurationError, UndoReport, VerifyReport
from ddbbulk.simulator import Simulator
from tests.conftest import HasEndpoint
from tests.support.making_tables import drop_table, make_table, scanned
from tests.support.servers import Server

EVERYTHING: dict[str, Any] = {
    "text": "é\x00",
    "number": 10**37 + 1,
    "binary": b"\x00\xff",
    "flag": True,
    "null": None,
    "texts": {"b", "a"},
    "numbers": {1, 2, 10},
    "binaries": {b"a", b"\xff"},
    "list": [1, [2], {"m": {"deep": 1}}],
    "map": {"my.name": {"size": 1}, "empty": ""},
}
ITEMS = [{"pk": f"k{n}", "n": n} | EVERYTHING for n in range(120)]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


class Place:
    """A table of a server, with a boto3 client for it."""

    def __init__(self, server: HasEndpoint, client: Any) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
        self.url = server.endpoint_url
        self.client = client
        self.table: str = make_table(client, "pk", wcu=4000)

    async def load(self, source: Any = None, **options: Any) -> ddbbulk.LoadReport:  # noqa: ANN401 -- any source and option
        items = ITEMS if source is None else source
        return await ddbbulk.load(self.table, items, endpoint_url=self.url, **options)

    async def verify(self, source: Any = None, **options: Any) -> VerifyReport:  # noqa: ANN401 -- any source and option
        items = ITEMS if source is None else source
        return await ddbbulk.verify(self.table, items, endpoint_url=self.url, **options)

    async def undo(self, path: Path, **options: Any) -> UndoReport:  # noqa: ANN401 -- any option
        return await ddbbulk.undo(path, endpoint_url=self.url, **options)

    def change(self, key: str, value: Any) -> None:  # noqa: ANN401 -- DynamoDB JSON
        self.client.update_item(
            TableName=self.table,
            Key={"pk": {"S": key}},
            UpdateExpression="SET #n = :n",
            ExpressionAttributeNames={"#n": "number"},
            ExpressionAttributeValues={":n": value},
        )

    def delete(self, key: str) -> None:
        self.client.delete_item(TableName=self.table, Key={"pk": {"S": key}})

    def put(self, key: str, **more: Any) -> None:  # noqa: ANN401 -- DynamoDB JSON
        item = {"pk": {"S": key}} | more
        self.client.put_item(TableName=self.table, Item=item)

    def keys(self) -> set[str]:
        return {item["pk"]["S"] for item in scanned(self.client, self.table)}


@pytest.fixture
def place(
    simulator: Simulator, dynamodb: Callable[[HasEndpoint], Any]
) -> Iterator[Place]:
    made = Place(simulator, dynamodb(simulator))
    yield made
    drop_table(made.client, made.table)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "load.manifest"


def content(path: Path) -> tuple[str, int]:
    return path.read_text(), path.stat().st_mode & 0o777


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def write(path: Path, lines: list[bytes]) -> None:
    path.write_bytes(b"".join(lines))


@pytest.mark.parametrize("transport", ["direct", "aioboto3"])
async def test_what_was_loaded_is_equal_and_each_change_is_found(
    place: Place, transport: str
) -> None:
    await place.load()
    report = await place.verify(transport=transport)
    assert report.is_equal, report.differences
    assert report.items_equal == 120
    assert report.requests > 0
    assert report.read_units >= 60

    place.change("k7", {"N": "1" + "0" * 37})
    place.change("k8", {"S": "other type"})
    place.delete("k9")
    place.put("extra")
    report = await place.verify(transport=transport, extra=True)
    assert [(one.key, one.code) for one in report.differences] == [
        ("k7", "Different"),
        ("k8", "Different"),
        ("k9", "Missing"),
    ]
    assert (report.items_extra, report.source_keys) == (1, 120)


async def test_the_time_to_live_of_the_table_is_known(place: Place) -> None:
    place.client.update_time_to_live(
        TableName=place.table,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "until"},
    )
    source = [{"pk": "gone", "until": int(time.time()) - 60}, {"pk": "missing"}]
    report = await place.verify(source)
    assert (report.items_expired, report.items_missing) == (1, 1)


async def test_an_undo_takes_what_was_created_and_leaves_all_else(
    place: Place, path: Path
) -> None:
    place.put("k3", foreign={"BOOL": True})
    place.put("foreign")
    await place.load(mode="insert", manifest=path)
    place.change("k5", {"N": "5"})
    place.delete("k6")
    left_file = path.with_suffix(".left")

    dry = await place.undo(path, dry_run=True)
    assert (dry.items_deleted, len(place.keys())) == (117, 120)
    report = await place.undo(path, left_file=left_file)

    assert place.keys() == {"k3", "foreign", "k5"}
    assert report.items_created == 119
    assert (report.items_deleted, report.items_gone) == (117, 1)
    assert report.items_changed == 1
    assert [(one.key, one.reason) for one in report.left] == [("k5", "Changed")]
    assert not report.is_undone
    text, mode = content(left_file)
    assert text.startswith('{"key":{"pk":{"S":"k5"}},"reason":"Changed","line":')
    assert mode == 0o600

    place.delete("k5")
    again = await place.undo(path)
    assert (again.items_deleted, again.items_gone, again.is_undone) == (0, 119, True)


async def test_a_load_that_was_run_twice_is_undone_all_the_same(
    place: Place, path: Path
) -> None:
    place.put("foreign")
    for count in (60, 120):
        await place.load(ITEMS[:count], mode="insert", manifest=path)
    assert len(lines_of(path)) == 1 + 60 + 2 + 120 + 1
    report = await place.undo(path)
    assert (report.items_created, report.items_deleted) == (120, 120)
    assert place.keys() == {"foreign"}


async def test_of_a_load_that_was_killed_it_is_not_said_that_all_is_undone(
    place: Place, path: Path
) -> None:
    await place.load(manifest=path)
    write(path, lines_of(path)[:-1])
    report = await place.undo(path)
    assert (report.items_deleted, report.is_whole, report.is_undone) == (
        *(120, False, False),
    )
    assert "120 of 120 items deleted; the load was broken off" in report.verdict


async def test_an_undo_pays_for_its_deletes(place: Place, path: Path) -> None:
    large = [{"pk": f"k{n}", "text": "x" * 3000} for n in range(30)]
    await place.load(large, manifest=path)
    report = await place.undo(path, wcu=100)
    assert report.is_undone
    assert report.write_units == 90
    assert report.elapsed_seconds > 0.7


async def test_an_item_that_is_changed_between_look_and_delete_stays(
    place: Place, path: Path
) -> None:
    await place.load(manifest=path, max_connections=1)  # lines in the items' order

    def change(items: int) -> None:
        # All was looked at, and of the last ones none is deleted yet.
        if items == 120:
            for number in range(113, 118):
                place.change(f"k{number}", {"N": "5"})
            place.delete("k118")

    report = await place.undo(path, wcu=20 * 12, on_items=change)
    assert place.keys() == {f"k{number}" for number in range(113, 118)}
    assert report.items_changed == 5
    assert (report.items_deleted, report.items_gone) == (115, 0)


async def test_large_items_are_looked_at_only_just_before_they_are_deleted(
    place: Place, path: Path
) -> None:
    large = [{"pk": f"k{n}", "text": "x" * 50_000} for n in range(4)]
    await place.load(large, manifest=path, max_connections=1)

    looked: list[int] = []

    def change(items: int) -> None:
        # What is added to an item that was seen, no condition sees.
        if not looked:
            place.change("k3", {"S": "added"})
        looked.append(items)

    report = await place.undo(path, wcu=400, on_items=change)
    assert (place.keys(), report.items_changed) == ({"k3"}, 1)


async def test_an_item_with_too_many_attributes_is_listed(
    place: Place, path: Path
) -> None:
    wide = {"pk": "wide"} | {f"a{n}": n for n in range(151)}
    await place.load([wide, {"pk": "narrow"}], manifest=path)
    report = await place.undo(path)
    assert place.keys() == {"wide"}
    assert report.items_refused == 1
    assert report.left[0].reason == "TooManyAttributes"


async def test_a_table_that_was_made_anew_is_refused(place: Place, path: Path) -> None:
    await place.load(manifest=path)
    drop_table(place.client, place.table)
    make_table(place.client, "pk", name=place.table)
    await place.load()
    with pytest.raises(ConfigurationError, match="created anew since"):
        await place.undo(path)
    assert len(place.keys()) == 120


async def test_a_manifest_with_a_damaged_line_undoes_nothing(
    place: Place, path: Path
) -> None:
    await place.load(manifest=path)
    lines = lines_of(path)
    for damage in (b"\0\0\0\n", b'{"key":{"no":{"S":"x"}},"digest":"00"}\n'):
        write(path, [*lines[:5], damage, *lines[6:]])
        with pytest.raises(ConfigurationError, match="line 6 of the manifest"):
            await place.undo(path)
    assert len(place.keys()) == 120


def test_both_have_a_form_for_plain_code(place: Place, path: Path) -> None:
    ddbbulk.load_sync(place.table, ITEMS, endpoint_url=place.url, manifest=path)
    report = ddbbulk.verify_sync(place.table, ITEMS, endpoint_url=place.url)
    assert report.is_equal
    assert ddbbulk.undo_sync(path, endpoint_url=place.url).is_undone
    assert place.keys() == set()


@pytest.mark.integration
async def test_a_server_of_others_is_verified_and_undone(
    dynoxide: Server, dynamodb: Callable[[HasEndpoint], Any], path: Path
) -> None:
    place = Place(dynoxide, dynamodb(dynoxide))
    await place.load(manifest=path)
    assert (await place.verify(extra=True)).is_equal
    place.change("k1", {"N": "5"})
    assert (await place.verify()).items_different == 1
    report = await place.undo(path)
    assert place.keys() == {"k1"}
    assert (report.items_deleted, report.items_changed) == (119, 1)
    drop_table(place.client, place.table)
