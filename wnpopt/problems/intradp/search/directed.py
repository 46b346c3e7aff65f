"""Bounds on networks with skips: which plans are left below a cutoff, by directions of clocks over states of needs.

Two passes refute states until their number stops falling; if all are dead, no plan is below the cutoff. Else exact
labels run over the states that are left. Both are valid at any time: what was not looked at counts with its bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

import numpy as np

from wnpopt.backends.stopping import Flag, never
from wnpopt.problems.intradp.kernels.arrays import FloatArray, IntArray
from wnpopt.problems.intradp.kernels.directions.completions import Level, Made, first_of, joined, labels_pass, made
from wnpopt.problems.intradp.kernels.directions.lattice import lattice
from wnpopt.problems.intradp.kernels.directions.passes import (
    EFFORT,
    FULL,
    OPTIONS,
    STATES,
    STOPPED,
    add_states,
    heads_pass,
    tails_pass,
)
from wnpopt.problems.intradp.kernels.directions.states import NeedArray, tabulated
from wnpopt.problems.intradp.kernels.directions.twins import (
    EXACT,
    ClockPrices,
    Grain,
    Groups,
    OperatorStep,
    of_grain,
    steps_of,
)
from wnpopt.problems.intradp.kernels.evaluate import score, scratch
from wnpopt.problems.intradp.kernels.heads import Front
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.search.beam import SAFETY, UNBOUNDED
from wnpopt.problems.intradp.search.borders import borders, finer, least_heads, place_of
from wnpopt.problems.intradp.search.plans import PricedPlan

PARTS = 4
"""Steps of the grid of directions: 6 instead of 4 give 0.6 % more bound for twice the time."""

MEMORY = 800e6
"""Bytes that all states of a pass may take."""

LABELS, CROWDED, WORK = 300_000, 60, 3_000
"""Labels at a cut and at a state at most, and how many at a state make it crowded."""

WORTH = 2_000
"""States at a cut that are worth a second thread."""

ROWS = 7
"""Parts of a tensor that states are told from each other by at first, where a network has borders."""

TOLERANCE = 1e-3
"""What a merger of labels may cost, of the cutoff."""


T = TypeVar("T")


@dataclass(frozen=True)
class CutoffVerdict:
    """What is known of the plans below a cutoff: none is below ``bound``; ``dead`` if that is the cutoff itself.

    ``full``: there was no room for the states, so that a lower cutoff may do better.
    """

    bound: float
    dead: bool = False
    full: bool = False


@dataclass(frozen=True)
class _States:
    needs: NeedArray
    values: FloatArray
    table: IntArray


@dataclass(frozen=True)
class _Heads:
    """States with the heads before them, of the grain of their operator's ``step``."""

    states: _States
    step: OperatorStep


