"""Where commands keep what later ones need: a folder of the user's."""

import os
from pathlib import Path
from typing import Final

from platformdirs import user_state_path

STATE_VARIABLE: Final = "DDBBULK_STATE_DIR"


def state_folder() -> Path:
    """Return the folder, which need not be there yet."""
    named = os.environ.get(STATE_VARIABLE)
    return Path(named) if named else user_state_path("ddbbulk")


def notes_folder() -> Path:
    """Return the folder of the restore notes of capacity that is raised."""
    return state_folder() / "restore"
