"""The history of a run: incumbent and bound against time."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeVar

from wnpopt.core.bound import Bound, Sense
from wnpopt.core.budget import Budget
from wnpopt.core.phase import Phase

if TYPE_CHECKING:
    from wnpopt.core.criteria import CriteriaWatch
    from wnpopt.core.document import Solution

KEPT = 4
"""So many incumbents are kept as solutions: if the newest is rejected by the verifier, there are others."""

T = TypeVar("T")


def kept(incumbents: Sequence[T], newest: T) -> tuple[T, ...]:
    """What to keep when ``newest`` comes: the last ones, and the first, which is the verified start if there is one."""
    return (*incumbents[:1], *incumbents[1:][-KEPT + 2 :], newest)


@dataclass(frozen=True, slots=True)
class TracePoint:
    """The best objective and the best bound known ``time_s`` seconds into the run; None is not known."""

    time_s: float
    objective: float | None
    bound: float | None

    def to_data(self) -> dict[str, object]:
        """The point as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A solution that a method found on its way, and the objective that it says it has."""

    objective: float
    solution: Solution


class Trace:
    """Collects improvements, from any thread, and hands each to ``listener``.

    What is recorded here is what the methods said; only the end result is verified. Solutions and bounds told here are
    not lost if the method fails later: the solutions are verified and the bounds believed, so a bound has to be proved,
    and weakened by its arithmetic's error, before it is told. ``on_solution`` and ``on_bound`` get them at once.
    ``on_phase`` hears what the run is busy with, ``on_log`` the solvers' own lines, if anybody wants them.
    """

    def __init__(
        self,
        sense: Sense,
        budget: Budget,
        listener: Callable[[TracePoint], object] | None = None,
        *,
        on_solution: Callable[[Candidate], None] | None = None,
        on_bound: Callable[[Bound], None] | None = None,
        on_phase: Callable[[Phase], None] | None = None,
        on_log: Callable[[str], None] | None = None,
    ) -> None:
        self._sign = 1.0 if sense == "min" else -1.0
        self._budget = budget
        self._listener = listener
        self._on_solution = on_solution
        self._on_bound = on_bound
        self._on_phase = on_phase
        self._on_log = on_log
        self._phase: Phase | None = None
        self._lock = threading.Lock()
        self._points: list[TracePoint] = []
        self._objective: float | None = None
        self._bound: Bound | None = None
        self._candidates: tuple[Candidate, ...] = ()
        self._watch: CriteriaWatch | None = None

    def watched_by(self, watch: CriteriaWatch) -> None:
        """Tell ``watch`` of everything that comes from now on."""
        self._watch = watch

    @property
    def logged(self) -> bool:
        """True if somebody reads the solvers' lines."""
        return self._on_log is not None

    def phase(self, phase: Phase) -> None:
        """The run goes on with this; told if it is another one than before."""
        if self._on_phase is not None and phase is not self._phase:
            self._phase = phase
            self._on_phase(phase)

    def log(self, text: str) -> None:
        """A solver says this (a line or several); it costs nothing where nobody reads it."""
        if self._on_log is not None:
            for line in text.splitlines():
                self._on_log(line)

    def incumbent(
        self, objective: float, solution: Solution | float | None = None, *, found_s: float | None = None
    ) -> None:
        """A solution of value ``objective`` was found (``found_s`` seconds into the run; None: now).

        Kept if it is better than the last. With the ``solution`` it survives whatever happens to the method; a number
        in its place is ``found_s`` (what methods of other packages wrote when there was no solution to give).
        """
        if isinstance(solution, int | float):
            found_s = float(solution)
            solution = None
        with self._lock:
            objective = _plain(objective)
            if not math.isfinite(objective):
                return
            if self._objective is not None and self._sign * (objective - self._objective) >= 0:
                return
            self._objective = objective
            if solution is not None:
                candidate = Candidate(objective, solution)
                self._candidates = kept(self._candidates, candidate)
                if self._on_solution is not None:
                    self._on_solution(candidate)
            self._append(found_s)
            if solution is not None and self._watch is not None:
                self._watch.incumbent(objective, solution)

    def bound(self, bound: float, source: str = "") -> None:
        """``bound`` was proved, by ``source``; kept if it is better than the last."""
        with self._lock:
            bound = _plain(bound)
            if not math.isfinite(bound):
                return
            if self._bound is not None and self._sign * (bound - self._bound.value) <= 0:
                return
            self._bound = Bound(bound, source)
            if self._on_bound is not None:
                self._on_bound(self._bound)
            self._append()
            if self._watch is not None:
                self._watch.bound(self._bound)

    def take_over(self, points: Sequence[TracePoint]) -> None:
        """Begin with what another process recorded of the same run."""
        with self._lock:
            self._points = list(points)
            if points:
                last = points[-1]
                self._objective = last.objective
                self._bound = None if last.bound is None else Bound(last.bound, "")

    def points(self) -> tuple[TracePoint, ...]:
        """All improvements so far, oldest first."""
        with self._lock:
            return tuple(self._points)

    def candidates(self) -> tuple[Candidate, ...]:
        """Incumbents that came with their solutions, the best first: the last ones, and the first one."""
        with self._lock:
            return tuple(reversed(self._candidates))

    def best_bound(self) -> Bound | None:
        """The best bound so far."""
        with self._lock:
            return self._bound

    def _append(self, time_s: float | None = None) -> None:
        moment = self._budget.elapsed() if time_s is None else time_s
        if self._points:
            moment = max(moment, self._points[-1].time_s)
        point = TracePoint(moment, self._objective, None if self._bound is None else self._bound.value)
        self._points.append(point)
        if self._listener is not None:
            self._listener(point)


def _plain(number: float) -> float:
    """A Python number: NumPy's integers, say, would not go into JSON."""
    return number if type(number) is int else float(number)
