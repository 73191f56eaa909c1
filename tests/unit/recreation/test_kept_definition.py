"""A definition on disk, which has to outlive whatever ends the run that keeps it."""

from pathlib import Path

import pytest

from ddbbulk import locked_file
from ddbbulk.recreation import KeptDefinition
from ddbbulk.tables import TableDefinition

URL = "http://127.0.0.1:8000"
DUCKS = TableDefinition.model_validate({"table": "ducks", "partition_key": "pk"})


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


def kept() -> KeptDefinition:
    return KeptDefinition.of(table="ducks", arn="", endpoint_url=URL)


def test_the_folders_that_are_made_for_it_survive_a_loss_of_power(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(locked_file, "sync_folder", synced.append)
    kept().write(DUCKS, endpoint_url=URL)
    assert {state.parent, state, state / "tables"} <= set(synced)


def test_a_file_that_was_cut_off_before_it_was_written_keeps_nothing() -> None:
    place = kept()
    assert place.read() is None
    place.write(DUCKS, endpoint_url=URL)
    assert place.read() == DUCKS
    place.path.write_bytes(b"")
    assert place.read() is None


def test_it_is_found_by_name_and_by_arn() -> None:
    kept().write(DUCKS, endpoint_url=URL)
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/ducks"
    assert KeptDefinition.left_of("ducks") == KeptDefinition.left_of(arn)
    assert KeptDefinition.left_of("ducks") == [kept().path]
