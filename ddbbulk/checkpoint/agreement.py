"""Whether a run is the one that a checkpoint belongs to; if not, what differs."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ddbbulk.checkpoint.state import CheckpointState, TableMark
from ddbbulk.errors import ConfigurationError
from ddbbulk.printable import printable

_MAX_SHOWN: Final = 80


def check_source(name: str, state: CheckpointState, source: Mapping[str, Any]) -> None:
    """Refuse a source that is not the one that was begun with.

    Args:
        name: of the checkpoint's file.
        state: what it says.
        source: the identity of the source that is there now.

    Raises:
        ConfigurationError: it is another; the message says in what it differs.
    """
    if state.source == source:
        return
    differences = "; ".join(_differences(state.source, source))
    raise ConfigurationError(
        f"the checkpoint {name} is of another source ({differences}): give the "
        f"source that it was begun with, or name another checkpoint for this one"
    )


def check_table(name: str, state: CheckpointState, table: TableMark) -> None:
    """Refuse a table that is not the one that was begun with.

    Raises:
        ConfigurationError: it is another, or was created anew since.
    """
    before = state.table
    if before.name != table.name:
        raise _other_table(name, f"{before.name}, not {table.name}")
    if before.arn and table.arn and before.arn != table.arn:
        raise _other_table(name, f"{before.arn}, not {table.arn}")
    if before.id and table.id and before.id != table.id:
        raise ConfigurationError(
            f"the checkpoint {name} is of an earlier table {printable(table.name)}: "
            "the table was created anew since, so what is done is not in it. Name "
            "another checkpoint to load all of it"
        )


def check_manner(
    name: str, state: CheckpointState, manner: Mapping[str, str | None]
) -> None:
    """Refuse options that change what a write does.

    Raises:
        ConfigurationError: an option differs from what was begun with.
    """
    for option in sorted({*state.manner, *manner}):
        before, now = state.manner.get(option), manner.get(option)
        if before != now:
            raise ConfigurationError(
                f"the checkpoint {name} was begun with {option} {_shown(before)}, and "
                f"this run has {_shown(now)}: give the same, or name another checkpoint"
            )


def _other_table(name: str, which: str) -> ConfigurationError:
    return ConfigurationError(
        f"the checkpoint {name} is of table {printable(which)}: load into that one, "
        "or name another checkpoint for this one"
    )


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted({*before, *now}):
        if before.get(key) != now.get(key):
            old, new = _shown(before.get(key)), _shown(now.get(key))
            yield (
                f"its {key} was {old}, and is {new}"
                if old != new
                else (f"its {key} changed")
            )


def _shown(value: object) -> str:
    if isinstance(value, (dict, list)):
        return "other than now"
    return "none" if value is None else printable(str(value), limit=_MAX_SHOWN)
