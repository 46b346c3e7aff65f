"""CVXPY with Clarabel: continuous convex models, typed endings, and the duals that make a bound."""

from __future__ import annotations

import math
import time
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

from wnpopt.backends.cancellable import run_cancellable
from wnpopt.backends.ending import Ending, Report, stopped
from wnpopt.core.budget import Budget
from wnpopt.core.errors import SolverError
from wnpopt.core.result import WarmStart

if TYPE_CHECKING:
    import cvxpy as cp

_TOLERANCE = 1e-9
_LONGEST = 1e7


def solve_convex(problem: cp.Problem, budget: Budget) -> Report:
    """Solve a convex ``problem``; ``values`` are the entries of its variables, in their order.

    Each flattened by columns.

    An interior-point solver has no incumbent before it ends: on a time limit or Ctrl-C there are no values. Solutions
    hold within about 1e-9 relative of well-scaled data; whoever needs more repairs them. Scale the data: in SI units
    conic solvers report false infeasibility. Never raises for "no solution"; :class:`SolverError` for a problem that
    is not convex or not continuous.
    """
    import cvxpy as cp
    import numpy as np

    if not problem.is_dcp():
        raise SolverError("the problem is not convex by CVXPY's rules (DCP)")
    if problem.is_mixed_integer():
        raise SolverError("there is no mixed-integer conic solver here; the problem has integer variables")
    began = time.perf_counter()
    limit = min(budget.remaining(), _LONGEST)
    # CVXPY's conic transformation is no part of Clarabel's clock: a run that is out of time is not begun.
    if budget.exhausted():
        return Report(stopped(budget), None, None, None, WarmStart.NONE, "", 0.0)

    def work() -> None:
        # The status says what is known; CVXPY's exception and its warning of an inaccurate solution say it again.
        with suppress(cp.SolverError), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            problem.solve(
                solver=cp.CLARABEL,
                verbose=False,
                time_limit=limit,
                tol_gap_abs=_TOLERANCE,
                tol_gap_rel=_TOLERANCE,
                tol_feas=_TOLERANCE,
                max_threads=max(1, budget.threads),
            )

    # Clarabel cannot be stopped from outside: it ends by its own clock, and Ctrl-C is noticed then.
    run_cancellable(work, lambda: None, budget)
    status = problem.status
    values = None
    if status in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE) and all(v.value is not None for v in problem.variables()):
        flat = [np.atleast_1d(np.asarray(v.value)).flatten(order="F") for v in problem.variables()]
        values = tuple(float(x) for x in np.concatenate(flat)) if flat else ()
    objective = float(problem.value) if values is not None else None
    proved = status == cp.OPTIMAL and objective is not None and math.isfinite(objective)
    return Report(
        _ending(status, budget),
        objective,
        objective if proved else None,
        values,
        WarmStart.NONE,
        f"clarabel: {status}",
        time.perf_counter() - began,
    )


def _ending(status: str | None, budget: Budget) -> Ending:
    import cvxpy as cp

    if status == cp.OPTIMAL:
        return Ending.OPTIMAL
    if status == cp.INFEASIBLE:
        return Ending.INFEASIBLE
    if status == cp.UNBOUNDED:
        return Ending.UNBOUNDED
    if status in (cp.USER_LIMIT, cp.OPTIMAL_INACCURATE) or budget.exhausted():
        return stopped(budget)
    return Ending.FAILED
