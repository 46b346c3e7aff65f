"""What is given up when an instance is too large: the answer may be worse, the bound stays valid."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import wnpopt
from tests.slide.oracle import optimum
from tests.slide.tiny import mixes, tiny_instance
from wnpopt.backends.stopping import never
from wnpopt.core.result import Status
from wnpopt.problems.slide.formulations import milp
from wnpopt.problems.slide.kernels.knapsack import knapsack
from wnpopt.problems.slide.methods import convex
from wnpopt.problems.slide.methods import milp as milp_method
from wnpopt.problems.slide.selection import unicast

SHARED = [(v | {"multicast"}, s) for v, s in mixes(200)][::4]


def test_thinned_models_enclose_the_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milp, "MOST_STEPS", 0)
    monkeypatch.setattr(milp, "_THIN_STEPS", 4)
    thinned = 0
    for variants, seed in SHARED:
        instance = tiny_instance(variants, seed)
        result = wnpopt.solve(instance, "milp", threads=1, warm_start="none", isolate=False)
        best = optimum(instance)
        assert result.objective is not None
        assert result.bound is not None
        assert result.verified
        assert not result.violations
        assert result.objective <= best * (1 + 1e-12) <= result.bound * (1 + 1e-9), instance.name
        assert (result.status is Status.OPTIMAL) <= (abs(result.objective - best) <= 1e-9 * best)
        thinned += "thinned" in result.message
    assert thinned >= 2


def test_too_large_for_any_model_leaves_the_greedy_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milp, "MOST_STEPS", 0)
    monkeypatch.setattr(milp_method, "_MOST_PAIRS", 0)
    tiny = (tiny_instance(frozenset({"multicast"}), seed, users=9) for seed in range(100))
    # One whose greedy plan meets a bound needs no model.
    instance = next(i for i in tiny if wnpopt.solve(i, "greedy").status is Status.FEASIBLE)
    result = wnpopt.solve(instance, "milp", threads=1, isolate=False)
    assert result.verified
    assert result.found_by == "greedy"
    assert "too large" in result.message


def test_too_many_for_cvxpy_leaves_least_bandwidths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convex, "MOST_SERVED", 0)
    result = wnpopt.solve(tiny_instance(frozenset(), 3), "convex", threads=1, isolate=False)
    assert result.status is Status.OPTIMAL
    assert "least bandwidths" in result.message


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("most_states", [1, 2, 5, 10_000])
def test_knapsack_against_all_subsets(whole: bool, most_states: int) -> None:
    rng = np.random.default_rng([3, most_states])
    for _ in range(60):
        n = int(rng.integers(1, 10))
        cost, value = rng.uniform(1, 10, n), rng.uniform(1, 10, n)
        if whole:
            cost, value = np.ceil(cost), np.ceil(value)
        order = np.argsort(-(value / cost), kind="stable")
        cost, value = cost[order], value[order]
        capacity = float(rng.uniform(0.2, 1.0) * cost.sum())
        best = max(
            math.fsum(value[list(chosen)])
            for size in range(n + 1)
            for chosen in itertools.combinations(range(n), size)
            if math.fsum(cost[list(chosen)]) <= capacity
        )
        taken, bound, proved, _ = knapsack(cost, value, capacity, 1.0 if whole else 0.0, most_states, 10**9, never())
        assert cost[taken].sum() <= capacity * (1 + 1e-12)
        assert value[taken].sum() <= best * (1 + 1e-12) <= bound * (1 + 1e-11)
        if proved:
            assert value[taken].sum() == pytest.approx(best, rel=1e-11)
            assert bound == pytest.approx(best, rel=1e-11)
        assert proved or most_states < 10_000


def test_knapsack_out_of_states_is_the_solver_s_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unicast, "MOST_STATES", 1)
    solved = 0
    for variants, seed in [(v, s) for v, s in mixes(400) if "weights" in v and "multicast" not in v][:25]:
        instance = tiny_instance(variants, seed, users=8)
        alone = wnpopt.solve(instance, "dp", isolate=False)
        assert alone.objective is not None
        assert alone.bound is not None
        result = wnpopt.solve(instance, "auto", threads=1, isolate=False)
        assert result.status is Status.OPTIMAL, instance.name
        assert result.objective is not None
        assert alone.objective <= result.objective <= alone.bound * (1 + 1e-12)
        solved += alone.status is not Status.OPTIMAL
    assert solved > 0
