"""The most memory that this process ever had; it imports nothing that takes any."""

import resource
import sys
from pathlib import Path


def peak_bytes() -> int:
    """Return it.

    On Linux ``getrusage`` also knows the parent's, from before the child was started as
    a program of its own; the kernel's own account of this program does not.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    sizes = {name: rest for name, _, rest in (line.partition(":") for line in lines)}
    return int(sizes["VmHWM"].removesuffix("kB")) * 1024
