"""``forget``: whoever deletes their account leaves no conversation behind.

The order makes it safe beside a ``send``, and to be run again where it was interrupted.
The other sides' rows go first: from then on a transaction that wants to replace them is
cancelled. Then the messages; and the user's own rows, which tell where to look, last of
all. It ends when a look at the table itself finds no such row any more.
"""

import asyncio
import random
from dataclasses import dataclass
from typing import Final

import typer

import ddbbulk
from ddbbulk.examples.conversations.queries import consistent, messages_of
from ddbbulk.examples.conversations.rows import GroupRow, Message
from ddbbulk.examples.conversations.scanning import first_line
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.conversations.writing import pace
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.questions import ask
from ddbbulk.examples.screen import counted

# Each finds what was sent while the one before it ran.
_MAX_ROUNDS: Final = 20
_MAX_RACES: Final = 100
_OUT_OF_STEP_SECONDS: Final = 0.02


@dataclass(slots=True)
class _Count:
    """What was deleted so far."""

    rows: int = 0
    messages: int = 0
    foreign_messages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """Removes the conversations of a user.

    Args:
        user_uuid: whose.
        is_whole: also what the others have sent to them.
        wcu: write units a second; None: what the table has, or gives.
    """

    user_uuid: str
    is_whole: bool
    wcu: float | None

    async def __call__(self, stage: Stage) -> ExitCode:
        """Show what goes, ask, and delete until nothing is left."""
        await stage.checked()
        rows = await stage.inbox(self.user_uuid)
        if not rows:
            stage.screen.say(f"user {self.user_uuid} has no conversations here")
            return ExitCode.COMPLETE
        self._confirm(stage, rows)
        count = _Count()
        writer = ddbbulk.BulkWriter(
            stage.table,
            wcu=pace(stage, self.wcu),
            connection=stage.connection,
        )
        with stage.screen.activity("forgetting") as progress:
            async with writer:
                for _ in range(_MAX_ROUNDS):
                    for row in rows:
                        await self._forget(stage, writer, row, count)
                        progress(counted(count.messages, "messages"))
                    for row in rows:
                        await writer.delete(row.key)
                    await writer.flush()
                    count.rows += len(rows)
                    rows = await stage.inbox(self.user_uuid)
                    if not rows:
                        break
        stage.meter.add(writer.report)
        writer.report.raise_for_rejected()
        return self._account(stage, count, is_all=not rows)

    def _confirm(self, stage: Stage, rows: list[GroupRow]) -> None:
        what = "all messages of them" if self.is_whole else "all that they sent there"
        stage.screen.say(
            f"what goes, for good: {counted(len(rows), 'conversations')} of "
            f"{self.user_uuid}, from both lists, and {what}:",
            style="bold",
        )
        for row in rows:
            stage.screen.write(f"  with {row.other}: {first_line(row.text)}")
        if not stage.is_confirmed:
            ask(lambda: typer.confirm("Forget them?"), why="this deletes messages")

    async def _forget(
        self, stage: Stage, writer: ddbbulk.BulkWriter, row: GroupRow, count: _Count
    ) -> None:
        """Delete the other side's row of a conversation, then the messages."""
        count.rows += await _lock_out(stage, row)
        # From here on no transaction can add a message that is not seen below.
        async for item in stage.found(consistent(messages_of(row.group_uuid))):
            message = Message.of(item)
            if self.is_whole or message.sender.uuid == self.user_uuid:
                await writer.delete(message.key)
                count.messages += 1
            else:
                count.foreign_messages += 1
        await writer.flush()

    def _account(self, stage: Stage, count: _Count, *, is_all: bool) -> ExitCode:
        text = (
            f"{counted(count.rows, 'group rows')} and "
            f"{counted(count.messages, 'messages')} of {self.user_uuid} deleted"
        )
        if not is_all:
            stage.screen.tell(
                "error", f"{text}; but somebody goes on sending: run it again"
            )
            return ExitCode.SOME_MISSING
        stage.screen.say(f"{text}: nothing of them is left", style="green")
        if count.foreign_messages:
            stage.screen.tell(
                "note",
                f"what others sent to them stays, "
                f"{counted(count.foreign_messages, 'messages')} in conversations that "
                "no list shows any more; --whole deletes that, too",
            )
        return ExitCode.COMPLETE


async def _lock_out(stage: Stage, row: GroupRow) -> int:
    """Delete the other side's row of a conversation; return how many there were.

    Whoever sends meanwhile puts a newer one in its place: then it is a race, which is
    run without detours until there is none. Each begins at another moment: in step with
    somebody who sends one message after the other, all of them would be lost.
    """
    deleted = 0
    for race in range(_MAX_RACES):
        if race:
            await asyncio.sleep(random.uniform(0, _OUT_OF_STEP_SECONDS))  # noqa: S311 -- when, is no secret
        inbox = await stage.inbox(row.other.uuid)
        others = [other for other in inbox if other.group_uuid == row.group_uuid]
        if not others:
            break
        for other in others:
            deleted += await stage.delete(other.key)
    return deleted
