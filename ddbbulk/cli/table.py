"""``ddbbulk table``: the commands about tables themselves."""

from typing import Final

import typer

from ddbbulk.cli import (
    table_clear,
    table_count,
    table_create,
    table_describe,
    table_drop,
    table_list,
    table_recreate,
)

_EPILOG: Final = """
[bold]Examples[/]

A table from a schema file, in the simulator or any other local server:

[cyan]ddbbulk table create users.toml --endpoint-url http://127.0.0.1:8000[/]

What there is, and what one of them is:

[cyan]ddbbulk table list --region eu-west-1[/]
[cyan]ddbbulk table describe users --region eu-west-1[/]

Emptied: by dropping it and making the same anew, or item by item:

[cyan]ddbbulk table recreate users --region eu-west-1[/]
[cyan]ddbbulk table clear users --wcu 1000 --rcu 200 --region eu-west-1[/]

[bold]Exit codes[/]

0 done · 2 wrong usage or settings · 3 stopped early · 130 interrupted
"""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=_EPILOG,
    help="Create, look at, empty or drop tables.",
)
app.command("create", epilog=table_create.EPILOG, no_args_is_help=True)(
    table_create.create
)
app.command("list", epilog=table_list.EPILOG)(table_list.list_)
app.command("describe", epilog=table_describe.EPILOG, no_args_is_help=True)(
    table_describe.describe
)
app.command("drop", epilog=table_drop.EPILOG, no_args_is_help=True)(table_drop.drop)
app.command("recreate", epilog=table_recreate.EPILOG, no_args_is_help=True)(
    table_recreate.recreate
)
app.command("clear", epilog=table_clear.EPILOG, no_args_is_help=True)(table_clear.clear)
app.command("count", epilog=table_count.EPILOG, no_args_is_help=True)(table_count.count)
