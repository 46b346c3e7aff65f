"""Plans of a window: by PACS, or transmit first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.core.errors import SolverError
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.radio import least_makespan
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.kernels.slots import slot_table
from wnpopt.problems.wnp.kernels.throughput import FloatArray
from wnpopt.problems.wnp.kernels.uplink import Arrivals
from wnpopt.problems.wnp.replanning import ROUNDS
from wnpopt.problems.wnp.runtime.stream.occupancy import FREE
from wnpopt.problems.wnp.runtime.stream.window import Window, Work
from wnpopt.problems.wnp.search.field_search import FieldPlan, FieldSearch
from wnpopt.problems.wnp.search.joint import transmit_first
from wnpopt.problems.wnp.search.joint_annealing import pipelined_and_annealed

Method = Literal["pacs", "rtfs"]
_DOUBLINGS = 40
_TURNS, _ROUNDINGS = 4, 4


@dataclass(frozen=True)
class WorkPlan:
    """A plan of a work: ``core`` and ``start`` (I',) of its nodes, in ticks of the stream."""

    work: Work
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


def plan_together(window: Window, ends: Sequence[int], seed: int, kinds: int) -> WindowPlan | None:
    """A plan of all works of ``window``, at best of a lesser sum of latencies than that of ``ends`` (ticks) has.

    How urgent a work is, is told to the radio and to the cores as what must follow after it: from the ends that it has
    in a known plan, from its deadline, and from the work that is left, the shortest first. None if the radio's answer
    cannot be rounded to whole slots.
    """
    problem, budget = window.problem, Budget(None, seed=seed)
    if problem.uplink.alone() is None:
        return None
    search = FieldSearch(problem)
    search.fixed = window.fixed
    job, best = problem.instance.job_index, None
    for urgent in _urgencies(window, ends, search):
        offset = urgent
        for _ in range(_TURNS):
            rank = search.path + offset[job]
            tail = problem.modality_tails(rank.astype(np.int64))
            arrivals, _ = least_makespan(problem.uplink, tail, budget, give_up=_ROUNDINGS, columns=search.columns)
            if arrivals is None:
                break
            release = search.release(arrivals)
            made = [search.listed(arrivals, release, rank, d) for d in (search.nothing, search.look_ahead)]
            plan = min(made, key=FieldPlan.key)
            if best is not None and plan.value >= best.value:
                break
            best = plan
            end = plan.schedule.start + problem.plan.ticks[np.arange(job.size), plan.schedule.core]
            last = np.array([end[job == j].max() for j in range(offset.size)])
            offset = (last.max() - last).astype(np.float64)
    if best is None:
        return None
    best = search.improved(best, budget, ROUNDS, lambda _plan: None, 0.0)
    return _placed(window, best.arrivals, best.schedule, kinds)


def _urgencies(window: Window, ends: Sequence[int], search: FieldSearch) -> list[FloatArray]:
    """What is to follow after each work in ticks, so that the most urgent has the most: three estimates, (W,) each."""
    known = np.array(ends, dtype=np.float64)
    job, alone = search.problem.instance.job_index, search.problem.uplink.alone()
    assert alone is not None, "it is asked before"
    left = np.array([search.path[job == j].max() for j in range(known.size)])
    for k, (w, _) in enumerate(window.sender):
        left[w] = max(left[w], float(alone[k]) * search.problem.uplink.slot_ticks)
    made = [known.max() - known]
    place = np.empty(known.size)
    place[np.argsort(-left, kind="stable")] = np.arange(known.size)
    made.append(place * left.mean())
    due = [work.template.deadline_ticks for work in window.works]
    if all(ticks is not None for ticks in due):
        last = np.array([work.arrival + (ticks or 0) for work, ticks in zip(window.works, due, strict=True)])
        made.append((last.max() - last).astype(np.float64))
    return made


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


def value_of(ends: Sequence[tuple[Work, int]]) -> tuple[int, int]:
    """(ticks beyond deadlines, latencies) of works that end then, summed up: the less the better."""
    late = latency = 0
    for work, end in ends:
        due = work.template.deadline_ticks
        latency += end - work.arrival
        late += 0 if due is None else max(0, end - work.arrival - due)
    return late, latency
