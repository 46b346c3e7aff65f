"""CVXPY with Clarabel or another conic solver: continuous convex models, and typed endings."""

from __future__ import annotations

import math
import time
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wnpopt.backends.cancellable import run_cancellable
from wnpopt.backends.ending import Ending, Report, stopped
from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError, SolverError, reason
from wnpopt.core.result import WarmStart
from wnpopt.core.solver_choice import OWN_SOLVER, SolverChoice
from wnpopt.core.trace import Trace

if TYPE_CHECKING:
    import cvxpy as cp

_TOLERANCE = 1e-9
_LONGEST = 1e7


DEFAULT = "clarabel"
_OWNED = {
    "time_limit": "use time_limit", "time_limit_secs": "use time_limit", "max_threads": "use threads",
    "verbose": "use log", "solver": "use solver", "solver_path": "use solver", "solver_verbose": "use log",
    "warm_start": "there is none", "gp": "the model is no geometric programme", "qcp": "the model is convex",
}  # fmt: skip


def solve_convex(
    problem: cp.Problem, budget: Budget, trace: Trace | None = None, solver: SolverChoice = OWN_SOLVER
) -> Report:
    """Solve a convex ``problem``; ``values`` are the entries of its variables, in their order.

    Each flattened by columns.

    An interior-point solver has no incumbent before it ends: on a time limit or Ctrl-C there are no values. Solutions
    hold within about 1e-9 relative of well-scaled data; whoever needs more repairs them. Scale the data: in SI units
    conic solvers report false infeasibility. ``solver`` is Clarabel where nothing is asked for; ECOS has no clock of
    its own, so that only whoever ends its process ends it early. Never raises for "no solution"; :class:`SolverError`
    for a problem that is not convex or not continuous, :class:`InputError` for an option that the solver does not take.
    """
    import cvxpy as cp
    import numpy as np

    if not problem.is_dcp():
        raise SolverError("the problem is not convex by CVXPY's rules (DCP)")
    if problem.is_mixed_integer():
        raise SolverError("there is no mixed-integer conic solver here; the problem has integer variables")
    began = time.perf_counter()
    name = solver.name or DEFAULT
    settings = _settings(name, budget) | _given(solver)
    # CVXPY's conic transformation is no part of Clarabel's clock: a run that is out of time is not begun.
    if budget.exhausted():
        return Report(stopped(budget), None, None, None, WarmStart.NONE, "", 0.0)

    def work() -> None:
        # The status says what is known; CVXPY's exception and its warning of an inaccurate solution say it again.
        with suppress(cp.SolverError), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            problem.solve(solver=name.upper(), verbose=False, **settings)

    # It cannot be stopped from outside: it ends by its own clock, and Ctrl-C is noticed then.
    try:
        run_cancellable(work, lambda: None, budget)
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        if not solver.options:
            raise
        raise InputError(f"{name} does not take this: {reason(error)}", where="solver_options") from None
    status = problem.status
    values = None
    if status in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE) and all(v.value is not None for v in problem.variables()):
        flat = [np.atleast_1d(np.asarray(v.value)).flatten(order="F") for v in problem.variables()]
        values = tuple(float(x) for x in np.concatenate(flat)) if flat else ()
    if trace is not None:
        trace.log(_told(problem, name))
    objective = float(problem.value) if values is not None else None
    proved = status == cp.OPTIMAL and objective is not None and math.isfinite(objective)
    return Report(
        _ending(status, budget),
        objective,
        objective if proved else None,
        values,
        WarmStart.NONE,
        f"{name}: {status}",
        time.perf_counter() - began,
    )


def _settings(name: str, budget: Budget) -> dict[str, Any]:
    """What wnpopt asks of a solver: its limits, and the tolerance that it can hold."""
    limit = min(budget.remaining(), _LONGEST)
    if name == "clarabel":
        tight = {"tol_gap_abs": _TOLERANCE, "tol_gap_rel": _TOLERANCE, "tol_feas": _TOLERANCE}
        return {"time_limit": limit, "max_threads": max(1, budget.threads), **tight}
    if name == "scs":  # a first-order method: more than this takes it very long
        return {"time_limit_secs": limit, "eps_abs": 1e-7, "eps_rel": 1e-7, "max_iters": 100_000}
    if name == "ecos":
        return {"abstol": _TOLERANCE, "reltol": _TOLERANCE, "feastol": _TOLERANCE}
    parameters = {"MSK_DPAR_OPTIMIZER_MAX_TIME": limit, "MSK_IPAR_NUM_THREADS": max(1, budget.threads)}
    return {"mosek_params": parameters} if name == "mosek" else {}


def _given(solver: SolverChoice) -> dict[str, Any]:
    """The caller's options, by the names that CVXPY hands on; raises :class:`InputError` for one that is set here."""
    for name, _ in solver.options:
        if name in _OWNED:
            raise InputError(f"is set by wnpopt; {_OWNED[name]}", where=f"solver_options[{name}]")
    return dict(solver.options)


def _told(problem: cp.Problem, name: str) -> str:
    """What CVXPY knows of the solver's work, in a line."""
    stats = problem.solver_stats
    facts = {"iterations": getattr(stats, "num_iters", None), "seconds": getattr(stats, "solve_time", None)}
    known = [f"{value} {what}" for what, value in facts.items() if value is not None]
    return ", ".join([f"{name}: {problem.status}", *known])


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
