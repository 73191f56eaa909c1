from pathlib import Path

import pytest

from ddbbulk import ConfigurationError
from ddbbulk.examples.conversations.script import (
    Line,
    own_script,
    parse_script,
    read_script,
)


def test_the_own_script_is_a_conversation_of_a_hundred_lines() -> None:
    script = own_script()

    assert len(script) >= 100
    assert {line.speaker for line in script} == {0, 1}
    assert len({line.text for line in script}) > 100


def test_a_message_goes_on_until_the_next_person_speaks() -> None:
    lines = ["", "Person 1: Is it", "", "  raining?  ", "person 2 :", "Ask: the frog"]

    assert parse_script(lines, name="talk.txt") == [
        Line(0, "Is it\nraining?"),
        Line(1, "Ask: the frog"),
    ]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["", "Hello"], "talk.txt, line 2: nobody says this"),
        (["Person 1: a", "Person 3: b"], "talk.txt, line 2: Person 3"),
        (["Person 1: a", "Person 2:", "", "Person 1: b"], "talk.txt, line 2: .* noth"),
        (["", " "], "talk.txt: nobody says anything"),
    ],
)
def test_a_line_without_a_place_is_named(lines: list[str], complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        parse_script(lines, name="talk.txt")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_bytes("\ufeffPerson 1: Grüß dich\r\nPerson 2: Quack\r\n".encode())

    assert read_script(path) == [Line(0, "Grüß dich"), Line(1, "Quack")]


def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    broken = tmp_path / "talk.txt"
    broken.write_bytes(b"Person 1: \xff")

    with pytest.raises(ConfigurationError, match=r"talk\.txt: is no text in UTF-8"):
        read_script(broken)
    with pytest.raises(ConfigurationError, match=r"none\.txt: cannot be read"):
        read_script(tmp_path / "none.txt")
