"""Runs what a command does, to its end or to Ctrl-C."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import typer
from rich.console import Console

from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.interrupts import on_interrupt
from ddbbulk.cli.messages import say


def run_command(work: Coroutine[Any, Any, ExitCode], console: Console) -> None:
    """Run a command's work; leave by its exit code where that is not 0.

    Args:
        work: what it does; Ctrl-C and SIGTERM cancel it.
        console: where an interruption is told.
    """
    code = asyncio.run(_interruptible(work, console))
    if code is not ExitCode.COMPLETE:
        raise typer.Exit(code)


async def _interruptible(
    work: Coroutine[Any, Any, ExitCode], console: Console
) -> ExitCode:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine always runs in a task

    def stop() -> None:
        task.cancel()

    with on_interrupt(stop):
        try:
            return await work
        except asyncio.CancelledError:
            say(console, "interrupted")
            return ExitCode.INTERRUPTED
