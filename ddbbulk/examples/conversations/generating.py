"""``generate``: made-up conversations for load tests, the same ones every time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isqrt
from typing import Final

import ddbbulk
from ddbbulk.examples.conversations.moments import MINUTE, check_last, stamp
from ddbbulk.examples.conversations.rows import Message, Row, group_rows
from ddbbulk.examples.conversations.schema import cost_of_writes
from ddbbulk.examples.conversations.script import own_script
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.conversations.users import (
    User,
    group_uuid_of,
    made_up_user,
    message_uuid_of,
)
from ddbbulk.examples.conversations.writing import write
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.screen import counted, duration

_SIDES: Final = 2
# No two conversations end at one time: their group rows may stand in one list.
_APART: Final = timedelta(milliseconds=1)
_VERSION: Final = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generating:
    """Writes made-up conversations.

    Args:
        groups: how many conversations.
        messages: how many messages each has.
        start: when they begin.
        wcu: write units a second; None: what the table has, or gives.
    """

    groups: int
    messages: int
    start: datetime
    wcu: float | None

    def __post_init__(self) -> None:
        minutes = self.messages + 1 + self.groups // (MINUTE // _APART)
        check_last(self.start, minutes=minutes)

    async def __call__(self, stage: Stage) -> ExitCode:
        """Say what it takes, and write them."""
        description = await stage.checked()
        source = conversations(
            groups=self.groups, messages=self.messages, start=self.start
        )
        what = (
            f"{counted(self.groups * self.messages, 'messages')} in "
            f"{counted(self.groups, 'conversations')} of "
            f"{counted(users_of(self.groups), 'users')}: {source.count:,} rows"
        )
        rate = self.wcu or (description.write_capacity if stage.is_aws else None)
        if rate:
            what += f", {duration(source.count / rate)} or more at {rate:g} WCU"
        stage.screen.say(what)
        stage.confirm(
            f"write {source.count:,} rows, {cost_of_writes(source.count, description)}",
            arn=description.arn,
        )
        report = await write(stage, source, title="rows", wcu=self.wcu)
        stage.screen.show(ddbbulk.report_sheet(report, title="generate"))
        first, _ = pair_of(0)
        stage.screen.write(f"list-conversations {first.uuid}")
        return ExitCode.COMPLETE


def conversations(
    *, groups: int, messages: int, start: datetime
) -> ddbbulk.GeneratorSource[Row]:
    """Return the rows of made-up conversations as a source.

    The first message of each conversation comes first, then the second of each, so that
    none of them is a hot key; the group rows come last.

    Args:
        groups: how many conversations.
        messages: how many messages each has.
        start: when they begin.
    """
    texts = [line.text for line in own_script()]

    def message(group: int, number: int) -> Message:
        sides = pair_of(group)
        uuid = group_uuid_of(*(user.uuid for user in sides))
        return Message(
            uuid,
            stamp(start + number * MINUTE + group * _APART),
            message_uuid_of(uuid, number),
            texts[(group + number) % len(texts)],
            sides[number % _SIDES],
        )

    @ddbbulk.generator(count=groups * (messages + _SIDES), version=_VERSION)
    def rows(index: int) -> Row:
        number, group = divmod(index, groups)
        if number < messages:
            return message(group, number).row
        last = message(group, messages - 1)
        sides = group_rows(last, sides=pair_of(group), at=last.sent_at)
        return sides[number - messages].row

    return rows


def pair_of(group: int) -> tuple[User, User]:
    """Return who talks in a conversation: no two pairs are the same.

    Pairs are counted as (0, 1), (0, 2), (1, 2), (0, 3) …: so few users have so many
    conversations each, as lists of conversations want it.
    """
    second = (1 + isqrt(1 + 8 * group)) // 2
    first = group - second * (second - 1) // 2
    return made_up_user(first), made_up_user(second)


def users_of(groups: int) -> int:
    """Return how many users so many conversations have."""
    return (1 + isqrt(8 * groups - 7)) // 2 + 1
