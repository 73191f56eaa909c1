"""Reads over HTTP: both transports, other people's servers, and back again."""

import asyncio
import gzip
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ddbbulk
from ddbbulk.reading import Page, Reader, open_reader
from ddbbulk.simulator import Simulator
from ddbbulk.sizing import is_equal
from ddbbulk.transport import TransportName
from tests.conftest import HasEndpoint
from tests.property.strategies import items
from tests.support.making_tables import make_table, scanned
from tests.support.servers import Server

pytestmark = pytest.mark.integration

Clients = Callable[[HasEndpoint], Any]


@pytest.fixture(scope="module", name="simulator")
def _simulator() -> Iterator[Simulator]:
    with Simulator(latency_ms=1) as running:
        yield running


@pytest.fixture(params=["simulator", "dynoxide"], name="place")
def _place(request: pytest.FixtureRequest, simulator: Simulator) -> HasEndpoint:
    if request.param == "simulator":
        return simulator
    dynoxide: Server = request.getfixturevalue("dynoxide")
    return dynoxide


def write(client: Any, table: str, requests: list[dict[str, Any]]) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
    for first in range(0, len(requests), 25):
        client.batch_write_item(RequestItems={table: requests[first : first + 25]})


def put(client: Any, table: str, made: list[dict[str, Any]]) -> None:  # noqa: ANN401 -- as above
    write(client, table, [{"PutRequest": {"Item": item}} for item in made])


async def test_a_reader_scans_and_looks_up(
    place: HasEndpoint, dynamodb: Clients, transport: TransportName
) -> None:
    client = dynamodb(place)
    table = make_table(client, "pk")
    put(client, table, [{"pk": {"S": f"p{n}"}, "n": {"N": f"{n}"}} for n in range(300)])
    async with (
        ddbbulk.connect(endpoint_url=place.endpoint_url) as connection,
        AsyncExitStack() as stack,
    ):
        reader: Reader = await open_reader(
            table, connection=connection, rcu=None, transport=transport, stack=stack
        )
        assert reader.budget.rate == 1000
        pages: list[Page] = [page async for page in reader.scan()]
        found = await reader.look_up([{"pk": {"S": f"p{n}"}} for n in range(0, 400, 2)])
    assert sum(page.count for page in pages) == 300
    assert {item["pk"]["S"] for page in pages for item in page.items} == {
        f"p{n}" for n in range(300)
    }
    assert {item["n"]["N"] for item in found} == {str(n) for n in range(0, 300, 2)}
    assert reader.units > 0
    assert reader.transport.name == transport


