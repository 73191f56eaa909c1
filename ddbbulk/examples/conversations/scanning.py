"""``scan``: what is in the table, row by row."""

import base64
import json
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from rich.text import Text

import ddbbulk
from ddbbulk.examples.conversations.rows import (
    GroupRow,
    Message,
    is_group_row,
    is_message,
    text_of,
)
from ddbbulk.examples.conversations.stage import Stage
from ddbbulk.examples.exit_codes import ExitCode
from ddbbulk.examples.screen import Screen, counted, plain

# A page of DynamoDB's full megabyte would put a small table in debt for half a minute.
_PAGE_ITEMS: Final = 250
_MAX_TEXT: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanning:
    """Shows rows, in the order in which a scan finds them.

    Args:
        limit: how many at the most; None: all.
        is_json: as DynamoDB JSON, one on each line.
    """

    limit: int | None
    is_json: bool

    async def __call__(self, stage: Stage) -> ExitCode:
        """Scan page by page, and show each as it comes."""
        if stage.is_aws and self.limit is None:
            await _confirm(stage)
        count, has_more = 0, False
        page_items = min(self.limit or _PAGE_ITEMS, _PAGE_ITEMS)
        async with aclosing(stage.pages("scan", Limit=page_items)) as pages:
            async for page in pages:
                items = page["Items"]
                room = len(items) if self.limit is None else self.limit - count
                for item in items[:room]:
                    self._show(item, stage.screen)
                count += len(items[:room])
                has_more = len(items) > room or bool(page.get("LastEvaluatedKey"))
                if count == self.limit:
                    break
        if not self.is_json:
            more = "; there is more: give a larger --limit, or none" if has_more else ""
            stage.screen.say(f"{counted(count, 'rows')}{more}")
        return ExitCode.COMPLETE

    def _show(self, item: Mapping[str, Any], screen: Screen) -> None:
        if self.is_json:
            print_json(item, screen)
            return
        screen.output.print(
            Text(plain(f"{text_of(item, 'pk')}  {text_of(item, 'sk')}"), style="cyan"),
            soft_wrap=True,
        )
        screen.write(f"    {_described(item)}")


async def _confirm(stage: Stage) -> None:
    description = await ddbbulk.describe_table(stage.connection, stage.table)
    stage.confirm(
        f"read all of it, {counted(description.item_count, 'items')} by DynamoDB's own "
        "count, at half a read unit for each 4 KB; --limit N reads less",
        arn=description.arn,
    )


def print_json(item: Mapping[str, Any], screen: Screen) -> None:
    """Print an item as DynamoDB JSON, as ``ddbbulk load`` reads it back."""
    # ASCII alone: nothing in it can steer a terminal.
    screen.write(json.dumps(item, default=_base64))


def first_line(text: str) -> str:
    """Return the beginning of a message, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _MAX_TEXT else f"{line[:_MAX_TEXT]}…"


def _described(item: Mapping[str, Any]) -> str:
    if is_group_row(item):
        group = GroupRow.of(item)
        return f"with {group.other}: {first_line(group.text)}"
    if is_message(item):
        message = Message.of(item)
        return f"{message.sender}: {first_line(message.text)}"
    return f"no row of conversations; it has {', '.join(sorted(item))}"


def _base64(value: object) -> str:
    # botocore gives binary values as bytes.
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} in an item")
