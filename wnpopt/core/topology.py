"""One topological order of a directed graph, and the vertices of a cycle where there is none.

A graph has the vertices 0 to ``count`` - 1 and edges (from, to), which may repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import Any


class CycleError(ValueError):
    """``cycle``: vertices, each with an edge to the next one, the first one again at the end."""

    def __init__(self, cycle: Sequence[int]) -> None:
        super().__init__(f"the graph has the cycle {list(cycle)}")
        self.cycle = tuple(cycle)


class Frontier:
    """The vertices whose predecessors are all done, for orders that are chosen as one goes.

    ``first`` are those without a predecessor, ascending.
    """

    def __init__(self, count: int, edges: Iterable[tuple[int, int]]) -> None:
        self.successors: list[list[int]] = [[] for _ in range(count)]
        self._missing = [0] * count
        for source, target in edges:
            self.successors[source].append(target)
            self._missing[target] += 1
        self.first = [vertex for vertex, missing in enumerate(self._missing) if not missing]

    def done(self, vertex: int) -> Iterator[int]:
        """What becomes ready now that ``vertex`` is done, in the order of its edges."""
        for follower in self.successors[vertex]:
            self._missing[follower] -= 1
            if not self._missing[follower]:
                yield follower

    def cycle(self) -> tuple[int, ...]:
        """A cycle among the vertices that never become ready, found backwards from the least of them."""
        predecessor: dict[int, int] = {}
        for vertex, followers in enumerate(self.successors):
            if self._missing[vertex]:
                for follower in followers:
                    predecessor.setdefault(follower, vertex)
        vertex = next(vertex for vertex, missing in enumerate(self._missing) if missing)
        seen: dict[int, None] = {}
        while vertex not in seen:
            seen[vertex] = None
            vertex = predecessor[vertex]
        path = list(seen)
        return (vertex, *path[: path.index(vertex) : -1], vertex)


def topological_order(
    count: int, edges: Iterable[tuple[int, int]], priority: Callable[[int], Any] = lambda _vertex: 0
) -> list[int]:
    """All vertices, none before a predecessor; of those that are ready the least ``priority``, then the least index.

    Kahn's algorithm (Communications of the ACM 5(11), 1962). Raises :class:`CycleError`.
    """
    frontier = Frontier(count, edges)
    ready = [(priority(vertex), vertex) for vertex in frontier.first]
    heapify(ready)
    order: list[int] = []
    while ready:
        _, vertex = heappop(ready)
        order.append(vertex)
        for follower in frontier.done(vertex):
            heappush(ready, (priority(follower), follower))
    if len(order) < count:
        raise CycleError(frontier.cycle())
    return order
