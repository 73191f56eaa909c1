import json

import pytest

from ddbbulk.capacity.cost import dollars, dollars_per_hour, dollars_until
from ddbbulk.capacity.note import DamagedNoteError, Held, read_back, written_out
from ddbbulk.prices import Prices
from tests.support.capacity import DEAD, NOW, note, raised

NOTE = note(
    raised(5, 1000),
    raised(10, 30, index="a", minimum=Held(found=10, ours=(30,))),
    holders=(DEAD,),
)


def test_a_note_is_read_as_it_was_written() -> None:
    assert read_back(written_out(NOTE)) == NOTE


def test_a_file_that_was_made_and_not_written_is_no_note() -> None:
    assert read_back(b"") is None


@pytest.mark.parametrize("data", [b"{", b"{}", written_out(NOTE)[:-20]])
def test_half_a_note_is_no_note(data: bytes) -> None:
    with pytest.raises(DamagedNoteError, match="no restore note"):
        read_back(data)


def test_a_note_of_a_later_version_is_not_guessed_at() -> None:
    later = json.dumps(json.loads(written_out(NOTE)) | {"version": 2})
    with pytest.raises(DamagedNoteError, match="of version 2"):
        read_back(later.encode())


def test_a_value_that_is_found_again_is_nobody_elses() -> None:
    held = Held(found=5, ours=(1000,))

    assert [held.is_foreign(now) for now in (5, 1000, 700)] == [False, False, True]
    assert [held.to_restore(now) for now in (5, 1000, 700)] == [None, 5, None]


def test_the_cost_is_that_of_what_was_raised() -> None:
    prices = Prices.standard()
    hourly = (995 + 20) * prices.write_unit_hour
    later = NOW.replace(minute=30)

    assert dollars_per_hour(NOTE, prices) == pytest.approx(hourly)
    assert dollars_until(NOTE, prices, now=later) == pytest.approx(hourly / 2)


def test_small_amounts_have_more_digits() -> None:
    assert dollars(1234.567) == "$1,234.57"
    assert dollars(0.00326) == "$0.0033"
