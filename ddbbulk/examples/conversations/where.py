"""Which DynamoDB a command is for, and the way there."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_delay,
    wait_fixed,
)

import ddbbulk
from ddbbulk.examples.places import is_aws_host, simulator_connection
from ddbbulk.examples.screen import Screen
from ddbbulk.simulator import Simulator

# Where the course's DynamoDB Local listens.
LOCAL_URL: Final = "http://localhost:8000"
DATA_FILE: Final = Path("conversations.simulator.db")
_CONNECT_SECONDS: Final = 1.0
_ANSWER_SECONDS: Final = 3.0
# Another command may have the file, and most take a moment.
_FILE_SECONDS: Final = 15.0
_LOOK_AGAIN_SECONDS: Final = 0.2
# As a table at AWS has saved up that nobody has used for five minutes.
_BURST_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which DynamoDB a command is for.

    Args:
        endpoint_url: a server that runs already.
        is_aws: what the AWS settings name.
        region: overrides theirs.
        profile: one of the shared configuration files.
        data: the file in which a simulator keeps the table.
        is_confirmed: do not ask before it costs money, or before something goes.
        is_founding: the command may make the simulator's file.
        local_url: what is asked first where nothing is named.

    Raises:
        ddbbulk.ConfigurationError: two of them exclude each other.
    """

    endpoint_url: str | None = None
    is_aws: bool = False
    region: str | None = None
    profile: str | None = None
    data: Path | None = None
    is_confirmed: bool = False
    is_founding: bool = False
    local_url: str = LOCAL_URL

    def __post_init__(self) -> None:
        places = {
            "--endpoint-url": self.endpoint_url,
            "--aws (or prod)": self.is_aws,
            "--data": self.data,
        }
        named = [option for option, value in places.items() if value]
        if len(named) > 1:
            raise ddbbulk.ConfigurationError(
                f"{' and '.join(named)} name different places: give one of them"
            )
        if self.data is not None:
            self.refuse_settings()

    @property
    def is_named(self) -> bool:
        """Whether options or the environment say where, as boto3 reads it."""
        return bool(self.endpoint_url or self.is_aws or _configured_endpoint())

    def refuse_settings(self) -> None:
        """Refuse what a simulator has no use for.

        Raises:
            ddbbulk.ConfigurationError: a region or a profile was named.
        """
        if self.region or self.profile:
            raise ddbbulk.ConfigurationError(
                "--region and --profile are for --aws or --endpoint-url: the "
                "simulator needs neither"
            )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command has come to.

    Args:
        connection: open.
        name: what a person calls it.
    """

    connection: ddbbulk.Connection
    name: str

    @property
    def is_aws(self) -> bool:
        """Whether requests cost money."""
        return is_aws_host(self.connection.endpoint_url)


@asynccontextmanager
async def opened(where: Where, screen: Screen) -> AsyncGenerator[Place, None]:
    """Open the way to where a command is for; a simulator runs as long as the block.

    Raises:
        ddbbulk.ConfigurationError: there is nothing, or a file is of no use.
    """
    async with AsyncExitStack() as stack:
        yield await _open(where, screen, stack)


async def _open(where: Where, screen: Screen, stack: AsyncExitStack) -> Place:
    if where.data is None and where.is_named:
        connection = await stack.enter_async_context(_connect(where, None))
        place = Place(connection, connection.endpoint_url)
        if where.is_aws and not place.is_aws:
            screen.tell("note", f"the AWS settings lead to {place.name}, not to AWS")
        return place
    if where.data is None:
        found = await _local_connection(where, screen, stack)
        if found is not None:
            return Place(found, found.endpoint_url)
    return await _simulated(where, screen, stack)


def _connect(where: Where, local_url: str | None) -> ddbbulk.Connection:
    return ddbbulk.connect(
        region=where.region,
        profile=where.profile,
        endpoint_url=local_url or where.endpoint_url,
    )


def _configured_endpoint() -> str | None:
    return os.environ.get("AWS_ENDPOINT_URL_DYNAMODB") or os.environ.get(
        "AWS_ENDPOINT_URL"
    )


async def _local_connection(
    where: Where, screen: Screen, stack: AsyncExitStack
) -> ddbbulk.Connection | None:
    """Return the way to this machine's DynamoDB; None: it has none."""
    if not await _listens(where.local_url):
        return None
    async with AsyncExitStack() as trial:
        connection = await trial.enter_async_context(_connect(where, where.local_url))
        if await _is_dynamodb(connection):
            stack.push_async_exit(trial.pop_all())
            return connection
    screen.tell(
        "note", f"what answers at {where.local_url} is no DynamoDB: it is not used"
    )
    return None


async def _listens(url: str) -> bool:
    address = urlsplit(url)
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(address.hostname, address.port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _is_dynamodb(connection: ddbbulk.Connection) -> bool:
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            answer = await connection.request("list_tables", Limit=1)
    except ddbbulk.CredentialsError:
        raise  # whoever asks for credentials is one
    except (ddbbulk.RequestError, TimeoutError):
        return False
    return isinstance(answer.get("TableNames"), list)


async def _simulated(where: Where, screen: Screen, stack: AsyncExitStack) -> Place:
    where.refuse_settings()
    file = where.data or DATA_FILE
    is_new = not file.exists()
    if is_new and not where.is_founding:
        nobody = "" if where.data else f"no DynamoDB answers at {where.local_url}, and "
        raise ddbbulk.ConfigurationError(
            f"{nobody}there is no file {file} yet: begin with 'schema-load', or name a "
            "server by --endpoint-url, or AWS by --aws (or prod)"
        )
    simulator = Simulator(data=file, burst_seconds=_BURST_SECONDS)
    await _start(simulator, file, screen)
    stack.push_async_callback(asyncio.to_thread, simulator.stop)
    if is_new:
        screen.tell(
            "note", f"made {file}: a simulator keeps the table there between commands"
        )
    connection = simulator_connection(simulator.endpoint_url)
    await stack.enter_async_context(connection)
    return Place(connection, f"{file} (simulator)")


async def _start(simulator: Simulator, file: Path, screen: Screen) -> None:
    is_told = False

    def tell(_: object) -> None:
        nonlocal is_told
        if not is_told:
            is_told = True
            screen.tell("note", f"another command uses {file}: waiting for its end")

    retrying = AsyncRetrying(
        retry=retry_if_exception(_is_in_use),
        wait=wait_fixed(_LOOK_AGAIN_SECONDS),
        stop=stop_after_delay(_FILE_SECONDS),
        before_sleep=tell,
        reraise=True,
    )
    try:
        await retrying(asyncio.to_thread, simulator.start)
    except ddbbulk.ConfigurationError as error:
        if not _is_in_use(error):
            raise
        raise ddbbulk.ConfigurationError(
            f"{file} is still in use by another command, or by 'ddbbulk simulate': "
            "wait for its end, or name another file by --data"
        ) from error


def _is_in_use(error: BaseException) -> bool:
    cause = error.__cause__
    return isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)
