"""``send``: patterns C and D, a message and both group rows in one transaction.

The time of the last message is part of a group row's key, and a key cannot be updated:
so each row is deleted and put anew. A transaction does all of it or nothing, and it
does nothing where a row that it deletes is gone: then somebody else has sent a message
meanwhile (or forgotten the user), and it begins anew with what is there now. So a
conversation never has more than one row on a side, whoever writes at the same time.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    wait_exponential,
    wait_random,
)

import ddbbulk
from ddbbulk.examples.conversations.moments import INSTANT, moment_of, stamp
from ddbbulk.examples.conversations.queries import sides_of
from ddbbulk.examples.conversations.rows import (
    GroupRow,
    Message,
    Row,
    group_rows,
    is_group_row,
    text_of,
    wire,
)
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.conversations.users import User, group_uuid_of
from ddbbulk.examples.exit_codes import ExitCode

# The index follows its table within a moment; others send seldom.
_PATIENCE_SECONDS: Final = 20.0
_FIRST_WAIT_SECONDS: Final = 0.05
_LONGEST_WAIT_SECONDS: Final = 2.0
_CANCELLED: Final = "TransactionCanceledException"
# What no other time and no other row would change.
_HOPELESS: Final = ("ValidationError", "ItemCollectionSizeLimitExceeded")


class _CrossedError(Exception):
    """Another writer was in the way: look again, and begin anew."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is before a message.

    Args:
        group_uuid: its message group.
        sides: who sends, and whom to.
        rows: the group rows that it has; none: it is new.
    """

    group_uuid: str
    sides: tuple[User, User]
    rows: Sequence[GroupRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """Sends a message.

    Args:
        text: what it says.
        uuid: its id.
        moment: when it was sent; later, where the conversation has one that is newer.
        sender: who sends it.
        receiver: whom to; None: the other one of the group.
        group_uuid: the conversation; None: the one that the two have, or a new one.
    """

    text: str
    uuid: UUID
    moment: datetime
    sender: User
    receiver: User | None
    group_uuid: str | None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ddbbulk.ConfigurationError("an empty message is not sent: write some")
        if self.receiver is not None and self.receiver.uuid == self.sender.uuid:
            raise ddbbulk.ConfigurationError(
                "--from and --to are one and the same: a conversation has two sides"
            )

    async def __call__(self, stage: Stage) -> ExitCode:
        """Send it, and say where it went."""
        group_uuid = self.group_uuid or await self._known_group(stage)
        clock = asyncio.get_running_loop().time
        began = clock()
        attempts = AsyncRetrying(
            retry=retry_if_exception_type(_CrossedError),
            wait=wait_exponential(
                multiplier=_FIRST_WAIT_SECONDS, max=_LONGEST_WAIT_SECONDS
            )
            + wait_random(0, _FIRST_WAIT_SECONDS),
            stop=lambda _: clock() - began >= _PATIENCE_SECONDS,
            reraise=True,
        )
        try:
            async for attempt in attempts:
                with attempt:
                    await self._send(
                        stage, group_uuid, attempt.retry_state.attempt_number
                    )
        except _CrossedError:
            raise ddbbulk.ConfigurationError(
                "other writers were in the way, or the conversation has gone, for "
                f"{_PATIENCE_SECONDS:.0f} seconds: nothing was sent; try again"
            ) from None
        return ExitCode.COMPLETE

    async def _known_group(self, stage: Stage) -> str | None:
        """Return the newest group of the two; None: they have none yet."""
        assert self.receiver is not None  # noqa: S101 - the options see to it
        groups = [
            row.group_uuid
            for row in await stage.inbox(self.sender.uuid)
            if row.other.uuid == self.receiver.uuid
        ]
        return groups[-1] if groups else None

    async def _send(self, stage: Stage, group_uuid: str | None, attempt: int) -> None:
        conversation = (
            self._new_conversation()
            if group_uuid is None
            else await self._conversation(stage, group_uuid)
        )
        message = self._message(conversation, attempt)
        changes = transaction(stage.table, message, conversation)
        try:
            await stage.requests.send(
                "transact_write_items",
                ReturnConsumedCapacity="INDEXES",
                TransactItems=changes,
                # An answer that is lost is asked for again, not done again.
                ClientRequestToken=str(uuid5(self.uuid, f"attempt {attempt}")),
            )
        except ddbbulk.RequestRejectedError as error:
            if error.code != _CANCELLED or any(why in str(error) for why in _HOPELESS):
                raise
            if not await _is_there(stage, message):
                raise _CrossedError from error
        if not conversation.rows:
            await _drop_older_rows(stage, conversation)
        sender, receiver = conversation.sides
        stage.screen.say(
            f"{sender} to {receiver} at {message.sent_at}: sent; both group rows of "
            f"{message.group_uuid} {'replaced' if conversation.rows else 'made'}",
            style="green",
        )

    def _new_conversation(self) -> Conversation:
        assert self.receiver is not None  # noqa: S101 - the options see to it
        for option, user in (("--from", self.sender), ("--to", self.receiver)):
            if not user.is_named:
                raise ddbbulk.ConfigurationError(
                    f"{option} {user.uuid}: the two have no conversation yet; to begin "
                    f"one, write it as UUID,HANDLE,NAME"
                )
        group_uuid = group_uuid_of(self.sender.uuid, self.receiver.uuid)
        return Conversation(group_uuid, (self.sender, self.receiver), ())

    async def _conversation(self, stage: Stage, group_uuid: str) -> Conversation:
        rows = [
            GroupRow.of(item)
            async for item in stage.found(sides_of(group_uuid))
            if is_group_row(item)
        ]
        ours = [row for row in rows if row.owner_uuid == self.sender.uuid]
        theirs = [row for row in rows if row.other.uuid == self.sender.uuid]
        if ours and theirs:
            return Conversation(group_uuid, (theirs[-1].other, ours[-1].other), rows)
        if ours or theirs or self.group_uuid is None:
            # The index has not caught up, or the other side is being forgotten.
            raise _CrossedError
        raise ddbbulk.ConfigurationError(
            f"{self.sender.uuid} has no conversation {group_uuid} here: give a user of "
            "it by --from (list-conversations tells them)"
        )

    def _message(self, conversation: Conversation, attempt: int) -> Message:
        moments = [self.moment + (attempt - 1) * INSTANT]
        for row in conversation.rows:
            last = moment_of(row.sent_at)
            if last is not None:
                moments.append(last + attempt * INSTANT)
        return Message(
            conversation.group_uuid,
            stamp(max(moments)),
            str(self.uuid),
            self.text,
            conversation.sides[0],
        )


def transaction(
    table: str, message: Message, conversation: Conversation
) -> list[dict[str, Any]]:
    """Return what a message changes: itself, and the group rows of both sides.

    Args:
        table: where.
        message: the new one.
        conversation: as it is before it.
    """
    new = group_rows(message, sides=conversation.sides, at=message.sent_at)
    return [
        _put(table, message.row),
        *(
            {
                "Delete": {
                    "TableName": table,
                    "Key": wire(row.key),
                    "ConditionExpression": "attribute_exists(pk)",
                }
            }
            for row in conversation.rows
        ),
        *(_put(table, row.row) for row in new),
    ]


def _put(table: str, row: Row) -> dict[str, Any]:
    # Another message of this very microsecond stays as it is.
    return {
        "Put": {
            "TableName": table,
            "Item": wire(row),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }


async def _is_there(stage: Stage, message: Message) -> bool:
    """Say whether an earlier attempt has arrived whose answer was lost."""
    answer = await stage.send("get_item", Key=wire(message.key), ConsistentRead=True)
    return text_of(answer.get("Item") or {}, "message_uuid") == message.uuid


async def _drop_older_rows(stage: Stage, conversation: Conversation) -> None:
    """Leave one row on each side, where two first messages were sent at once.

    Neither could see the other's rows, so no condition kept them apart. Whoever looks
    last sees both.
    """
    for user in conversation.sides:
        rows = [
            row
            for row in await stage.inbox(user.uuid)
            if row.group_uuid == conversation.group_uuid
        ]
        for older in rows[:-1]:
            await stage.delete(older.key)
