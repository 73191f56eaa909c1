"""Scripts of conversations: who says what, as text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from ddbbulk import ConfigurationError

_OWN: Final = "ponds.txt"
_BEGINNING: Final = re.compile(r"\s*Person\s+(\w+)\s*:\s*(.*)", re.IGNORECASE)
_SPEAKERS: Final = {"1": 0, "2": 1}


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody says at once.

    Args:
        speaker: 0 for Person 1, 1 for Person 2.
        text: the message.
    """

    speaker: int
    text: str


def own_script() -> list[Line]:
    """Return the conversation that comes with the example."""
    text = (files("ddbbulk.examples.conversations") / _OWN).read_text(encoding="utf-8")
    return parse_script(text.splitlines(), name=_OWN)


def read_script(path: Path) -> list[Line]:
    """Return the conversation in a file.

    Raises:
        ConfigurationError: it cannot be read, or a line of it has no place.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is no text in UTF-8") from error
    return parse_script(text.splitlines(), name=str(path))


def parse_script(lines: Iterable[str], *, name: str) -> list[Line]:
    """Read lines of "Person 1: …" and "Person 2: …".

    A message goes on over the lines that follow it; blank lines mean nothing.

    Args:
        lines: of the text.
        name: of the file, for messages.

    Raises:
        ConfigurationError: a line has no place; the message names it.
    """
    script: list[tuple[int, int, list[str]]] = []
    for number, line in enumerate(lines, start=1):
        beginning = _BEGINNING.fullmatch(line)
        if beginning:
            where = f"{name}, line {number}"
            script.append((number, _speaker(beginning[1], where), [beginning[2]]))
        elif line.strip():
            if not script:
                raise ConfigurationError(
                    f"{name}, line {number}: nobody says this: begin with "
                    "'Person 1: …' or 'Person 2: …'"
                )
            script[-1][2].append(line.strip())
    if not script:
        raise ConfigurationError(
            f"{name}: nobody says anything: write lines of 'Person 1: …' and "
            "'Person 2: …'"
        )
    return [
        Line(speaker, _text(said, f"{name}, line {number}"))
        for number, speaker, said in script
    ]


def _speaker(word: str, where: str) -> int:
    speaker = _SPEAKERS.get(word)
    if speaker is None:
        raise ConfigurationError(
            f"{where}: Person {word}: a conversation is between Person 1 and Person 2"
        )
    return speaker


def _text(said: list[str], where: str) -> str:
    text = "\n".join(part.rstrip() for part in said if part.strip())
    if not text:
        raise ConfigurationError(f"{where}: this person says nothing: write it, or go")
    return text
