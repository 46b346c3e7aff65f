"""What a child died of, in words."""

from __future__ import annotations

import os
import signal

from wnpopt.backends.isolation.fork_server import Child


def told(status: int | None) -> str:
    """An exit status as :func:`os.waitstatus_to_exitcode` gives it, in words; None is not known."""
    if status is None:
        return "died"
    if status >= 0:
        return f"ended with exit code {status}"
    words = f"died of {signal_name(-status)}"
    return words + (" (killed from outside, perhaps for want of memory)" if -status == signal.SIGKILL else "")


def signal_name(number: int) -> str:
    """SIGABRT for 6; the real-time ones have no names."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def last_words(child: Child) -> str:
    """The line of standard error that tells most: the first of a native crash's report, else the last."""
    handle = child.log.fileno()
    size = os.fstat(handle).st_size
    text = os.pread(handle, 20_000, max(0, size - 20_000)).decode(errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = next((line for line in lines if line.startswith(("Fatal Python error", "terminate called"))), None)
    what = next((line for line in lines if line.startswith("what()")), "")
    return (f"{fatal} {what}".strip() if fatal else lines[-1] if lines else "")[:300]
