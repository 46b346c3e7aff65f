"""What trying every plan finds, without any bound."""

from __future__ import annotations

import numpy as np

from wnpopt.problems.intradp.kernels.evaluate import scratch
from wnpopt.problems.intradp.kernels.exhaust import exhaust
from wnpopt.problems.intradp.kernels.problem import Problem


def optimum(problem: Problem) -> float:
    """The least objective of all plans; infinite if none keeps the deadline."""
    p, n = problem.arrays, problem.count
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    a[[0, n - 1]] = b[[0, n - 1]] = p.units[[0, n - 1]]
    value, _, done = exhaust(
        p, a, b, a.copy(), b.copy(), np.inf, np.inf, 10**7, scratch(n), problem.by_energy, problem.limit, 0.0
    )
    assert done
    return float(value)
