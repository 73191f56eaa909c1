import errno
import stat
from pathlib import Path

import pytest

from ddbbulk.capacity.holders import new_holder
from ddbbulk.capacity.note_place import (
    NotePlace,
    forget_note,
    known_notes,
    note_name,
    owed_restores,
    read_note,
    sweep_notes,
)
from ddbbulk.errors import ConfigurationError
from ddbbulk.locked_file import FileInUseError
from ddbbulk.state_folder import notes_folder
from tests.support.capacity import ARN, DEAD, note, raised

HERE = "http://127.0.0.1:8000"
AWS = "https://dynamodb.us-east-1.amazonaws.com"
NOTE = note(raised(5, 1000))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state" / "restore"


def place(asked: Path | None = None) -> NotePlace:
    return NotePlace.of(table="users", arn=ARN, endpoint_url=HERE, asked=asked)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_note_is_its_owners_alone(folder: Path) -> None:
    with place().open() as file:
        await file.write(NOTE)

    assert read_note(place().path) == NOTE
    assert mode(place().path) == 0o600
    assert mode(folder) == 0o700


def test_a_file_in_which_nothing_was_written_is_not_kept(folder: Path) -> None:
    with place().open():
        assert len(list(folder.iterdir())) == 1

    assert not list(folder.iterdir())


async def test_one_block_has_it_at_a_time() -> None:
    with place().open() as file:
        await file.write(NOTE)
        with pytest.raises(FileInUseError):
            place().open()


async def test_a_removed_note_leaves_alone_what_another_puts_in_its_place() -> None:
    with place().open() as file:
        await file.write(NOTE)
        await file.remove()
        with place().open() as other:
            await other.write(NOTE)

    assert read_note(place().path) == NOTE


async def test_what_a_killed_process_has_left_empty_is_swept(folder: Path) -> None:
    with place().open() as file:
        await file.write(NOTE)
    left, held = folder / "left-1.json", folder / "held-2.json"
    left.touch()
    with NotePlace(held).open():
        sweep_notes()
        assert sorted(folder.iterdir()) == sorted([held, place().path])  # noqa: ASYNC240 -- a test may block


def test_accounts_regions_and_servers_have_notes_of_their_own() -> None:
    other = ARN.replace("us-east-1", "eu-west-1")
    names = {
        note_name("users", arn=ARN, endpoint_url=HERE),
        note_name("users", arn=ARN, endpoint_url="http://127.0.0.1:8001"),
        note_name("users", arn=ARN, endpoint_url=AWS),
        note_name("users", arn=other, endpoint_url=AWS),
    }
    assert len(names) == 4


def test_the_endpoints_of_aws_lead_to_one_note() -> None:
    other = "https://vpce-1.dynamodb.us-east-1.vpce.amazonaws.com"
    name = note_name("users", arn=ARN, endpoint_url=AWS)
    assert name == note_name("users", arn=ARN, endpoint_url=other)


def test_a_long_table_name_fits() -> None:
    assert len(note_name("x" * 255, arn=ARN, endpoint_url=AWS)) < 255


async def test_a_note_elsewhere_is_found_by_whoever_does_not_know_of_it(
    tmp_path: Path,
) -> None:
    mine = tmp_path / "volume" / "users.json"
    with place(mine).open() as file:
        await file.write(NOTE)

    with place().open() as found:
        assert found.note == NOTE
        assert found.path == mine
    assert [one.note for one in owed_restores()] == [NOTE]
    with NotePlace.known(*known_notes()).open() as known:
        await known.remove()
    assert not mine.exists()
    assert not list(known_notes())
    assert not list(notes_folder().iterdir())


async def test_a_second_place_does_not_make_a_second_note(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with place().open() as file:
        await file.write(NOTE)

    with place(tmp_path / "other.json").open() as found:
        assert found.note == NOTE
    assert "that one counts" in caplog.text


async def test_a_pointer_to_nothing_is_in_nobodys_way(tmp_path: Path) -> None:
    mine = tmp_path / "volume" / "users.json"
    with place(mine).open() as file:
        await file.write(NOTE)
    mine.unlink()
    mine.parent.rmdir()

    with place().open() as found:
        assert found.note is None


async def test_a_restore_is_owed_where_no_holder_is_alive() -> None:
    alive = NOTE.with_holders([new_holder()])
    with place().open() as file:
        await file.write(alive)
        assert owed_restores() == []
        await file.write(NOTE)
        assert [one.note for one in owed_restores()] == [NOTE]


async def test_a_damaged_note_is_told_and_not_removed() -> None:
    with place().open() as file:
        await file.write(NOTE)
    path = place().path
    path.write_bytes(path.read_bytes()[:-9])

    (owed,) = owed_restores()
    assert owed.note is None
    assert "no restore note" in owed.problem
    with pytest.raises(ConfigurationError, match="set it as it should be"):
        place().open()
    with pytest.raises(ConfigurationError, match="set it as it should be"):
        read_note(path)
    assert path.exists()


async def test_a_note_is_forgotten_but_not_while_somebody_needs_it() -> None:
    with place().open() as file:
        await file.write(NOTE.with_holders([DEAD, new_holder()]))

    with pytest.raises(ConfigurationError, match="--force forgets"):
        await forget_note(place(), is_forced=False)
    await forget_note(place(), is_forced=True)
    assert read_note(place().path) is None


def test_a_folder_that_cannot_be_made_is_told_with_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DDBBULK_STATE_DIR", str(tmp_path / "file"))
    with pytest.raises(ConfigurationError, match=r"_STATE_DIR.*--restore-note"):
        place().open()


def test_a_folder_that_may_not_be_looked_into_is_not_taken_for_an_empty_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    assert known_notes() == []
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ConfigurationError, match="cannot be read: Permission denied"):
        owed_restores()
