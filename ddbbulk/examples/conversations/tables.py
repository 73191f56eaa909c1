"""``schema-load``, ``list-tables`` and ``drop``."""

from dataclasses import dataclass
from typing import Final

import typer
from tenacity import (
    AsyncRetrying,
    RetryError,
    retry_if_result,
    stop_after_delay,
    wait_exponential,
)

import ddbbulk
from ddbbulk.examples.conversations.rows import INDEX
from ddbbulk.examples.conversations.schema import (
    check_schema,
    create_request,
    dollars_an_hour,
    loading_command,
)
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.questions import ask
from ddbbulk.examples.screen import counted

_PATIENCE_SECONDS: Final = 300.0
_FIRST_WAIT_SECONDS: Final = 0.05
_LONGEST_WAIT_SECONDS: Final = 2.0
_IS_THERE: Final = "ResourceInUseException"


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaLoading:
    """Creates the table with its index, and waits until both can be used.

    Args:
        rcu: read units a second for the table, and as many for the index.
        wcu: write units a second, likewise.
    """

    rcu: int
    wcu: int

    async def __call__(self, stage: Stage) -> ExitCode:
        """Create it; one that is there already and fits is left as it is."""
        try:
            description = await ddbbulk.describe_table(stage.connection, stage.table)
        except ddbbulk.TableNotFoundError:
            await self._create(stage)
        else:
            check_schema(description)
            stage.screen.say(f"{stage.table} is there already, as it has to be")
        with stage.screen.activity(f"waiting until {stage.table} is ACTIVE"):
            await _wait_for(stage, "ACTIVE")
        check_schema(await ddbbulk.describe_table(stage.connection, stage.table))
        return ExitCode.COMPLETE

    async def _create(self, stage: Stage) -> None:
        dollars = dollars_an_hour(rcu=self.rcu, wcu=self.wcu)
        stage.confirm(
            f"create {stage.table} with {self.rcu} RCU and {self.wcu} WCU, and its "
            f"index with as many. That costs ${dollars:.4f} an hour, used or not (the "
            "price of us-east-1), until 'drop'"
        )
        request = create_request(stage.table, rcu=self.rcu, wcu=self.wcu)
        try:
            await stage.requests.send("create_table", **request)
        except ddbbulk.RequestRejectedError as error:
            # Somebody was faster; or the answer to our own request was lost.
            if error.code != _IS_THERE:
                raise
        stage.screen.say(
            f"created {stage.table} ({self.rcu} RCU, {self.wcu} WCU) with {INDEX} "
            "(as many)",
            style="green",
        )


@dataclass(frozen=True, slots=True)
class TableListing:
    """Lists the tables."""

    async def __call__(self, stage: Stage) -> ExitCode:
        """Print a name on each line."""
        names = await _table_names(stage)
        for name in names:
            stage.screen.write(name, style="bold" if name == stage.table else "")
        if stage.table not in names:
            stage.screen.tell(
                "note",
                f"{stage.table} is not among them; to create it: "
                f"{loading_command(stage.table)}",
            )
        return ExitCode.COMPLETE


@dataclass(frozen=True, slots=True)
class Dropping:
    """Deletes the table with all that is in it."""

    async def __call__(self, stage: Stage) -> ExitCode:
        """Show what goes, ask for its name, drop it, and wait until it is gone."""
        description = await ddbbulk.describe_table(stage.connection, stage.table)
        stage.screen.say(
            f"{stage.table} at {stage.place} goes, for good: "
            f"{counted(description.item_count, 'items')} by DynamoDB's own count, "
            "which may be hours old",
            style="bold",
        )
        if not stage.is_confirmed:
            ask(
                lambda: _typed("Its name, to drop it") == stage.table,
                why="this deletes a table",
            )
        await stage.requests.send("delete_table", TableName=stage.table)
        with stage.screen.activity(f"waiting until {stage.table} is gone"):
            await _wait_for(stage, "")
        stage.screen.say(f"dropped {stage.table}", style="green")
        return ExitCode.COMPLETE


async def _table_names(stage: Stage) -> list[str]:
    names: list[str] = []
    start: dict[str, str] = {}
    while True:
        page = await stage.requests.send("list_tables", **start)
        names += page["TableNames"]
        last = page.get("LastEvaluatedTableName")
        if not last:
            return names
        start = {"ExclusiveStartTableName": last}


def _typed(question: str) -> str:
    return str(typer.prompt(question, default="", show_default=False)).strip()


async def _wait_for(stage: Stage, status: str) -> None:
    """Wait until the table has a status; "": until there is none."""
    retrying = AsyncRetrying(
        retry=retry_if_result(lambda found: found != status),
        wait=wait_exponential(
            multiplier=_FIRST_WAIT_SECONDS, max=_LONGEST_WAIT_SECONDS
        ),
        stop=stop_after_delay(_PATIENCE_SECONDS),
    )
    try:
        await retrying(_status, stage)
    except RetryError:
        raise ddbbulk.ConfigurationError(
            f"{stage.table} is not {status or 'gone'} after "
            f"{_PATIENCE_SECONDS / 60:.0f} minutes: run the same command again later"
        ) from None


async def _status(stage: Stage) -> str:
    try:
        answer = await stage.requests.send("describe_table", TableName=stage.table)
    except ddbbulk.TableNotFoundError:
        return ""
    return str(answer["Table"]["TableStatus"])
