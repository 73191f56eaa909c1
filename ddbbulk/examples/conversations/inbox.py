"""``list-conversations``: pattern B, the conversations of a user, newest first."""

from dataclasses import dataclass

from rich.text import Text

from ddbbulk.examples.conversations.moments import moment_of
from ddbbulk.examples.conversations.queries import conversations_of, newest_first
from ddbbulk.examples.conversations.rows import GroupRow
from ddbbulk.examples.conversations.scanning import first_line, print_json
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.screen import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """Lists the conversations of a user.

    Args:
        user_uuid: whose.
        limit: how many at the most.
        year: those alone whose last message is of this year.
        is_json: as DynamoDB JSON, one on each line.
    """

    user_uuid: str
    limit: int
    year: int | None
    is_json: bool

    async def __call__(self, stage: Stage) -> ExitCode:
        """Query a page, and show it."""
        query = conversations_of(self.user_uuid, year=self.year)
        page = await stage.query(newest_first(query, limit=self.limit))
        for item in page["Items"]:
            if self.is_json:
                print_json(item, stage.screen)
            else:
                _show(GroupRow.of(item), stage)
        if self.is_json:
            return ExitCode.COMPLETE
        if not page["Items"]:
            when = "" if self.year is None else f" of {self.year}"
            stage.screen.say(f"user {self.user_uuid} has no conversations{when} here")
        elif page.get("LastEvaluatedKey"):
            stage.screen.say("there may be more: give a larger --limit")
        return ExitCode.COMPLETE


def _show(row: GroupRow, stage: Stage) -> None:
    moment = moment_of(row.sent_at)
    when = row.sent_at if moment is None else f"{moment:%Y-%m-%d %H:%M}"
    head = Text.assemble((f"{plain(when)}  ", "dim"), (plain(str(row.other)), "bold"))
    stage.screen.output.print(head, soft_wrap=True)
    stage.screen.write(f"    {first_line(row.text)}")
    stage.screen.write(f"    get-conversation {row.group_uuid}", style="dim")
