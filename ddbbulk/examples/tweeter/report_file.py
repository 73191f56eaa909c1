"""The reports as a file: whole, or not there."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from ddbbulk import ConfigurationError, LoadReport


def check_report_file(path: Path) -> None:
    """Refuse, before anything is written, a place where no report could be.

    Raises:
        ConfigurationError: no such folder, no permission, or not a file.
    """
    folder = path.resolve().parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ConfigurationError(
            f"--report {path}: name a file in a folder that exists and is writable"
        )


def write_report_file(path: Path, reports: Mapping[str, LoadReport]) -> None:
    """Write the reports, by title, as one JSON object.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    text = json.dumps(
        {title: report.model_dump(mode="json") for title, report in reports.items()},
        indent=2,
    )
    draft = path.resolve().with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        if path.exists() and not path.is_file():
            # A pipe or a device is written to, not replaced.
            path.write_text(text + "\n", encoding="utf-8")
            return
        draft.write_text(text + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ConfigurationError(
            f"--report {path} could not be written: {error.strerror}"
        ) from error
