"""A load meets each fault of the simulator: it rides through, or stops cleanly."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tenacity import wait_fixed

import ddbbulk
from ddbbulk.aws import connection
from ddbbulk.conditions import Mode
from ddbbulk.simulator import Simulator
from ddbbulk.simulator.faults import OUTAGE, PARTIAL, Fault
from ddbbulk.transport import TransportName
from tests.support.making_tables import make_table, scanned

pytestmark = pytest.mark.integration

SOURCE = [{"pk": f"@{number}", "n": f"{number}"} for number in range(500)]
SOON = ddbbulk.RetryPolicy(throttle_wait=wait_fixed(0.01), fault_wait=wait_fixed(0.01))
PASSING = {
    Fault.THROTTLE: "0.3",
    Fault.HTTP500: "0.3",
    Fault.HTTP500_AFTER: "0.3",
    Fault.HTTP503: "0.3",
    Fault.RESET: "0.3",
    Fault.RESET_AFTER: "0.3",
    Fault.HANG: "0.2",
    Fault.SLOW: "0.3:50ms",
    Fault.CRC: "0.3",
    Fault.TRUNCATE: "0.3",
    Fault.LATE: "0.2:600ms",
    PARTIAL: "0.5",
}
ENDING: dict[str, tuple[type[ddbbulk.RequestError], str]] = {
    Fault.EXPIRED: (ddbbulk.CredentialsError, "renew them"),
    Fault.SKEW: (ddbbulk.RequestRejectedError, "20 min behind"),
}

Clients = Callable[[Simulator], Any]


def as_stored() -> list[dict[str, Any]]:
    return [{name: {"S": text} for name, text in item.items()} for item in SOURCE]


def in_order(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda item: int(item["n"]["S"]))


async def load(
    simulator: Simulator,
    table: str,
    source: Any,  # noqa: ANN401 -- any source
    transport: TransportName,
    *,
    mode: Mode = "put",
) -> ddbbulk.LoadReport:
    report = await ddbbulk.load(
        table,
        source,
        wcu=4000,
        retry=SOON,
        endpoint_url=simulator.endpoint_url,
        mode=mode,
        transport=transport,
    )
    assert report.transport == transport
    return report


def assert_whole(report: ddbbulk.LoadReport, items: list[dict[str, Any]]) -> None:
    assert in_order(items) == as_stored()
    assert report.items_read == report.items_written == len(SOURCE)
    assert report.items_pending == report.items_rejected == 0


def test_every_fault_has_its_test() -> None:
    assert {*PASSING, *ENDING} == {*Fault, PARTIAL}


@pytest.mark.parametrize("fault", PASSING)
async def test_a_load_rides_through(
    fault: str,
    dynamodb: Clients,
    transport: TransportName,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What hangs is given up early, so that the test ends.
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.4)
    with Simulator(faults=f"{fault}={PASSING[fault]}", seed=7) as simulator:
        client = dynamodb(simulator)
        table = make_table(client, "pk", wcu=40_000)
        report = await load(simulator, table, SOURCE, transport)
        assert_whole(report, scanned(client, table))
        assert simulator.stats()["faults"][fault] > 0


async def test_an_insert_rides_through_all_of_them_and_knows_its_own(
    dynamodb: Clients, transport: TransportName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an attempt without an answer has written does not count as existing."""
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.4)
    faults = "throttle=0.05,http500=0.05,http500-after=0.05,http503=0.05,reset=0.05"
    faults += ",reset-after=0.05,crc=0.05,truncate=0.05,hang=0.01,late=0.01:600ms"
    with Simulator(faults=faults, seed=7) as simulator:
        client = dynamodb(simulator)
        table = make_table(client, "pk", wcu=40_000)
        again = [item | {"by": "another"} for item in SOURCE[:100]]
        source = [*SOURCE, *again]
        report = await load(simulator, table, source, transport, mode="insert")
        assert in_order(scanned(client, table)) == as_stored()
        assert (report.items_written, report.items_existing) == (500, 100)
        assert report.items_pending == report.items_rejected == 0


async def test_a_load_rides_through_an_outage(
    dynamodb: Clients, transport: TransportName
) -> None:
    with Simulator(faults="outage=2s-3.5s") as simulator:
        client = dynamodb(simulator)
        table = make_table(client, "pk", wcu=40_000)

        async def source() -> AsyncIterator[dict[str, str]]:
            for item in SOURCE:
                yield item
                if not simulator.stats()["faults"][OUTAGE]:
                    await asyncio.sleep(0.01)

        report = await load(simulator, table, source(), transport)
        assert simulator.stats()["faults"][OUTAGE] > 0
        assert_whole(report, scanned(client, table))
    assert report.retried_items > 0


@pytest.mark.parametrize("fault", ENDING)
async def test_what_cannot_pass_ends_the_load(
    fault: str, dynamodb: Clients, transport: TransportName
) -> None:
    error, told = ENDING[fault]
    with Simulator(faults=f"{fault}=1") as simulator:
        client = dynamodb(simulator)
        table = make_table(client, "pk", wcu=40_000)
        with pytest.raises(error, match=told) as caught:
            await load(simulator, table, SOURCE, transport)
        assert scanned(client, table) == []
    report = caught.value.report
    assert report.items_written == 0
    assert report.items_read == report.items_pending > 0


async def test_a_lonely_refusal_of_a_signature_passes(
    dynamodb: Clients, transport: TransportName
) -> None:
    """Credentials that are the same still get a second chance."""
    with Simulator(faults="expired=0.05", seed=1) as simulator:
        client = dynamodb(simulator)
        table = make_table(client, "pk", wcu=40_000)
        report = await ddbbulk.load(
            table,
            SOURCE,
            wcu=4000,
            retry=SOON,
            max_connections=1,  # one after the other, so that the seed decides
            endpoint_url=simulator.endpoint_url,
            transport=transport,
        )
        assert simulator.stats()["faults"]["expired"] > 0
        assert_whole(report, scanned(client, table))
