"""What of this machine a process may use."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from contextlib import suppress


def processors() -> tuple[int, ...]:
    """The processors that this process may run on, by number."""
    if sys.platform == "linux":
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def stay_on(numbers: Collection[int]) -> None:
    """Keep this process on some processors, where the system lets it."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.sched_setaffinity(0, numbers)


def load() -> float | None:
    """The mean number of processes that wanted to run in the last minute."""
    try:
        return os.getloadavg()[0]
    except (OSError, AttributeError):
        return None


def memory_available() -> int | None:
    """Bytes that new processes can have without swapping; None where the system does not say."""
    with suppress(OSError, ValueError), open("/proc/meminfo", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    return None
