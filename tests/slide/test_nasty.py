"""At the limits: what is met exactly counts, what is missed does not, and every answer is proved."""

from __future__ import annotations

import pytest

import wnpopt
from tests.slide.nasty import extreme_instance, loosened, nasty_instance
from tests.slide.oracle import optimum
from wnpopt.core.registry import method
from wnpopt.core.result import Status
from wnpopt.problems.slide.generate import generate


def check(seeds: range, *names: str) -> None:
    for seed in seeds:
        instance = nasty_instance(seed)
        # What is met but for rounding must be served, and what is missed by more than the tolerance cannot be.
        least, most = optimum(loosened(instance, -3e-12)), optimum(loosened(instance, 3e-9))
        for name in names:
            if method("slide", name).refuse(instance) is not None:
                continue
            result = wnpopt.solve(instance, name, threads=1, warm_start="none", isolate=False)
            assert result.status is Status.OPTIMAL, (seed, name, result.message)
            assert result.objective is not None
            assert result.bound is not None
            gap = 1e-9 if instance.columns.integral else 1e-6  # what counts as proved
            assert least * (1 - gap) <= result.objective <= most * (1 + 1e-9), (seed, name)
            assert result.bound >= least * (1 - 1e-12), (seed, name)


def test_cover_is_exact_at_the_limits() -> None:
    check(range(20), "cover")


def test_auto_and_dp_are_exact_at_the_limits() -> None:
    check(range(100, 120), "auto", "dp")


@pytest.mark.slow
def test_all_are_exact_at_the_limits() -> None:
    check(range(2000), "cover", "auto", "dp")


def check_extremes(seeds: range, *names: str) -> None:
    """What the tolerance alone decides may stay open."""
    for seed in seeds:
        instance = extreme_instance(seed)
        least, most = optimum(loosened(instance, -3e-12)), optimum(loosened(instance, 3e-9))
        for name in names:
            if method("slide", name).refuse(instance) is not None:
                continue
            result = wnpopt.solve(instance, name, threads=1, warm_start="none", isolate=False)
            assert result.objective is not None, (seed, name)
            assert result.bound is not None, (seed, name)
            assert result.objective <= most * (1 + 1e-9), (seed, name)
            assert result.bound >= least * (1 - 1e-12), (seed, name)
            if name != "greedy":
                assert result.objective >= least * (1 - 1e-6), (seed, name)
                assert result.status is Status.OPTIMAL or least < most, (seed, name)


def test_numbers_of_any_size() -> None:
    check_extremes(range(40), "auto", "cover", "dp", "greedy")


@pytest.mark.slow
def test_two_thousand_instances_of_numbers_of_any_size() -> None:
    check_extremes(range(40, 150), "auto", "cover", "dp", "greedy")
    check_extremes(range(1000, 3000), "auto", "cover", "dp", "greedy", "milp")


def test_a_heavy_user_out_of_reach_hides_nobody_from_the_milp() -> None:
    """Values in parts of the greatest one would be nothing to a solver's tolerances."""
    cell = generate({"users": 12, "delivery": "multicast"}, 1)
    instance = cell.replace({"users[*].weight": 1e-9}, objective="weighted")
    served = wnpopt.solve(instance, "milp", isolate=False)
    heavy = instance.replace({"users[0].weight": 1e9, "users[0].deadline_s": 0.0})
    result = wnpopt.solve(heavy, "milp", warm_start="none", isolate=False)
    assert served.objective is not None
    assert result.objective is not None
    assert result.status is Status.OPTIMAL
    assert 1e-9 < result.objective <= served.objective <= result.objective + 1.5e-9
