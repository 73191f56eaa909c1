"""What every test stands on: a clean environment, servers started when asked for."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import boto3
import pytest
from hypothesis import settings

from tests.support.servers import (
    INSTALLED,
    MOTO,
    RECIPES,
    Server,
    ServerUnavailableError,
    given_servers,
    missing_sdk,
    running,
)

IS_CI = os.environ.get("CI", "").lower() in ("1", "true")
GIVEN = given_servers(os.environ.get("DDBBULK_TEST_SERVERS", ""))

# A deadline would make a slow machine fail; CI runs the same examples every time.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if IS_CI else "local")


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No AWS setting of whoever runs the tests reaches them, nor a real account."""
    empty = tmp_path_factory.mktemp("aws") / "empty"
    empty.touch()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        # To measure coverage makes a process a third slower, and there are many; nearly
        # all that they run is also run in this one.
        for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
            patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "ddbbulktest")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "ddbbulktest")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_CONFIG_FILE", str(empty))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(empty))
        # Restore notes of whoever runs the tests are no business of theirs.
        patch.setenv("DDBBULK_STATE_DIR", str(tmp_path_factory.mktemp("state")))
        # A proxy for the world outside cannot reach servers on loopback.
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        patch.setenv("no_proxy", "127.0.0.1,localhost")
        yield


class HasEndpoint(Protocol):
    """A server of the tests, the simulator: whatever has an endpoint."""

    @property
    def endpoint_url(self) -> str:
        """Where it listens."""
        ...


@pytest.fixture(scope="session")
def start_server(
    _clean_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Server]]:
    """Give a server by its name: one that was given by its address, or one started."""
    started: dict[str, Server] = {}
    unavailable: dict[str, str] = {}

    with ExitStack() as stack:

        def start(name: str) -> Server:
            if name in GIVEN:
                return GIVEN[name]
            if name not in started and name not in unavailable:
                folder = tmp_path_factory.mktemp(name)
                try:
                    started[name] = stack.enter_context(running(RECIPES[name], folder))
                except ServerUnavailableError as error:
                    unavailable[name] = str(error)
            if name in unavailable:
                (pytest.fail if IS_CI else pytest.skip)(unavailable[name])
            return started[name]

        yield start


@pytest.fixture(scope="session")
def dynoxide(start_server: Callable[[str], Server]) -> Server:
    """The strictest in validation, capacity and scans."""
    return start_server("dynoxide")


@pytest.fixture(scope="session")
def ministack(start_server: Callable[[str], Server]) -> Server:
    """The one that changes the capacity of an index, and knows time to live."""
    return start_server("ministack")


@pytest.fixture(scope="session")
def dynalite(start_server: Callable[[str], Server]) -> Server:
    """The one with CREATING and UPDATING states, and connections that go stale."""
    return start_server("dynalite")


@pytest.fixture(scope="session")
def javascript_sdk() -> Path:
    """The folder where the AWS SDK for JavaScript is installed; Node is there, too."""
    problem = missing_sdk()
    if problem:
        (pytest.fail if IS_CI else pytest.skip)(problem)
    return INSTALLED


@pytest.fixture(scope="session")
def moto(
    _clean_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The one for services of AWS other than DynamoDB."""
    with running(MOTO, tmp_path_factory.mktemp("moto")) as server:
        yield server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for ``server`` once on every server there is."""
    if "server" in metafunc.fixturenames:
        metafunc.parametrize("server", sorted({*RECIPES, *GIVEN}), indirect=True)


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, start_server: Callable[[str], Server]
) -> Server:
    """Every server in turn, also those of DDBBULK_TEST_SERVERS."""
    return start_server(request.param)


@pytest.fixture(scope="session")
def dynamodb(_clean_environment: None) -> Iterator[Callable[[HasEndpoint], Any]]:
    """Give the boto3 client for a server: ``dynamodb(dynoxide).put_item(…)``."""
    clients: dict[str, Any] = {}

    def client(server: HasEndpoint) -> Any:  # noqa: ANN401 -- boto3 makes its classes up at run time
        url = server.endpoint_url
        if url not in clients:
            clients[url] = boto3.client("dynamodb", endpoint_url=url)
        return clients[url]

    yield client
    for made in clients.values():
        made.close()
