"""What of a table is read: ``--filter`` and what its names and values stand for."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer

from ddbbulk.errors import ConfigurationError, InvalidItemError
from ddbbulk.reading import Filter
from ddbbulk.sizing import canonical_number

WHAT: Final = "What is read"
_PLACEHOLDER: Final = re.compile(r"[:#][A-Za-z0-9_]+")
_TYPES: Final = "N number, S string, BOOL true or false, B base64, NULL"


@dataclass(frozen=True, slots=True)
class FilterValue:
    """What ``--value`` says: a placeholder, and its value in DynamoDB JSON."""

    placeholder: str
    value: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FilterName:
    """What ``--name`` says: a placeholder, and the attribute that it stands for."""

    placeholder: str
    attribute: str


def parse_value(text: str) -> FilterValue:
    """Read ``:min=N:5``."""
    placeholder, equals, typed = text.partition("=")
    kind, _, content = typed.partition(":")
    if not equals or not _PLACEHOLDER.fullmatch(placeholder) or placeholder[0] != ":":
        raise typer.BadParameter(
            f"{text!r}: write it as :NAME=TYPE:VALUE, such as :min=N:5"
        )
    return FilterValue(placeholder, {kind: _content(kind, content, text)})


def parse_name(text: str) -> FilterName:
    """Read ``#s=status``."""
    placeholder, _, attribute = text.partition("=")
    is_valid = _PLACEHOLDER.fullmatch(placeholder) and placeholder[0] == "#"
    if not is_valid or not attribute:
        raise typer.BadParameter(
            f"{text!r}: write it as #NAME=ATTRIBUTE, such as '#s=status' (in quotes: "
            "shells take # for the beginning of a comment)"
        )
    return FilterName(placeholder, attribute)


def chosen_attributes(text: str | None) -> tuple[str, ...] | None:
    """Read ``alias,age``, also with blanks after the commas; None: all."""
    if text is None:
        return None
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise typer.BadParameter("--attributes: name at least one, such as alias,age")
    return names


def _content(kind: str, content: str, text: str) -> str | bool:
    if kind == "S":
        return content
    try:
        if kind == "N":
            return canonical_number(content)
        if kind == "B":
            b64decode(content, validate=True)
            return content
    except (InvalidItemError, Base64Error, ValueError):
        raise typer.BadParameter(
            f"{text!r}: what follows {kind}: is no {'number' if kind == 'N' else kind}"
        ) from None
    if kind == "BOOL" and content in {"true", "false"}:
        return content == "true"
    if kind == "NULL" and not content:
        return True
    raise typer.BadParameter(
        f"{text!r}: say the value's type, as in :min=N:5 ({_TYPES})"
    )


FilterOption = Annotated[
    str | None,
    typer.Option(
        "--filter",
        metavar="EXPRESSION",
        help="Only the items that fulfil this FilterExpression, such as "
        "'age > :min'. The others are read, and paid for, all the same.",
        show_default=False,
        rich_help_panel=WHAT,
    ),
]
ValueOption = Annotated[
    list[FilterValue] | None,
    typer.Option(
        "--value",
        parser=parse_value,
        metavar=":NAME=TYPE:VALUE",
        help=f"What a value of the filter stands for, such as :min=N:5 ({_TYPES}); may "
        "be repeated.",
        show_default=False,
        rich_help_panel=WHAT,
    ),
]
NameOption = Annotated[
    list[FilterName] | None,
    typer.Option(
        "--name",
        parser=parse_name,
        metavar="#NAME=ATTRIBUTE",
        help="What a name of the filter stands for, such as '#s=status': for reserved "
        "words and names with dots; may be repeated.",
        show_default=False,
        rich_help_panel=WHAT,
    ),
]
AttributesOption = Annotated[
    str | None,
    typer.Option(
        "--attributes",
        metavar="NAME,…",
        help="Only these attributes. To load the items again, name the keys among "
        "them. It costs as much as all of them.",
        show_default=False,
        rich_help_panel=WHAT,
    ),
]


def chosen_filter(
    expression: str | None,
    values: Iterable[FilterValue],
    names: Iterable[FilterName],
) -> Filter | None:
    """Return the filter that the options ask for; None: all items.

    Raises:
        ConfigurationError: a placeholder has no meaning, or two, or is not used.
    """
    meanings: dict[str, Any] = {}
    for value in values:
        _add(meanings, value.placeholder, value.value)
    for name in names:
        _add(meanings, name.placeholder, name.attribute)
    used = set(_PLACEHOLDER.findall(expression or ""))
    for placeholder in sorted(used - set(meanings)):
        option = "--value" if placeholder[0] == ":" else "--name"
        example = "=N:5" if placeholder[0] == ":" else "=status"
        raise ConfigurationError(
            f"the filter uses {placeholder}: say what it stands for, such as {option} "
            f"'{placeholder}{example}'"
        )
    for placeholder in sorted(set(meanings) - used):
        raise ConfigurationError(
            f"{placeholder} does not occur in the filter: "
            + ("give --filter, too" if expression is None else "leave it out")
        )
    if expression is None:
        return None
    return Filter(
        expression,
        names={name: text for name, text in meanings.items() if name[0] == "#"},
        values={name: value for name, value in meanings.items() if name[0] == ":"},
    )


def _add(meanings: dict[str, Any], placeholder: str, meaning: object) -> None:
    if placeholder in meanings:
        raise ConfigurationError(f"{placeholder} is given twice: give it once")
    meanings[placeholder] = meaning
