"""Topological orders: nothing before what it needs, ties by priority and index; a cycle that is one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wnpopt.core.topology import CycleError, Frontier, topological_order

COUNT = 8
EDGES = st.lists(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)), max_size=20)


def least_first(edges: list[tuple[int, int]], priority: list[int]) -> list[int]:
    """By the definition: of all that may come next the least, as long as there is any."""
    order: list[int] = []
    while True:
        rest = [v for v in range(COUNT) if v not in order]
        ready = [v for v in rest if not any(j == v and i in rest for i, j in edges)]
        if not ready:
            return order
        order.append(min(ready, key=lambda v: (priority[v], v)))


@settings(deadline=None)
@given(EDGES, st.lists(st.integers(0, 2), min_size=COUNT, max_size=COUNT))
def test_order_or_cycle(edges: list[tuple[int, int]], priority: list[int]) -> None:
    wanted = least_first(edges, priority)
    if len(wanted) == COUNT:
        assert topological_order(COUNT, edges, priority.__getitem__) == wanted
        return
    with pytest.raises(CycleError) as caught:
        topological_order(COUNT, edges, priority.__getitem__)
    cycle = caught.value.cycle
    assert cycle[0] == cycle[-1]
    assert len(set(cycle)) == len(cycle) - 1 >= 1
    assert all(step in edges for step in pairwise(cycle))


def test_ties_go_by_index() -> None:
    assert topological_order(4, [(3, 0), (3, 0)]) == [1, 2, 3, 0]
    assert topological_order(0, []) == []


def test_a_frontier_opens_as_vertices_are_done() -> None:
    frontier = Frontier(4, [(0, 3), (0, 2), (1, 2)])
    assert frontier.first == [0, 1]
    assert list(frontier.done(0)) == [3]
    assert list(frontier.done(1)) == [2]
