"""What of this machine a process may use, and how its threads share it."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Collection
from contextlib import suppress

_SLICE_NS = 100_000
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}


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


def take_short_turns() -> None:
    """Give the calling thread the system's shortest time slice, so that it soon gets its turn beside one that computes.

    A thread that waits for the network on a processor that computes begins late otherwise, by whole slices. Without
    effect where the system knows nothing of it.
    """
    number = _SCHED_SETATTR.get(os.uname().machine) if sys.platform == "linux" else None
    if number is None:
        return
    import ctypes

    # sched_attr: size, policy, flags, nice, priority, runtime (of the normal policy: the slice), deadline, period
    attributes = struct.pack("<IIQiIQQQ", 48, 0, 0, 0, 0, _SLICE_NS, 0, 0)
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).syscall(number, 0, attributes, 0)


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
