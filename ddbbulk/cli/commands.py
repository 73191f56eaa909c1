"""The commands by their names: each is imported when it is wanted.

Together they import half of all that ddbbulk is made of; a simulator needs no loader,
and a load no simulator.
"""

from importlib import import_module
from typing import Any, Final, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

# In the order of the help. A module has a command of its own name, or a group of them.
NAMES: Final = (
    "load",
    "unload",
    "copy",
    "delete",
    "plan",
    "retry",
    "verify",
    "undo",
    "table",
    "capacity",
    "simulate",
)
# What means something without any argument.
_BARE: Final = frozenset({"simulate"})


class Commands(TyperGroup):
    """A group that imports the command that is named, and all of them for its help."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 -- typer's own click has no public names
        """Return all names."""
        del ctx
        return list(NAMES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 -- as above
        """Return a command; None where there is none of that name."""
        del ctx
        if cmd_name in NAMES and cmd_name not in self.commands:
            self.commands[cmd_name] = _imported(cmd_name)
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 -- as above
        """Find the command of these arguments, or say which name is like the first."""
        if args[0] not in NAMES:
            for name in NAMES:
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)


def _imported(name: str) -> Any:  # noqa: ANN401 -- as above
    module = import_module(f"ddbbulk.cli.{name}")
    group = cast("typer.Typer | None", getattr(module, "app", None))
    if group is None:
        group = typer.Typer(add_completion=False, rich_markup_mode="rich")
        is_help = name not in _BARE
        declared = group.command(name, epilog=module.EPILOG, no_args_is_help=is_help)
        declared(getattr(module, name))
    command = get_command(group)
    command.name = name
    return command
