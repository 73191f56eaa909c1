"""How long something takes, as a person says it."""

from typing import Final

_TENTHS_BELOW: Final = 120
_MINUTE: Final = 60
_DAY_HOURS: Final = 48


def duration(seconds: float) -> str:
    """Return ``50.1 s``, ``12 min 5 s``, ``3 h 7 min`` or ``2 days 3 h``."""
    if seconds < _TENTHS_BELOW:
        return f"{seconds:,.1f} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    if minutes < _MINUTE:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, _MINUTE)
    if hours < _DAY_HOURS:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} days {hours % 24} h"
