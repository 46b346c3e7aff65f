"""What one run may use: time, threads, a seed; and the flag that ends it early."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field, replace

from wnpopt.core.criteria import RunStop
from wnpopt.core.status import Termination


@dataclass(frozen=True)
class Budget:
    """Made for one run; its clock starts when it is made.

    ``time_limit`` is in seconds; None is no limit. ``deterministic`` asks the solvers for a search that does not
    depend on timing (a time limit that strikes still does). ``iterations`` ends searches that count theirs. ``stop`` is
    set by Ctrl-C, and when a limit of the caller is met.
    """

    time_limit: float | None = 60.0
    threads: int = 1
    seed: int = 0
    deterministic: bool = False
    stop: threading.Event = field(default_factory=threading.Event, compare=False)
    started: float = field(default_factory=time.perf_counter, compare=False)
    iterations: int | None = None

    def elapsed(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self.started

    def remaining(self) -> float:
        """Seconds left, at least 0; infinite without a limit."""
        if self.time_limit is None:
            return float("inf")
        return max(0.0, self.time_limit - self.elapsed())

    @property
    def interrupted(self) -> bool:
        """True once the run was told to end: by Ctrl-C, by a limit that is met, or by the caller."""
        return self.stop.is_set()

    def exhausted(self) -> bool:
        """True when the run has to end: no time left, or it was told to."""
        return self.interrupted or self.remaining() <= 0.0

    def stop_reason(self) -> Termination | None:
        """Why the run was told to end; None if it was not."""
        if not self.interrupted:
            return None
        return self.stop.reason if isinstance(self.stop, RunStop) else Termination.INTERRUPTED

    def why_over(self) -> Termination:
        """Why a run that has to end early ends: it was told to, else the time."""
        return self.stop_reason() or Termination.TIME_LIMIT

    def ending(self) -> Termination:
        """Why a method that proved nothing ended: there was nothing left to do, unless it had to end early."""
        return self.why_over() if self.exhausted() else Termination.HEURISTIC

    def share(self, seconds: float) -> Budget:
        """A budget of at most ``seconds`` of what is left, on the same clock and the same flag."""
        limit = min(self.elapsed() + seconds, self.time_limit if self.time_limit is not None else float("inf"))
        return replace(self, time_limit=limit)


def usable_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
