"""What a user is told while a solve has not begun yet."""

from __future__ import annotations

import contextlib
import sys
import threading

_once = threading.Lock()


def tell_compiling() -> None:
    """One line on stderr a process: the first run after an installation compiles, which may take seconds."""
    if not _once.acquire(blocking=False):
        return
    with contextlib.suppress(OSError, ValueError, AttributeError):
        print("wnpopt: compiling, once (kept on disk)", file=sys.stderr, flush=True)
