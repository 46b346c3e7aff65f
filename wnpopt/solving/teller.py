"""Passes incumbents on while a solver works, at a cost that stays small."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

from wnpopt.core.trace import Candidate

_SHARE = 0.05
_LEAST_S = 0.002
"""An incumbent that costs less than this to tell is told at once."""


class Teller:
    """Tells the newest incumbent: at once if the last one was cheap, else when 5 % of the time has paid for it."""

    def __init__(self, tell: Callable[[Candidate], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._pending: Candidate | None = None
        self._timer: threading.Timer | None = None
        self._next = 0.0
        self._stopped = False

    def hear(self, candidate: Candidate) -> None:
        """Take over an incumbent, better than the last; from any thread."""
        with self._lock:
            if self._stopped:
                return
            self._pending = candidate
            wait = self._next - time.monotonic()
            if wait <= 0:
                self._flush()
            elif self._timer is None:
                self._timer = threading.Timer(wait, self._late)
                self._timer.daemon = True
                self._timer.start()

    def stop(self) -> None:
        """Tell no more: the answer itself is next."""
        with self._lock:
            self._stopped = True
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
            timer.join()

    def _late(self) -> None:
        with self._lock:
            self._timer = None
            if not self._stopped:
                self._flush()

    def _flush(self) -> None:
        candidate, self._pending = self._pending, None
        if candidate is None:
            return
        began = time.monotonic()
        with contextlib.suppress(Exception):  # a method must not fail because its incumbent cannot be told
            self._tell(candidate)
        took = time.monotonic() - began
        self._next = began + (took / _SHARE if took > _LEAST_S else 0.0)
