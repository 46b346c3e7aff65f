"""List scheduling with insertion on a mesh of heterogeneous cores, and what a schedule leaves of slack.

The scheduler is HEFT (Topcuoglu, Hariri, Wu, IEEE TPDS 13(3), 2002) with transfers that depend on the cores'
distance, releases, and the choice of the core by the finish plus what is left after it (the optimistic cost table of
PEFT, Arabnejad and Barbosa, IEEE TPDS 25(3), 2014) as a variant.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.plan import FAR, Plan


@dataclass(frozen=True)
class Schedule:
    """Core and start (ticks) of each subgraph, shape (I,) each, and the makespan."""

    makespan: int
    core: IntArray
    start: IntArray


@compiled
def mean_ranks(
    ticks: IntArray,
    target: IntArray,
    width: IntArray,
    hop: IntArray,
    outof_at: IntArray,
    outof: IntArray,
    order: IntArray,
) -> IntArray:
    """HEFT's upward ranks with mean durations and transfers, times the number of cores to stay integers, shape (I,)."""
    count, cores = ticks.shape
    mean_hop = 0
    for c in range(cores):
        for m in range(cores):
            mean_hop += hop[c, m]
    rank = np.zeros(count, dtype=np.int64)
    for i in order[::-1]:
        total, able = 0, 0
        for m in range(cores):
            if ticks[i, m] < FAR:
                total += ticks[i, m]
                able += 1
        rest = 0
        for e in outof[outof_at[i] : outof_at[i + 1]]:
            move = 0 if cores == 1 else width[e] * (cores - 1) + mean_hop // cores
            rest = max(rest, move + rank[target[e]])
        rank[i] = total * cores // able + rest
    return rank


@compiled
def list_schedule(
    ticks: IntArray,
    source: IntArray,
    width: IntArray,
    hop: IntArray,
    into_at: IntArray,
    into: IntArray,
    sequence: IntArray,
    look_ahead: IntArray,
    release: IntArray,
) -> tuple[int, IntArray, IntArray]:
    """(makespan, core, start): each subgraph of ``sequence`` (topological) in the first gap of the best core.

    The best core is that of the least finish + ``look_ahead`` (I, M); the lowest index among equals.
    """
    count, cores = ticks.shape
    core = np.zeros(count, dtype=np.int64)
    start = np.zeros(count, dtype=np.int64)
    end = np.zeros(count, dtype=np.int64)
    begin_at = np.zeros((cores, count), dtype=np.int64)
    end_at = np.zeros((cores, count), dtype=np.int64)
    filled = np.zeros(cores, dtype=np.int64)
    makespan = 0
    for i in sequence:
        best, best_start, best_core, best_place = FAR, 0, -1, 0
        for m in range(cores):
            duration = ticks[i, m]
            if duration >= FAR:
                continue
            ready = release[i]
            for e in into[into_at[i] : into_at[i + 1]]:
                j = source[e]
                move = 0 if core[j] == m else hop[core[j], m] + width[e]
                ready = max(ready, end[j] + move)
            # the first gap of the core that is long enough, from the back while it pays to look
            place = filled[m]
            begin = max(ready, end_at[m, place - 1]) if place > 0 else ready
            for p in range(filled[m]):
                free = max(ready, end_at[m, p - 1]) if p > 0 else ready
                if free + duration <= begin_at[m, p]:
                    place, begin = p, free
                    break
            key = begin + duration + look_ahead[i, m]
            if best_core < 0 or key < best:
                best, best_start, best_core, best_place = key, begin, m, place
        m = best_core
        for p in range(filled[m], best_place, -1):
            begin_at[m, p], end_at[m, p] = begin_at[m, p - 1], end_at[m, p - 1]
        core[i], start[i], end[i] = m, best_start, best_start + ticks[i, m]
        begin_at[m, best_place], end_at[m, best_place] = start[i], end[i]
        filled[m] += 1
        makespan = max(makespan, end[i])
    return makespan, core, start


@compiled
def retime(
    ticks: IntArray,
    source: IntArray,
    width: IntArray,
    hop: IntArray,
    into_at: IntArray,
    into: IntArray,
    sequence: IntArray,
    release: IntArray,
    core: IntArray,
) -> tuple[int, IntArray]:
    """(makespan, start): the earliest starts for given cores, each running its subgraphs as in ``sequence``."""
    count, cores = ticks.shape
    start = np.zeros(count, dtype=np.int64)
    free = np.zeros(cores, dtype=np.int64)
    makespan = 0
    for i in sequence:
        m = core[i]
        begin = max(release[i], free[m])
        for e in into[into_at[i] : into_at[i + 1]]:
            j = source[e]
            move = 0 if core[j] == m else hop[core[j], m] + width[e]
            begin = max(begin, start[j] + ticks[j, core[j]] + move)
        start[i] = begin
        free[m] = begin + ticks[i, m]
        makespan = max(makespan, free[m])
    return makespan, start


