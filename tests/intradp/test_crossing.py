"""Two plans crossed: the best of all stretches that are tried; and moves that expand only what they may change."""

from __future__ import annotations

import numpy as np
import pytest

from tests.intradp.fields import with_fields
from tests.intradp.tiny import tiny
from wnpopt.backends.stopping import never
from wnpopt.problems.intradp.generate import generate
from wnpopt.problems.intradp.kernels.arrays import RowArray
from wnpopt.problems.intradp.kernels.crossing import best_crossing
from wnpopt.problems.intradp.kernels.evaluate import expand, score, scratch
from wnpopt.problems.intradp.kernels.moves import anneal
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.kernels.shift import climb
from wnpopt.problems.intradp.kernels.split import best_split
from wnpopt.problems.intradp.search.improvement import crossed
from wnpopt.problems.intradp.search.plans import price


def score_of(problem: Problem, device: RowArray, server: RowArray) -> float:
    """The score of the plan that the overrides make, expanded from the output on."""
    a, b = np.zeros(problem.count, np.int32), np.zeros(problem.count, np.int32)
    expand(problem.arrays, device, server, a, b)
    return score(problem.arrays, a, b, scratch(problem.count), problem.by_energy, problem.limit)


def overrides(problem: Problem, rng: np.random.Generator) -> tuple[RowArray, RowArray]:
    """Some operators' rows at random, none of the others, of the input and of the output."""
    units = problem.arrays.units
    some = rng.random((2, problem.count)) < 0.4
    some[:, [0, -1]] = False
    device, server = np.where(some, rng.integers(0, units + 1, (2, problem.count)), -1).astype(np.int32)
    return device, server


def problem_of(seed: int) -> Problem:
    return Problem.of(with_fields(tiny(seed, 3_000), seed) if seed % 3 else tiny(seed, 3_000))


@pytest.mark.parametrize("seed", range(12))
def test_no_crossing_of_one_stretch_is_better(seed: int) -> None:
    problem, rng = problem_of(seed), np.random.default_rng(seed)
    n = problem.count
    for _ in range(10):
        (device, server), (other_device, other_server) = overrides(problem, rng), overrides(problem, rng)
        single = [score_of(problem, device, server)]
        for first in range(1, n - 1):
            for last in range(first, n - 1):
                ends, begins = device.copy(), server.copy()
                ends[first : last + 1] = other_device[first : last + 1]
                begins[first : last + 1] = other_server[first : last + 1]
                single.append(score_of(problem, ends, begins))
        value = best_crossing(
            problem.arrays, device, server, other_device, other_server,
            scratch(n), problem.by_energy, problem.limit, never(),
        )  # fmt: skip
        assert value <= min(single) * (1 + 2e-9)
        assert value == score_of(problem, device, server)


def test_a_plan_that_is_better_in_front_and_one_that_is_better_behind() -> None:
    """The one's rows of the first half with the other's of the second come back as one plan."""
    problem = Problem.of(generate({"shape": "residual", "operators": 24, "units": 28, "launch": 0.1}, 2))
    n, found = problem.count, 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        device, server = overrides(problem, rng)
        anneal(
            problem.arrays, device, server, 2_000, 0.02, rng, scratch(n), problem.by_energy, problem.limit, never()
        )  # fmt: skip
        plans = []
        for stretch in (slice(1, n // 2), slice(n // 2, n - 1)):
            ends, begins = device.copy(), server.copy()
            ends[stretch], begins[stretch] = (half[stretch] for half in overrides(problem, rng))
            a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
            expand(problem.arrays, ends, begins, a, b)
            plans.append(price(problem, a, b, "half"))
        best = crossed(problem, plans[0], plans[1], never())
        assert best.value <= plans[0].value
        found += best.value <= score_of(problem, device, server) * (1 + 1e-9)
    assert found >= 30


@pytest.mark.parametrize("seed", range(12))
def test_moves_score_the_plan_that_their_overrides_make(seed: int) -> None:
    problem, rng = problem_of(seed), np.random.default_rng(seed)
    n = problem.count
    for _ in range(4):
        for move in (anneal, climb, best_split):
            device, server = overrides(problem, rng)
            before = score_of(problem, device, server)
            rest = scratch(n), problem.by_energy, problem.limit, never()
            if move is anneal:
                value = anneal(problem.arrays, device, server, 300, 0.05, rng, *rest)
            elif move is climb:
                value = climb(problem.arrays, device, server, 14.0, *rest)
            else:
                value = best_split(problem.arrays, device, server, *rest)
            assert value == score_of(problem, device, server) <= before
