"""Coarsening for unequal cores: operators merged while the plan they leave possible stays as short as it can.

All operators are placed on the cores (:mod:`.placement`); then pairs of groups are merged, cheapest first: those whose
merging lengthens the longest path through them and the load of their core least, counting times on each core,
transfers and what cannot run; small groups before large ones. After a part of the merges everything is placed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wnpopt.core.errors import InputError
from wnpopt.domain.network.coarsen import Coarsening, coarsen, grouped
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.placement import IMPOSSIBLE, Floats, Placement, Transfers, on_cores, place
from wnpopt.domain.network.quotient import Quotient

Seconds = Sequence[Sequence[float | None]]
"""Of each operator on each core; None where it cannot run."""

Places = NDArray[np.int64]

Improve = Callable[[Floats, Sequence[Mapping[int, float]]], Placement | None]
"""A better placement of groups than list scheduling makes, or None.

Of their times (groups by cores, infinite where one cannot run) and the bytes to the groups that read from each.
"""

_ROUND = 0.05
"""Part of the groups that is merged between two placements."""
_SIZE, _WASTE = 0.02, 0.1
"""Weights of a group's time, and of the time that its operators lose on a core that is not theirs."""

WITHIN = 0.02
"""What coarsening may add to the makespan of the fine partition, for as many groups as it takes."""
_NUMBERS = (8, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256, 320, 400, 512)
"""Numbers of groups to choose from."""
_LONGEST = 1e200
_HOPELESS = 1.3
"""Times the fine partition's makespan, where fewer groups are not looked at any more."""


@dataclass(frozen=True)
class Choice:
    """A partition, and what was estimated of its makespan and of that of single operators, in seconds."""

    parts: Coarsening
    makespan_s: float
    fine_s: float


def coarsen_for_cores(
    graph: Graph,
    n: int | None,
    seconds: Seconds,
    transfers: Transfers,
    *,
    labels: Sequence[str | None] | None = None,
    improve: Improve | None = None,
) -> Choice:
    """At most ``n`` groups of operators for cores on which operators take these ``seconds``.

    ``n`` None: the least of a list of numbers (8 to 512, and that of the operators) whose estimated makespan is within
    2 % of that of single operators. Operators of different ``labels`` (default: modality) are never together.
    ``improve`` places groups better than list scheduling does, where that is asked for. For a given ``n`` the balanced
    partition of :func:`~wnpopt.domain.network.coarsen.coarsen` is taken where it is better.
    Raises :class:`InputError` if an operator can run nowhere, or ``n`` is too small for the labels and the cores.
    """
    if n is not None and n < 1:
        raise InputError(f"found {n}; at least 1 group is needed", where="n")
    times = _array(graph, seconds, transfers)
    marks = [operator.modality for operator in graph.operators] if labels is None else list(labels)
    merging = _Merging(graph, times, transfers, marks, improve)
    fine = merging.improved(None)

    numbers = _numbers(len(graph.operators)) if n is None else [n]
    choices = (Choice(parts, makespan, fine) for parts, makespan in merging.partitions(numbers, fine))
    if n is None:
        return _least(choices)
    made = list(choices)
    try:
        parts = coarsen(graph, n, work=merging.work, labels=marks)
        made.append(Choice(parts, merging.estimate(parts), fine))
    except InputError:
        if not made:  # the labels are too many, as it says
            raise
    best = min(made, key=lambda one: one.makespan_s)
    if not np.isfinite(best.makespan_s):
        raise InputError(f"found {n}; no core runs whole groups if they are so few, so more are needed", where="n")
    return best


def _numbers(count: int) -> list[int]:
    """Falling numbers of groups to try, from that of the operators on."""
    return [count, *(number for number in reversed(_NUMBERS) if number < count)]


def _least(choices: Iterable[Choice]) -> Choice:
    """The last of ``choices``, whose groups get fewer, that is within the limit; the first is single operators."""
    chosen = None
    for made in choices:
        if chosen is None or made.makespan_s <= (1 + WITHIN) * made.fine_s:
            chosen = made
        elif made.makespan_s > _HOPELESS * made.fine_s:
            break
    assert chosen is not None, "single operators need no merging"
    return chosen


def _array(graph: Graph, seconds: Seconds, transfers: Transfers) -> Floats:
    if len(seconds) != len(graph.operators) or any(len(row) != transfers.cores for row in seconds):
        raise InputError(
            f"a row for each of the {len(graph.operators)} operators with a time on each of the {transfers.cores} "
            "cores is needed",
            where="seconds",
        )
    # Times beyond _LONGEST are beyond all ticks, too: what sums of them are is of no matter, if only they are finite.
    times = np.array(
        [[IMPOSSIBLE if t is None else min(t, _LONGEST) for t in row] for row in seconds], dtype=np.float64
    )
    for operator, row in zip(graph.operators, times, strict=True):
        if not np.isfinite(row).any():
            raise InputError(f"no core of the chip runs {operator.op_type}", where=f"operator {operator.name}")
    return times


