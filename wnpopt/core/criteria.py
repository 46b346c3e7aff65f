"""When a run may end before its time: the caller's limits, and the flag that says which of them was met."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wnpopt.core import arguments
from wnpopt.core.bound import Bound, Sense
from wnpopt.core.status import Termination

if TYPE_CHECKING:
    from wnpopt.core.document import Solution

_LOOK_S = 0.02
_KEPT = 3
"""So many incumbents wait for the verifier: if it rejects the newest, there are others."""


@dataclass(frozen=True)
class StopCriteria:
    """Limits on a run; None is none, the first that is met ends it.

    ``gap`` is the relative gap of a result that is enough; ``target`` an objective, in the instance's unit;
    ``no_improvement`` the seconds without a better incumbent, counted from the first.
    """

    gap: float | None = None
    target: float | None = None
    no_improvement: float | None = None

    def __bool__(self) -> bool:
        return self != StopCriteria()

    @classmethod
    def checked(cls, gap: object, target: object, no_improvement: object) -> StopCriteria:
        """The limits that a caller gives; raises :class:`InputError` at the name of what is none."""
        return cls(
            arguments.number_or_none("gap", gap, 0.0),
            arguments.number_or_none("target", target),
            arguments.seconds_or_none("no_improvement", no_improvement),
        )


class RunStop(threading.Event):
    """The flag that ends one run: set with a reason of the run's own, or by the flag around it (Ctrl-C)."""

    def __init__(self, outer: threading.Event | None = None, on_end: Callable[[Termination], None] | None = None):
        super().__init__()
        self._outer = outer
        self._on_end = on_end
        self._reason: Termination | None = None

    def is_set(self) -> bool:
        """True once the run has to end."""
        return super().is_set() or (self._outer is not None and self._outer.is_set())

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, at most ``timeout`` seconds; whether it is."""
        end = None if timeout is None else time.monotonic() + timeout
        while not self.is_set():
            left = _LOOK_S if end is None else min(_LOOK_S, end - time.monotonic())
            if left <= 0:
                return False
            super().wait(left)
        return True

    @property
    def reason(self) -> Termination:
        """Why it is set: Ctrl-C, unless the run itself gave another reason before."""
        if self._reason is not None:
            return self._reason
        return self._outer.reason if isinstance(self._outer, RunStop) else Termination.INTERRUPTED

    def end(self, reason: Termination) -> None:
        """End the run for this reason; a reason that was there before stays."""
        if not self.is_set():
            self._reason = reason
            self.set()
            if self._on_end is not None:
                self._on_end(reason)


class CriteriaWatch:
    """Sees incumbents and bounds as they come, and ends the run once a criterion is met by a verified objective.

    What a method says of an incumbent only decides whether the verifier is asked. A context manager: nothing is ended
    after it. From any thread, but one call at a time.
    """

    def __init__(
        self,
        criteria: StopCriteria,
        sense: Sense,
        gap_of: Callable[[float, Bound], float | None],
        verified_objective: Callable[[Solution], float | None],
        stop: RunStop,
    ) -> None:
        self._criteria = criteria
        self._sense = sense
        self._gap_of = gap_of
        self._verified = verified_objective
        self._stop = stop
        self._bound: Bound | None = None
        self._told: tuple[float, Solution] | None = None  # the newest incumbent, as its method prices it
        self._known: tuple[Solution, float | None] | None = None  # the last that the verifier was asked about
        self._waiting: deque[tuple[float, Solution]] = deque(maxlen=_KEPT)
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def __enter__(self) -> CriteriaWatch:
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def incumbent(self, objective: float, solution: Solution) -> None:
        """A better solution has come."""
        if self._closed or self._stop.is_set():
            return
        self._told = objective, solution
        self._look()
        if self._criteria.no_improvement is not None:
            self._wait_from(solution, self._criteria.no_improvement)

    def bound(self, bound: Bound) -> None:
        """A better bound has come."""
        if self._closed or self._stop.is_set():
            return
        self._bound = bound
        self._look()

    def _look(self) -> None:
        """End the run if the newest incumbent and the bound meet target or gap."""
        if self._told is None:
            return
        told, solution = self._told
        if self._at_target(told) and self._at_target(self._price(solution)):
            self._stop.end(Termination.TARGET_REACHED)
        elif self._at_gap(told) and self._at_gap(self._price(solution)):
            self._stop.end(Termination.GAP_REACHED)

    def _at_target(self, objective: float | None) -> bool:
        target = self._criteria.target
        if target is None or objective is None:
            return False
        return objective <= target if self._sense == "min" else objective >= target

    def _at_gap(self, objective: float | None) -> bool:
        if self._criteria.gap is None or self._bound is None or objective is None:
            return False
        gap = self._gap_of(objective, self._bound)
        return gap is not None and gap <= self._criteria.gap

    def _price(self, solution: Solution) -> float | None:
        """The verified objective; the verifier is asked once."""
        if self._known is None or self._known[0] is not solution:
            self._known = solution, self._verified(solution)
        return self._known[1]

    def _wait_from(self, solution: Solution, seconds: float) -> None:
        if seconds <= 0:
            if self._price(solution) is not None:
                self._stop.end(Termination.NO_IMPROVEMENT)
            return
        with self._changed:
            self._waiting.append((time.monotonic(), solution))
            self._changed.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._wait, args=(seconds,), name="wnpopt-waiting", daemon=True)
            self._thread.start()

    def _wait(self, seconds: float) -> None:
        """End the run when the last verified incumbent is ``seconds`` old."""
        with self._changed:
            while not self._closed:
                left = self._waiting[-1][0] + seconds - time.monotonic() if self._waiting else None
                if left is None or left > 0:
                    self._changed.wait(left)
                    continue
                _, solution = self._waiting.pop()
                if self._verified(solution) is not None:
                    self._stop.end(Termination.NO_IMPROVEMENT)
                    return
