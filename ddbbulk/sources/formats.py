"""Which format a file is in, and who reads it.

A format of somebody else is an entry point of the group ``ddbbulk.sources``. It is
called as ``factory(paths, **options)`` with a tuple of paths (``-`` is standard input)
and with those of the options types, empty, delimiter and encoding that were given. It
returns an ``ItemSource``, or raises ``ConfigurationError``.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import PurePath
from typing import Final, TypeAlias, cast

from ddbbulk.errors import ConfigurationError
from ddbbulk.printable import printable
from ddbbulk.sources.csv_file import CsvSource
from ddbbulk.sources.file_source import Paths, as_paths
from ddbbulk.sources.files import STANDARD_INPUT, check_readable
from ddbbulk.sources.json_lines import JsonLinesSource
from ddbbulk.sources.source import ItemSource

SourceFactory: TypeAlias = Callable[..., ItemSource]

_GROUP: Final = "ddbbulk.sources"

_FORMATS: Final[Mapping[str, SourceFactory]] = {
    "csv": CsvSource,
    "tsv": functools.partial(CsvSource, delimiter="\t"),
    "jsonl": JsonLinesSource,
    "plain-json": functools.partial(JsonLinesSource, dialect="plain"),
    "dynamodb-json": functools.partial(JsonLinesSource, dialect="dynamodb"),
}
_SUFFIXES: Final = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
}


def open_source(
    paths: Paths,
    *,
    format: str | None = None,  # noqa: A002 - the option's name, here and on the command line
    types: str | Mapping[str, str] | None = None,
    empty: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
) -> ItemSource:
    """Return a source of the items in these files, read one after the other.

    Args:
        paths: one path or several; ``-`` is standard input.
        format: ``csv``, ``tsv``, ``jsonl`` (JSON Lines; each file is plain JSON or
            DynamoDB JSON, as its first object shows), ``plain-json``,
            ``dynamodb-json``, or what an installed package adds. None: by the files'
            suffix, before which a ``.gz`` does not count.
        types: of CSV columns, such as ``"age=N,active=BOOL"``; see ``CsvSource``.
        empty: what an empty CSV cell is: ``omit`` (the default) or ``null``.
        delimiter: between CSV cells.
        encoding: of the text, ``utf-8`` where it is not given.

    Raises:
        ConfigurationError: a file is missing, may not be read or does not begin as it
            should; the format is not known, or has no such option.
    """
    names = as_paths(paths)
    chosen = format or _format_of(names)
    factory = _factory(chosen)
    given = {
        "types": types,
        "empty": empty,
        "delimiter": delimiter,
        "encoding": encoding,
    }
    options = {name: value for name, value in given.items() if value is not None}
    _refuse_foreign_options(chosen, factory, options)
    source = factory(names, **options)
    if not isinstance(cast("object", source), ItemSource):
        raise ConfigurationError(
            f"the format {chosen} gave a {type(source).__name__}, which is no "
            "ItemSource: its package needs mending"
        )
    return source


def known_formats() -> tuple[str, ...]:
    """Return the names of all formats, those of installed packages among them."""
    return tuple(sorted({*_FORMATS, *_installed()}))


def _installed() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=_GROUP)}


def _factory(name: str) -> SourceFactory:
    if name in _FORMATS:
        return _FORMATS[name]
    point = _installed().get(name)
    if point is None:
        raise ConfigurationError(
            f"there is no format {printable(name)!r}: use one of "
            f"{', '.join(known_formats())}"
        )
    try:
        return cast("SourceFactory", point.load())
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(
            f"the format {name} cannot be loaded from {point.value}: {error}"
        ) from error


def _format_of(paths: tuple[str, ...]) -> str:
    formats = {path: _format_by_suffix(path) for path in paths}
    first = next(iter(formats.values()))
    for path, name in formats.items():
        if name != first:
            raise ConfigurationError(
                f"{printable(paths[0])} is {first} and {printable(path)} is {name}: "
                "load them one by one, or name one format for all (format=, --format)"
            )
    return first


def _format_by_suffix(path: str) -> str:
    if path == STANDARD_INPUT:
        raise ConfigurationError(
            "standard input has no suffix to know its format by: name the format "
            "(format=, --format), such as csv or jsonl"
        )
    suffix = PurePath(path.lower().removesuffix(".gz")).suffix
    name = _SUFFIXES.get(suffix, suffix.removeprefix("."))
    if name in _FORMATS or name in _installed():
        return name
    check_readable(path)  # what is not there has no format either
    raise ConfigurationError(
        f"the suffix of {printable(path)} says nothing about its format: name it "
        f"(format=, --format), one of {', '.join(known_formats())}"
    )


def _refuse_foreign_options(
    name: str, factory: SourceFactory, options: Mapping[str, object]
) -> None:
    parameters = inspect.signature(factory).parameters
    if any(one.kind is one.VAR_KEYWORD for one in parameters.values()):
        return
    for option in options:
        if option not in parameters:
            raise ConfigurationError(f"the format {name} has no option {option}")
