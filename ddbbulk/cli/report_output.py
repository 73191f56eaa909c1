"""The account of what a command has done: to people, programs and the report file."""

from pathlib import Path
from typing import Protocol

from pydantic import BaseModel
from rich.console import Console, RenderableType
from rich.text import Text

from ddbbulk.cli.messages import say
from ddbbulk.cli.report_file import write_report_file
from ddbbulk.errors import ConfigurationError


class Reported(Protocol):
    """How the account is to be given."""

    @property
    def is_json(self) -> bool:
        """To programs, not to people."""
        ...

    @property
    def report_file(self) -> Path | None:
        """Where it is written as well."""
        ...


def give_report(
    report: BaseModel,
    sheet: RenderableType,
    settings: Reported,
    *,
    output: Console,
    errors: Console,
) -> bool:
    """Give an account in each of the ways that are asked for; say whether that worked.

    Args:
        report: the account.
        sheet: of it, to be read.
        settings: ask for it.
        output: where the sheet or the JSON goes.
        errors: where it is said what did not work.
    """
    text = report.model_dump_json(indent=2)
    is_given = True
    try:
        if settings.is_json:
            output.print(Text(text), soft_wrap=True)
        else:
            output.print(sheet)
    except ConfigurationError as error:
        say(errors, str(error), kind="error")
        is_given = False
    if settings.report_file is None:
        return is_given
    try:
        write_report_file(settings.report_file, text + "\n")
    except ConfigurationError as error:
        say(errors, str(error), kind="error")
        return False
    return is_given