async def test_a_table_that_is_not_ready_is_told(dynamodb: Clients) -> None:
    with Simulator(create_seconds=30) as simulator:
        dynamodb(simulator).create_table(
            TableName="birds",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        with pytest.raises(ddbbulk.TableNotFoundError, match="birds is CREATING"):
            await ddbbulk.count_items("birds", endpoint_url=simulator.endpoint_url)


async def test_a_missing_table_is_told(simulator: Simulator, tmp_path: Path) -> None:
    with pytest.raises(ddbbulk.TableNotFoundError, match="nothing"):
        await ddbbulk.count_items("nothing", endpoint_url=simulator.endpoint_url)
    with pytest.raises(ddbbulk.TableNotFoundError, match="nothing"):
        await ddbbulk.unload(
            "nothing", tmp_path / "n.jsonl", endpoint_url=simulator.endpoint_url
        )
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240 -- nothing else runs


@settings(
    max_examples=2,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    made=st.lists(
        items, min_size=25, max_size=60, unique_by=lambda item: (item["pk"], item["sk"])
    ),
    is_packed=st.booleans(),
)
def test_what_is_unloaded_and_loaded_is_equal(
    place: HasEndpoint,
    dynamodb: Clients,
    tmp_path_factory: pytest.TempPathFactory,
    made: list[dict[str, Any]],
    *,
    is_packed: bool,
) -> None:
    url = place.endpoint_url
    client = dynamodb(place)
    first, second, third = (_typed_table(client) for _ in range(3))
    suffix = ".jsonl.gz" if is_packed else ".jsonl"
    file = tmp_path_factory.mktemp("unloaded") / f"items{suffix}"

    report, loaded, copied = asyncio.run(
        _round_trip(url, file, (first, second, third), made)
    )

    assert report.items_written == report.scanned == len(made)
    assert report.bytes_written == file.stat().st_size
    assert loaded.items_written == copied.items_written == len(made)
    before = _by_key(scanned(client, first))
    assert len(before) == len(made)
    for table in (second, third):
        after = _by_key(scanned(client, table))
        assert before.keys() == after.keys()
        assert all(
            is_equal(_wire({"M": item}), _wire({"M": after[key]}))
            for key, item in before.items()
        )


async def test_a_copy_of_a_table_that_changed_meanwhile_misses_nothing(
    simulator: Simulator, dynamodb: Clients, tmp_path: Path
) -> None:
    client = dynamodb(simulator)
    first, second = make_table(client, "pk"), make_table(client, "pk")
    put(client, first, [{"pk": {"S": f"p{n}"}} for n in range(900)])
    url, state = simulator.endpoint_url, tmp_path / "copy.state"
    # Full pages: bookmarks are a hundred items apart, and it ends between two of them.
    source = ddbbulk.TableSource(first, rcu=20_000, endpoint_url=url)
    settled = 0

    def stop_midway(event: ddbbulk.Event) -> None:
        nonlocal settled
        if isinstance(event, ddbbulk.RequestSettled):
            settled += event.items
            if settled > 340:
                loading.cancel()

    loading = asyncio.create_task(
        ddbbulk.load(
            second,
            source,
            wcu=400,
            endpoint_url=url,
            checkpoint=state,
            on_event=stop_midway,
        )
    )
    with pytest.raises(asyncio.CancelledError):
        await loading
    copied = {item["pk"]["S"] for item in scanned(client, second)}
    assert 340 < len(copied) < 400
    # What was copied goes, so that other items come to stand at its positions.
    write(client, first, [{"DeleteRequest": {"Key": {"pk": {"S": n}}}} for n in copied])

    report = await ddbbulk.load(
        second, source, wcu=1000, endpoint_url=url, checkpoint=state
    )

    assert 0 < report.items_resumed < 900
    assert len(scanned(client, second)) == 900


async def test_plain_json_is_for_other_programs(
    simulator: Simulator, dynamodb: Clients, tmp_path: Path
) -> None:
    table = make_table(dynamodb(simulator), "pk")
    put(
        dynamodb(simulator),
        table,
        [
            {"pk": {"S": "@daisy"}, "age": {"N": "1.50"}},
            {"pk": {"S": "@huey"}, "tags": {"SS": ["a", "b"]}},
        ],
    )

    report = await ddbbulk.unload(
        table,
        tmp_path / "users.json.gz",
        format="plain-json",
        endpoint_url=simulator.endpoint_url,
    )

    text = gzip.decompress((tmp_path / "users.json.gz").read_bytes())
    assert [json.loads(line) for line in text.splitlines()] == [
        {"pk": "@daisy", "age": 1.5}
    ]
    assert report.items_refused == 1
    assert [(one.key, one.attribute) for one in report.refusals] == [("@huey", "tags")]


async def test_a_count_is_what_there_is_now(
    place: HasEndpoint, dynamodb: Clients
) -> None:
    client = dynamodb(place)
    table = make_table(client, "pk")
    put(client, table, [{"pk": {"S": f"p{n}"}, "n": {"N": f"{n}"}} for n in range(90)])
    few = ddbbulk.Filter("n < :few", values={":few": {"N": "10"}})

    report = await ddbbulk.count_items(table, endpoint_url=place.endpoint_url)
    some = await ddbbulk.count_items(table, endpoint_url=place.endpoint_url, filter=few)

    assert (report.items, report.scanned, report.is_complete) == (90, 90, True)
    assert report.described_items is not None
    assert (some.items, some.scanned) == (10, 90)


async def test_an_unload_may_be_of_some_attributes_of_some_items(
    simulator: Simulator, dynamodb: Clients, tmp_path: Path
) -> None:
    table = make_table(dynamodb(simulator), "pk")
    put(
        dynamodb(simulator),
        table,
        [
            {"pk": {"S": f"p{n}"}, "size": {"N": f"{n}"}, "a": {"N": "1"}}
            for n in range(9)
        ],
    )
    file = tmp_path / "some.jsonl"

    report = await ddbbulk.unload(
        table,
        file,
        attributes=["pk", "size"],
        filter=ddbbulk.Filter(
            "#s > :n", names={"#s": "size"}, values={":n": {"N": "3"}}
        ),
        limit=4,
        endpoint_url=simulator.endpoint_url,
    )

    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert report.items_written == len(lines) == 4
    assert all(line.keys() == {"pk", "size"} for line in lines)
    assert all(int(line["size"]["N"]) > 3 for line in lines)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "csv"}, "no format 'csv'"),
        ({"limit": 0}, "limit is 0"),
        ({"attributes": []}, "at least one"),
        ({"attribute": ["a"]}, "unknown option attribute"),
        ({"rcu": 0}, "rcu is 0"),
        ({"segments": 0}, "segments is 0"),
    ],
)
async def test_options_that_cannot_work_are_refused(
    options: dict[str, Any],
    message: str,
    simulator: Simulator,
    dynamodb: Clients,
    tmp_path: Path,
) -> None:
    table = make_table(dynamodb(simulator), "pk")
    with pytest.raises(ddbbulk.ConfigurationError, match=message):
        await ddbbulk.unload(
            table,
            tmp_path / "users.jsonl",
            endpoint_url=simulator.endpoint_url,
            **options,
        )
    assert not (tmp_path / "users.jsonl").exists()


async def _round_trip(
    url: str, file: Path, tables: tuple[str, str, str], made: list[dict[str, Any]]
) -> tuple[ddbbulk.UnloadReport, ddbbulk.LoadReport, ddbbulk.LoadReport]:
    first, second, third = tables
    async with ddbbulk.connect(endpoint_url=url) as connection:
        await ddbbulk.load(first, made, connection=connection)
        report = await ddbbulk.unload(first, file, connection=connection)
        source = ddbbulk.open_source(file)
        loaded = await ddbbulk.load(second, source, connection=connection)
        table = ddbbulk.TableSource(first, endpoint_url=url)
        copied = await ddbbulk.load(third, table, connection=connection)
    return report, loaded, copied


def _typed_table(client: Any) -> str:  # noqa: ANN401 -- as above
    name = f"table-{uuid4().hex[:12]}"
    client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def _by_key(found: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(item["pk"]["S"], item["sk"]["N"]): item for item in found}


def _wire(value: dict[str, Any]) -> dict[str, Any]:
    """Return boto3's value as the wire has it: binary values as base64 text."""
    wired: dict[str, Any] = json.loads(json.dumps(value, default=_base64))
    return wired


def _base64(value: bytes) -> str:
    return b64encode(value).decode()
