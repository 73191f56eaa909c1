"""``get-conversation``: pattern A, the messages of a group, newest first, in pages."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ddbbulk
from ddbbulk.examples.conversations.bubbles import conversation_view
from ddbbulk.examples.conversations.moments import INSTANT, shifted, stamp
from ddbbulk.examples.conversations.queries import (
    conversations_of,
    messages_of,
    newest_first,
    sides_of,
)
from ddbbulk.examples.conversations.rows import GroupRow, Message, is_group_row
from ddbbulk.examples.conversations.scanning import print_json
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.conversations.users import DAISY, User
from ddbbulk.examples.exit_codes import ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversing:
    """Shows a page of a conversation.

    Args:
        group_uuid: which one; None: the last one of the seed's first user.
        limit: how many messages make a page.
        page: which page, the newest is 1.
        since: no messages before that.
        until: none after that.
        is_json: as DynamoDB JSON, one on each line, the newest first.
    """

    group_uuid: str | None
    limit: int
    page: int
    since: datetime | None
    until: datetime | None
    is_json: bool

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise ddbbulk.ConfigurationError(
                "--since is later than --until: no message is between them"
            )

    async def __call__(self, stage: Stage) -> ExitCode:
        """Query, turn the answer around, and show it."""
        group_uuid = self.group_uuid or await _first_group(stage)
        page = await self._page(stage, group_uuid)
        if page is None:
            return ExitCode.COMPLETE
        if self.is_json:
            for item in page["Items"]:
                print_json(item, stage.screen)
            return ExitCode.COMPLETE
        messages = [Message.of(item) for item in reversed(page["Items"])]
        if not messages:
            stage.screen.say(f"conversation {group_uuid} has no messages here")
            return ExitCode.COMPLETE
        await self._show(stage, group_uuid, messages)
        if page.get("LastEvaluatedKey"):
            self._say_older(stage, group_uuid, messages[0].sent_at)
        return ExitCode.COMPLETE

    async def _page(self, stage: Stage, group_uuid: str) -> dict[str, Any] | None:
        """Return the page that is asked for; None: there are not so many."""
        query = newest_first(
            messages_of(
                group_uuid,
                since=None if self.since is None else stamp(self.since),
                until=None if self.until is None else stamp(self.until),
            ),
            limit=self.limit,
        )
        for number in range(1, self.page + 1):
            page = await stage.query(query)
            if number == self.page:
                return page
            if not page.get("LastEvaluatedKey"):
                stage.screen.tell("note", f"there is no page after {number}")
                return None
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        raise ddbbulk.ConfigurationError(f"--page {self.page}: the newest is 1")

    async def _show(
        self, stage: Stage, group_uuid: str, messages: Sequence[Message]
    ) -> None:
        # The index knows who talks, also where a page has but one of them.
        sides = [
            GroupRow.of(item).other
            async for item in stage.found(sides_of(group_uuid))
            if is_group_row(item)
        ] or [message.sender for message in messages]
        people = sorted({user.uuid: user for user in sides}.values(), key=_order)
        names = " and ".join(map(str, people))
        stage.screen.say(f"{names}, in UTC", style="bold")
        stage.screen.show(conversation_view(messages, right_uuid=people[0].uuid))

    def _say_older(self, stage: Stage, group_uuid: str, oldest: str) -> None:
        until = shifted(oldest, -INSTANT)
        words = ["get-conversation", group_uuid, "--until", until]
        if self.since is not None:
            if until < stamp(self.since):
                return  # DynamoDB cannot tell yet that this page was the last.
            words += ["--since", stamp(self.since)]
        stage.screen.write(f"older ones: {shlex.join(words)}")


async def _first_group(stage: Stage) -> str:
    answer = await stage.query(newest_first(conversations_of(DAISY.uuid), limit=1))
    if not answer["Items"]:
        raise ddbbulk.ConfigurationError(
            f"{DAISY} has no conversation here: 'seed' one, or give a "
            "GROUP_UUID (list-conversations USER_UUID tells them)"
        )
    return GroupRow.of(answer["Items"][0]).group_uuid


def _order(user: User) -> tuple[bool, str]:
    """Put the seed's first user at the right, else always the same one."""
    return user.uuid != DAISY.uuid, user.uuid
