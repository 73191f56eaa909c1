"""``seed``: a text becomes a conversation, and seeding it again changes nothing.

All follows from the text and the two users: the group's id, each message's id and time,
and so the keys. What an earlier seed has written that this one does not (a longer text,
another start) is deleted; what people have sent since stays, and the group rows go on
showing the newest message of all.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import ddbbulk
from ddbbulk.examples.conversations.moments import (
    INSTANT,
    MINUTE,
    check_last,
    shifted,
    stamp,
)
from ddbbulk.examples.conversations.queries import consistent, messages_of
from ddbbulk.examples.conversations.rows import GroupRow, Message, Row, group_rows
from ddbbulk.examples.conversations.schema import cost_of_writes
from ddbbulk.examples.conversations.script import Line
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.conversations.users import (
    User,
    group_uuid_of,
    is_made_by_rule,
    message_uuid_of,
)
from ddbbulk.examples.conversations.writing import write
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.screen import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeding:
    """Writes a conversation.

    Args:
        script: what is said.
        users: Person 1 and Person 2.
        start: when the first message was sent; the others follow a minute apart.
        wcu: write units a second; None: what the table has, or gives.
    """

    script: Sequence[Line]
    users: tuple[User, User]
    start: datetime
    wcu: float | None

    def __post_init__(self) -> None:
        one, other = self.users
        if one.uuid == other.uuid:
            raise ddbbulk.ConfigurationError(
                "--user: both are one and the same: a conversation has two sides"
            )
        check_last(self.start, minutes=len(self.script))

    async def __call__(self, stage: Stage) -> ExitCode:
        """Look at what is there, and write what follows from both."""
        description = await stage.checked()
        inbox = [row for user in self.users for row in await stage.inbox(user.uuid)]
        group_uuid = self._group_uuid(stage, inbox)
        query = consistent(messages_of(group_uuid))
        stored = [Message.of(item) async for item in stage.found(query)]
        messages = scripted(self.script, self.users, group_uuid, start=self.start)
        changes = seed_writes(messages, stored, inbox, self.users)
        one, other = self.users
        stage.confirm(
            f"write {counted(len(messages), 'messages')} between {one} and {other}, "
            f"{cost_of_writes(len(changes), description)}",
            arn=description.arn,
        )
        report = await write(stage, changes, title="rows", wcu=self.wcu, every=25)
        stage.screen.say(
            f"{counted(len(messages), 'messages')} between {one} and {other}, and a "
            f"group row for each: {counted(report.items_written, 'writes')}",
            style="green",
        )
        stage.screen.write(f"get-conversation {group_uuid}")
        return ExitCode.COMPLETE

    def _group_uuid(self, stage: Stage, inbox: Sequence[GroupRow]) -> str:
        """Return the group that the two have already, else the one by rule."""
        uuids = {user.uuid for user in self.users}
        ours = [row for row in inbox if row.other.uuid in uuids]
        by_rule = group_uuid_of(*(user.uuid for user in self.users))
        known = {row.group_uuid for row in ours}
        if not known or by_rule in known:
            return by_rule
        newest = max(ours, key=lambda row: row.sent_at)
        stage.screen.tell(
            "note",
            f"the two have the conversation {newest.group_uuid} already: the messages "
            "go there",
        )
        return newest.group_uuid


def scripted(
    script: Sequence[Line],
    users: tuple[User, User],
    group_uuid: str,
    *,
    start: datetime,
) -> list[Message]:
    """Return the messages of a script, a minute apart."""
    return [
        Message(
            group_uuid,
            stamp(start + number * MINUTE),
            message_uuid_of(group_uuid, number),
            line.text,
            users[line.speaker],
        )
        for number, line in enumerate(script)
    ]


def seed_writes(
    messages: Sequence[Message],
    stored: Sequence[Message],
    inbox: Sequence[GroupRow],
    users: tuple[User, User],
) -> list[Row | ddbbulk.Delete]:
    """Return what makes the table hold a seed.

    Args:
        messages: the seed.
        stored: the messages that the conversation has now.
        inbox: all group rows of both users, also of their other conversations.
        users: both sides.
    """
    seeded = {message.sent_at for message in messages}
    others = [message for message in stored if message.sent_at not in seeded]
    stale = [message for message in others if is_made_by_rule(message.uuid)]
    sent = [message for message in others if not is_made_by_rule(message.uuid)]
    newest = max((*messages, *sent), key=lambda message: message.sent_at)
    group_uuid = newest.group_uuid
    at = free_sort_key(
        newest.sent_at,
        taken={row.sent_at for row in inbox if row.group_uuid != group_uuid},
    )
    old_rows = [row for row in inbox if row.group_uuid == group_uuid]
    return [
        *(message.row for message in messages),
        *(ddbbulk.Delete(message.key) for message in stale),
        *(row.row for row in group_rows(newest, sides=users, at=at)),
        *(ddbbulk.Delete(row.key) for row in old_rows if row.sent_at != at),
    ]


def free_sort_key(sort_key: str, *, taken: Collection[str]) -> str:
    """Return the first sort key from this one on that no other conversation has.

    Two scripts of one length that begin at one time end at one time; under one key the
    second group row would take the place of the first.
    """
    while sort_key in taken:
        sort_key = shifted(sort_key, INSTANT)
    return sort_key
