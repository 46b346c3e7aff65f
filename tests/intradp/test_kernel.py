"""The compiled evaluation against the verifier's, and the representation by overrides."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.intradp.tiny import priced, random_plan, random_solution, tinies, tiny
from wnpopt.problems.intradp.generate import KINDS, generate
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.evaluate import expand
from wnpopt.problems.intradp.kernels.moves import overrides_of
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.verify import needed_rows, replay, verify

DATA = Path(__file__).parent / "data"


@pytest.mark.slow
def test_agrees_with_the_verifier_on_ten_thousand_plans() -> None:
    rng = np.random.default_rng(1)
    checked = 0
    for instance in tinies(400, first=5000, most_plans=10**7):
        problem = Problem.of(instance)
        for _ in range(25):
            solution = random_solution(instance, rng)
            latency, energy = priced(
                problem.arrays, np.array(solution.device_end, np.int32), np.array(solution.server_begin, np.int32)
            )
            replayed = replay(instance, solution)
            assert latency == pytest.approx(replayed.latency_s, rel=1e-12, abs=1e-12)
            assert energy == pytest.approx(replayed.energy_j, rel=1e-9, abs=1e-9)
            checked += 1
    assert checked == 10_000


def test_tables_spell_the_same_windows() -> None:
    for instance in tinies(100, first=900, most_plans=10**7):
        p = Problem.of(instance).arrays
        index = {operator.name: i for i, operator in enumerate(instance.operators)}
        e = 0
        for operator in instance.operators:
            for edge in operator.inputs:
                units = instance.operators[index[edge.source]].units
                for r in range(operator.units + 1):
                    at = p.need_ptr[e] + r
                    device = needed_rows(edge, (0, r), units) or (units, 0)
                    server = needed_rows(edge, (r, operator.units), units) or (units, 0)
                    assert (p.dev_lo[at], p.dev_hi[at]) == device
                    assert (p.srv_lo[at], p.srv_hi[at]) == server
                e += 1


@pytest.mark.parametrize("kind", KINDS)
def test_expanded_plans_are_complete_and_come_back(kind: str) -> None:
    rng = np.random.default_rng(3)
    for seed in range(5):
        transfers = ("any", "small")[seed % 2]
        instance = generate({"shape": kind, "operators": 25, "units": 16, "transfers": transfers}, seed)
        problem = Problem.of(instance)
        n = problem.count
        for exchanges in range(8):
            a, b = random_plan(problem.arrays, rng, exchanges)
            certificate = verify(instance, problem.solution(a, b))
            assert certificate.accepted, certificate.violations
            if exchanges == 0:
                assert not replay(instance, problem.solution(a, b)).uplink
            device, server, again_a, again_b = (np.zeros(n, np.int32) for _ in range(4))
            overrides_of(problem.arrays, a, b, device, server)
            expand(problem.arrays, device, server, again_a, again_b)
            if transfers == "any":
                assert (again_a == a).all()
                assert (again_b == b).all()


def test_no_overrides_is_the_device_alone() -> None:
    for instance in tinies(50, first=40):
        problem = Problem.of(instance)
        a, b = random_plan(problem.arrays, np.random.default_rng(0), 0)
        replayed = replay(instance, problem.solution(a, b))
        assert not replayed.uplink
        assert not replayed.downlink


def test_arrays_are_read_only() -> None:
    problem = Problem.of(tiny(1))
    assert Problem.of(problem.instance) is problem
    with pytest.raises(ValueError, match="read-only"):
        problem.arrays.units[0] = 3


def test_importing_the_family_is_light() -> None:
    code = (
        "import sys; import wnpopt.problems.intradp; "
        "bad = {'numba', 'scipy', 'pyomo', 'matplotlib', 'onnx', 'highspy'} & set(sys.modules); "
        "sys.exit(str(bad) if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_example_evaluates_exactly() -> None:
    data = json.loads((DATA / "example-skip.json").read_text())
    problem = Problem.of(IntradpInstance.from_data(data))
    latency, energy = priced(problem.arrays, np.array([6, 4, 3, 4, 6], np.int32), np.array([6, 2, 3, 3, 6], np.int32))
    assert latency == pytest.approx(0.007831060606060605, rel=1e-14)
    assert energy == pytest.approx(0.10411034090909091, rel=1e-12)
