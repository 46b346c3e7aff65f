"""Coarsening: the operators of a graph grouped into few subgraphs of balanced work with little traffic
between.

The groups carry numbers that never decrease along an edge, so the graph of groups is acyclic whatever is
moved (the condition under which Moreira, Popp and Schulz, "Evolutionary multi-level acyclic graph
partitioning", GECCO 2018, move vertices between blocks). Several topological orders are each cut into
contiguous segments by an exact dynamic programme; single operators are then moved while that lessens the
traffic; the best result is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from wnpopt.core.errors import InputError
from wnpopt.core.topology import Frontier
from wnpopt.domain.network.graph import Graph

_BYTE_WORK = 10
"""FLOP that one moved byte stands for in the default work: a core whose roofline bends at 10 FLOP a byte."""


@dataclass(frozen=True, slots=True)
class Coarsening:
    """A partition of a graph's operators.

    ``groups`` are operator indices, ascending, in a topological order of the groups; ``edges`` are (i, j,
    bytes) between groups, each tensor counted once for each group that needs it; ``labels`` is each group's
    label.
    """

    groups: tuple[tuple[int, ...], ...]
    edges: tuple[tuple[int, int, int], ...]
    labels: tuple[str | None, ...]
    work: tuple[float, ...]

    @property
    def cut_bytes(self) -> int:
        """Bytes that flow between groups, if every group has a core of its own."""
        return sum(size for _, _, size in self.edges)

    @property
    def balance(self) -> float:
        """Largest work of a group over the mean: 1 is perfect."""
        total = sum(self.work)
        return max(self.work) * len(self.work) / total if total > 0 else 1.0


def coarsen(
    graph: Graph,
    n: int,
    *,
    work: Sequence[float] | None = None,
    labels: Sequence[str | None] | None = None,
    barriers: Collection[str] = (),
    slack: float = 0.3,
) -> Coarsening:
    """At most ``n`` groups of operators.

    ``work`` is the weight of each operator (default: FLOP, or 10 for each byte it moves if that is more).
    Operators of different ``labels`` (default: their modality) are never together, and a tensor in
    ``barriers`` is never inside a group: its producer and its consumers are in different ones. With the mean
    m of the total work over ``n``, no group has more work than (1 + ``slack``) m, or than its heaviest
    operator and ``slack`` m, unless ``n``, the labels and the barriers force it: then the first limit is
    raised as little as needed.

    Raises :class:`InputError` if ``n`` is too small for the labels and barriers, or an argument does not fit.
    """
    if n < 1:
        raise InputError(f"found {n}; at least 1 group is needed", where="n")
    if not (np.isfinite(slack) and slack >= 0):
        raise InputError(f"found {slack}; a finite number of at least 0 is needed", where="slack")
    problem = _Problem.of(graph, work, labels, barriers)
    n = min(n, len(problem.work))
    mean = float(problem.work.sum()) / n
    best: tuple[tuple[float, int, int], NDArray[np.int64]] | None = None
    fewest = len(problem.work)
    for position, order in enumerate(_orders(problem)):
        runs = problem.runs(order)
        fewest = min(fewest, runs)
        if runs > n:
            continue
        limit = problem.limit(order, n, _Limit((1 + slack) * mean, slack * mean))
        parts = problem.refine(problem.split(order, n, limit), limit)
        score = (limit.group, problem.cut(parts), position)
        if best is None or score < best[0]:
            best = (score, parts)
    if best is None:
        raise InputError(f"found {n}; the labels and barriers need at least {fewest} groups", where="n")
    return problem.coarsening(best[1])


def grouped(
    graph: Graph, parts: NDArray[np.int64], work: Sequence[float], labels: Sequence[str | None] | None = None
) -> Coarsening:
    """The partition in which operator v is in group ``parts[v]``; the numbers never decrease along an edge."""
    return _Problem.of(graph, work, labels, ()).coarsening(parts)


@dataclass(frozen=True, slots=True)
class _Limit:
    """The work that a group may have: ``group``, or its heaviest operator and ``beside`` more.

    Both conditions hold for every part of a group that meets them, so the longest segment from a start is
    found by scanning, and the greedy partition into longest segments has the fewest.
    """

    group: float
    beside: float

    def allows(self, load: float, heaviest: float) -> bool:
        return load <= max(self.group, heaviest + self.beside) * (1 + 1e-9)


@dataclass(frozen=True, slots=True)
class _Problem:
    work: NDArray[np.float64]
    label: tuple[str | None, ...]
    predecessors: tuple[tuple[int, ...], ...]
    successors: tuple[tuple[int, ...], ...]
    tensors: tuple[tuple[int, tuple[int, ...], int], ...]
    """(producer, consumers, bytes) of every tensor between operators"""
    touching: tuple[tuple[int, ...], ...]
    """tensors that each operator makes or reads"""
    walls: tuple[bool, ...]
    """whether a tensor may not be inside a group"""

    @classmethod
    def of(
        cls,
        graph: Graph,
        work: Sequence[float] | None,
        labels: Sequence[str | None] | None,
        barriers: Collection[str],
    ) -> _Problem:
        operators = graph.operators
        if work is None:
            work = [float(max(op.flop, _BYTE_WORK * op.memory_bytes)) for op in operators]
        if labels is None:
            labels = [op.modality for op in operators]
        for what, values in (("work", work), ("labels", labels)):
            if len(values) != len(operators):
                raise InputError(f"found {len(values)} entries for {len(operators)} operators", where=what)
        weights = np.array(work, dtype=np.float64)
        if not np.all(np.isfinite(weights)) or np.any(weights < 0):
            raise InputError(
                "found a negative or infinite entry; finite numbers of at least 0 are needed", where="work"
            )
        for name in sorted(barriers):
            graph.tensor(name)
        predecessors: list[dict[int, None]] = [{} for _ in operators]
        successors: list[dict[int, None]] = [{} for _ in operators]
        tensors: list[tuple[int, tuple[int, ...], int]] = []
        touching: list[list[int]] = [[] for _ in operators]
        walls = []
        for name, readers in graph.consumers.items():
            producer = graph.producer.get(name)
            if producer is None:
                continue
            for operator in (producer, *readers):
                touching[operator].append(len(tensors))
            for reader in readers:
                predecessors[reader][producer] = None
                successors[producer][reader] = None
            tensors.append((producer, readers, graph.tensor(name).bytes))
            walls.append(name in barriers)
        return cls(
            weights,
            tuple(labels),
            tuple(tuple(sorted(p)) for p in predecessors),
            tuple(tuple(sorted(s)) for s in successors),
            tuple(tensors),
            tuple(tuple(t) for t in touching),
            tuple(walls),
        )

    def frontier(self) -> Frontier:
        """Nothing done yet."""
        edges = ((v, w) for v, successors in enumerate(self.successors) for w in successors)
        return Frontier(len(self.work), edges)

    def earliest(self, order: Sequence[int]) -> NDArray[np.int64]:
        """For each end j of a segment in ``order``, the smallest start that labels and barriers allow."""
        place = np.empty(len(order), dtype=np.int64)
        place[list(order)] = np.arange(len(order))
        wall = np.zeros(len(order) + 1, dtype=np.int64)
        for (producer, readers, _), forbidden in zip(self.tensors, self.walls, strict=True):
            if forbidden:
                for reader in readers:
                    wall[place[reader] + 1] = max(wall[place[reader] + 1], place[producer] + 1)
        for j in range(2, len(order) + 1):
            if self.label[order[j - 1]] != self.label[order[j - 2]]:
                wall[j] = j - 1
        return np.maximum.accumulate(wall)

    def runs(self, order: Sequence[int]) -> int:
        """The fewest segments that labels and barriers allow in ``order``."""
        return self._fewest(order, _Limit(np.inf, 0.0))

    def _fewest(self, order: Sequence[int], limit: _Limit) -> int:
        earliest = self.earliest(order)
        start, load, heaviest, count = 0, 0.0, 0.0, 1
        for j, operator in enumerate(order, start=1):
            work = float(self.work[operator])
            load, heaviest = load + work, max(heaviest, work)
            if start < earliest[j] or not limit.allows(load, heaviest):
                start, load, heaviest, count = j - 1, work, work, count + 1
        return count

    def limit(self, order: Sequence[int], n: int, wanted: _Limit) -> _Limit:
        """``wanted``, or the least above it with which ``n`` segments of ``order`` do."""
        if self._fewest(order, wanted) <= n:
            return wanted
        low, high = wanted.group, float(self.work.sum())
        for _ in range(40):
            middle = (low + high) / 2
            if self._fewest(order, _Limit(middle, wanted.beside)) <= n:
                high = middle
            else:
                low = middle
        return _Limit(high, wanted.beside)

    def split(self, order: Sequence[int], n: int, limit: _Limit) -> NDArray[np.int64]:
        """Group numbers of the cheapest cut of ``order`` into at most ``n`` segments within ``limit``.

        Forward dynamic programme over (segments used, end); the bytes that enter a segment depend on nothing
        else.
        """
        count = len(order)
        place = np.empty(count, dtype=np.int64)
        place[list(order)] = np.arange(count)
        work = self.work[list(order)]
        earliest = self.earliest(order)
        uses = [sorted(int(place[r]) for r in readers) for _, readers, _ in self.tensors]
        made: list[list[int]] = [[] for _ in range(count)]
        read: list[list[int]] = [[] for _ in range(count)]
        for tensor, (producer, _, _) in enumerate(self.tensors):
            made[place[producer]].append(tensor)
            for position in uses[tensor]:
                read[position].append(tensor)
        following = [0] * len(self.tensors)
        first_use = np.zeros(count, dtype=np.int64)  # bytes of outside tensors, at their first use from here on
        unreached = np.iinfo(np.int64).max // 4
        cheapest = np.full((n + 1, count + 1), unreached, dtype=np.int64)
        cheapest[0, 0] = 0
        came_from = np.zeros((n + 1, count + 1), dtype=np.int64)
        for i in range(count):
            last = int(np.searchsorted(earliest, i, side="right"))  # ends that labels and barriers allow
            load = np.cumsum(work[i : last - 1])
            allowed = np.maximum(limit.group, np.maximum.accumulate(work[i : last - 1]) + limit.beside)
            stop = i + 1 + int(np.count_nonzero(load <= allowed * (1 + 1e-9)))
            if stop > i + 1:
                entering = np.cumsum(first_use[i : stop - 1])
                candidate = cheapest[:-1, i, None] + entering[None, :]
                target = cheapest[1:, i + 1 : stop]
                better = (candidate < target) & (cheapest[:-1, i, None] < unreached)
                target[better] = candidate[better]
                came_from[1:, i + 1 : stop][better] = i
            for tensor in read[i]:  # read at i: from i+1 on, its first use is the next one
                size = self.tensors[tensor][2]
                first_use[i] -= size
                following[tensor] += 1
                if following[tensor] < len(uses[tensor]):
                    first_use[uses[tensor][following[tensor]]] += size
            for tensor in made[i]:
                if uses[tensor]:
                    first_use[uses[tensor][0]] += self.tensors[tensor][2]
        used = int(np.argmin(cheapest[:, count]))
        parts = np.empty(count, dtype=np.int64)
        end = count
        for segment in range(used, 0, -1):
            start = int(came_from[segment, end])
            parts[list(order[start:end])] = segment - 1
            end = start
        return parts

    def refine(self, parts: NDArray[np.int64], limit: _Limit) -> NDArray[np.int64]:
        """Move operators to other groups while that lessens the traffic and keeps all constraints."""
        parts = parts.copy()
        load = np.bincount(parts, weights=self.work)
        label: dict[int, str | None] = {int(parts[v]): self.label[v] for v in range(len(parts))}
        for _ in range(8):
            moved = False
            for v in range(len(parts)):
                here = int(parts[v])
                low = max((int(parts[u]) for u in self.predecessors[v]), default=here)
                high = min((int(parts[w]) for w in self.successors[v]), default=here)
                best_gain, best_part = 0, here
                for target in sorted({low, high} - {here}):
                    if label[target] != self.label[v] or not self._may_join(v, target, parts):
                        continue
                    heaviest = max(float(self.work[parts == target].max()), float(self.work[v]))
                    if not limit.allows(load[target] + self.work[v], heaviest):
                        continue
                    gain = self._traffic(v, parts) - self._traffic_if(v, target, parts)
                    if gain > best_gain:
                        best_gain, best_part = gain, target
                if best_part != here:
                    load[here] -= self.work[v]
                    load[best_part] += self.work[v]
                    parts[v] = best_part
                    moved = True
            if not moved:
                break
        return np.unique(parts, return_inverse=True)[1].astype(np.int64)

    def _may_join(self, v: int, target: int, parts: NDArray[np.int64]) -> bool:
        for tensor in self.touching[v]:
            if self.walls[tensor]:
                producer, readers, _ = self.tensors[tensor]
                others = readers if producer == v else (producer,)
                if any(parts[u] == target for u in others):
                    return False
        return True

    def _traffic(self, v: int, parts: NDArray[np.int64]) -> int:
        return sum(self._tensor_traffic(tensor, parts) for tensor in self.touching[v])

    def _traffic_if(self, v: int, target: int, parts: NDArray[np.int64]) -> int:
        here = parts[v]
        parts[v] = target
        traffic = self._traffic(v, parts)
        parts[v] = here
        return traffic

    def _tensor_traffic(self, tensor: int, parts: NDArray[np.int64]) -> int:
        producer, readers, size = self.tensors[tensor]
        home = parts[producer]
        return size * len({int(parts[r]) for r in readers if parts[r] != home})

    def cut(self, parts: NDArray[np.int64]) -> int:
        return sum(self._tensor_traffic(tensor, parts) for tensor in range(len(self.tensors)))

    def coarsening(self, parts: NDArray[np.int64]) -> Coarsening:
        number = int(parts.max()) + 1
        groups: list[list[int]] = [[] for _ in range(number)]
        for v, part in enumerate(parts):
            groups[int(part)].append(v)
        flows: dict[tuple[int, int], int] = {}
        for producer, readers, size in self.tensors:
            home = int(parts[producer])
            for part in sorted({int(parts[r]) for r in readers} - {home}):
                flows[home, part] = flows.get((home, part), 0) + size
        return Coarsening(
            tuple(tuple(group) for group in groups),
            tuple((i, j, size) for (i, j), size in sorted(flows.items())),
            tuple(self.label[group[0]] for group in groups),
            tuple(float(self.work[group].sum()) for group in groups),
        )


def _orders(problem: _Problem) -> list[list[int]]:
    """Topological orders to cut: branch by branch, level by level, and as listed; each groups labels
    together."""
    count = len(problem.work)
    listed = list(range(count))
    depth = [0] * count
    for v in listed:
        depth[v] = max((depth[u] + 1 for u in problem.predecessors[v]), default=0)
    keys = {label: i for i, label in enumerate(dict.fromkeys(problem.label))}
    waves = [keys[label] for label in problem.label]
    candidates = [_topological(problem, waves, _depth_first(problem)), _topological(problem, waves, depth)]
    candidates.append(_topological(problem, waves, listed))
    return [list(order) for order in dict.fromkeys(tuple(candidate) for candidate in candidates)]


def _depth_first(problem: _Problem) -> list[int]:
    """Rank of each operator when a branch is followed to its end before the next one is begun."""
    frontier = problem.frontier()
    stack = frontier.first[::-1]
    rank = [0] * len(problem.work)
    position = 0
    while stack:
        v = stack.pop()
        rank[v] = position
        position += 1
        stack.extend(reversed(list(frontier.done(v))))
    return rank


def _topological(problem: _Problem, waves: Sequence[int], priority: Sequence[int]) -> list[int]:
    """The topological order that stays within a label as long as it can, then goes by ``priority``."""
    frontier = problem.frontier()
    heaps: dict[int, list[tuple[int, int]]] = {}
    order: list[int] = []
    wave, ready = min(waves), iter(frontier.first)
    while len(order) < len(waves):
        for v in ready:
            heappush(heaps.setdefault(waves[v], []), (priority[v], v))
        if not heaps.get(wave):
            wave = min(w for w, heap in heaps.items() if heap)
        _, v = heappop(heaps[wave])
        order.append(v)
        ready = frontier.done(v)
    return order
