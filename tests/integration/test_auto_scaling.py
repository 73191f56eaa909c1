"""Application Auto Scaling, as moto's server has it, around tables of the simulator."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

import ddbbulk
from ddbbulk.capacity import CapacitySetting, known_notes
from ddbbulk.cli import app
from ddbbulk.simulator import Simulator
from tests.support.making_tables import make_table
from tests.support.servers import Server

pytestmark = pytest.mark.integration


class Scaled:
    """A table and its index, both scaled between 5 and 1,000 WCU."""

    def __init__(self, client: Any, scaling: Any, url: str) -> None:  # noqa: ANN401 -- boto3 makes its classes up at run time
        self.url = url
        self.name = make_table(client, "pk", wcu=5, index=("by_team", "team"))
        self._client = client
        self._scaling = scaling
        for resource, dimension in self._targets():
            scaling.register_scalable_target(
                ServiceNamespace="dynamodb",
                ResourceId=resource,
                ScalableDimension=dimension,
                MinCapacity=5,
                MaxCapacity=1000,
            )

    def limits(self) -> list[tuple[int, int]]:
        """Return minimum and maximum of table and index."""
        return [self._limits(resource) for resource, _ in self._targets()]

    def write(self) -> int:
        """Return the table's write units."""
        table = self._client.describe_table(TableName=self.name)["Table"]
        write: int = table["ProvisionedThroughput"]["WriteCapacityUnits"]
        return write

    def _targets(self) -> list[tuple[str, str]]:
        table = f"table/{self.name}"
        return [
            (table, "dynamodb:table:WriteCapacityUnits"),
            (f"{table}/index/by_team", "dynamodb:index:WriteCapacityUnits"),
        ]

    def _limits(self, resource: str) -> tuple[int, int]:
        (target,) = self._scaling.describe_scalable_targets(
            ServiceNamespace="dynamodb", ResourceIds=[resource]
        )["ScalableTargets"]
        return target["MinCapacity"], target["MaxCapacity"]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(update_seconds=0.05) as running:
        yield running


@pytest.fixture
def scaled(
    simulator: Simulator,
    dynamodb: Callable[[Simulator], Any],
    moto: Server,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Scaled]:
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path))
    variable = "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING"
    monkeypatch.setenv(variable, moto.endpoint_url)
    scaling = boto3.client("application-autoscaling", endpoint_url=moto.endpoint_url)
    yield Scaled(dynamodb(simulator), scaling, simulator.endpoint_url)
    scaling.close()


async def test_the_minimum_is_moved_and_put_back(scaled: Scaled) -> None:
    async with ddbbulk.provisioned(scaled.name, wcu=800, endpoint_url=scaled.url):
        assert scaled.write() == 800
        assert scaled.limits() == [(800, 1000), (800, 1000)]
    assert scaled.limits() == [(5, 1000), (5, 1000)]
    assert scaled.write() == 5
    assert not list(known_notes())


async def test_more_than_its_maximum_is_refused(scaled: Scaled) -> None:
    with pytest.raises(ddbbulk.ConfigurationError, match="at 1,000 WCU at the most"):
        async with ddbbulk.provisioned(scaled.name, wcu=1001, endpoint_url=scaled.url):
            pytest.fail("it was raised")
    assert scaled.write() == 5
    assert not list(known_notes())


async def test_what_cannot_be_seen_is_refused_unless_told_not_to_look(
    scaled: Scaled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ddbbulk.capacity.auto_scaling._PATIENCE_SECONDS", 0.1)
    variable = "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING"
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    with pytest.raises(ddbbulk.ConnectionFailedError, match="--no-auto-scaling"):
        async with ddbbulk.provisioned(scaled.name, wcu=800, endpoint_url=scaled.url):
            pytest.fail("it was raised")
    async with ddbbulk.provisioned(
        scaled.name, wcu=800, endpoint_url=scaled.url, auto_scaling=False
    ):
        assert scaled.write() == 800
    assert scaled.write() == 5


def test_what_is_shown_needs_no_way_to_do_without_it(
    scaled: Scaled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ddbbulk.capacity.auto_scaling._PATIENCE_SECONDS", 0.1)
    variable = "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING"
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    words = ["capacity", "show", scaled.name, "--endpoint-url", scaled.url]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0, shown.stderr
    assert "whether auto scaling is at work cannot be seen" in shown.stderr
    assert "--no-auto-scaling" not in shown.stderr


async def test_capacity_that_it_would_undo_is_not_set(scaled: Scaled) -> None:
    async with ddbbulk.connect(endpoint_url=scaled.url) as connection:
        setting = CapacitySetting(connection, scaled.name, {"": 3})
        with pytest.raises(ddbbulk.ConfigurationError, match="between 5 and 1,000"):
            await setting.make()


async def test_a_table_that_is_scaled_would_lose_that(scaled: Scaled) -> None:
    async with ddbbulk.connect(endpoint_url=scaled.url) as connection:
        with pytest.raises(
            ddbbulk.ConfigurationError,
            match=r"the table, index by_team\).*--lose auto-s",
        ):
            await ddbbulk.recreate_table(connection, scaled.name)
        await ddbbulk.recreate_table(connection, scaled.name, lose=["auto-scaling"])
