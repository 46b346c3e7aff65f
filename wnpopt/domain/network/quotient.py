"""A network's operators in groups that can be merged, the graph of the groups acyclic all along."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wnpopt.domain.network.graph import Graph
from wnpopt.domain.network.placement import Floats, topological


class Quotient:
    """Groups of operators, one operator each at first.

    Alive groups are named by the index of one of their operators; a tensor counts once for a group that needs it.
    They are kept in a topological order, so that a search for a path looks at what stands between its ends alone:
    merging two groups moves what follows the first behind the second, as Pearce and Kelly, "A dynamic topological sort
    algorithm for directed acyclic graphs" (ACM JEA 11, 2006), reorder what a new edge is about.
    """

    def __init__(self, graph: Graph, times: Floats, labels: Sequence[str | None]) -> None:
        count = len(graph.operators)
        self.members: dict[int, list[int]] = {i: [i] for i in range(count)}
        self.times: dict[int, Floats] = {i: times[i].copy() for i in range(count)}
        self.labels = list(labels)
        self.after: dict[int, dict[int, set[int]]] = {i: {} for i in range(count)}
        self.before: dict[int, dict[int, set[int]]] = {i: {} for i in range(count)}
        self.sizes: list[int] = []
        for name, readers in graph.consumers.items():
            maker = graph.producer.get(name)
            if maker is None:
                continue
            for reader in readers:
                self.after[maker].setdefault(reader, set()).add(len(self.sizes))
                self.before[reader].setdefault(maker, set()).add(len(self.sizes))
            self.sizes.append(graph.tensor(name).bytes)
        self._order: list[int | None] = [*topological(self._bare(self.before), self._bare(self.after))]
        self._place = {name: place for place, name in enumerate(self._order) if name is not None}

    @staticmethod
    def _bare(near: dict[int, dict[int, set[int]]]) -> list[dict[int, float]]:
        return [dict.fromkeys(near[i], 0.0) for i in range(len(near))]

    def __len__(self) -> int:
        return len(self.members)

    def bytes(self, tensors: set[int]) -> int:
        """Bytes of these tensors."""
        return sum(self.sizes[tensor] for tensor in tensors)

    def may_merge(self, u: int, v: int) -> bool:
        """True if groups ``u`` and ``v`` have one label, and no path between them leads over a third group."""
        if self.labels[u] != self.labels[v]:
            return False
        first, second = sorted((u, v), key=self._place.__getitem__)
        return not any(second in self.after[w] for w in self._between(first, second))

    def _between(self, first: int, second: int) -> set[int]:
        """What follows ``first`` and stands before ``second`` in the order."""
        end = self._place[second]
        stack, seen = [first], set[int]()
        while stack:
            for w in self.after[stack.pop()]:
                if w not in seen and self._place[w] < end:
                    seen.add(w)
                    stack.append(w)
        return seen

    def merge(self, u: int, v: int) -> None:
        """Put the operators of ``v`` into ``u``; the two may be merged (:meth:`may_merge`)."""
        self._reorder(u, v)
        self.members[u] += self.members.pop(v)
        self.times[u] = self.times[u] + self.times.pop(v)
        for near, far in ((self.after, self.before), (self.before, self.after)):
            for w, tensors in near.pop(v).items():
                del far[w][v]
                if w == u:
                    continue
                near[u].setdefault(w, set()).update(tensors)
                far[w].setdefault(u, set()).update(tensors)

    def _reorder(self, u: int, v: int) -> None:
        """Give ``u`` a place before all that follows either of the two, and behind all that they follow."""
        first, second = sorted((u, v), key=self._place.__getitem__)
        behind = self._between(first, second)
        start, end = self._place[first], self._place.pop(second) + 1
        names = [name for name in self._order[start + 1 : end - 1] if name is not None]
        moved = [name for name in names if name not in behind] + [u] + [name for name in names if name in behind]
        self._place.pop(first, None)
        self._order[start:end] = [*moved, *[None] * (end - start - len(moved))]
        for place, name in enumerate(moved, start):
            self._place[name] = place

    def compact(self) -> tuple[list[int], Floats, list[dict[int, float]]]:
        """Alive groups in ascending order, their times, and the bytes to the groups that read them, by position."""
        names = sorted(self.members)
        place = {name: position for position, name in enumerate(names)}
        after = [{place[w]: float(self.bytes(self.after[name][w])) for w in sorted(self.after[name])} for name in names]
        return names, np.array([self.times[name] for name in names]), after

    def parts(self) -> NDArray[np.int64]:
        """The number of each operator's group, in a topological order of the groups."""
        names, _, after = self.compact()
        before: list[dict[int, float]] = [{} for _ in names]
        for i, reads in enumerate(after):
            for j in reads:
                before[j][i] = 0.0
        parts = np.empty(len(self.labels), dtype=np.int64)
        for number, position in enumerate(topological(before, after)):
            parts[self.members[names[position]]] = number
        return parts
