"""Plans of a window: by PACS, or transmit first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.core.errors import SolverError
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.kernels.slots import slot_table
from wnpopt.problems.wnp.kernels.uplink import Arrivals
from wnpopt.problems.wnp.replanning import ROUNDS
from wnpopt.problems.wnp.runtime.stream.occupancy import FREE
from wnpopt.problems.wnp.runtime.stream.window import RemainingWork, Window
from wnpopt.problems.wnp.search.field_search import FieldSearch
from wnpopt.problems.wnp.search.joint import transmit_first
from wnpopt.problems.wnp.search.joint_annealing import pipelined_and_annealed

Method = Literal["pacs", "rtfs"]
_DOUBLINGS = 8


@dataclass(frozen=True)
class WorkPlan:
    """A plan of a work: ``core`` and ``start`` (I',) of its nodes, in ticks of the stream."""

    work: RemainingWork
    core: IntArray
    start: IntArray

    @property
    def end(self) -> IntArray:
        """The last tick of each node (I',)."""
        return self.start + self.work.ticks[np.arange(self.core.size), self.core]


@dataclass(frozen=True)
class WindowPlan:
    """Plans of all works of a window, and what the RB-slots from ``origin`` on carry: ``rows`` (T', N).

    An entry is the work's request * ``kinds`` + the modality's K' index, or :data:`~.occupancy.FREE`.
    """

    plans: tuple[WorkPlan, ...]
    origin: int
    rows: IntArray


def plan_window(make: Callable[[int], Window], slots: int, method: Method, seed: int, kinds: int) -> WindowPlan:
    """The plan of ``make(slots)``, or of a window of more slots if those are not enough.

    A window in which nothing else is taken is planned exactly as the method of that name plans an instance.
    """
    for _ in range(_DOUBLINGS):
        window = make(slots)
        chosen = _plan(window, method, Budget(None, seed=seed))
        if chosen is not None:
            return _placed(window, *chosen, kinds)
        slots *= 2
    raise SolverError("a request of the stream cannot be delivered")


def _plan(window: Window, method: Method, budget: Budget) -> tuple[Arrivals, Schedule] | None:
    problem = window.problem
    if problem.uplink.alone() is None:
        return None
    if window.empty and len(window.works) == 1:
        first = transmit_first(problem, budget)
        if first is None:
            return None
        joint = pipelined_and_annealed(problem, first, budget) if method == "pacs" else first
        kept = joint.schedule.makespan >= first.schedule.makespan
        return (first.arrivals, first.schedule) if kept else (joint.arrivals, joint.schedule)
    search = FieldSearch(problem)
    search.fixed = window.fixed
    plan = search.sequential(budget, exact=False)
    if plan is None:
        return None
    if method == "pacs":
        plan = search.improved(search.pipelined(plan, budget), budget, ROUNDS, lambda _plan: None, 0.0)
    return plan.arrivals, plan.schedule


def _placed(window: Window, arrivals: Arrivals, schedule: Schedule, kinds: int) -> WindowPlan:
    plans, at = [], 0
    for work in window.works:
        part = slice(at, at + work.nodes.size)
        plans.append(WorkPlan(work, schedule.core[part], schedule.start[part] + window.tick))
        at += work.nodes.size
    table = slot_table(window.problem.uplink, arrivals, window.width)
    code = np.array([window.works[w].request * kinds + k for w, k in window.sender] + [FREE], dtype=np.int64)
    nobody = len(window.sender)
    shape = (len(table), window.width)
    rows = np.array([[nobody if k is None else k for k in row] for row in table], dtype=np.int64).reshape(shape)
    return WindowPlan(tuple(plans), window.origin, code[rows])


def value_of(ends: Sequence[tuple[RemainingWork, int]]) -> tuple[int, int]:
    """(ticks beyond deadlines, latencies) of works that end then, summed up: the less the better."""
    late = latency = 0
    for work, end in ends:
        due = work.template.deadline_ticks
        latency += end - work.arrival
        late += 0 if due is None else max(0, end - work.arrival - due)
    return late, latency
