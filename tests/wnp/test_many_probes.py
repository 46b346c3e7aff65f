"""What a probe calls infeasible is, whatever the horizon and the cuts; identical cores likewise, with releases too."""

from __future__ import annotations

import random
from typing import Any, cast

import numpy as np
import pytest

import wnpopt
from tests.wnp.brute_fields import optimum
from tests.wnp.test_identical import identical
from tests.wnp.tiny_fields import add, tiny_fields
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context
from wnpopt.core.trace import Trace
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.search.decomposition import Decomposition
from wnpopt.problems.wnp.solution import WnpSolution

KINDS: list[tuple[str, ...]] = [(), ("radio-release",), ("release",), ("radio-release", "release")]
ON_BUS: list[tuple[str, ...]] = [("bus",), ("bus", "release"), ("bus", "radio-release")]


def probes_hold(instance: WnpInstance, rng: random.Random) -> int:
    """Probes of one instance at makespans around its optimum, under random cuts; how many there were."""
    best = optimum(instance)
    problem = Problem.of(instance)
    if best is None or problem.uplink.alone() is None:
        return 0
    budget = Budget(60.0, threads=1)
    trace = Trace("min", budget)

    def verified(solution: WnpSolution) -> float | None:
        certificate = wnpopt.verify(instance, solution)
        return certificate.objective if certificate.accepted else None

    count = problem.uplink.count
    weights = [np.array([rng.choice([0, 1, rng.randint(1, 9999)]) for _ in range(count)]) for _ in range(3)]
    known = [weight for weight in weights if weight.any()]
    state = Decomposition(problem, Context(budget, trace, None, (), verified), 0.0, known)
    asked = 0
    for horizon in sorted({int(best) - 1, int(best), rng.randint(0, int(best)), int(best) + rng.randint(1, 20)}):
        state.lower = rng.randint(0, int(best))
        if horizon < 0:
            continue
        solved = state.master(horizon, budget, optimise=False)
        assert solved is not None
        report, master = solved
        asked += 1
        if report.ending == "infeasible":
            assert horizon < best
        elif report.values is not None:
            state.serve(master, report, horizon, budget)
            assert state.value is None or state.value >= best
            assert horizon >= best or state.value is None or state.value > horizon
    return asked


def identical_of(seed: int, fields: tuple[str, ...]) -> WnpInstance:
    """Identical cores, with optional fields."""
    data = cast("dict[str, Any]", identical(seed).to_data())
    for field in fields:
        add(data, field, random.Random(seed))
    return WnpInstance.from_data(data)


def proved(seed: int, fields: tuple[str, ...]) -> None:
    """lbbd's cumulative master agrees with exhaustion."""
    instance = identical_of(seed, fields)
    result = wnpopt.solve(instance, "lbbd", warm_start="none", threads=1, isolate=False)
    best = optimum(instance)
    assert (result.status, result.objective) == (("infeasible", None) if best is None else ("optimal", best)), seed


@pytest.mark.parametrize("fields", KINDS + ON_BUS, ids="+".join)
def test_probes_never_refuse_what_there_is(fields: tuple[str, ...]) -> None:
    assert sum(probes_hold(tiny_fields(seed, fields), random.Random(seed)) for seed in range(400, 412)) > 20


@pytest.mark.parametrize("fields", KINDS[1:], ids="+".join)
def test_identical_cores_with_releases(fields: tuple[str, ...]) -> None:
    for seed in range(100, 110):
        proved(seed, fields)


@pytest.mark.parametrize("fields", ON_BUS, ids="+".join)
@pytest.mark.parametrize("start", ["none", "auto"])
def test_a_shared_bus(fields: tuple[str, ...], start: str) -> None:
    """Transfers are decided by the master and kept in order when its schedule meets the radio."""
    for seed in range(20, 26):
        instance = tiny_fields(seed, fields)
        result = wnpopt.solve(instance, "lbbd", warm_start=start, threads=1, isolate=False)
        best = optimum(instance)
        assert (result.status, result.objective) == (("infeasible", None) if best is None else ("optimal", best)), seed


@pytest.mark.slow
@pytest.mark.parametrize("fields", KINDS + ON_BUS, ids="+".join)
def test_many_probes_never_refuse_what_there_is(fields: tuple[str, ...]) -> None:
    asked = sum(probes_hold(tiny_fields(seed, fields), random.Random(seed)) for seed in range(500, 600))
    assert asked > 200
    for seed in range(200, 260):
        proved(seed, fields)
