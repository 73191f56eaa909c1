"""The door to the commands."""

from importlib.metadata import version
from typing import Annotated

import typer

from ddbbulk.cli.commands import Commands
from ddbbulk.cli.owed import say_owed

app = typer.Typer(
    name="ddbbulk",
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    epilog="Begin with [bold]ddbbulk simulate[/], a DynamoDB on this machine that "
    "really throttles,\nthen [bold]ddbbulk load --help[/].",
)


def main() -> None:
    """Run the command line, and exit with its code."""
    app(prog_name="ddbbulk")


def _show_version(is_asked: bool) -> None:  # noqa: FBT001 - typer passes the flag
    if is_asked:
        typer.echo(f"ddbbulk {version('ddbbulk')}")
        raise typer.Exit


@app.callback()
def _ddbbulk(
    context: typer.Context,
    *,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """Load millions of items into DynamoDB, at exactly the capacity you pay for."""
    del show_version
    if context.invoked_subcommand != "capacity":
        say_owed()
