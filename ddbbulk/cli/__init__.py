"""The ``ddbbulk`` command: parse, call, report, exit code."""

from ddbbulk.cli.app import app, main

__all__ = ["app", "main"]
