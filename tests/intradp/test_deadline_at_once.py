"""A deadline before anything can be done is proved to be missed without a search, whatever the time limit."""

from __future__ import annotations

import pytest

import wnpopt
from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.bounds import bounds, prove_infeasible
from wnpopt.problems.intradp.generate import generate


@pytest.mark.parametrize("shape", ["chain", "residual"])
def test_the_heads_are_enough(shape: str) -> None:
    free = generate({"shape": shape, "operators": 6, "units": 4}, 1)
    heads = min(bound.value for bound in bounds(free, Budget(None)) if bound.source == "heads")
    hopeless = free.replace(deadline_s=heads / 2)
    told = prove_infeasible(hopeless, Budget(None))
    assert told is not None
    assert "heads" in told
    assert prove_infeasible(free.replace(deadline_s=1e6 * heads), Budget(None)) is None


def test_a_method_without_a_time_limit_says_so() -> None:
    free = generate({"shape": "chain", "operators": 6, "units": 4}, 1)
    result = wnpopt.solve(free.replace(deadline_s=1e-12), "device-only", time_limit=5)
    assert (result.status, result.objective, result.gap) == ("infeasible", None, None)
