"""The report as a file: whole or not there."""

import os
from pathlib import Path

from ddbbulk.errors import ConfigurationError


def check_report_file(path: Path) -> None:
    """Refuse, before a load begins, a place where its report could not be written.

    Args:
        path: of the report.

    Raises:
        ConfigurationError: the directory is missing or not writable, or the path is
            one.
    """
    directory = path.resolve().parent
    if path.is_dir():
        raise ConfigurationError(f"--report {path} is a directory: name a file")
    if not directory.is_dir():
        raise ConfigurationError(
            f"--report {path}: there is no directory {directory}; create it first"
        )
    if not os.access(directory, os.W_OK) and not _is_special(path):
        raise ConfigurationError(
            f"--report {path}: the directory {directory} is not writable"
        )


def write_report_file(path: Path, text: str) -> None:
    """Write the text, so that a reader sees the old file or the new one.

    Raises:
        ConfigurationError: it could not be written.
    """
    try:
        if _is_special(path):
            path.write_text(text, encoding="utf-8")
        else:
            _replace(path.resolve(), text)
    except OSError as error:
        raise ConfigurationError(
            f"--report {path} could not be written: {error.strerror}"
        ) from error


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _is_special(path: Path) -> bool:
    """Say whether this is a pipe or a device, which must not be replaced by a file."""
    return path.exists() and not path.is_file()
