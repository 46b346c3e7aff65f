"""Golden exports, suites, fusing, and networks as instances."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.intradp.networks import onnx_path, random_cnn
from tests.intradp.tiny import random_plan
from wnpopt.domain.chip.hardware import Core
from wnpopt.problems.intradp.generate import KINDS, generate
from wnpopt.problems.intradp.imports.fuse import fuse
from wnpopt.problems.intradp.imports.graph import census, from_graph
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.methods.de import evolved
from wnpopt.problems.intradp.search.plans import device_only
from wnpopt.problems.intradp.verify import replay

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "models" / "intradp" / "golden"


@pytest.mark.parametrize("case", json.loads((GOLDEN / "optima.json").read_text()), ids=lambda case: case["file"])
def test_golden_exports(case: dict[str, object]) -> None:
    """Anyone's solver finds the optimum in the file; HiGHS here."""
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.readModel(str(GOLDEN / str(case["file"])))
    solver.run()
    found = solver.getInfo().objective_function_value * float(str(case["unit_s"]))
    assert found == pytest.approx(float(str(case["optimum_s"])), rel=1e-6)


@pytest.mark.parametrize("suite", ["tiny", "chains", "onnx-nine", "real-exports"])
def test_suites_are_valid(suite: str) -> None:
    folder = ROOT / "instances" / "intradp" / suite
    index = json.loads((folder / "index.json").read_text())
    assert sorted(entry["file"] for entry in index) == sorted(
        path.name for path in folder.glob("*.json") if path.name != "index.json"
    )
    for entry in index:
        assert entry["bound"] <= entry["best"]
        assert entry["proved"] == (entry["bound"] >= entry["best"] * (1 - 1e-6))
    for entry in index[::9]:
        IntradpInstance.from_data(json.loads((folder / entry["file"]).read_text()))


def test_fusing_keeps_latency_and_energy() -> None:
    rng = np.random.default_rng(0)
    smaller = 0
    for seed in range(12):
        graph = random_cnn(seed)
        core = Core("core", 1e12, 5e10, 2e-5)
        instance = from_graph(graph, core, core, uplink_bytes_per_s=1e6)
        fused = fuse(instance)
        smaller += len(fused.instance.operators) < len(instance.operators)
        problem = Problem.of(fused.instance)
        for exchanges in range(6):
            solution = problem.solution(*random_plan(problem.arrays, rng, exchanges))
            before, after = replay(fused.instance, solution), replay(instance, fused.unfuse(solution))
            assert after.latency_s == pytest.approx(before.latency_s, rel=1e-12)
            assert after.energy_j == pytest.approx(before.energy_j, rel=1e-9)
    assert smaller > 4


def test_census_of_known_networks() -> None:
    pytest.importorskip("onnx")
    from wnpopt.domain.files.onnx.reader import read_onnx

    graph = read_onnx(onnx_path("vgg19"))
    local, whole = census(graph)
    assert local + whole == len(graph.operators)
    assert local >= 37  # 16 convolutions, their activations, 5 poolings
    assert 3 <= whole <= 12  # the classifier


def test_evolution_is_never_worse_than_the_device_alone() -> None:
    problem = Problem.of(generate({"shape": "chain", "operators": 10, "units": 12, "bandwidth": 1.0}, 2))
    assert evolved(problem, 0).value <= device_only(problem).value


@pytest.mark.parametrize("kind", KINDS)
def test_generated_instances_are_functions_of_seed_and_options(kind: str) -> None:
    first = generate({"shape": kind, "operators": 14, "units": 16}, 5)
    assert first == generate({"shape": kind, "operators": 14, "units": 16}, 5)
    assert first != generate({"shape": kind, "operators": 14, "units": 16}, 6)
    assert abs(len(first.operators) - 14) <= 5
