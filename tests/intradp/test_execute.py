"""Plans executed on real tensors give what the whole network gives."""

from __future__ import annotations

import numpy as np
import pytest

from tests.intradp.networks import ONNX_NINE, onnx_path, random_cnn
from tests.intradp.tiny import random_plan, random_solution
from tests.samples import ordinarily
from wnpopt.core.errors import InputError
from wnpopt.domain.chip.hardware import Core
from wnpopt.domain.network.graph import Graph
from wnpopt.problems.intradp.execution.execute import random_tensors, run_split, run_whole
from wnpopt.problems.intradp.imports.graph import from_graph
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

DEVICE = Core("device", 1e12, 5e10, 2e-5)
SERVER = Core("server", 2e13, 7e11, 5e-6)


def instance_of(graph: Graph, rate: float = 1e7) -> IntradpInstance:
    return from_graph(graph, DEVICE, SERVER, uplink_bytes_per_s=rate)


def messages(instance: IntradpInstance, solution: IntradpSolution) -> int:
    replayed = replay(instance, solution)
    return len(replayed.uplink) + len(replayed.downlink)


@pytest.mark.parametrize("seed", ordinarily(4, range(12)))
def test_small_networks(seed: int) -> None:
    graph = random_cnn(seed)
    instance = instance_of(graph)
    tensors = random_tensors(graph, seed)
    whole = run_whole(graph, tensors)
    p = Problem.of(instance)
    rng = np.random.default_rng(seed)
    sent = 0
    for i in range(200):
        drawn = random_plan(p.arrays, rng, 1 + i % 5)
        solution = p.solution(*drawn) if i % 4 else random_solution(instance, rng)
        sent += messages(instance, solution)
        split = run_split(graph, tensors, instance, solution)
        for name, found in zip(graph.outputs, split, strict=True):
            np.testing.assert_allclose(found, whole[name], rtol=1e-9, atol=1e-9 * np.abs(whole[name]).max())
    assert sent > 200


def test_a_missing_row_is_an_error() -> None:
    """The interpreter notices when a window claims too little."""
    graph = random_cnn(3)
    instance = instance_of(graph)
    data = instance.to_data()
    changed = 0
    for operator in data["operators"]:  # type: ignore[attr-defined]
        for edge in operator["inputs"]:
            if edge["window"] != "all" and edge["window"]["kernel"] >= 3:
                edge["window"]["kernel"] -= 1
                changed += 1
    assert changed
    wrong = IntradpInstance.from_data(data)
    p = Problem.of(wrong)
    rng = np.random.default_rng(0)
    tensors = random_tensors(graph, 0)
    failures = 0
    for _ in range(30):
        try:
            run_split(graph, tensors, wrong, p.solution(*random_plan(p.arrays, rng, 3)))
        except InputError:
            failures += 1
    assert failures > 10


def run_network(name: str, plans: int) -> None:
    from wnpopt.api import solve
    from wnpopt.domain.files.onnx.reader import read_onnx

    graph = read_onnx(onnx_path(name))
    tensors = random_tensors(graph, 1)
    whole = run_whole(graph, tensors)
    rng = np.random.default_rng(2)
    for rate in (4e6, 1.5e7)[:plans]:
        instance = instance_of(graph, rate)
        p = Problem.of(instance)
        chosen = [solve(instance, "search", time_limit=3).solution]
        chosen.append(p.solution(*random_plan(p.arrays, rng, 4)))
        for solution in chosen:
            assert isinstance(solution, IntradpSolution)
            split = run_split(graph, tensors, instance, solution)
            for output, found in zip(graph.outputs, split, strict=True):
                reference = whole[output]
                assert np.isfinite(reference).all()
                assert np.abs(reference).max() > 1e-12
                np.testing.assert_allclose(found, reference, rtol=1e-7, atol=1e-9 * np.abs(reference).max())


@pytest.mark.parametrize("name", ordinarily(1, ["squeezenet", "shufflenet", "bvlc_alexnet"]))
def test_networks_of_the_onnx_package(name: str) -> None:
    pytest.importorskip("onnx")
    run_network(name, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ONNX_NINE)
def test_all_networks_of_the_onnx_package(name: str) -> None:
    pytest.importorskip("onnx")
    run_network(name, 2)
