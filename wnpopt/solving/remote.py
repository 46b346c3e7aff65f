"""A run in a child process: the parent keeps what is told, enforces the limit, and survives whatever happens."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wnpopt.backends.isolation.frames import ClosedError
from wnpopt.core.attempt import Attempt
from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.core.criteria import RunStop
from wnpopt.core.document import Solution
from wnpopt.core.errors import InputError
from wnpopt.core.method import Outcome, Start
from wnpopt.core.patience import patience_s
from wnpopt.core.phase import Phase
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.status import Termination
from wnpopt.core.trace import Candidate, Trace, TracePoint, kept
from wnpopt.solving import pool
from wnpopt.solving.messages import STOP, Message, bounds_of, decode, number, outcome_of, pack
from wnpopt.solving.pool import POOL, Worker
from wnpopt.solving.request import Hooks, Request
from wnpopt.solving.serve import refusal

_LOOK_S = 0.02
_OVER_S = 0.8
_OVER_SHARE = 0.02
"""A run that is so much over its limit (seconds, and share of it) is killed: the answer is due at 1 s + 2 %."""

_STOP_S = 0.8
"""So long after Ctrl-C, too."""

_DRAIN_S = 0.2
"""A run that is over its limit and has much to say is heard for so long: one that never ends says it for ever."""

_NEWS = ("point", "bound", "solution", "stopping", "phase", "log")
_PHASES = frozenset(Phase)
_FIELDS: dict[str, dict[str, Any]] = {
    "compiling": {},
    "rehearsing": {},
    "rehearsed": {},
    "started": {"at": float},
    "point": {"time_s": int | float, "objective": int | float | None, "bound": int | float | None},
    "bound": {"value": int | float, "source": str},
    "solution": {"objective": int | float, "solution": dict},
    "stopping": {"reason": str},
    "phase": {"phase": str},
    "log": {"text": str},
    "refused": {"kind": str, "what": str, "where": str},
    "unknown": {},
    "failed": {"what": str},
    "done": {},
}
"""What a child says, and with what; what ``done`` holds is looked at when it is used."""


class UnknownMethodError(Exception):
    """The child's registry has no such method."""


@dataclass
class _Known:
    """What the child has told so far."""

    started: float | None = None
    rehearsing: bool = False
    bound: Bound | None = None
    solutions: tuple[Message, ...] = ()
    done: Message | None = None
    refused: Message | None = None

    def keep(self, solution: Message) -> None:
        self.solutions = kept(self.solutions, solution)


def run_remote(
    family: AnyFamily,
    method: AnyMethod,
    request: Request,
    stop: RunStop,
    hooks: Hooks,
    on_compiling: Callable[[], None],
) -> tuple[Attempt[Solution], Budget, Trace]:
    """See :func:`wnpopt.core.attempt.attempt`; with the budget on the child's clock and the trace that it told.

    Raises what the method refuses (:class:`InputError`), and :class:`SolverError` if no child can be had.
    """
    content = pack(request)
    points: list[TracePoint] = []
    while True:
        known = _Known()
        worker = POOL.take(method, stop)
        if worker is None:
            trouble: tuple[Termination, str] | None = Termination.INTERRUPTED, "interrupted before it began"
            break
        used = worker.runs > 0
        try:
            trouble = _supervise(family, worker, content, request, stop, known, points, hooks, on_compiling)
        except BaseException:  # the listener's own exception, a second Ctrl-C
            POOL.end(worker)
            raise
        if known.rehearsing and trouble is not None and trouble[0] is Termination.ERROR:
            content = pack(replace(request, rehearsed=False))
            continue
        if trouble is None or not used or known.started is not None:
            break
        # It ended before it began with this run: the run before is to blame, or somebody who kills what is idle.
    ended = time.perf_counter()
    if worker is not None and trouble is None:
        worker.warm.add((family.name, method.name))
        POOL.give_back(worker)
    if known.refused is not None:
        if known.refused["say"] == "unknown":
            raise UnknownMethodError
        raise refusal(known.refused["kind"], known.refused["what"], known.refused["where"])
    started = ended if known.started is None else known.started
    budget = request.budget(stop, started)
    trace = Trace(family.sense, budget)
    trace.take_over(points)
    return _attempt(family, method, known, trouble, ended - started), budget, trace


