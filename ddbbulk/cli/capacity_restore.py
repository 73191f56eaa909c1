"""What ``ddbbulk capacity restore`` does: one note after the other."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console

from ddbbulk.aws import connect
from ddbbulk.capacity import (
    NotePlace,
    Restoration,
    RestoreNote,
    Restorer,
    forget_note,
    in_words,
    is_name_of,
    known_notes,
    read_note,
    sweep_notes,
    wait_until,
)
from ddbbulk.cli.exit_codes import ExitCode
from ddbbulk.cli.messages import say
from ddbbulk.cli.raising import say_restored
from ddbbulk.cli.waiting import waiting
from ddbbulk.cli.whereabouts import whereabouts
from ddbbulk.errors import ConfigurationError, DdbBulkError
from ddbbulk.prices import Prices


class Restoring:
    """One run of ``ddbbulk capacity restore``.

    Args:
        profile: of the shared AWS configuration; None: the one that raised.
        allow_insecure_endpoint: sign with real credentials over plain HTTP.
        is_waiting: wait for the service to allow a decrease.
        is_forced: loads that need the capacity do not count.
        is_forgetting: remove notes, and change nothing.
        prices: what capacity costs.
        errors: where messages go.
    """

    def __init__(
        self,
        *,
        profile: str | None,
        allow_insecure_endpoint: bool,
        is_waiting: bool,
        is_forced: bool,
        is_forgetting: bool,
        prices: Prices,
        errors: Console,
    ) -> None:
        self._profile = profile
        self._allow_insecure_endpoint = allow_insecure_endpoint
        self._is_waiting = is_waiting
        self._is_forced = is_forced
        self._is_forgetting = is_forgetting
        self._prices = prices
        self._errors = errors

    async def run(self, places: Sequence[NotePlace]) -> ExitCode:
        """Put back what the notes say; one that fails does not keep the others."""
        if not places:
            say(self._errors, "nothing is raised: there is no restore note")
        is_done = True
        for place in places:
            try:
                note = read_note(place.path)
                if note is not None:
                    is_done &= await self._see_to(place, note)
            except DdbBulkError as error:
                say(self._errors, str(error), kind="error")
                is_done = False
        return ExitCode.COMPLETE if is_done else ExitCode.RESTORE_OWED

    async def _see_to(self, place: NotePlace, note: RestoreNote) -> bool:
        if self._is_forgetting:
            await forget_note(place, is_forced=self._is_forced)
            found = ", ".join(
                f"{one.index or note.table} {one.write.found or 'on demand'}"
                for one in note.resources
            )
            say(self._errors, f"forgotten, and nothing changed. It had found: {found}")
            return True
        done = await self._restored(place, note)
        while self._is_waiting and done.next_decrease is not None:
            clock = f"{done.next_decrease:%Y-%m-%d %H:%M:%S}"
            say(
                self._errors,
                f"table {note.table} may be lowered at {clock} UTC: waiting until then",
            )
            await wait_until(done.next_decrease)
            done = await self._restored(place, note)
        return self._told(done, note)

    async def _restored(self, place: NotePlace, note: RestoreNote) -> Restoration:
        connection = connect(
            region=note.region,
            profile=self._profile or note.profile,
            endpoint_url=note.endpoint_url,
            allow_insecure_endpoint=self._allow_insecure_endpoint,
        )
        async with connection:
            restorer = Restorer(
                connection,
                place,
                table=note.table,
                is_forced=self._is_forced,
                prices=self._prices,
            )
            text = f"putting back table {note.table} {whereabouts(connection)}"
            with waiting(self._errors, text):
                return await restorer.restore()

    def _told(self, done: Restoration, note: RestoreNote) -> bool:
        """Say what became of it, and whether that is the end of it."""
        for text in done.foreign:
            say(self._errors, text, kind="warning")
        say_restored(done, self._errors)
        if done.left_to:
            who = in_words(done.left_to)
            say(self._errors, f"--force puts it back although {who} needs it")
            return False
        if done.owed:
            when = ""
            if done.next_decrease is not None:
                clock = f"{done.next_decrease:%Y-%m-%d %H:%M:%S}"
                when = f": that is at {clock} UTC; --wait-restore waits for it"
            text = f"table {note.table} is not put back: {done.owed}{when}"
            say(self._errors, text, kind="error")
            if done.next_decrease is None:
                command = f"ddbbulk capacity restore {note.table} --forget"
                say(self._errors, f"if it is gone for good:\n{command}")
            return False
        if not done.changes and not done.foreign:
            say(self._errors, f"table {note.table} is as it was found")
        return True


def selected_notes(tables: Iterable[str], file: Path | None) -> list[NotePlace]:
    """Return the notes that are meant.

    Args:
        tables: names; none: all.
        file: one that is not in the state folder.

    Raises:
        ConfigurationError: there is none for a table, or no such file.
    """
    if file is not None:
        note = read_note(file)
        if note is None:
            raise ConfigurationError(f"there is no restore note {file}")
        place = NotePlace.of(
            table=note.table,
            arn=note.arn,
            endpoint_url=note.endpoint_url,
            asked=file,
        )
        return [place]
    sweep_notes()
    wanted = {name.rpartition("/")[2] for name in tables}
    if not wanted:
        return [NotePlace.known(path) for path in known_notes()]
    named: dict[str, list[NotePlace]] = {name: [] for name in wanted}
    for path in known_notes():
        for name in wanted:
            if _is_note_of(path, name):
                named[name].append(NotePlace.known(path))
    missing = sorted(name for name, found in named.items() if not found)
    if missing:
        raise ConfigurationError(
            f"no restore note for {', '.join(missing)}: nothing of it is raised, as "
            "far as this machine knows"
        )
    return [place for found in named.values() for place in found]


def _is_note_of(path: Path, table: str) -> bool:
    if not is_name_of(path, table):
        return False
    try:
        note = read_note(path)
    except ConfigurationError:
        return True  # by its name; what is wrong with it is told when it is put back
    return note is not None and note.table == table
