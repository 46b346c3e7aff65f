"""Coarsening for unequal cores: still an acyclic partition, and the plan that it leaves possible stays short."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.test_coarsen import check, graphs
from wnpopt.core.errors import InputError
from wnpopt.domain.chip.devices import chip, device
from wnpopt.domain.network import merge
from wnpopt.domain.network.graph import Graph, Tensor, make_operator
from wnpopt.domain.network.merge import WITHIN, coarsen_for_cores
from wnpopt.domain.network.placement import Placement, Transfers, place
from wnpopt.domain.network.quotient import Quotient
from wnpopt.domain.network.zoo import build_network

Rows = list[tuple[float | None, ...]]


def network(edges: Sequence[tuple[int, int]], count: int, size: int = 100) -> Graph:
    """Operators 0 to ``count``-1 that each make a tensor of ``size`` floats; those without a source read the input."""
    tensors = [Tensor.of("x", (size,)), *(Tensor.of(f"t{i}", (size,)) for i in range(count))]
    operators = []
    for i in range(count):
        reads = [tensors[1 + u] for u, v in edges if v == i] or tensors[:1]
        operators.append(make_operator(f"o{i}", "Relu", inputs=reads, outputs=[tensors[1 + i]], flop=1, macs=0))
    return Graph("made", tuple(operators), tuple(tensors), ("x",), (f"t{count - 1}",))


def line(cores: int, bytes_per_s: float = 1e9) -> Transfers:
    return Transfers.on_mesh([(m, 0) for m in range(cores)], 1e-6, bytes_per_s)


@st.composite
def timed(draw: st.DrawFn) -> tuple[Graph, Rows, Transfers]:
    graph = draw(graphs(16))
    cores = draw(st.integers(1, 3))
    rows = []
    for _ in graph.operators:
        row = draw(st.lists(st.one_of(st.none(), st.floats(0, 1e-3)), min_size=cores, max_size=cores))
        row[draw(st.integers(0, cores - 1))] = draw(st.floats(0, 1e-3))
        rows.append(tuple(row))
    return graph, rows, line(cores, draw(st.sampled_from([1e5, 1e9])))


@settings(max_examples=120, deadline=None)
@given(timed(), st.integers(1, 12))
def test_groups_are_an_acyclic_partition_that_the_cores_run(case: tuple[Graph, Rows, Transfers], n: int) -> None:
    graph, rows, transfers = case
    try:
        made = coarsen_for_cores(graph, n, rows, transfers)
    except InputError:
        with pytest.raises(InputError, match=r"^n: "):
            coarsen_for_cores(graph, n, rows, transfers)
        made = coarsen_for_cores(graph, len(graph.operators), rows, transfers)
        n = len(graph.operators)
    check(graph, made.parts, n)
    for group, label in zip(made.parts.groups, made.parts.labels, strict=True):
        assert {graph.operators[v].modality for v in group} == {label}
        assert any(all(rows[v][m] is not None for v in group) for m in range(transfers.cores))
    assert coarsen_for_cores(graph, n, rows, transfers) == made


@settings(max_examples=60, deadline=None)
@given(timed())
def test_auto_keeps_the_makespan_of_single_operators(case: tuple[Graph, Rows, Transfers]) -> None:
    graph, rows, transfers = case
    made = coarsen_for_cores(graph, None, rows, transfers)
    check(graph, made.parts, len(graph.operators))
    assert made.makespan_s <= (1 + WITHIN) * made.fine_s


def test_operators_that_no_core_runs_together_stay_in_groups_of_their_own() -> None:
    count = 12
    graph = network([(i, i + 1) for i in range(count - 1)], count)
    rows: Rows = [(1e-3, None) if i % 4 < 2 else (None, 1e-3) for i in range(count)]
    made = coarsen_for_cores(graph, 6, rows, line(2))
    assert made.parts.groups == tuple((i, i + 1) for i in range(0, count, 2))
    assert made.makespan_s == pytest.approx(made.fine_s)
    with pytest.raises(InputError, match="found 5; no core runs whole groups"):
        coarsen_for_cores(graph, 5, rows, line(2))


def test_a_slow_core_for_everything_is_no_reason_to_merge_across_bans() -> None:
    count = 12
    graph = network([(i, i + 1) for i in range(count - 1)], count)
    rows: Rows = [(1e-3, None, 9e-3) if i % 4 < 2 else (None, 1e-3, 9e-3) for i in range(count)]
    assert coarsen_for_cores(graph, 6, rows, line(3)).makespan_s == pytest.approx(count * 1e-3, rel=0.01)
    forced = coarsen_for_cores(graph, 5, rows, line(3))
    assert forced.makespan_s > 1.3 * forced.fine_s


def test_parallel_branches_stay_apart() -> None:
    first, second = range(1, 9), range(9, 17)
    edges = [(0, 1), (0, 9), *itertools.pairwise(first), *itertools.pairwise(second), (8, 17), (16, 17)]
    graph = network(edges, 18, size=1)
    rows: Rows = [(1e-3, 1e-3)] * 18
    made = coarsen_for_cores(graph, 4, rows, line(2))
    assert made.makespan_s == pytest.approx(10e-3, rel=0.01)  # both branches at once
    assert not any({8, 16} <= set(group) for group in made.parts.groups)


def test_the_labels_are_too_many() -> None:
    graph = network([(i, i + 1) for i in range(5)], 6)
    with pytest.raises(InputError, match="need at least 6 groups"):
        coarsen_for_cores(graph, 3, [(1.0,)] * 6, line(1), labels=list("ababab"))


@pytest.mark.parametrize(
    ("n", "rows", "told"),
    [
        (0, [(1.0, 1.0)] * 3, "at least 1 group"),
        (2, [(1.0, 1.0)] * 2, "3 operators"),
        (2, [(1.0,)] * 3, "2 cores"),
        (2, [(1.0, 1.0), (None, None), (1.0, 1.0)], "no core of the chip runs Relu"),
    ],
)
def test_what_does_not_fit_is_refused(n: int, rows: Rows, told: str) -> None:
    with pytest.raises(InputError, match=told):
        coarsen_for_cores(network([(0, 1), (1, 2)], 3), n, rows, line(2))


def valid(times: np.ndarray, after: Sequence[dict[int, float]], transfers: Transfers, placed: Placement) -> None:
    for i, m in enumerate(placed.core):
        assert placed.end[i] == pytest.approx(placed.start[i] + times[i, m])
        for j, size in after[i].items():
            assert placed.start[j] >= placed.end[i] + transfers.of(size)[m, placed.core[j]] - 1e-12
    for m in range(transfers.cores):
        own = sorted((placed.start[i], placed.end[i]) for i in range(len(times)) if placed.core[i] == m)
        assert all(b >= a - 1e-12 for (_, a), (b, _) in itertools.pairwise(own))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 6), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_a_chain_is_placed_as_well_as_can_be(count: int, cores: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = np.where(rng.random((count, cores)) < 0.3, np.inf, rng.random((count, cores)))
    times[np.arange(count), rng.integers(0, cores, count)] = rng.random(count)
    after: list[dict[int, float]] = [{i + 1: float(rng.integers(0, 3))} for i in range(count - 1)] + [{}]
    transfers = Transfers.on_mesh([(m, 0) for m in range(cores)], 0.1, 4.0)
    placed = place(times, after, transfers)
    valid(times, after, transfers, placed)
    best = min(
        sum(times[i, m] for i, m in enumerate(chosen))
        + sum(transfers.of(after[i][i + 1])[a, b] for i, (a, b) in enumerate(itertools.pairwise(chosen)))
        for chosen in itertools.product(range(cores), repeat=count)
    )
    assert placed.makespan == pytest.approx(best)


@settings(max_examples=60, deadline=None)
@given(graphs(14), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_a_placement_respects_cores_and_transfers(graph: Graph, cores: int, seed: int) -> None:
    times = np.random.default_rng(seed).random((len(graph.operators), cores))
    after: list[dict[int, float]] = [{} for _ in graph.operators]
    for edge in graph.edges:
        after[edge.producer][edge.consumer] = after[edge.producer].get(edge.consumer, 0) + edge.bytes
    transfers = Transfers.on_mesh([(m % 2, m // 2) for m in range(cores)], 0.1, 1e3)
    valid(times, after, transfers, place(times, after, transfers))


@pytest.mark.parametrize("bare", [False, True])
def test_a_network_on_a_chip_of_the_library(bare: bool) -> None:
    graph = build_network("convnext-l", {})
    cores = chip("edge-2x2").without_vector() if bare else chip("edge-2x2")
    rows = [tuple(placed.core.seconds(operator) for placed in cores.cores) for operator in graph.operators]
    transfers = Transfers.on_mesh([(c.x, c.y) for c in cores.cores], cores.hop_s, cores.bytes_per_s)
    made = coarsen_for_cores(graph, None, rows, transfers)
    check(graph, made.parts, len(graph.operators))
    assert made.makespan_s <= (1 + WITHIN) * made.fine_s
    assert len(made.parts.groups) < len(graph.operators) / 2


def test_vector_work_on_an_array_is_slower_not_forbidden() -> None:
    graph = build_network("vit-b-16", {})
    for name in ("systolic-64", "systolic-32", "eyeriss-like-1024"):
        core = device(name)
        for operator in graph.operators:
            seconds, bare = core.seconds(operator), core.without_vector().seconds(operator)
            assert seconds is not None
            if operator.op_type in core.vector_types:
                assert bare is None
                vector = device("vector-dsp").seconds(operator)
                assert vector is not None
                if operator.flop - 2 * operator.macs > 1e6:
                    assert seconds > vector, (name, operator.op_type)
            else:
                assert bare == seconds


def worth(state: merge._State, u: int, v: int) -> list[float]:
    """What it costs to merge one pair, on each core, everything near it gone through one by one."""
    placed, transfers = state.placed, state.transfers

    def latest(near: dict[int, float], times: Sequence[float], core: int) -> float:
        arrivals = [
            times[p]
            + (0.0 if placed.core[p] == core else transfers.latency_s[placed.core[p], core] + size * transfers.byte_s)
            for p, size in near.items()
            if p not in (u, v)
        ]
        return max(arrivals, default=0.0)

    costs = []
    for m in range(transfers.cores):
        length = float(state.times[u, m] + state.times[v, m])
        ready = max(latest(state.before[w], placed.end, m) for w in (u, v))
        rest = max(latest(state.after[w], state.tail, m) for w in (u, v))
        load, own = state.load[m] + length, 0.0
        for w in (u, v):
            own += float(state.times[w, placed.core[w]])
            if placed.core[w] == m:
                load -= float(state.times[w, m])
                if (p := state.previous[w]) not in (-1, u, v):
                    ready = max(ready, placed.end[p])
                if (s := state.following[w]) not in (-1, u, v):
                    rest = max(rest, state.tail[s])
        longer = max(ready + length + rest - state.makespan, load - state.makespan, 0.0)
        cost = (longer + merge._WASTE * max(length - own, 0.0) + merge._SIZE * length) / state.makespan
        costs.append(cost if math.isfinite(length) else math.inf)
    return costs


def check_scores(graph: Graph, rows: Rows, transfers: Transfers) -> None:
    """The scores of all pairs are those of one pair after the other."""
    times = merge._array(graph, rows, transfers)
    names, times, after = Quotient(graph, times, [None] * len(rows)).compact()
    state = merge._State(names, times, after, place(times, after, transfers), transfers)
    for score, u, v, core in state.scored():
        costs = worth(state, u, v)
        assert [score, costs[core]] == pytest.approx([min(costs)] * 2, rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(timed())
def test_scores_of_all_pairs_at_once(case: tuple[Graph, Rows, Transfers]) -> None:
    check_scores(*case)


def test_scores_of_a_wide_fan_into_one_sum() -> None:
    width = 40
    graph = network([(0, i) for i in range(1, width)] + [(i, width) for i in range(1, width)], width + 1)
    rng = np.random.default_rng(1)
    check_scores(graph, [tuple(float(t) for t in rng.uniform(1e-5, 1e-3, 3)) for _ in graph.operators], line(3))


@given(graphs(), st.integers(0, 2**32 - 1))
def test_what_may_be_merged_is_what_leaves_the_groups_acyclic(graph: Graph, seed: int) -> None:
    """After any merges, told as a search through the whole graph of groups tells it."""
    count = len(graph.operators)
    groups = Quotient(graph, np.ones((count, 1)), ["a"] * (count - count // 4) + ["b"] * (count // 4))
    rng = np.random.default_rng(seed)
    while True:
        pairs = list(itertools.permutations(sorted(groups.members), 2))
        free = [(u, v) for u, v in pairs if groups.may_merge(u, v)]
        assert free == [
            (u, v)
            for u, v in pairs
            if groups.labels[u] == groups.labels[v] and not (detour(groups, u, v) or detour(groups, v, u))
        ]
        if not free:
            break
        u, v = free[int(rng.integers(len(free)))]
        expected = sorted(groups.members[u] + groups.members[v])
        groups.merge(u, v)
        assert sorted(groups.members[u]) == expected
        assert v not in groups.members


def detour(groups: Quotient, u: int, v: int) -> bool:
    """Whether a path from ``u`` to ``v`` leads over a third group."""
    stack, seen = [w for w in groups.after[u] if w != v], set[int]()
    while stack:
        w = stack.pop()
        seen.add(w)
        stack += [x for x in groups.after[w] if x not in seen]
    return v in seen


def test_a_search_for_a_path_looks_at_what_stands_between_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Merging a chain of 300 from either end and from its middle reads some readers of each, not all that follow."""
    chain = network([(i, i + 1) for i in range(299)], 300)
    groups = Quotient(chain, np.ones((300, 1)), [None] * 300)
    read = 0

    class Counted(dict[int, dict[int, set[int]]]):
        def __getitem__(self, name: int) -> dict[int, set[int]]:
            nonlocal read
            read += 1
            return super().__getitem__(name)

    monkeypatch.setattr(groups, "after", Counted(groups.after))
    merges = 0
    while len(groups) > 3:
        names = sorted(groups.members)
        for u, v in zip(names[::2], names[1::2], strict=False):
            assert groups.may_merge(u, v)
            groups.merge(u, v)
            merges += 1
    assert merges >= 297
    assert read <= 6 * merges
