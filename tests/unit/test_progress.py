import errno
import io
import os
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from ddbbulk.errors import ConfigurationError
from ddbbulk.events import Snapshot
from ddbbulk.progress import PatientConsole, ProgressDisplay, error_console
from ddbbulk.progress.pace import Pace
from ddbbulk.progress.tracked_load import TrackedLoad


def snapshot(seconds: float, items: int, *, length: int | None = 10_000) -> Snapshot:
    return Snapshot(
        table="tweeter_user",
        length=length,
        elapsed_seconds=seconds,
        items_read=items,
        items_written=items,
        items_superseded=0,
        items_existing=0,
        items_rejected=0,
        throttled_requests=0,
        unprocessed_items=0,
        budgets={"": 200.0, "follows_index": 100.0},
        write_units={"": items * 1.0, "follows_index": items * 0.5},
    )


class Load:
    """A load that stands wherever the test puts it."""

    def __init__(self, now: Snapshot) -> None:
        self.now = now

    def __call__(self) -> Snapshot:
        return self.now


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def drawn(*seen: Snapshot, ascii_only: bool = False, width: int = 80) -> str:
    load = Load(seen[0])
    tracked = TrackedLoad(load, "users")
    for now in seen:
        load.now = now
        tracked.poll()
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(tracked.render(ascii_only=ascii_only))
    return written(console)


def lines(
    load: Load, *later: Snapshot, line: Callable[[str, int], str] | None = None
) -> list[str]:
    tracked = TrackedLoad(load, "users")
    said: list[str] = []
    for now in (load.now, *later):
        load.now = now
        tracked.poll()
        said += tracked.new_lines(1000, line, is_last=False)
    return said


def created(title: str, count: int) -> str:
    return f"Created {count} {title}"


# The pace


def test_the_speed_now_is_that_of_the_last_second() -> None:
    pace = Pace()
    for seconds, items in ((0.0, 0), (8.0, 800), (9.0, 1_000), (10.0, 1_300)):
        pace.add(snapshot(seconds, items))

    assert pace.items_per_second(1.0) == 300
    assert pace.units_per_second("follows_index", 1.0) == 150
    assert pace.items_per_second() == 130
    assert pace.units_per_second("") == 130


def test_a_load_seen_once_is_as_fast_as_it_was_from_its_beginning() -> None:
    pace = Pace()
    pace.add(snapshot(0.5, 100))

    assert pace.items_per_second(1.0) == 200


def test_what_earlier_runs_did_is_no_speed_of_this_one() -> None:
    pace = Pace()
    pace.add(replace(snapshot(2.0, 5_200), items_resumed=5_000))

    assert pace.items_per_second() == 100


def test_a_resumed_load_has_no_lines_for_what_was_done_before() -> None:
    resumed = [
        replace(snapshot(seconds, items), items_resumed=5_500)
        for seconds, items in ((0.0, 5_500), (1.0, 5_900), (2.0, 6_100))
    ]

    said = lines(Load(resumed[0]), *resumed[1:], line=created)

    assert said == ["Created 6000 users"]


def test_a_load_that_has_not_begun_has_no_speed() -> None:
    pace = Pace()
    pace.add(snapshot(0.0, 0))

    assert pace.items_per_second() == 0
    assert pace.seconds_left() is None


def test_the_time_left_follows_the_last_ten_seconds() -> None:
    pace = Pace()
    for seconds, items in ((0.0, 0), (100.0, 1_000), (105.0, 1_500), (110.0, 2_000)):
        pace.add(snapshot(seconds, items))

    assert pace.seconds_left() == 80


def test_rejected_and_superseded_items_are_done_too() -> None:
    pace = Pace()
    pace.add(replace(snapshot(10.0, 100), items_rejected=50, items_superseded=50))

    assert pace.items_per_second() == 20


