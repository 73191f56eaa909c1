import io

from rich.console import Console

from ddbbulk.examples.conversations.bubbles import conversation_view
from ddbbulk.examples.conversations.rows import Message
from ddbbulk.examples.conversations.users import DAISY, DONALD, User


def shown(*messages: Message) -> list[str]:
    console = Console(file=io.StringIO(), width=80)
    console.print(conversation_view(messages, right_uuid=DAISY.uuid))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def message(sent_at: str, text: str, sender: User = DONALD) -> Message:
    return Message("group", sent_at, "uuid", text, sender)


def test_one_side_is_at_the_left_and_one_at_the_right() -> None:
    lines = shown(
        message("2026-01-05T08:30:00.000000+00:00", "Quack?"),
        message("2026-01-05T08:31:00.000000+00:00", "Quack!", DAISY),
    )

    assert "Monday, 5 January 2026" in lines[0]
    assert lines[1].startswith("╭─ Donald Duck · 08:30 ─")
    assert lines[2].startswith("│ Quack? ")
    assert lines[4].endswith("─ Daisy Duck · 08:31 ─╮")
    assert len(lines[4]) == 80


def test_each_day_has_one_header() -> None:
    text = "\n".join(
        shown(
            message("2026-01-05T23:59:00.000000+00:00", "late"),
            message("2026-01-06T00:00:00.000000+00:00", "early"),
            message("2026-01-06T00:01:00.000000+00:00", "and on"),
        )
    )

    assert text.count("5 January 2026") == 1
    assert text.count("6 January 2026") == 1


def test_long_messages_are_wrapped_and_nothing_steers_the_terminal() -> None:
    lines = shown(message("2026-01-05T08:30:00.000000+00:00", "word " * 40 + "\x1b[2J"))

    assert all(len(line) <= 80 for line in lines)
    assert "\x1b" not in "".join(lines)
    assert "\\x1b[2J" in "".join(lines)


def test_a_row_of_another_program_without_a_time_is_shown_too() -> None:
    lines = shown(message("yesterday", "Honk", User("1234")))

    assert "at no known time" in lines[0]
    assert "1234 · yesterday" in lines[1]
