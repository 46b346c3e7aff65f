"""search against the family's other methods, where nothing but counts ends any of them."""

from __future__ import annotations

import numpy as np
import pytest

from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.generate import generate
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.methods.de import evolved
from wnpopt.problems.intradp.methods.spso_ga import swarmed
from wnpopt.problems.intradp.methods.starts import started
from wnpopt.problems.intradp.search.improvement import improved
from wnpopt.problems.intradp.search.plans import device_only, honest, layer_cut
from wnpopt.problems.intradp.search.proving import Prover
from wnpopt.problems.intradp.search.surgery import min_cut

NETWORKS = [
    ("residual", 24, 28, 1.0, "latency"),
    ("residual", 24, 28, 8.0, "energy"),
    ("dense", 24, 28, 4.0, "latency"),
    ("dense", 20, 14, 16.0, "energy"),
    ("encoder-decoder", 24, 56, 2.0, "latency"),
    ("transformer", 20, 28, 1.0, "latency"),
]


@pytest.mark.parametrize(("shape", "operators", "units", "bandwidth", "objective"), NETWORKS)
def test_what_search_starts_from_is_no_worse(
    shape: str, operators: int, units: int, bandwidth: float, objective: str
) -> None:
    options = {"shape": shape, "operators": operators, "units": units, "bandwidth": bandwidth, "launch": 0.1}
    problem = Problem.of(generate({**options, "objective": objective}, 2))
    cut = layer_cut(problem)
    plan = started(problem, device_only(problem), Budget(None), np.random.default_rng(0), None, never())
    annealed = improved(problem, cut, np.random.default_rng(1), never())
    others = {
        "honest": honest(problem),
        "min-cut": min_cut(problem),
        "de": evolved(problem, 0),
        "spso-ga": swarmed(problem, 0, never()),
        "annealed cut": annealed,
    }
    worse = {name: other.value / plan.value for name, other in others.items() if other.value < plan.value * (1 - 1e-9)}
    assert not worse


def test_a_bound_that_is_chosen_at_the_limit_is_none() -> None:
    """The time may be over just when the next cutoff is chosen by what is left of it."""
    problem = Problem.of(generate({"shape": "residual", "operators": 24, "units": 28, "launch": 0.1}, 2))
    prover = Prover(problem, Budget(0.0), never())
    prover._closed, prover._last = 2, (0.5, 1.0)
    tried = prover.attempt(0.0, 1.0)
    assert (tried.bound, tried.plan, tried.more) == (0.0, None, False)