def test_no_more_than_the_window_is_remembered() -> None:
    pace = Pace()
    for tick in range(10_000):
        pace.add(snapshot(tick * 0.2, tick))

    assert len(pace._samples) <= 52


# The bar


def test_the_bar_shows_progress_units_and_time_left() -> None:
    text = drawn(snapshot(0.0, 0), snapshot(25.0, 5_000))

    assert text.startswith("users ━")
    assert "5,000/10,000  50%  0:25  0:25 left" in text
    assert "table 200 of 200 WCU, now 200" in text
    assert "follows_index 100 of 100 WCU, now 100" in text
    assert "200 items/s, now 200" in text
    assert "throttled" not in text


def test_the_bar_shows_troubles_where_there_are_some() -> None:
    seen = replace(
        snapshot(1.0, 9), items_rejected=1, throttled_requests=2, unprocessed_items=3
    )

    assert "· 1 rejected · 2 throttled · 3 unprocessed" in drawn(seen)


def test_a_source_of_unknown_length_is_counted() -> None:
    text = drawn(snapshot(5.0, 1_000, length=None))

    assert "1,000 items  0:05" in text
    assert "left" not in text
    assert "━" not in text


def test_an_empty_source_is_complete() -> None:
    assert "0/0  100%" in drawn(snapshot(0.0, 0, length=0))


def test_a_finished_load_has_no_now() -> None:
    text = drawn(replace(snapshot(50.0, 10_000), is_finished=True))

    assert "10,000/10,000  100%  0:50" in text
    assert "now" not in text
    assert "left" not in text


def test_many_indexes_stand_below_one_another() -> None:
    seen = replace(snapshot(1.0, 1), budgets={"": 5.0, "a" * 60: 5.0, "b\x1b" * 9: 5.0})

    text = drawn(seen, width=120)

    assert r"b\x1bb\x1b" in text
    assert len(text.splitlines()) == 5


def test_hours_are_shown_as_hours() -> None:
    assert "1:01:05" in drawn(snapshot(3_665.0, 1, length=None))


def test_a_terminal_without_unicode_gets_ascii_separators() -> None:
    assert "·" not in drawn(snapshot(1.0, 9), ascii_only=True)


# The lines


def test_each_thousand_gets_a_line_also_when_several_were_passed() -> None:
    load = Load(snapshot(0.0, 0))

    said = lines(load, snapshot(1.0, 999), snapshot(2.0, 3_500), line=created)

    assert said == ["Created 1000 users", "Created 2000 users", "Created 3000 users"]


def test_the_default_line_tells_speed_and_troubles() -> None:
    load = Load(snapshot(0.0, 0))

    said = lines(load, replace(snapshot(5.0, 1_000), throttled_requests=2))

    assert said == ["users: 1,000 of 10,000 items written, 200 items/s, 2 throttled"]


def test_a_slow_load_gives_a_sign_of_life() -> None:
    load = Load(snapshot(0.0, 0, length=None))

    said = lines(
        load, *(snapshot(second, second, length=None) for second in range(1, 65))
    )

    assert [line.split(", ")[0] for line in said] == [
        "users: 30 items written",
        "users: 60 items written",
    ]


# The display


def log_console() -> Console:
    return Console(file=io.StringIO(), width=40)


def test_without_a_terminal_lines_come_without_control_characters() -> None:
    console = log_console()
    load = Load(snapshot(0.0, 0))
    with ProgressDisplay(console=console, line=created) as display:
        display.track(load, title="users " + "of a long name " * 4 + "\x1b[1m[red]")
        load.now = snapshot(5.0, 2_345)

    said = written(console).splitlines()

    assert len(said) == 2
    assert said[0].startswith("Created 1000 users of a long name")
    assert said[0].endswith(r"\x1b[1m[red]")
    assert all(line.isprintable() for line in said)


