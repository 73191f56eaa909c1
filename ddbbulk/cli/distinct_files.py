"""Files that are written are no file that is read, and each is another one."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from ddbbulk.errors import ConfigurationError


def check_distinct_files(
    read: Iterable[str | os.PathLike[str]], written: Mapping[str, Path | None]
) -> None:
    """Refuse to write over what is read, and two things into one file.

    Args:
        read: what is read; ``-`` is no file.
        written: by option, what is written; None: nothing is.

    Raises:
        ConfigurationError: names the option.
    """
    taken = {_file(path): "what is read here" for path in read}
    for option, path in written.items():
        # What goes into a pipe or a device replaces nothing.
        if path is None or (path.exists() and not path.is_file()):
            continue
        file = _file(path)
        if file in taken:
            raise ConfigurationError(
                f"{option} {path} is {taken[file]}: name another file, so that it is "
                "not overwritten"
            )
        taken[file] = f"the file of {option}, too"


def _file(path: str | os.PathLike[str]) -> tuple[int, int] | Path:
    """Return what tells a file from others, by whatever name it is called."""
    try:
        found = Path(path).stat()
    except OSError:
        return Path(path).resolve()
    return (found.st_dev, found.st_ino)
