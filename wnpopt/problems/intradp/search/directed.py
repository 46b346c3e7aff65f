"""Bounds on networks with skips: which plans are left below a cutoff, by directions of clocks over states of needs.

Two passes refute states until their number stops falling; if all are dead, no plan is below the cutoff. Else exact
labels run over the states that are left. Both are valid at any time: what was not looked at counts with its bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np

from wnpopt.backends.stopping import Flag, never
from wnpopt.problems.intradp.kernels.arrays import FloatArray, IntArray
from wnpopt.problems.intradp.kernels.directions.completions import (
    SIDES,
    Level,
    Made,
    first_of,
    joined,
    labels_pass,
    made,
)
from wnpopt.problems.intradp.kernels.directions.lattice import lattice
from wnpopt.problems.intradp.kernels.directions.passes import (
    EFFORT,
    FULL,
    OPTIONS,
    STATES,
    STOPPED,
    PassSpace,
    add_states,
    heads_pass,
    pass_space,
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
from wnpopt.problems.intradp.search.borders import borders, coarsened, finer, least_heads, place_of
from wnpopt.problems.intradp.search.plans import PricedPlan
from wnpopt.problems.intradp.search.rooms import Room, States, states_of

PARTS = 3
"""Steps of the grid of directions: 4 instead of 3 give hardly more bound for 1.5 times the time and memory."""

MEMORY = 800e6
"""Bytes that all states of a pass may take."""

LABELS, CROWDED, WORK = 1_000_000, 60, 6_000
"""Labels at a cut and at a state at most, and how many at a state make it crowded."""

WORTH = 2_000
"""States at a cut that are worth a second thread."""

ROWS = 7
"""Parts of a tensor that states are told from each other by at first, where a network has borders."""

MIDDLE = 64
"""Rows where branches meet from which a grain between the coarse and the exact one pays: bert-small (64 rows) at 0.98
of the plan takes 2.8 instead of 7.7 s, but inception_v1 (28 rows) at 0.93 takes 1.9 instead of 1.3."""

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
class _Heads:
    """States with the heads before them, of the grain of their operator's ``step``."""

    states: States
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
        middle: int = MIDDLE,
    ) -> None:
        self._problem = problem
        self._threads = threads
        self._flag = never()
        groups = Groups(problem.arrays)
        self.groups = groups.most
        self._lattice = lattice(parts)
        steps = steps_of(problem.arrays, groups, front, prices)
        self._borders = borders(groups)
        self._grains = [
            *(of_grain(problem.arrays, steps, grain) for grain in self._coarse(groups, rows, middle)),
            steps,
        ]
        self._steps = steps
        self._groups = groups
        self._told_of: tuple[_Heads, FloatArray] | None = None
        self._nothing = tabulated(np.zeros((1, 0), np.int32), 1)
        self._count = [len(here) for here in groups.at]
        self._tails: list[States | None] = []
        self._heads: list[_Heads | None] = []
        self._rooms = [Room(len(self._lattice.counts)) for _ in range(threads)]
        self._heads_room = Room(len(self._lattice.counts))
        self.options = self.labels = 0
        self._most = UNBOUNDED

    def _coarse(self, groups: Groups, rows: int, middle: int) -> list[Grain]:
        """The grains before the exact one, from coarse to fine."""
        if not self._borders:
            return []
        grains = [Grain(rows, early=False), Grain(EXACT.rows, early=False)]
        tallest = max(int(self._problem.arrays.units[here[0][0]]) for here in groups.at if len(here) > 2)
        if tallest >= middle:
            grains.insert(1, Grain(rows, early=False, finer=2))
        return grains

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
                verdict = self._from_border_to_border(coarse, cutoff) if grain else self._backward(cutoff)
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
            _Heads(states_of(needs, np.zeros((len(needs), 1 + needs.shape[1], shape))), step)
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

    def tails(self, grain: int) -> list[tuple[int, States, OperatorStep]]:
        """(cut, the states there that the output needs, the operator behind it) at each border, of this grain."""
        self._heads, self._steps = [], self._grains[grain]
        self._backward(UNBOUNDED)
        inner = self._borders[1:-1]
        found = [
            (cut, states_of(states.needs, states.values.copy()), self._steps[cut])
            for cut in inner
            if (states := self._tails[cut]) is not None
        ]
        self._steps = self._grains[-1]
        return found

    def _from_border_to_border(self, coarse: list[OperatorStep], cutoff: float) -> CutoffVerdict:
        """Heads at every cut, from the input on: states of a border with the tails of a coarser grain, then those
        before it back to the last border, whose heads are there and are told of on the way.

        The tails of that grain, of the operators ``coarse``, have to be there.
        """
        tails = self._tails
        first = States(np.zeros((1, 0), np.int32), np.zeros((1, 1, len(self._lattice.counts))), self._nothing)
        heads: list[_Heads | None] = [_Heads(first, self._steps[0])]
        last = self._problem.count - 1
        ends: list[States | None] = [None] * (last + 1)
        for begin, end in pairwise(self._borders):
            mark = self._rooms[0].mark
            known = self._sketched_ahead(coarse, heads[begin], tails, begin, end, cutoff)
            if isinstance(known, CutoffVerdict):
                return known
            there = tails[end]
            assert there is not None
            if end < last:
                ends[end] = states_of(*finer(there.needs, there.values, coarse[end], self._steps[end]))
            else:
                ends[end] = self._final()
            for u in range(end - 1, begin - 1, -1):
                behind = ends[u + 1]
                assert behind is not None
                if u == 0:
                    break
                among = heads[u] if u == begin else known[u - begin]
                ends[u], _, tally = self._before(u, behind, among, cutoff, MEMORY, self._told(heads[begin], begin, u))
                if tally[FULL] or tally[STOPPED]:
                    return CutoffVerdict(0.0, full=bool(tally[FULL]))
            for u in range(begin, end):
                before, behind = heads[u], ends[u + 1]
                assert before is not None
                assert behind is not None
                alive, values, stopped = self._behind(self._steps, u, before.states, behind, cutoff)
                if stopped:
                    return CutoffVerdict(0.0)
                left = alive > 0
                if not left.any():
                    return CutoffVerdict(cutoff, dead=True)
                heads.append(_Heads(states_of(behind.needs[left], values[left]), self._steps[u + 1]))
            self._rooms[0].release(mark)
        self._heads = heads
        return CutoffVerdict(0.0)

    def _sketched_ahead(
        self,
        coarse: list[OperatorStep],
        first: _Heads | None,
        tails: list[States | None],
        begin: int,
        end: int,
        cutoff: float,
    ) -> list[_Heads] | CutoffVerdict:
        """Heads of the coarser grain at the cuts from border ``begin`` to ``end``, from the finer ones ``first``.

        The states of ``tails`` that are dead by them are dropped.
        """
        assert first is not None
        heads = [_Heads(coarsened(first.states, coarse[begin]), coarse[begin])]
        for u in range(begin, end):
            behind = tails[u + 1]
            assert behind is not None
            alive, values, stopped = self._behind(coarse, u, heads[-1].states, behind, cutoff)
            if stopped:
                return CutoffVerdict(0.0)
            left = alive > 0
            if not left.any():
                return CutoffVerdict(cutoff, dead=True)
            here = states_of(behind.needs[left], values[left])
            tails[u + 1] = States(here.needs, behind.values[left], here.table)
            heads.append(_Heads(here, coarse[u + 1]))
        return heads

    def _told(self, heads: _Heads | None, border: int, cut: int) -> tuple[int, FloatArray] | None:
        """What the heads of a border tell of the states at a cut behind it."""
        if heads is None or not 0 < border < cut:
            return None
        if self._told_of is None or self._told_of[0] is not heads:
            units = int(self._steps[border].group_units[0])
            self._told_of = heads, least_heads(heads.states.needs, heads.states.values, units)
        return place_of(self._groups, border, cut), self._told_of[1]

    @property
    def over(self) -> bool:
        """True if the flag is raised, or all options that may be tried have been."""
        return bool(self._flag[0]) or self.options > self._most

    def _backward(self, cutoff: float) -> CutoffVerdict:
        last = self._problem.count - 1
        known, heads = bool(self._heads), self._heads
        self._tails = [None] * (last + 1)
        self._rooms[0].release()
        here = self._tails[last] = self._final()
        used = 0.0
        for u in range(last - 1, -1, -1):
            among = heads[u] if known and u > 0 else None
            made_here, least, tally = self._before(u, here, among, cutoff, MEMORY - used)
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

    def _before(
        self,
        u: int,
        behind: States,
        among: _Heads | None,
        cutoff: float,
        memory: float,
        told: tuple[int, FloatArray] | None = None,
    ) -> tuple[States, float, IntArray]:
        """(the states before operator u, the least of their largest tails, the tally of the pass).

        They have as much room as they take, up to so many bytes.
        """
        lat, groups = self._lattice, self._count[u]
        share = self._shares(len(behind.needs))
        rooms = {part.start: room for part, room in zip(share, self._rooms, strict=False)}
        most = max(0, int(memory / self._size(u)) // len(share))
        border, border_heads = (-1, np.zeros((1, 1, len(lat.counts)))) if told is None else told

        def work(part: slice) -> tuple[States, float, IntArray]:
            tally = self._tally()
            room = rooms[part.start]
            made = room.states(min(most, part.stop - part.start + 256), groups)
            known = made if among is None else among.states
            known_step = self._steps[u] if among is None else among.step
            least = np.inf
            while True:
                found = tails_pass(
                    self._problem.arrays, self._steps[u], u == 0, lat, behind.needs[part], behind.values[part],
                    among is not None, known_step, known.table, known.needs, known.values, border, border_heads, cutoff,
                    made.needs, made.values, made.table, tally, self._work(u), self._flag,
                )  # fmt: skip
                least = min(least, found)
                if not tally[FULL] or len(made.needs) >= most:
                    break
                made = room.states(min(most, 2 * len(made.needs)), groups, made, len(made.needs))
                tally[FULL] = 0
            return made, least, tally

        parts = self._run(work, share)
        made, tally = parts[0][0], np.sum([tally for _, _, tally in parts], axis=0)
        count = int(parts[0][2][STATES])
        if len(parts) > 1:
            if len(made.needs) < tally[STATES]:
                made = self._rooms[0].states(int(tally[STATES]), groups, made, count)
            for other, _, tallied in parts[1:]:
                more = int(tallied[STATES])
                count = add_states(other.needs[:more], other.values[:more], made.needs, made.values, made.table, count)
        self.options += int(tally[OPTIONS])
        return self._rooms[0].kept(made, count), min(least for _, least, _ in parts), tally

    def _shares(self, states: int) -> list[slice]:
        """The states in as many parts as there are threads, if they are worth it; none is empty but the only one."""
        count = max(1, min(self._threads, states)) if states >= WORTH else 1
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
        here = States(nothing, np.zeros((1, 1, len(lat.counts))), tabulated(nothing, 0))
        self._heads = [_Heads(here, self._steps[0])]
        bound = 0.0
        for u in range(last):
            behind = self._tails[u + 1]
            assert behind is not None
            alive, heads, stopped = self._behind(self._steps, u, here, behind, cutoff)
            if stopped:
                self._heads = []
                return CutoffVerdict(bound)
            left = alive > 0
            if not left.any():
                return CutoffVerdict(cutoff, dead=True)
            needs = behind.needs[left].copy()
            here = States(needs, heads[left], tabulated(needs, 0))
            kept = States(needs, behind.values[left], here.table)
            self._heads.append(_Heads(here, self._steps[u + 1]))
            self._tails[u + 1] = kept
            # Every plan below the cutoff passes one of the states of each cut.
            bound = max(bound, float((here.values + kept.values).max(axis=(1, 2)).min()))
        return CutoffVerdict(min(bound, cutoff), dead=bound >= cutoff)

    def _behind(
        self, steps: list[OperatorStep], u: int, before: States, behind: States, cutoff: float
    ) -> tuple[IntArray, FloatArray, bool]:
        """(1 for each state behind operator u that is alive, their heads, whether the flag was raised)."""
        alive, heads = (
            np.zeros(len(behind.needs), np.int64),
            self._heads_room.values(len(behind.needs), self._count[u + 1]),
        )

        def work(part: slice) -> IntArray:
            tally = self._tally()
            heads_pass(
                self._problem.arrays, steps[u], u == 0, self._lattice, behind.needs[part], behind.values[part],
                before.table, before.needs, before.values, cutoff, alive[part], heads[part], tally,
                self._work(u), self._flag,
            )  # fmt: skip
            return tally

        tally = np.sum(self._run(work, self._shares(len(behind.needs))), axis=0)
        self.options += int(tally[OPTIONS])
        return alive, heads, bool(tally[STOPPED])

    def _work(self, u: int) -> PassSpace:
        """Space for a pass over operator u."""
        return pass_space(self._count[u], self._count[u + 1], len(self._lattice.counts))

    def _tally(self) -> IntArray:
        """What a pass starts counting from."""
        tally = np.zeros(6, np.int64)
        tally[EFFORT] = self._most - self.options
        return tally

    def _final(self) -> States:
        """The state before the output, whose run is all that is behind it."""
        last = self._problem.count - 1
        step, p, lat = self._steps[last], self._problem.arrays, self._lattice
        groups = self._count[last]
        needs = np.zeros((1, 4 * groups), np.int32)
        values = np.zeros((1, 1 + 4 * groups, len(lat.counts)))
        cost, price = step.device[step.units], step.device_price[step.units]
        values[0, 0] = lat.weights[0] * cost + price
        for g in range(groups):
            reads = step.edge_at[step.edge_ptr[g] : step.edge_ptr[g + 1]] + step.units
            rows = step.asks[0, g, max((int(p.dev_hi[at]) for at in reads), default=0)]
            needs[0, 4 * g : 4 * g + 2] = rows, rows if step.early else min(1, rows)
            needs[0, 4 * g + 2 : 4 * g + 4] = step.group_units[g]
            values[0, 1 + 4 * g : 5 + 4 * g] = price
            values[0, 3 + 4 * g : 5 + 4 * g] = lat.weights[0] * cost + price
        return States(needs, values, tabulated(needs, 0))

    def complete(
        self, cutoff: float, tolerance: float = TOLERANCE, crowd: int = CROWDED
    ) -> tuple[float, PricedPlan | None]:
        """Exact labels over the states that :meth:`refute` left of this cutoff: (bound, the plan of the best label).

        Where a state has more than ``crowd`` labels they are merged, which costs at most ``tolerance`` of the cutoff
        each. The plan is priced by its true timing, which the relaxation may undercut.
        """
        self.labels = 0
        last = self._problem.count - 1
        needs = np.zeros((1, 0), np.int32)
        level = Level(tabulated(needs, 0), needs, np.array([0, 1]), np.zeros((1, SIDES)))
        history: list[Made] = []
        dropped = np.inf
        bounds = np.zeros(1)
        for u in range(last):
            states = self._tails[u + 1]
            assert states is not None
            here, fell, stopped = self._extended(u, states, level, cutoff, tolerance, crowd)
            self.labels += len(here.bound)
            if stopped:
                return min(cutoff, dropped, float(bounds.min())), None
            dropped = min(dropped, fell)
            if len(here.bound) == 0:
                return min(cutoff, dropped), None
            bounds = here.bound
            used, state = np.unique(here.state, return_inverse=True)
            ptr = np.concatenate([[0], np.cumsum(np.bincount(state, minlength=len(used)))])
            left = states.needs[used]
            level = Level(tabulated(left, 0), left, ptr, here.labels)
            history.append(here)
        return min(cutoff, dropped, float(bounds.min())), self._plan(history)

    def _extended(
        self, u: int, behind: States, level: Level, cutoff: float, tolerance: float, crowd: int
    ) -> tuple[Made, float, bool]:
        """(the labels behind operator u, the least bound of those dropped, whether the flag was raised)."""
        share, groups = self._shares(len(behind.needs)), self._count[u + 1]

        def work(part: slice) -> tuple[Made, float, bool]:
            into, tally = made(LABELS // len(share), groups), np.zeros(4, np.int64)
            fell = labels_pass(
                self._problem.arrays, self._steps[u], u == 0, self._lattice, behind.needs[part], behind.values[part],
                level, cutoff, crowd, tolerance * cutoff, made(WORK, groups), into, tally, self._work(u),
                np.zeros((2, into.labels.shape[1])), self._flag,
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
