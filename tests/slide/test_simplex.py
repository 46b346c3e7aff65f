"""Linear programmes of the master: solved, and stopped in the middle."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from wnpopt.backends.simplex import solve_linear
from wnpopt.core.budget import Budget


def covering(size: int) -> tuple[np.ndarray, sparse.csc_matrix]:
    """Costs and rows of least sums: every row needs at least 1."""
    rng = np.random.default_rng(2)
    matrix = sparse.random(size, size, 0.1, format="csc", random_state=3) + sparse.identity(size, format="csc")
    return rng.uniform(1, 2, size), sparse.csc_matrix(matrix)


@pytest.mark.parametrize("size", [50, 500])
def test_values_and_duals_meet(size: int) -> None:
    cost, matrix = covering(size)
    answer = solve_linear(cost, np.full(size, np.inf), matrix, np.ones(size), np.full(size, np.inf), Budget(None))
    assert (matrix @ answer.values >= 1 - 1e-6).all()
    assert cost @ answer.values == pytest.approx(answer.duals.sum(), rel=1e-7)


def test_it_stops_when_it_is_told_to() -> None:
    """A programme that takes minutes, and no time limit: Ctrl-C ends it before it has an optimum."""
    size = 1500
    cost, matrix = covering(size)
    budget = Budget(None)
    budget.stop.set()
    answer = solve_linear(cost, np.full(size, np.inf), matrix, np.ones(size), np.full(size, np.inf), budget)
    assert np.isfinite(answer.values).all()
    assert np.isfinite(answer.duals).all()
    feasible = bool((matrix @ answer.values >= 1 - 1e-6).all())
    assert not (feasible and cost @ answer.values == pytest.approx(answer.duals.sum(), rel=1e-7))


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_another_number_of_threads_before_it_changes_nothing(threads: int) -> None:
    """HiGHS's threads belong to the process: a run that asks for another number of them fails."""
    import highspy

    before = highspy.Highs()
    highspy.Highs.resetGlobalScheduler(True)
    try:
        before.setOptionValue("output_flag", False)
        before.setOptionValue("threads", threads)
        before.addVars(1, np.zeros(1), np.ones(1))
        before.run()
        matrix = sparse.csc_matrix(np.array([[1.0, 2.0]]))
        answer = solve_linear(
            np.array([-1.0, -3.0]), np.array([1.0, 1.0]), matrix, np.array([-np.inf]), np.array([2.0]), Budget()
        )
    finally:
        highspy.Highs.resetGlobalScheduler(True)
    assert answer.values.tolist() == [0.0, 1.0]
