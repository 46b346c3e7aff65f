"""Coarsening for unequal cores: still an acyclic partition, and the plan that it leaves possible stays short."""

from __future__ import annotations

import itertools
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


@settings(max_examples=30, deadline=None)
@given(timed(), st.sampled_from([None, 1, 3, 6]))
def test_arrivals_that_are_kept_are_those_that_are_gone_through(
    case: tuple[Graph, Rows, Transfers], n: int | None
) -> None:
    """Neighbours without the other one of a pair: the same groups, whichever way."""
    graph, rows, transfers = case
    made: list[object] = []
    for many in (1, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(merge, "_MANY", many)
            try:
                made.append(coarsen_for_cores(graph, n, rows, transfers))
            except InputError as error:
                made.append(str(error))
    assert made[0] == made[1]


@pytest.mark.parametrize("n", [None, 4])
def test_a_wide_fan_into_one_sum(n: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    width = 40
    graph = network([(0, i) for i in range(1, width)] + [(i, width) for i in range(1, width)], width + 1)
    rng = np.random.default_rng(1)
    rows: Rows = [tuple(float(t) for t in rng.uniform(1e-5, 1e-3, 3)) for _ in graph.operators]
    kept = coarsen_for_cores(graph, n, rows, line(3))
    monkeypatch.setattr(merge, "_MANY", 10**9)
    assert coarsen_for_cores(graph, n, rows, line(3)) == kept