_Parts = tuple[list[int], Floats, list[dict[int, float]]]
"""Names of groups, their times, and the bytes to the groups that read from each, by position."""


class _Merging:
    def __init__(
        self,
        graph: Graph,
        times: Floats,
        transfers: Transfers,
        labels: Sequence[str | None],
        improve: Improve | None,
    ) -> None:
        self.graph = graph
        self.transfers = transfers
        self.labels = labels
        self.rows = times
        self.quotient = Quotient(graph, times, labels)
        self.improve = improve
        self.core: dict[int, int] | None = None
        self.start: dict[int, float] = {}
        self.work = [float(row[np.isfinite(row)].mean()) for row in times]

    def placed(self) -> tuple[_Parts, Placement]:
        """The groups, and the better of a new placement and of their cores and order until now."""
        names, times, after = self.quotient.compact()
        best = place(times, after, self.transfers)
        if self.core is not None:
            core, start = [self.core[name] for name in names], [self.start[name] for name in names]
            kept = on_cores(times, after, self.transfers, core, start)
            best = kept if kept.makespan <= best.makespan else best
        self.core = dict(zip(names, best.core, strict=True))
        self.start = dict(zip(names, best.start, strict=True))
        return (names, times, after), best

    def improved(self, enough: float | None) -> float:
        """The makespan of the groups as placed, by ``improve`` where list scheduling does not come to ``enough``."""
        (names, times, after), placed = self.placed()
        if self.improve is None or (enough is not None and placed.makespan <= enough):
            return placed.makespan
        better = self.improve(times, after)
        if better is None or better.makespan >= placed.makespan:
            return placed.makespan
        self.core = dict(zip(names, better.core, strict=True))
        self.start = dict(zip(names, better.start, strict=True))
        return better.makespan

    def estimate(self, parts: Coarsening) -> float:
        """The makespan of other groups; infinite where one of them can run nowhere."""
        times = np.array([self.rows[list(group)].sum(axis=0) for group in parts.groups])
        if not np.isfinite(times).any(axis=1).all():
            return IMPOSSIBLE
        after: list[dict[int, float]] = [{} for _ in parts.groups]
        for i, j, size in parts.edges:
            after[i][j] = float(size)
        listed = place(times, after, self.transfers).makespan
        better = None if self.improve is None else self.improve(times, after)
        return listed if better is None else min(listed, better.makespan)

    def partitions(self, numbers: Iterable[int], fine: float) -> Iterator[tuple[Coarsening, float]]:
        """A partition into at most each of ``numbers`` groups, which fall; ends where nothing can be merged."""
        for number in numbers:
            while len(self.quotient) > number:
                if not self._round(number):
                    return
            parts = grouped(self.graph, self.quotient.parts(), self.work, self.labels)
            yield parts, self.improved((1 + WITHIN / 2) * fine)

    def _round(self, number: int) -> bool:
        """Merge some pairs, down to ``number`` groups at the least; False if none can be."""
        groups = self.quotient
        (names, times, after), placed = self.placed()
        state = _State(names, times, after, placed, self.transfers)
        assert self.core is not None
        most = min(len(groups) - number, max(1, int(_ROUND * len(groups))))
        free = [scored for scored in state.scored() if scored[0] < IMPOSSIBLE]
        done, touched = 0, set[int]()
        for _score, u, v, core in sorted(free):
            if done == most:
                break
            if u in touched or v in touched or not groups.may_merge(u, v):
                continue
            touched |= {u, v, *groups.after[u], *groups.before[u], *groups.after[v], *groups.before[v]}
            groups.merge(u, v)
            self.core[u], self.start[u] = core, min(self.start[u], self.start[v])
            done += 1
        return done > 0