class Directed:
    """The states of a problem's needs, as they are refuted under a falling number of cutoffs."""

    def __init__(
        self,
        problem: Problem,
        front: Front,
        prices: ClockPrices,
        *,
        parts: int = PARTS,
        threads: int = 1,
        rows: int = ROWS,
    ) -> None:
        self._problem = problem
        self._threads = threads
        self._flag = never()
        groups = Groups(problem.arrays)
        self.groups = groups.most
        self._lattice = lattice(parts)
        steps = steps_of(problem.arrays, groups, front, prices)
        self._borders = borders(groups)
        # Each part of the second one lies within one of the first, as it has to.
        coarse = (Grain(rows, early=False), Grain(EXACT.rows, early=False)) if self._borders else ()
        self._grains = [*(of_grain(problem.arrays, steps, grain) for grain in coarse), steps]
        self._steps = steps
        self._groups = groups
        self._told_of: tuple[_Heads, FloatArray] | None = None
        self._nothing = tabulated(np.zeros((1, 0), np.int32))
        self._count = [len(here) for here in groups.at]
        self._tails: list[_States | None] = []
        self._heads: list[_Heads | None] = []
        self.options = 0
        self._most = UNBOUNDED

    @property
    def states(self) -> int:
        """States that the last pass left."""
        return sum(len(level.needs) for level in self._tails if level is not None)

    def watch(self, flag: Flag) -> None:
        """End early once this flag is raised."""
        self._flag = flag

    def spend(self, options: int) -> None:
        """End early once that many options have been tried in all, or little more (with one thread; else about)."""
        self._most = options

    def refute(
        self, cutoff: float, rounds: int = 3, enough: float = 0.9, among: Sequence[NeedArray] | None = None
    ) -> CutoffVerdict:
        """Passes in turn, until nothing is left or the states hardly fall in number any more.

        ``among``: plans that pass no other states than these (of each cut) do not count.
        """
        self._heads = [] if among is None else self._unbounded(among)
        bound = 0.0
        verdict = CutoffVerdict(0.0)
        for grain, steps in enumerate(self._grains):
            if among is not None and grain < len(self._grains) - 1:
                continue
            coarse, self._steps = self._steps, steps
            exact = grain == len(self._grains) - 1
            if not exact:
                verdict = self._from_border_to_border(coarse, cutoff) if grain else self._sketched(cutoff)
                bound = max(bound, verdict.bound)
            if (grain or exact) and not (verdict.dead or verdict.full or self.over):
                verdict = self._rounds(cutoff, rounds if exact else 1, enough)
                bound = max(bound, verdict.bound)
            if verdict.dead or verdict.full or self.over:
                break
        self._steps = self._grains[-1]
        return CutoffVerdict(bound, verdict.dead, verdict.full)

    def left(self) -> tuple[list[NeedArray], list[FloatArray]]:
        """The states of each cut that :meth:`refute` has left, and their heads."""
        states = [heads.states for heads in self._heads if heads is not None]
        return [here.needs for here in states], [here.values for here in states]

    def _unbounded(self, among: Sequence[NeedArray]) -> list[_Heads | None]:
        shape = len(self._lattice.counts)
        return [
            _Heads(self._states_of(needs, np.zeros((len(needs), 1 + needs.shape[1], shape))), step)
            for needs, step in zip(among, self._grains[-1], strict=True)
        ]

    def _rounds(self, cutoff: float, rounds: int, enough: float) -> CutoffVerdict:
        last = np.inf
        bound = 0.0
        for _ in range(rounds):
            verdict = self._backward(cutoff)
            bound = max(bound, verdict.bound)
            if verdict.dead or verdict.full or self.over:
                return CutoffVerdict(bound, verdict.dead, verdict.full)
            verdict = self._forward(cutoff)
            bound = max(bound, verdict.bound)
            if verdict.dead or self.over or self.states > enough * last:
                return CutoffVerdict(bound, verdict.dead)
            last = self.states
        return CutoffVerdict(bound)

    def _sketched(self, cutoff: float) -> CutoffVerdict:
        """Tails of the coarsest grain; of its heads, only for which states there are any."""
        verdict = self._backward(cutoff)
        self._heads = [
            None if states is None else _Heads(replace(states, values=np.zeros_like(states.values)), self._steps[u])
            for u, states in enumerate(self._tails)
        ]
        return verdict

    def _from_border_to_border(self, coarse: list[OperatorStep], cutoff: float) -> CutoffVerdict:
        """Heads at every cut, from the input on: states of a border with the tails of a coarser grain, then those
        before it back to the last border, whose heads are there and are told of on the way.

        The tails and heads of that grain, of the operators ``coarse``, have to be there.
        """
        known, tails = self._heads, self._tails
        first = _States(np.zeros((1, 0), np.int32), np.zeros((1, 1, len(self._lattice.counts))), self._nothing)
        heads: list[_Heads | None] = [_Heads(first, self._steps[0])]
        last = self._problem.count - 1
        ends: list[_States | None] = [None] * (last + 1)
        for begin, end in pairwise(self._borders):
            there = tails[end]
            assert there is not None
            if end < last:
                ends[end] = self._states_of(*finer(there.needs, there.values, coarse[end], self._steps[end]))
            else:
                ends[end] = self._final()
            for u in range(end - 1, begin - 1, -1):
                behind = ends[u + 1]
                assert behind is not None
                if u == 0:
                    break
                among = heads[u] if u == begin else known[u]
                ends[u], _, tally = self._grown(u, behind, among, cutoff, MEMORY, self._told(heads[begin], begin, u))
                if tally[FULL] or tally[STOPPED]:
                    return CutoffVerdict(0.0, full=bool(tally[FULL]))
            for u in range(begin, end):
                before, behind = heads[u], ends[u + 1]
                assert before is not None
                assert behind is not None
                alive, values, stopped = self._behind(u, before.states, behind, cutoff)
                if stopped:
                    return CutoffVerdict(0.0)
                left = alive > 0
                if not left.any():
                    return CutoffVerdict(cutoff, dead=True)
                heads.append(_Heads(self._states_of(behind.needs[left], values[left]), self._steps[u + 1]))
        self._heads = heads
        return CutoffVerdict(0.0)

    def _told(self, heads: _Heads | None, border: int, cut: int) -> tuple[int, FloatArray] | None:
        """What the heads of a border tell of the states at a cut behind it."""
        if heads is None or not 0 < border < cut:
            return None
        if self._told_of is None or self._told_of[0] is not heads:
            units = int(self._steps[border].group_units[0])
            self._told_of = heads, least_heads(heads.states.needs, heads.states.values, units)
        return place_of(self._groups, border, cut), self._told_of[1]

    def _states_of(self, needs: NeedArray, values: FloatArray) -> _States:
        needs = np.ascontiguousarray(needs)
        return _States(needs, np.ascontiguousarray(values), tabulated(needs))

    @property
    def over(self) -> bool:
        """True if the flag is raised, or all options that may be tried have been."""
        return bool(self._flag[0]) or self.options > self._most

    def _backward(self, cutoff: float) -> CutoffVerdict:
        last = self._problem.count - 1
        known, heads = bool(self._heads), self._heads
        self._tails = [None] * (last + 1)
        here = self._tails[last] = self._final()
        used = 0.0
        for u in range(last - 1, -1, -1):
            made_here, least, tally = self._grown(u, here, heads[u] if known and u > 0 else None, cutoff, MEMORY - used)
            if tally[FULL] or tally[STOPPED]:
                return CutoffVerdict(0.0, full=bool(tally[FULL]))
            if len(made_here.needs) == 0:
                return CutoffVerdict(cutoff, dead=True)
            if u == 0:
                return CutoffVerdict(min(least, cutoff), dead=least >= cutoff)
            here = self._tails[u] = made_here
            used += self._size(u) * len(here.needs)
        return CutoffVerdict(0.0)

    def _size(self, u: int) -> float:
        """Bytes of a state before operator u."""
        return 8.0 * (1 + 4 * self._count[u]) * (len(self._lattice.counts) + 4)

    def _grown(
        self,
        u: int,
        behind: _States,
        among: _Heads | None,
        cutoff: float,
        memory: float,
        told: tuple[int, FloatArray] | None = None,
    ) -> tuple[_States, float, IntArray]:
        """As :meth:`_before`, with as much room as it takes, up to so many bytes."""
        room, most = 4 * len(behind.needs) + 1024, int(memory / self._size(u))
        while True:
            made_here, least, tally = self._before(u, behind, among, cutoff, min(room, most), told)
            if not tally[FULL] or room >= most:
                break
            room *= 8
        self.options += int(tally[OPTIONS])
        return made_here, least, tally

    def _before(
        self,
        u: int,
        behind: _States,
        among: _Heads | None,
        cutoff: float,
        room: int,
        told: tuple[int, FloatArray] | None,
    ) -> tuple[_States, float, IntArray]:
        """(at most ``room`` states before operator u, the least of their largest tails, the tally of the pass)."""
        lat, groups = self._lattice, self._count[u]
        share = self._shares(len(behind.needs))
        room //= len(share)
        border, border_heads = (-1, np.zeros((1, 1, len(lat.counts)))) if told is None else told

        def work(part: slice) -> tuple[_States, float, IntArray]:
            needs, values = np.empty((room, 4 * groups), np.int32), np.empty((room, 1 + 4 * groups, len(lat.counts)))
            table = np.full(1 << max(4, (2 * len(share) * room + 2).bit_length()), -1, np.int64)
            tally = self._tally()
            known = _States(needs[:0], values[:0], table) if among is None else among.states
            known_step = self._steps[u] if among is None else among.step
            least = tails_pass(
                self._problem.arrays, self._steps[u], u == 0, lat, behind.needs[part], behind.values[part],
                among is not None, known_step, known.table, known.needs, known.values, border, border_heads, cutoff,
                needs, values, table, tally, self._flag,
            )  # fmt: skip
            return _States(needs, values, table), least, tally

        parts = self._run(work, share)
        made, tally = parts[0][0], np.sum([tally for _, _, tally in parts], axis=0)
        count = int(parts[0][2][STATES])
        needs, values = made.needs[:count], made.values[:count]
        if len(parts) > 1:
            most = int(tally[STATES])
            needs, values = np.empty((most, *needs.shape[1:]), np.int32), np.empty((most, *values.shape[1:]))
            needs[:count], values[:count] = made.needs[:count], made.values[:count]
            for other, _, tallied in parts[1:]:
                more = int(tallied[STATES])
                count = add_states(other.needs[:more], other.values[:more], needs, values, made.table, count)
        return _States(needs[:count].copy(), values[:count].copy(), made.table), min(p[1] for p in parts), tally

    def _shares(self, states: int) -> list[slice]:
        """The states in as many parts as there are threads, if they are worth it."""
        count = self._threads if states >= WORTH else 1
        edges = [states * i // count for i in range(count + 1)]
        return [slice(first, end) for first, end in pairwise(edges)]

    def _run(self, work: Callable[[slice], T], share: list[slice]) -> list[T]:
        """The results of ``work`` on each part, in order; the kernels release the interpreter's lock."""
        if len(share) == 1:
            return [work(share[0])]
        with ThreadPoolExecutor(len(share)) as pool:
            return list(pool.map(work, share))

    def _forward(self, cutoff: float) -> CutoffVerdict:
        last, lat = self._problem.count - 1, self._lattice
        nothing = np.zeros((1, 0), np.int32)
        here = _States(nothing, np.zeros((1, 1, len(lat.counts))), tabulated(nothing))
        self._heads = [_Heads(here, self._steps[0])]
        bound = 0.0
        for u in range(last):
            behind = self._tails[u + 1]
            assert behind is not None
            alive, heads, stopped = self._behind(u, here, behind, cutoff)
            if stopped:
                self._heads = []
                return CutoffVerdict(bound)
            left = alive > 0
            if not left.any():
                return CutoffVerdict(cutoff, dead=True)
            needs = behind.needs[left].copy()
            here = _States(needs, heads[left], tabulated(needs))
            kept = _States(needs, behind.values[left], here.table)
            self._heads.append(_Heads(here, self._steps[u + 1]))
            self._tails[u + 1] = kept
            # Every plan below the cutoff passes one of the states of each cut.
            bound = max(bound, float((here.values + kept.values).max(axis=(1, 2)).min()))
        return CutoffVerdict(min(bound, cutoff), dead=bound >= cutoff)

    def _behind(self, u: int, before: _States, behind: _States, cutoff: float) -> tuple[IntArray, FloatArray, bool]:
        """(1 for each state behind operator u that is alive, their heads, whether the flag was raised)."""
        alive, heads = np.zeros(len(behind.needs), np.int64), np.empty(behind.values.shape)

        def work(part: slice) -> IntArray:
            tally = self._tally()
            heads_pass(
                self._problem.arrays, self._steps[u], u == 0, self._lattice, behind.needs[part], behind.values[part],
                before.table, before.needs, before.values, cutoff, alive[part], heads[part], tally, self._flag,
            )  # fmt: skip
            return tally

        tally = np.sum(self._run(work, self._shares(len(behind.needs))), axis=0)
        self.options += int(tally[OPTIONS])
        return alive, heads, bool(tally[STOPPED])

    def _tally(self) -> IntArray:
        """What a pass starts counting from."""
        tally = np.zeros(5, np.int64)
        tally[EFFORT] = self._most - self.options
        return tally

    def _final(self) -> _States:
        """The state before the output, whose run is all that is behind it."""
        last = self._problem.count - 1
        step, p, lat = self._steps[last], self._problem.arrays, self._lattice
        groups = self._count[last]
        needs = np.zeros((1, 4 * groups), np.int32)
        values = np.zeros((1, 1 + 4 * groups, len(lat.counts)))
        cost, price = step.device[step.units], step.device_price[step.units]
        values[0, 0] = lat.weights[:, 0] * cost + price
        for g in range(groups):
            reads = step.edge_at[step.edge_ptr[g] : step.edge_ptr[g + 1]] + step.units
            rows = step.asks[0, g, max((int(p.dev_hi[at]) for at in reads), default=0)]
            needs[0, 4 * g : 4 * g + 2] = rows, rows if step.early else min(1, rows)
            needs[0, 4 * g + 2 : 4 * g + 4] = step.group_units[g]
            values[0, 1 + 4 * g : 5 + 4 * g] = price
            values[0, 3 + 4 * g : 5 + 4 * g] = lat.weights[:, 0] * cost + price
        return _States(needs, values, tabulated(needs))

    def complete(self, cutoff: float, tolerance: float = TOLERANCE) -> tuple[float, PricedPlan | None]:
        """Exact labels over the states that :meth:`refute` left of this cutoff: (bound, the plan of the best label).

        Mergers of labels cost at most ``tolerance`` of the cutoff each. The plan is priced by its true timing, which
        the relaxation may undercut.
        """
        last = self._problem.count - 1
        needs = np.zeros((1, 0), np.int32)
        level = Level(tabulated(needs), needs, np.array([0, 1]), np.zeros((1, 4)))
        history: list[Made] = []
        dropped = np.inf
        bounds = np.zeros(1)
        for u in range(last):
            states = self._tails[u + 1]
            assert states is not None
            here, fell, stopped = self._extended(u, states, level, cutoff, tolerance)
            if stopped:
                return min(cutoff, dropped, float(bounds.min())), None
            dropped = min(dropped, fell)
            if len(here.bound) == 0:
                return min(cutoff, dropped), None
            bounds = here.bound
            used, state = np.unique(here.state, return_inverse=True)
            ptr = np.concatenate([[0], np.cumsum(np.bincount(state, minlength=len(used)))])
            left = states.needs[used]
            level = Level(tabulated(left), left, ptr, here.labels)
            history.append(here)
        return min(cutoff, dropped, float(bounds.min())), self._plan(history)

    def _extended(
        self, u: int, behind: _States, level: Level, cutoff: float, tolerance: float
    ) -> tuple[Made, float, bool]:
        """(the labels behind operator u, the least bound of those dropped, whether the flag was raised)."""
        share, groups = self._shares(len(behind.needs)), self._count[u + 1]

        def work(part: slice) -> tuple[Made, float, bool]:
            into, tally = made(LABELS // len(share), groups), np.zeros(4, np.int64)
            fell = labels_pass(
                self._problem.arrays, self._steps[u], u == 0, self._lattice, behind.needs[part], behind.values[part],
                level, cutoff, CROWDED, tolerance * cutoff, made(WORK, groups), into, tally, self._flag,
            )  # fmt: skip
            return first_of(into, int(tally[STATES]), part.start), fell, bool(tally[STOPPED])

        parts = self._run(work, share)
        labels = joined([labels for labels, _, _ in parts])
        return labels, min(fell for _, fell, _ in parts), any(stopped for _, _, stopped in parts)

    def _plan(self, history: list[Made]) -> PricedPlan:
        problem = self._problem
        p, n = problem.arrays, problem.count
        a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
        a[n - 1] = b[n - 1] = p.units[n - 1]
        label = int(np.argmin(history[-1].bound))
        for u in range(n - 2, -1, -1):
            a[u], b[u] = history[u].end[label], history[u].begin[label]
            label = int(history[u].parent[label])
        # Rows that nobody needs have to be somebody's: the side that is cheaper to extend, by the true timing.
        on_device, on_server = np.maximum(a, b), np.minimum(a, b)
        work = scratch(n)
        plans = [
            PricedPlan(end, begin, score(p, end, begin, work, problem.by_energy, problem.limit), "directions")
            for end, begin in ((on_device, b), (a, on_server))
        ]
        return min(plans, key=lambda plan: plan.value)


def safe(bound: float) -> float:
    """``bound`` less its arithmetic's error."""
    return bound * (1 - SAFETY)
