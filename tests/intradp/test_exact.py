"""Every exact method and every bound against all plans of tiny instances."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.intradp.tiny import tiny
from tests.samples import ordinarily
from wnpopt.api import solve
from wnpopt.core.budget import Budget
from wnpopt.core.result import Status
from wnpopt.problems.intradp.bounds import prove_infeasible
from wnpopt.problems.intradp.generate import KINDS, generate
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.heads import Front
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.methods.enumerate import count
from wnpopt.problems.intradp.search.beam import run_labels, weights
from wnpopt.problems.intradp.verify import verify

METHODS = ("device-only", "server-only", "min-cut", "layer-cut", "spso-ga", "de", "search", "auto")


@cache
def instance_of(seed: int) -> IntradpInstance:
    """Odd windows and realistic blocks by turns; a third by energy."""
    objective = "energy" if seed % 3 == 2 else "latency"
    if seed % 2:
        options = {"shape": KINDS[seed // 2 % 5], "operators": 5 + seed % 3, "units": 2 + seed % 3}
        options |= {"bandwidth": (0.7, 2.0, 6.0)[seed // 3 % 3], "objective": objective, "launch": 0.05 * (seed % 4)}
        made = generate(options, seed)
        if count(made) <= 40_000:
            return made
    return tiny(seed, 40_000, objective=objective)


@cache
def optimum_of(seed: int) -> float:
    """By trying every plan, and accepted by the verifier."""
    instance = instance_of(seed)
    result = solve(instance, "enumerate", time_limit=None)
    assert result.status is Status.OPTIMAL
    assert result.solution is not None
    assert verify(instance, result.solution).objective == result.objective  # type: ignore[arg-type]
    assert result.objective is not None
    return result.objective


@pytest.mark.parametrize("begin", ordinarily(3, range(0, 240, 12)))
def test_methods_against_all_plans(begin: int) -> None:
    for seed in range(begin, begin + 12):
        instance, optimum = instance_of(seed), optimum_of(seed)
        honest = float("inf")
        # The metaheuristics cost most and prove nothing: a quarter of the instances will do.
        methods = METHODS if seed % 4 == 0 else [m for m in METHODS if m not in ("de", "spso-ga", "search")]
        for method in methods:
            result = solve(instance, method, time_limit=120, threads=1)
            assert "defect" not in result.message, (seed, method, result.message)
            if result.objective is None:
                assert instance.transfers == "small"
                assert method in ("server-only", "spso-ga", "min-cut")
                continue
            assert result.objective >= optimum * (1 - 1e-9), (seed, method)
            assert result.bound is not None
            assert result.bound <= optimum * (1 + 1e-9), (seed, method)
            if method in ("device-only", "server-only", "layer-cut"):
                honest = min(honest, result.objective)
            if method in ("search", "auto"):
                assert result.objective <= honest * (1 + 1e-12)
            if method == "auto":
                assert result.status is Status.OPTIMAL, (seed, result)
                assert result.objective == pytest.approx(optimum, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("seed", ordinarily(4, [0, 1, 3, 4, 6, 7, 9, 10, 12, 13, 15, 16]))
def test_milp_against_all_plans(seed: int) -> None:
    instance = instance_of(seed)
    if count(instance) > 5000:
        pytest.skip("too large for an ordinary test")
    for start in ("none", "auto"):
        result = solve(instance, "milp", time_limit=120, threads=1, warm_start=start)
        assert result.status is Status.OPTIMAL, result.message
        assert result.objective == pytest.approx(optimum_of(seed), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("begin", ordinarily(2, range(1000, 1200, 25)))
def test_labels_at_any_width(begin: int) -> None:
    """No beam and no cutoff makes the bound wrong, and a wide one is exact on chains."""
    for seed in range(begin, begin + 25):
        objective = "energy" if seed % 5 == 4 else "latency"
        instance = tiny(seed, 20_000, objective=objective)
        problem = Problem.of(instance)
        optimum = solve(instance, "enumerate", time_limit=None).objective
        assert optimum is not None
        head = Front(problem.arrays, *weights(problem)).heads.device[-1]
        assert head <= optimum * (1 + 1e-9)
        for width in (3, 50_000):
            for cutoff in (np.inf, optimum * 1.0001 + 1e-12):
                found = run_labels(problem, width, cutoff, Budget(None))
                assert found is not None
                assert found.bound <= optimum * (1 + 1e-12), (seed, width, cutoff)
                assert found.objective >= optimum * (1 - 1e-9)
                if width > 3 and "chain" in instance.name and objective == "latency":
                    assert found.bound >= optimum * (1 - 1e-8), seed
                    assert found.objective == pytest.approx(optimum, rel=1e-9)


@pytest.mark.parametrize("begin", ordinarily(1, range(2000, 2040, 10)))
def test_deadlines(begin: int) -> None:
    # Limits are generous: the first run compiles, and that counts.
    met = missed = proved = 0
    for seed in range(begin, begin + 10):
        free = tiny(seed, 10_000)
        fastest = solve(free, "enumerate", time_limit=None).objective
        assert fastest is not None
        for objective in ("latency", "energy"):
            for factor in (0.9, 1.0, 1.3):
                changes = {"deadline_s": fastest * factor, "objective": objective}
                instance = IntradpInstance.from_data({**free.to_data(), **changes})
                result = solve(instance, "auto", time_limit=120)
                if factor < 1 and fastest > 0:
                    assert result.status is Status.INFEASIBLE, (seed, objective)
                    assert result.objective is None
                    proved += prove_infeasible(instance, Budget(None)) is not None
                    missed += 1
                else:
                    assert result.status is Status.OPTIMAL, (seed, objective, factor)
                    assert prove_infeasible(instance, Budget(None)) is None
                    met += 1
    assert met >= 20
    assert missed > 10
    assert proved > 0.9 * missed


@pytest.mark.parametrize("begin", ordinarily(1, range(3000, 3040, 10)))
def test_monotone(begin: int) -> None:
    """More bandwidth, a faster server and cheaper launches never cost latency."""
    for seed in range(begin, begin + 10):
        data = tiny(seed, 5000).to_data()
        before = solve(IntradpInstance.from_data(data), "auto", time_limit=120).objective
        assert before is not None
        link = dict(data["link"])  # type: ignore[call-overload]
        faster = {**data, "link": {**link, "uplink_bytes_per_s": link["uplink_bytes_per_s"] * 1.5}}
        server, launch = [], []
        for op in data["operators"]:  # type: ignore[attr-defined]
            half = {key: value * 0.5 for key, value in op["server"].items()}
            server.append({**op, "server": half})
            cheap = {**op["device"], "fixed_s": op["device"]["fixed_s"] * 0.5}
            launch.append({**op, "device": cheap})
        for better in (faster, {**data, "operators": server}, {**data, "operators": launch}):
            after = solve(IntradpInstance.from_data(better), "auto", time_limit=120).objective
            assert after is not None
            assert after <= before * (1 + 1e-9), seed


def test_equal_seeds_give_equal_bytes() -> None:
    instance = generate({"shape": "residual", "operators": 20, "units": 12}, 3)
    for method in METHODS:
        first, second = (solve(instance, method, time_limit=None, seed=4).solution for _ in range(2))
        assert first is not None
        assert first == second
