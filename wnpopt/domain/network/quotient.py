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

    def __len__(self) -> int:
        return len(self.members)

    def bytes(self, tensors: set[int]) -> int:
        """Bytes of these tensors."""
        return sum(self.sizes[tensor] for tensor in tensors)

    def may_merge(self, u: int, v: int) -> bool:
        """True if groups ``u`` and ``v`` have one label, and no path between them leads over a third group."""
        return self.labels[u] == self.labels[v] and not self._detour(u, v) and not self._detour(v, u)

    def _detour(self, u: int, v: int) -> bool:
        stack = [w for w in self.after[u] if w != v]
        seen = set(stack)
        while stack:
            for w in self.after[stack.pop()]:
                if w == v:
                    return True
                if w not in seen:
                    seen.add(w)
                    stack.append(w)
        return False

    def merge(self, u: int, v: int) -> None:
        """Put the operators of ``v`` into ``u``."""
        self.members[u] += self.members.pop(v)
        self.times[u] = self.times[u] + self.times.pop(v)
        for near, far in ((self.after, self.before), (self.before, self.after)):
            for w, tensors in near.pop(v).items():
                del far[w][v]
                if w == u:
                    continue
                near[u].setdefault(w, set()).update(tensors)
                far[w].setdefault(u, set()).update(tensors)

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
