"""Which restore notes are meant by the names of tables."""

from pathlib import Path

import pytest

from ddbbulk.capacity.note import written_out
from ddbbulk.cli.capacity_restore import selected_notes
from ddbbulk.errors import ConfigurationError
from ddbbulk.state_folder import notes_folder
from tests.support.capacity import note, raised


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a whole note of ``users``, and one of ``follows`` that is damaged."""
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path))
    folder = notes_folder()
    folder.mkdir()
    (folder / "users-123456789abc.json").write_bytes(written_out(note(raised(5, 50))))
    (folder / "follows-123456789abc.json").write_text("{")
    return folder


def selected(*tables: str) -> list[str]:
    return [place.path.name for place in selected_notes(tables, None)]


def test_a_note_of_another_table_that_is_damaged_is_in_nobodys_way() -> None:
    assert selected("users") == ["users-123456789abc.json"]


def test_a_damaged_note_is_meant_by_its_tables_name() -> None:
    assert selected("follows") == ["follows-123456789abc.json"]
    assert len(selected()) == 2


def test_a_table_of_which_there_is_no_note_is_told() -> None:
    with pytest.raises(ConfigurationError, match="no restore note for ducks: nothing"):
        selected("users", "ducks")