def test_the_last_line_counts_the_rest() -> None:
    console = log_console()
    with ProgressDisplay(console=console) as display:
        display.track(Load(snapshot(5.0, 2_345)), title="users")

    assert written(console).splitlines() == [
        "users: 1,000 of 10,000 items written, 469 items/s",
        "users: 2,000 of 10,000 items written, 469 items/s",
        "users: 2,345 of 10,000 items written, 469 items/s",
    ]


def test_a_display_shows_while_the_load_runs() -> None:
    console = log_console()
    was_looked_at = threading.Event()

    def look() -> Snapshot:
        was_looked_at.set()
        return snapshot(1.0, 0)

    with ProgressDisplay(console=console) as display:
        display.track(look, title="users")

        assert was_looked_at.wait(10)


def test_a_terminal_gets_a_live_bar_and_its_cursor_back() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    with ProgressDisplay(console=console) as display:
        display.track(Load(snapshot(25.0, 5_000)), title="users")

    text = written(console)

    assert "5,000/10,000" in text
    assert text.rstrip().endswith("\x1b[?25h")


def test_an_error_in_the_block_leaves_no_thread_and_passes() -> None:
    def fail_while_shown() -> None:
        with ProgressDisplay(console=log_console()) as display:
            display.track(Load(snapshot(0.0, 0)), title="users")
            raise KeyError("theirs")

    with pytest.raises(KeyError, match="theirs"):
        fail_while_shown()

    assert "ddbbulk-progress" not in {thread.name for thread in threading.enumerate()}


def test_a_display_that_is_entered_twice_shows_until_it_is_left_twice() -> None:
    console = log_console()
    display = ProgressDisplay(console=console, line=created)
    load = Load(snapshot(0.0, 0))
    with display:
        with display:
            display.track(load, title="users")
        assert written(console) == ""
        load.now = snapshot(1.0, 1_000)

    assert written(console) == "Created 1000 users\n"


def test_a_snapshot_that_fails_spoils_only_its_own_load() -> None:
    console = log_console()

    def fail() -> Snapshot:
        raise RuntimeError("dictionary changed size during iteration")

    with ProgressDisplay(console=console, line=created) as display:
        display.track(fail, title="broken")
        display.track(Load(snapshot(1.0, 1_000)), title="users")

    assert written(console) == "Created 1000 users\n"


def test_a_closed_terminal_does_not_reach_the_load() -> None:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True)
    with ProgressDisplay(console=console) as display:
        display.track(Load(snapshot(1.0, 1)), title="users")
        file.close()


def test_a_reader_who_hangs_up_silences_the_console() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", buffering=1) as pipe:
        console = PatientConsole(file=pipe)
        console.print("nobody reads this")
        console.print("nor this")

    assert console.quiet


class _FullDisk(io.StringIO):
    """A file of which no more can be written."""

    def write(self, text: str) -> int:
        del text
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_result_that_cannot_be_written_is_an_error() -> None:
    console = PatientConsole(file=_FullDisk())
    with pytest.raises(ConfigurationError, match="output cannot be written: No space"):
        console.print("the result")


def test_messages_that_cannot_be_written_end_nothing() -> None:
    console = PatientConsole(file=_FullDisk(), stderr=True)
    console.print("a message")
    assert console.quiet


def test_a_forced_colour_does_not_make_a_log_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert not error_console().is_interactive


def test_a_line_each_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="every=0"):
        ProgressDisplay(every=0)


def test_a_load_can_be_shown_where_standard_output_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdout", None)
    console = Console(file=io.StringIO(), force_terminal=True, width=80)

    with ProgressDisplay(console=console) as display:
        display.track(Load(snapshot(25.0, 5_000)), title="users")

    assert "5,000/10,000" in written(console)


def test_nothing_is_shown_where_standard_error_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stderr", None)
    console = error_console()

    with ProgressDisplay(console=console) as display:
        display.track(Load(snapshot(25.0, 5_000)), title="users")

    assert not console.is_interactive
