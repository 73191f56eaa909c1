"""Who needs raised capacity, and who of them is still alive."""

import os
import socket
import subprocess
import uuid
from pathlib import Path
from typing import Final

from ddbbulk.capacity.note import Holder

_PROCESSES: Final = Path("/proc")
_BOOT: Final = _PROCESSES / "sys/kernel/random/boot_id"
# After the name of the program, which may hold anything: state, then 19 more fields.
_STATE_FIELD: Final = 0
_START_FIELD: Final = 19
_DEAD: Final = frozenset("ZXx")


def new_holder() -> Holder:
    """Return this process as one that needs capacity, once more."""
    pid = os.getpid()
    return Holder(
        id=uuid.uuid4().hex,
        pid=pid,
        host=socket.gethostname(),
        started=started_at(pid) or "",
    )


def is_alive(holder: Holder) -> bool:
    """Say whether a holder may still need the capacity.

    Of a process on another machine nothing is known: it may.
    """
    if holder.host != socket.gethostname():
        return True
    return started_at(holder.pid) == holder.started


def started_at(pid: int) -> str | None:
    """Return what tells a process from others of its number; None: there is none."""
    if _BOOT.exists():
        return _from_proc(pid)
    return _from_ps(pid)


def _from_proc(pid: int) -> str | None:
    try:
        stat = (_PROCESSES / str(pid) / "stat").read_text(encoding="utf-8")
        boot = _BOOT.read_text(encoding="utf-8").strip()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    # One that was killed stays in the list until its parent has asked for its end.
    if fields[_STATE_FIELD] in _DEAD:
        return None
    return f"{boot} {fields[_START_FIELD]}"


def _from_ps(pid: int) -> str | None:
    try:
        shown = subprocess.run(  # noqa: S603 -- a number is its only word from outside
            ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C"},
        ).stdout.strip()
    except OSError:
        return None
    state, _, start = shown.partition(" ")
    return start.strip() if state and state[0] not in _DEAD else None