def _supervise(
    family: AnyFamily,
    worker: Worker,
    content: bytes,
    request: Request,
    stop: RunStop,
    known: _Known,
    points: list[TracePoint],
    hooks: Hooks,
    on_compiling: Callable[[], None],
) -> tuple[Termination, str] | None:
    """Listen until the child is done; else how it ended, and it is dead then."""
    frames = worker.child.frames
    limit = pool.WARM_UP_S
    began = time.perf_counter()
    stopped: float | None = None
    overdue: float | None = None
    try:
        frames.send(content)
        while True:
            message = frames.receive(_LOOK_S)
            now = time.perf_counter()
            if message is not None:
                data = _heard(message)
                if data is None:
                    POOL.end(worker)
                    return Termination.ERROR, "the solver's process said what cannot be read"
                say = data["say"]
                if say == "started":
                    began = known.started = float(data["at"])
                    limit = math.inf if request.time_limit is None else request.time_limit * (1 + _OVER_SHARE) + _OVER_S
                elif say == "compiling":
                    on_compiling()
                elif say in ("rehearsing", "rehearsed"):
                    began, known.rehearsing = now, say == "rehearsing"
                    limit = pool.REHEARSAL_S if known.rehearsing else pool.WARM_UP_S
                elif say in _NEWS and known.started is None:
                    pass  # a thread of the run before that this worker did: it is not about this one
                elif say == "stopping":
                    stop.end(Termination(data["reason"]))
                elif say == "point":
                    points.append(TracePoint(data["time_s"], data["objective"], data["bound"]))
                    if hooks.point is not None and overdue is None:
                        hooks.point(points[-1])
                elif say == "phase":
                    if hooks.phase is not None and overdue is None and data["phase"] in _PHASES:
                        hooks.phase(Phase(data["phase"]))
                elif say == "log":
                    if hooks.log is not None and overdue is None:
                        hooks.log(data["text"])
                elif say == "bound":
                    known.bound = Bound(number(data["value"]), str(data["source"]))
                    if hooks.bound is not None and overdue is None:
                        hooks.bound(known.bound)
                elif say == "solution":
                    known.keep(data)
                    if hooks.solution is not None and overdue is None:
                        for candidate in _read(family, [data]):
                            hooks.solution(candidate)
                elif say in ("refused", "unknown"):
                    known.refused = data
                    return None
                elif say == "failed":
                    POOL.end(worker)
                    return Termination.ERROR, str(data["what"])
                else:
                    known.done = data
                    return None
            if now - began > limit + patience_s():
                overdue = now if overdue is None else overdue
                if message is not None and now - overdue < _DRAIN_S:
                    continue  # what it said in time, while nobody listened, counts
                POOL.end(worker)
                if known.started is None:
                    return Termination.ERROR, f"ended: importing and compiling took more than {limit:.0f} s"
                return Termination.ERROR, f"ended after {now - began:.1f} s: it did not stop at its limit"
            if stop.is_set():
                if stopped is None:
                    stopped = now
                    frames.send(STOP)
                elif now - stopped > _STOP_S:
                    POOL.end(worker)
                    return Termination.INTERRUPTED, "the solver did not stop at once and was ended"
    except ClosedError:
        return Termination.ERROR, f"the solver's process {POOL.end(worker)}"


def _heard(message: bytes) -> Message | None:
    """What a child said; None if it is nothing that our children say, whoever wrote it there."""
    try:
        data = decode(message)
        fields = _FIELDS[data["say"]]
        sound = all(isinstance(data[name], kind) for name, kind in fields.items())
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return data if sound else None


def _attempt(
    family: AnyFamily,
    method: AnyMethod,
    known: _Known,
    trouble: tuple[Termination, str] | None,
    elapsed: float,
) -> Attempt[Solution]:
    """The attempt that the child described; of one that ended badly, what it had told before."""
    if known.done is not None:
        data = known.done
        try:
            start = data["start"]
            return Attempt(
                outcome_of(data["outcome"], family),
                None if start is None else Start(_solution(family, start[0]), number(start[1]), str(start[2])),
                bounds_of(data["bounds"]),
                _read(family, known.solutions[::-1]),
                float(data["runtime_s"]),
                known.bound,
            )
        except (InputError, LookupError, TypeError, ValueError, OverflowError) as error:
            trouble = Termination.ERROR, f"its answer cannot be read: {error}"
    assert trouble is not None
    termination, what = trouble
    outcome: Outcome[Solution] = Outcome(None, termination, message=f"{method.name}: {what}")
    return Attempt(outcome, None, (), _read(family, known.solutions[::-1]), elapsed, known.bound)


def _read(family: AnyFamily, solutions: Sequence[Message]) -> tuple[Candidate, ...]:
    """The incumbents that can be read."""
    found = []
    for data in solutions:
        try:
            found.append(Candidate(number(data["objective"]), _solution(family, data["solution"])))
        except (InputError, LookupError, TypeError, ValueError, OverflowError):
            continue
    return tuple(found)


def _solution(family: AnyFamily, data: object) -> Solution:
    solution = family.solution_type.from_data(data)
    assert isinstance(solution, Solution)
    return solution
