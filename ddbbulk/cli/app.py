"""The commands, and the door to them."""

from importlib.metadata import version
from typing import Annotated

import typer

from ddbbulk.cli import (
    capacity,
    copy,
    delete,
    load,
    plan,
    retry,
    simulate,
    table,
    undo,
    unload,
    verify,
)
from ddbbulk.cli.owed import say_owed

app = typer.Typer(
    name="ddbbulk",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    epilog="Begin with [bold]ddbbulk simulate[/] (a DynamoDB on this machine that "
    "really throttles), then [bold]ddbbulk load --help[/].",
)
app.command("load", epilog=load.EPILOG, no_args_is_help=True)(load.load)
app.command("unload", epilog=unload.EPILOG, no_args_is_help=True)(unload.unload)
app.command("copy", epilog=copy.EPILOG, no_args_is_help=True)(copy.copy)
app.command("delete", epilog=delete.EPILOG, no_args_is_help=True)(delete.delete)
app.command("plan", epilog=plan.EPILOG, no_args_is_help=True)(plan.plan)
app.command("retry", epilog=retry.EPILOG, no_args_is_help=True)(retry.retry)
app.command("verify", epilog=verify.EPILOG, no_args_is_help=True)(verify.verify)
app.command("undo", epilog=undo.EPILOG, no_args_is_help=True)(undo.undo)
app.add_typer(table.app, name="table")
app.add_typer(capacity.app, name="capacity")
app.command("simulate", epilog=simulate.EPILOG)(simulate.simulate)


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
