"""A conversation as people know it: one side at the left, one at the right."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.align import Align
from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from ddbbulk.examples.conversations.moments import moment_of
from ddbbulk.examples.conversations.rows import Message
from ddbbulk.examples.screen import plain

_WIDTH: Final = 52


def conversation_view(messages: Sequence[Message], *, right_uuid: str) -> Group:
    """Return messages as bubbles, under a header for each day.

    Args:
        messages: the oldest first.
        right_uuid: the user whose bubbles are at the right.
    """
    return Group(*_parts(messages, right_uuid))


def _parts(messages: Sequence[Message], right_uuid: str) -> Iterator[RenderableType]:
    day = ""
    for message in messages:
        if _day(message) != day:
            day = _day(message)
            yield Rule(Text(day), style="dim", characters="─")
        yield _bubble(message, is_right=message.sender.uuid == right_uuid)


def _bubble(message: Message, *, is_right: bool) -> RenderableType:
    name = message.sender.name or message.sender.handle or message.sender.uuid
    panel = Panel.fit(
        Text(plain(message.text)),
        title=Text(f"{plain(name)} · {_time(message)}", style="bold"),
        title_align="right" if is_right else "left",
        box=ROUNDED,
        border_style="cyan" if is_right else "green",
    )
    return Align(Constrain(panel, _WIDTH), "right" if is_right else "left")


def _day(message: Message) -> str:
    moment = moment_of(message.sent_at)
    if moment is None:
        return "at no known time"
    return f"{moment:%A}, {moment.day} {moment:%B %Y}"


def _time(message: Message) -> str:
    moment = moment_of(message.sent_at)
    return plain(message.sent_at) if moment is None else f"{moment:%H:%M}"