@compiled
def latest_starts(
    ticks: IntArray,
    target: IntArray,
    width: IntArray,
    hop: IntArray,
    outof_at: IntArray,
    outof: IntArray,
    sequence: IntArray,
    core: IntArray,
    makespan: int,
) -> IntArray:
    """Latest start of each subgraph that keeps ``makespan`` with these cores and this order on each, shape (I,)."""
    count, cores = ticks.shape
    latest = np.zeros(count, dtype=np.int64)
    free = np.full(cores, makespan, dtype=np.int64)
    for i in sequence[::-1]:
        m = core[i]
        finish = free[m]
        for e in outof[outof_at[i] : outof_at[i + 1]]:
            j = target[e]
            move = 0 if core[j] == m else hop[m, core[j]] + width[e]
            finish = min(finish, latest[j] - move)
        latest[i] = finish - ticks[i, m]
        free[m] = latest[i]
    return latest


@compiled
def inherited(order: IntArray, source: IntArray, into_at: IntArray, into: IntArray, release: IntArray) -> IntArray:
    """Releases (I,) raised to those of everything that must come before."""
    raised = release.copy()
    for i in order:
        for e in into[into_at[i] : into_at[i + 1]]:
            raised[i] = max(raised[i], raised[source[e]])
    return raised


@compiled
def raised_ranks(order: IntArray, target: IntArray, outof_at: IntArray, outof: IntArray, rank: IntArray) -> IntArray:
    """Ranks (I,) raised to those of everything that comes after."""
    raised = rank.copy()
    for i in order[::-1]:
        for e in outof[outof_at[i] : outof_at[i + 1]]:
            raised[i] = max(raised[i], raised[target[e]])
    return raised


class Scheduler:
    """List schedules of one plan: its priorities are computed once, then any releases can be scheduled."""

    def __init__(self, plan: Plan, tail: IntArray) -> None:
        """``tail`` (I, M): what follows on each core at least (:func:`tails`)."""
        self.plan = plan
        self._place = np.empty(plan.order.size, dtype=np.int64)
        self._place[plan.order] = np.arange(plan.order.size)
        able = plan.able
        path = np.where(able, plan.ticks + tail, 0)
        rank_mean = mean_ranks(*plan.backward, plan.order)
        rank_path = path.sum(axis=1) // np.maximum(able.sum(axis=1), 1)
        best_path = plan.least(plan.ticks + tail)
        fastest = plan.ticks.argmin(axis=1).astype(np.int64)
        self._gathered = [np.where(able[:, m], m, fastest) for m in range(able.shape[1])]
        nothing = np.zeros_like(plan.ticks)
        self._variants = [
            (self.by_rank(rank_mean), nothing),
            (self.by_rank(rank_mean), tail),
            (self.by_rank(best_path), nothing),
            (self.by_rank(best_path), tail),
            (self.by_rank(rank_path), tail),
        ]

    def by_rank(self, rank: IntArray) -> IntArray:
        """The subgraphs by falling rank as a topological order: no subgraph comes before one that it needs."""
        plan = self.plan
        raised = raised_ranks(plan.order, plan.target, plan.outof_at, plan.outof, rank)
        return np.lexsort((self._place, -raised)).astype(np.int64)

    def schedule(self, release: IntArray) -> Schedule:
        """The best list schedule for ``release`` (I,) over all variants; the first of equals."""
        schedules = (list_schedule(*self.plan.forward, *variant, release) for variant in self._variants)
        makespan, core, start = min(schedules, key=itemgetter(0))
        return Schedule(int(makespan), core, start)

    def gathered(self, release: IntArray) -> Schedule:
        """The best schedule that gives one core everything it can run, and the rest to the fastest cores.

        Where transfers are dear it is the one that list scheduling misses: that weighs the way to a core, never the
        ways that come together later. On one core the order of the releases is optimal (1 | prec, r | Cmax; Lawler,
        Management Science 19(5), 1973).
        """
        plan = self.plan
        ready = inherited(plan.order, plan.source, plan.into_at, plan.into, release)
        sequence = np.lexsort((self._place, ready)).astype(np.int64)
        schedules = (self.retimed(Schedule(0, core, ready), release, sequence) for core in self._gathered)
        return min(schedules, key=lambda schedule: schedule.makespan)

    def sequence(self, schedule: Schedule, *, scale: int = 1) -> IntArray:
        """The subgraphs in the order in which ``schedule`` runs them: by start, end, topological order.

        The schedule's starts are in ticks times ``scale``.
        """
        duration = self.plan.ticks[np.arange(schedule.core.size), schedule.core] * scale
        return np.lexsort((self._place, schedule.start + duration, schedule.start)).astype(np.int64)

    def in_order(self, core: IntArray, start: IntArray) -> IntArray:
        """:meth:`sequence` of given cores and starts."""
        return self.sequence(Schedule(0, core, start))

    def retimed(self, schedule: Schedule, release: IntArray, sequence: IntArray | None = None) -> Schedule:
        """``schedule`` with the same cores and orders, started as early as ``release`` (I,) allows."""
        order = self.sequence(schedule) if sequence is None else sequence
        makespan, start = retime(*self.plan.forward, order, release, schedule.core)
        return Schedule(int(makespan), schedule.core, start)

    def latest_starts(self, schedule: Schedule, sequence: IntArray | None = None) -> IntArray:
        """Latest starts (I,) that keep the makespan with the same cores and orders."""
        order = self.sequence(schedule) if sequence is None else sequence
        return np.asarray(latest_starts(*self.plan.backward, order, schedule.core, schedule.makespan))
