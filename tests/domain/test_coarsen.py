"""Coarsening: acyclic, within limits, its traffic counted right."""

from __future__ import annotations

from collections.abc import Callable
from graphlib import TopologicalSorter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wnpopt.core.errors import InputError
from wnpopt.domain.network.coarsen import Coarsening, coarsen
from wnpopt.domain.network.graph import Graph, Tensor, make_operator


@st.composite
def graphs(draw: st.DrawFn, size: int = 24) -> Graph:
    """Random connected-enough DAGs; operators may have two outputs, tensors several readers."""
    count = draw(st.integers(1, size))
    tensors = [Tensor.of("x", (4,))]
    operators = []
    for i in range(count):
        reads = draw(st.lists(st.sampled_from(tensors), min_size=1, max_size=3))
        made = [Tensor.of(f"t{i}.{j}", (draw(st.integers(0, 50)),)) for j in range(draw(st.integers(1, 2)))]
        modality = draw(st.sampled_from([None, None, None, "a", "b"]))
        operators.append(
            make_operator(
                f"o{i}", "Relu", inputs=reads, outputs=made, flop=draw(st.integers(0, 1000)), macs=0, modality=modality
            )
        )
        tensors += made
    return Graph("random", tuple(operators), tuple(tensors), ("x",), (tensors[-1].name,))


def check(graph: Graph, result: Coarsening, n: int) -> dict[int, int]:
    """Everything that a coarsening promises; returns the group of each operator."""
    assert 1 <= len(result.groups) <= n
    assert sorted(i for group in result.groups for i in group) == list(range(len(graph.operators)))
    home = {i: g for g, group in enumerate(result.groups) for i in group}
    flows: dict[tuple[int, int], dict[str, int]] = {}
    for edge in graph.edges:
        i, j = home[edge.producer], home[edge.consumer]
        if i != j:
            flows.setdefault((i, j), {})[edge.tensor] = edge.bytes
    assert result.edges == tuple((i, j, sum(found.values())) for (i, j), found in sorted(flows.items()))
    order = list(
        TopologicalSorter({j: [i for i, k, _ in result.edges if k == j] for j in home.values()}).static_order()
    )
    assert len(order) == len(result.groups)
    assert all(i < j for i, j, _ in result.edges)
    return home


@settings(max_examples=150, deadline=None)
@given(graphs(), st.integers(1, 12), st.floats(0, 2))
def test_groups_are_an_acyclic_partition(graph: Graph, n: int, slack: float) -> None:
    labels = [operator.modality for operator in graph.operators]
    try:
        result = coarsen(graph, n, slack=slack)
    except InputError as error:
        assert len(set(labels)) > 1
        needed = int(str(error).split("at least ")[1].split()[0])
        assert needed > n
        check(graph, coarsen(graph, needed, slack=slack), needed)
        return
    home = check(graph, result, n)
    assert all(result.labels[home[i]] == label for i, label in enumerate(labels))


@settings(max_examples=100, deadline=None)
@given(graphs(), st.data())
def test_nothing_is_together_across_a_barrier(graph: Graph, data: st.DataObject) -> None:
    barriers = data.draw(st.lists(st.sampled_from([t.name for t in graph.tensors]), max_size=4))
    unlabelled = [None] * len(graph.operators)
    result = coarsen(graph, len(graph.operators), labels=unlabelled, barriers=barriers)
    home = check(graph, result, len(graph.operators))
    for edge in graph.edges:
        if edge.tensor in barriers:
            assert home[edge.producer] != home[edge.consumer]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=2, max_size=9), st.integers(2, 4), st.floats(0, 1), st.data())
def test_a_chain_is_cut_at_least_cost(sizes: list[int], n: int, slack: float, data: st.DataObject) -> None:
    """On a chain all partitions are cuts at edges: compare with all of them."""
    work = [float(data.draw(st.integers(1, 9))) for _ in range(len(sizes))]
    tensors = [Tensor.of("x", (1,))] + [Tensor.of(f"t{i}", (size,)) for i, size in enumerate(sizes)]
    operators = tuple(
        make_operator(f"o{i}", "Relu", inputs=[tensors[i]], outputs=[tensors[i + 1]], flop=0, macs=0)
        for i in range(len(sizes))
    )
    graph = Graph("chain", operators, tuple(tensors), ("x",), (tensors[-1].name,))
    mean = sum(work) / min(n, len(sizes))

    def fits(group: list[float], limit: float) -> bool:
        return sum(group) <= max(limit, max(group) + slack * mean) * (1 + 1e-9)

    result = coarsen(graph, n, work=work, slack=slack)
    check(graph, result, n)
    cuts = []
    for mask in range(2 ** (len(sizes) - 1)):
        ends = [i + 1 for i in range(len(sizes) - 1) if mask >> i & 1]
        parts = [work[a:b] for a, b in zip([0, *ends], [*ends, len(sizes)], strict=True)]
        if len(parts) <= n and all(fits(part, (1 + slack) * mean) for part in parts):
            cuts.append(sum(4 * sizes[end - 1] for end in ends))
    if cuts:
        assert result.cut_bytes == min(cuts)


def test_real_networks_are_cut_well(light: Callable[[str], Graph]) -> None:
    for name in ("resnet50", "densenet121", "inception_v1", "shufflenet"):
        graph = light(name)
        for n in (1, 5, 20):
            result = coarsen(graph, n)
            check(graph, result, n)
            assert len(result.groups) >= n / 1.3 - 1e-9
            assert result.cut_bytes <= sum(edge.bytes for edge in graph.edges) / 3
        assert coarsen(graph, 5).balance <= 1.3 * 1.01


def test_an_equal_split_of_equal_work() -> None:
    tensors = [Tensor.of(f"t{i}", (1,)) for i in range(13)]
    operators = tuple(
        make_operator(f"o{i}", "Relu", inputs=[tensors[i]], outputs=[tensors[i + 1]], flop=100, macs=0)
        for i in range(12)
    )
    graph = Graph("chain", operators, tuple(tensors), ("t0",), ("t12",))
    result = coarsen(graph, 4, slack=0.0)
    assert [len(group) for group in result.groups] == [3, 3, 3, 3]
    assert result.balance == pytest.approx(1)
    assert result.cut_bytes == 12


def test_the_result_does_not_depend_on_the_run(light: Callable[[str], Graph]) -> None:
    assert coarsen(light("inception_v2"), 15) == coarsen(light("inception_v2"), 15)


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ({"n": 0}, "n"),
        ({"n": 3, "slack": -0.1}, "slack"),
        ({"n": 3, "slack": float("nan")}, "slack"),
        ({"n": 3, "work": [1.0]}, "work"),
        ({"n": 3, "labels": ["a"]}, "labels"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, object], where: str, light: Callable[[str], Graph]) -> None:
    with pytest.raises(InputError) as caught:
        coarsen(light("vgg19"), **arguments)  # type: ignore[arg-type]
    assert caught.value.where == where


def test_work_that_is_no_number_is_refused(light: Callable[[str], Graph]) -> None:
    graph = light("vgg19")
    for bad in (-1.0, float("nan"), float("inf")):
        work = np.ones(len(graph.operators))
        work[3] = bad
        with pytest.raises(InputError):
            coarsen(graph, 3, work=work.tolist())
    with pytest.raises(InputError):
        coarsen(graph, 3, barriers=["no such tensor"])
