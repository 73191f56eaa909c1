import io
import logging

import pytest
import typer
from rich.console import Console

from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import explained_errors, say, say_rate
from ddbbulk.errors import (
    ConfigurationError,
    ConservationError,
    DdbBulkError,
    SourceError,
)
from ddbbulk.events import BudgetChanged


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=40)


def said(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def exit_code(console: Console, error: Exception, *, is_debug: bool = False) -> int:
    with (
        pytest.raises(typer.Exit) as caught,
        explained_errors(console, is_debug=is_debug),
    ):
        raise error
    return caught.value.exit_code


def test_a_message_stays_on_its_line_and_steers_nothing(console: Console) -> None:
    say(console, "word " * 20 + "[red]\x1b[1m", kind="note")

    assert said(console) == "note: " + "word " * 20 + r"[red]\x1b[1m" + "\n"


def test_a_terminal_breaks_a_sentence_between_words_and_a_command_nowhere() -> None:
    terminal = Console(file=io.StringIO(), width=40, force_interactive=True)

    say(terminal, "word " * 10 + "end. To go on:\n" + "ddbbulk " + "word " * 10 + "end")

    assert [line.rstrip() for line in said(terminal).splitlines()] == [
        "word word word word word word word word",
        "word word end. To go on:",
        "ddbbulk " + "word " * 10 + "end",
    ]


def test_a_users_mistake_is_one_line_and_code_2(console: Console) -> None:
    assert exit_code(console, ConfigurationError("wrong, do that")) == 2
    assert said(console) == "error: wrong, do that\n"


def test_an_error_that_stopped_a_load_is_code_3(console: Console) -> None:
    error = SourceError("gone", position=7)
    error.report = object()

    assert exit_code(console, error) == ExitCode.STOPPED_EARLY


def test_debug_adds_the_traceback(console: Console) -> None:
    exit_code(console, DdbBulkError("wrong"), is_debug=True)

    assert "Traceback" in said(console)
    assert said(console).endswith("error: wrong\n")


@pytest.mark.parametrize("error", [KeyError("x"), ConservationError("9 of 10")])
def test_a_bug_is_called_one_and_never_looks_like_success(
    console: Console, error: Exception
) -> None:
    assert exit_code(console, error) == ExitCode.STOPPED_EARLY
    assert "Traceback" in said(console)
    assert "this is a bug of ddbbulk" in said(console)


def test_usage_errors_and_exits_pass(console: Console) -> None:
    assert exit_code(console, typer.Exit(5)) == 5
    with pytest.raises(typer.BadParameter), explained_errors(console, is_debug=False):
        raise typer.BadParameter("x")


def test_our_warnings_are_shown_and_nobody_elses(console: Console) -> None:
    with explained_errors(console, is_debug=False):
        logging.getLogger("ddbbulk.sources").warning("slow \x1b[1m%s", "file")
        logging.getLogger("ddbbulk.sources").info("detail")
        logging.getLogger("botocore").debug("Body: secret")

    assert said(console) == "warning: slow \\x1b[1mfile\n"


def test_debug_shows_our_whole_log(console: Console) -> None:
    with explained_errors(console, is_debug=True):
        logging.getLogger("ddbbulk.sources").debug("detail")

    assert said(console) == "detail\n"


def test_the_log_is_afterwards_as_it_was(console: Console) -> None:
    logger = logging.getLogger("ddbbulk")
    before = (list(logger.handlers), logger.propagate, logger.level)

    exit_code(console, DdbBulkError("wrong"))

    assert (logger.handlers, logger.propagate, logger.level) == before


def test_a_rate_is_told_where_it_is_news_and_not_for_each_throttle() -> None:
    wide = Console(file=io.StringIO(), width=200)
    say_rate(wide, BudgetChanged("ducks", "", 300.4, "account"))
    say_rate(wide, BudgetChanged("ducks", "by\x1b_team", 1200, "table"))
    say_rate(wide, BudgetChanged("ducks", "", 5, "throttled"))
    say_rate(wide, BudgetChanged("ducks", "", 6, "probing"))
    assert said(wide) == (
        "note: the account gives no more: the table goes on at 300 WCU\n"
        r"note: the capacity of index by\x1b_team was changed: 1,200 WCU are used now"
        "\n"
    )
