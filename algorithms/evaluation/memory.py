"""How much memory this process has needed at most."""

from __future__ import annotations

import sys


def peak_bytes() -> int:
    """Return the highest resident memory of this process, 0 where the system cannot tell."""
    if sys.platform == "win32":  # Windows has no getrusage
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak) if sys.platform == "darwin" else int(peak) * 1024  # bytes there, KiB here