class _State:
    """Groups as placed: when each begins and ends, what must follow it, what goes before and after it on its core."""

    def __init__(
        self, names: list[int], times: Floats, after: list[dict[int, float]], placed: Placement, transfers: Transfers
    ) -> None:
        self.names, self.times, self.after, self.placed, self.transfers = names, times, after, placed, transfers
        count = len(names)
        self.makespan = placed.makespan or 1.0
        self.before: list[dict[int, float]] = [{} for _ in names]
        for i, reads in enumerate(after):
            for j, size in reads.items():
                self.before[j][i] = size
        self.load = np.zeros(transfers.cores)
        self.previous, self.following = [-1] * count, [-1] * count
        last = [-1] * transfers.cores
        for i in placed.order:
            m = placed.core[i]
            self.load[m] += times[i, m]
            self.previous[i] = last[m]
            if last[m] >= 0:
                self.following[last[m]] = i
            last[m] = i
        self.tail = [0.0] * count
        for i in reversed(placed.order):
            m = placed.core[i]
            most = 0.0 if self.following[i] < 0 else self.tail[self.following[i]]
            for j, size in after[i].items():
                most = max(most, self.tail[j] + self._transfer(m, placed.core[j], size))
            self.tail[i] = most + float(times[i, m])

    def _transfer(self, a: int, b: int, size: float) -> float:
        return 0.0 if a == b else float(self.transfers.latency_s[a, b]) + size * self.transfers.byte_s

    def scored(self) -> list[tuple[float, int, int, int]]:
        """(score, group, group, core) of every pair that may be worth merging: along an edge, or side by side."""
        pairs = {(i, j): None for i, reads in enumerate(self.after) for j in reads}
        order = self.placed.order
        pairs |= dict.fromkeys(pairwise(order))
        pairs |= {(i, j): None for i, j in enumerate(self.following) if j >= 0}
        # Parts with the same readers, and such that read the same, stand side by side.
        for near in (self.after, self.before):
            for others in near:
                row = sorted(others)
                pairs |= dict.fromkeys(pairwise(row))
        rank = {i: position for position, i in enumerate(order)}
        distinct = dict.fromkeys((i, j) if rank[i] < rank[j] else (j, i) for i, j in pairs)
        if not distinct:
            return []
        u, v = np.array(list(distinct)).T
        scores, cores = self._scores(u, v)
        return [
            (score, self.names[i], self.names[j], core)
            for score, core, (i, j) in zip(scores.tolist(), cores.tolist(), distinct, strict=True)
        ]

    def _scores(self, u: Places, v: Places) -> tuple[Floats, Places]:
        """What it costs to merge u and v of each pair, and the core on which that is least."""
        length = self.times[u] + self.times[v]
        row, core = np.arange(len(u)), np.array(self.placed.core)
        ready = self._without(_Latest.of(self.before, self.placed.end, self.placed.core, self.transfers), u, v)
        rest = self._without(_Latest.of(self.after, self.tail, self.placed.core, self.transfers), u, v)
        for there, beside, when in ((ready, self.previous, self.placed.end), (rest, self.following, self.tail)):
            at = np.array(when)
            for w in (u, v):
                other = np.array(beside)[w]
                counts = (other >= 0) & (other != u) & (other != v)
                here = row[counts], core[w[counts]]
                there[here] = np.maximum(there[here], at[other[counts]])
        load = self.load + length
        own = [self.times[w, core[w]] for w in (u, v)]
        for w, time in zip((u, v), own, strict=True):
            load[row, core[w]] -= time
        with np.errstate(invalid="ignore"):
            longer = np.maximum(np.maximum(ready + length + rest, load) - self.makespan, 0.0)
            waste = np.maximum(length - (own[0] + own[1])[:, None], 0.0)
            cost = (longer + _WASTE * waste + _SIZE * length) / self.makespan
        cost = np.where(np.isfinite(length), cost, IMPOSSIBLE)
        best = cost.argmin(axis=1)
        return cost[row, best], best

    def _without(self, latest: _Latest, u: Places, v: Places) -> Floats:
        """When all that is near u or v, but for these two, is there, shape (pairs, cores)."""
        return np.maximum(latest.but(u, v), latest.but(v, u))


@dataclass(frozen=True)
class _Latest:
    """Of each group and core, when the last of what is near it is there, which that is, and when all others are."""

    time: Floats
    whose: Places
    others: Floats

    @staticmethod
    def of(
        near: Sequence[Mapping[int, float]], times: Sequence[float], core: Sequence[int], transfers: Transfers
    ) -> _Latest:
        count, cores = len(near), transfers.cores
        made = _Latest(np.zeros((count, cores)), np.full((count, cores), -1, dtype=np.int64), np.zeros((count, cores)))
        some = [w for w in range(count) if near[w]]
        if not some:
            return made
        first = np.cumsum([0, *(len(near[w]) for w in some[:-1])])
        other = np.array([p for w in some for p in near[w]])
        size = np.array([size for w in some for size in near[w].values()])
        at, where = np.array(times)[other], np.array(core)[other]
        place = np.arange(len(other))
        arrival = transfers.latency_s[where] + (at + size * transfers.byte_s)[:, None]
        arrival[place, where] = at
        made.time[some] = np.maximum.reduceat(arrival, first, axis=0)
        segment = np.repeat(np.array(some), [len(near[w]) for w in some])
        last = np.minimum.reduceat(np.where(arrival == made.time[segment], place[:, None], len(other)), first, axis=0)
        made.whose[some] = other[last]
        arrival[last, np.arange(cores)] = 0.0
        made.others[some] = np.maximum.reduceat(arrival, first, axis=0)
        return made

    def but(self, w: Places, left_out: Places) -> Floats:
        """When all that is near each of ``w``, but for what is left out, is there; 0 where that is nothing."""
        return np.maximum(np.where(self.whose[w] == left_out[:, None], self.others[w], self.time[w]), 0.0)
