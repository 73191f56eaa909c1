import io
import re

import pytest

from ddbbulk.examples.screen import Screen, counted

SENTENCE = "all 10,000 users are in tweeter_user, and all follows in tweeter_follow"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what a screen prints to standard output and error, both one place."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("TTY_INTERACTIVE", raising=False)
    monkeypatch.setattr("sys.stdout", output)
    monkeypatch.setattr("sys.stderr", output)
    screen = Screen()
    screen.say(SENTENCE)
    screen.write(SENTENCE)
    screen.tell("note", f"{SENTENCE}:\n{SENTENCE}")
    said = re.sub(r"\x1b\[\d+m", "", output.getvalue())
    return [line.rstrip() for line in said.splitlines()]


def test_a_terminal_breaks_a_sentence_between_words_and_a_command_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert printed(Terminal(), monkeypatch) == [
        "all 10,000 users are in tweeter_user,",
        "and all follows in tweeter_follow",
        SENTENCE,
        "note: all 10,000 users are in",
        "tweeter_user, and all follows in",
        "tweeter_follow:",
        SENTENCE,
    ]


def test_a_file_has_each_sentence_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(io.StringIO(), monkeypatch) == [
        SENTENCE,
        SENTENCE,
        f"note: {SENTENCE}:",
        SENTENCE,
    ]


def test_one_thing_is_no_things() -> None:
    assert [counted(count, "users") for count in (0, 1, 2_000)] == [
        "0 users",
        "1 user",
        "2,000 users",
    ]
