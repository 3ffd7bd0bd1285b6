"""How much memory this process has needed at most."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def peak_bytes() -> int:
    """Return the highest resident memory of this process, 0 where the system cannot tell.

    On Linux the kernel's high-water mark of the address space is read, since the figure of
    ``getrusage`` is handed down from the parent process and would be the parent's.
    """
    if sys.platform == "win32":  # Windows has no getrusage
        return 0
    status = Path("/proc/self/status")
    if status.exists():
        match = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text("ascii"), re.MULTILINE)
        if match is not None:
            return int(match[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024  # bytes there, KiB here
