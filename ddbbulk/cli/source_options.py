"""The options that every command that reads files of items has."""

from typing import Annotated, Final

import typer

from ddbbulk.cli.options import parse_delimiter

FILES: Final = "What is read"

SourcesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="Files of items, CSV or JSON Lines, also gzipped; [bold]-[/] is "
        "standard input. Several are read one after the other.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="csv, tsv, jsonl, plain-json, dynamodb-json, or one that a package "
        "adds. By default the file's suffix decides; standard input needs it.",
        show_default=False,
        rich_help_panel=FILES,
    ),
]
TypesOption = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN=TYPE,…",
        help="DynamoDB types of CSV columns, such as age=N,active=BOOL,tags=SS "
        "(sets: a|b|c). Others are strings: types are never guessed.",
        show_default=False,
        rich_help_panel=FILES,
    ),
]
EmptyOption = Annotated[
    str | None,
    typer.Option(
        metavar="omit|null",
        help="What an empty CSV cell becomes: no attribute (default), or NULL.",
        show_default=False,
        rich_help_panel=FILES,
    ),
]
DelimiterOption = Annotated[
    str | None,
    typer.Option(
        parser=parse_delimiter,
        metavar="CHAR|tab",
        help="What separates CSV cells: a comma by default.",
        show_default=False,
        rich_help_panel=FILES,
    ),
]
EncodingOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Encoding of the text: utf-8 by default, cp1252, utf-16 …",
        show_default=False,
        rich_help_panel=FILES,
    ),
]
