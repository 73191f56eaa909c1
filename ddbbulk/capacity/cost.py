"""What a raise costs: by the hour, and until now."""

from datetime import datetime
from typing import Final

from ddbbulk.capacity.note import RestoreNote
from ddbbulk.prices import Prices

_HOUR_SECONDS: Final = 3600


def dollars_per_hour(note: RestoreNote, prices: Prices) -> float:
    """Return what the capacity above what was found costs in an hour."""
    return sum(
        one.raised_by * prices.write_unit_hour + one.read_units * prices.read_unit_hour
        for one in note.resources
    )


def dollars_until(note: RestoreNote, prices: Prices, *, now: datetime) -> float:
    """Return about what a raise has cost, as if each second were paid by itself."""
    return sum(
        dollars_per_hour(note.model_copy(update={"resources": (one,)}), prices)
        * max(0.0, (now - one.raised_at).total_seconds())
        / _HOUR_SECONDS
        for one in note.resources
    )


def dollars(amount: float) -> str:
    """Write an amount as a person reads it: ``$1.30``, ``$0.0065``."""
    return f"${amount:,.2f}" if amount >= 1 else f"${amount:,.4f}"
