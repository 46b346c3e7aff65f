"""The family's bounds: valid, repeatable, and close on networks with skips."""

from __future__ import annotations

import pytest

import wnpopt
from tests.intradp.fields import with_fields
from tests.intradp.tiny import tiny
from tests.samples import ordinarily
from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.bounds import bounds
from wnpopt.problems.intradp.generate import generate
from wnpopt.problems.intradp.kernels.heads import Front
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.search.directed import Directed
from wnpopt.problems.intradp.search.plans import honest
from wnpopt.problems.intradp.search.proving import prices_of


@pytest.mark.parametrize("begin", ordinarily(2, range(0, 240, 40)))
def test_no_bound_is_above_the_optimum(begin: int) -> None:
    directed = 0
    for seed in range(begin, begin + 40):
        instance = tiny(seed, 20_000, objective="energy" if seed % 4 == 3 else "latency")
        if seed % 5 == 0:
            instance = with_fields(instance, seed)
        optimum = wnpopt.solve(instance, "enumerate", time_limit=None).objective
        assert optimum is not None
        for bound in bounds(instance, Budget(None)):
            assert bound.value <= optimum * (1 + 1e-9), (seed, bound)
            directed += bound.source == "directions"
    assert directed > 0


@pytest.mark.parametrize(("shape", "bandwidth"), [("dense", 8.0), ("dense", 4.0)])
def test_directions_close_more_on_networks_with_skips(shape: str, bandwidth: float) -> None:
    instance = generate({"shape": shape, "operators": 20, "units": 28, "bandwidth": bandwidth, "launch": 0.1}, 3)
    of = {bound.source: bound.value for bound in bounds(instance, Budget(None))}
    assert of == {bound.source: bound.value for bound in bounds(instance, Budget(None))}
    best = honest(Problem.of(instance)).value
    assert best - of["directions"] < 0.8 * (best - max(of["heads"], of["labels"]))
    result = wnpopt.solve(instance, "layer-cut")
    assert result.bound_by == "directions"
    assert result.bound == of["directions"]


def test_an_effort_ends_directions_with_a_bound_that_holds() -> None:
    instance = generate({"shape": "dense", "operators": 40, "units": 28, "bandwidth": 8.0, "launch": 0.1}, 3)
    problem = Problem.of(instance)
    [prices] = prices_of(problem)
    front = Front(problem.arrays)
    value = honest(problem).value
    spent = []
    for effort in (0, 100, 1_000, 4_000):
        directed = Directed(problem, front, prices)
        directed.spend(effort)
        # There is a plan below this cutoff, so that nothing but the effort ends it.
        assert 0 <= directed.refute(1.01 * value).bound <= value
        spent.append(directed.options)
        assert effort < directed.options < 2 * effort + 1_000
    assert spent == sorted(spent)
