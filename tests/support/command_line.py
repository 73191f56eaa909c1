"""The ``ddbbulk`` command: in a process of its own, or in this one."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path
from unittest import mock

import typer
from typer.testing import CliRunner

from ddbbulk.cli import app as ddbbulk_app

_ROOT = Path(__file__).resolve().parents[2]
# Below pytest's timeout, so that a command that hangs is named.
_SECONDS = 15.0
# A test runner in the background ignores Ctrl-C and hands that down.
_HEARS_INTERRUPTS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from ddbbulk.cli import main
main()
"""


def ddbbulk(
    *arguments: str | Path,
    home: Path,
    stdin: bytes = b"",
    settings: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command in the folder ``home`` to its end."""
    process = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-m", "ddbbulk", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=_environment(home, settings or {}),
        cwd=home,
        timeout=_SECONDS,
        check=False,
    )
    out, err = process.stdout.decode(), process.stderr.decode()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def typed(
    *arguments: str | Path,
    home: Path,
    stdin: bytes = b"",
    settings: Mapping[str, str] | None = None,
    app: typer.Typer = ddbbulk_app,
) -> subprocess.CompletedProcess[str]:
    """Run a command in the folder ``home``, and in this process, to its end.

    A new interpreter for each little thing takes minutes.
    """
    words = [*map(str, arguments)]
    with chdir(home), mock.patch.object(sys, "argv", [app.info.name, *words]):
        result = CliRunner(env=settings).invoke(app, words, input=stdin)
    return subprocess.CompletedProcess(
        words, result.exit_code, result.stdout, result.stderr
    )


@contextmanager
def started_ddbbulk(
    *arguments: str | Path, home: Path
) -> Iterator[subprocess.Popen[str]]:
    """Run the command while the block runs; the block may end it by a signal."""
    process = subprocess.Popen(  # noqa: S603 - the command is ours
        [sys.executable, "-c", _HEARS_INTERRUPTS, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(home, {}),
        cwd=home,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for the end; return the exit code, and what has not been read yet."""
    # communicate() would lose what a readline() has left in the buffer.
    assert process.stdout is not None
    assert process.stderr is not None
    out, err = process.stdout.read(), process.stderr.read()
    return process.wait(timeout=_SECONDS), out, err


def _environment(home: Path, settings: Mapping[str, str]) -> dict[str, str]:
    kept = dict(os.environ)
    # What shapes the output of a developer's terminal would shape it here.
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_INTERACTIVE"):
        kept.pop(name, None)
    path = os.pathsep.join(filter(None, (str(_ROOT), kept.get("PYTHONPATH", ""))))
    return kept | {"HOME": str(home), "PYTHONPATH": path, "PYTHONUTF8": "1", **settings}
