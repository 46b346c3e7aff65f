"""The history of a run: incumbent and bound against time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass

from wnpopt.core.bound import Sense
from wnpopt.core.budget import Budget


@dataclass(frozen=True, slots=True)
class TracePoint:
    """The best objective and the best bound known ``time_s`` seconds into the run; None is not known."""

    time_s: float
    objective: float | None
    bound: float | None

    def to_data(self) -> dict[str, object]:
        """The point as JSON."""
        return asdict(self)


class Trace:
    """Collects improvements, from any thread, and hands each to ``listener``.

    What is recorded here is what the methods said; only the end result is verified.
    """

    def __init__(self, sense: Sense, budget: Budget, listener: Callable[[TracePoint], None] | None = None) -> None:
        self._sign = 1.0 if sense == "min" else -1.0
        self._budget = budget
        self._listener = listener
        self._lock = threading.Lock()
        self._points: list[TracePoint] = []
        self._objective: float | None = None
        self._bound: float | None = None

    def incumbent(self, objective: float, found_s: float | None = None) -> None:
        """A solution of value ``objective`` was found (``found_s`` seconds into the run; None: now).

        Kept if it is better than the last.
        """
        with self._lock:
            if self._objective is not None and self._sign * (objective - self._objective) >= 0:
                return
            self._objective = objective
            self._append(found_s)

    def bound(self, bound: float) -> None:
        """``bound`` was proved; kept if it is better than the last."""
        with self._lock:
            if self._bound is not None and self._sign * (bound - self._bound) <= 0:
                return
            self._bound = bound
            self._append()

    def points(self) -> tuple[TracePoint, ...]:
        """All improvements so far, oldest first."""
        with self._lock:
            return tuple(self._points)

    def _append(self, time_s: float | None = None) -> None:
        moment = self._budget.elapsed() if time_s is None else time_s
        if self._points:
            moment = max(moment, self._points[-1].time_s)
        point = TracePoint(moment, self._objective, self._bound)
        self._points.append(point)
        if self._listener is not None:
            self._listener(point)
