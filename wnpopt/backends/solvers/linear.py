"""Linear models, written in Pyomo, by the solver that the caller names."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from wnpopt.backends.ending import Ending, Report
from wnpopt.backends.highs import TOLERANCE, solve_highs
from wnpopt.backends.linear import linear_model, start_of
from wnpopt.backends.solvers.job import LinearJob, LinearSolver, SolverAnswer
from wnpopt.backends.watch import SolverWatch
from wnpopt.core.budget import Budget
from wnpopt.core.document import Solution
from wnpopt.core.result import WarmStart
from wnpopt.core.solver_choice import SolverChoice
from wnpopt.core.trace import Trace

if TYPE_CHECKING:
    import pyomo.environ as pyo

S = TypeVar("S", bound=Solution)

DEFAULT = "highs"


def solver_name(choice: SolverChoice) -> str:
    """The name of the solver that models go to."""
    return choice.name or DEFAULT


def title_of(choice: SolverChoice) -> str:
    """The solver's name in a sentence."""
    return {"highs": "HiGHS", "cbc": "CBC", "glpk": "GLPK", "scip": "SCIP", "gurobi": "Gurobi"}[solver_name(choice)]


def tolerance_of(choice: SolverChoice) -> float:
    """What rows and integers hold to in that solver's answers, if nothing else is asked of HiGHS."""
    return TOLERANCE if solver_name(choice) == DEFAULT else _adapter(choice).TOLERANCE


def solve_linear(
    model: pyo.ConcreteModel,
    budget: Budget,
    trace: Trace | None = None,
    *,
    solver: SolverChoice,
    warm_start: bool = False,
    unit: float = 1.0,
    decode: Callable[[tuple[float, ...]], tuple[float, S] | None] | None = None,
    tolerance: float = TOLERANCE,
    precision: float = TOLERANCE,
) -> Report:
    """:func:`~wnpopt.backends.highs.solve_highs`, with any of the solvers.

    ``tolerance`` is HiGHS's alone: the others keep to their own, and bounds are weakened by that and by
    :meth:`LinearModel.error` of it, or of ``precision`` where that is larger. A solver that has written a solution
    without saying that it is one has none.
    """
    if solver_name(solver) == DEFAULT:
        return solve_highs(
            model,
            budget,
            trace,
            warm_start=warm_start,
            unit=unit,
            decode=decode,
            tolerance=tolerance,
            precision=precision,
            options=solver.options,
        )
    began = time.perf_counter()
    linear = linear_model(model)
    if linear is None:
        return Report(Ending.INFEASIBLE, None, None, None, WarmStart.NONE, "", time.perf_counter() - began)
    if not linear.cost.size:  # nothing to decide; files without columns are none
        return Report(Ending.OPTIMAL, linear.offset * unit, linear.offset * unit, linear.values(np.zeros(0)),
                      WarmStart.NONE, "", time.perf_counter() - began)  # fmt: skip
    adapter = _adapter(solver)
    error = adapter.TOLERANCE + linear.error(max(precision, adapter.TOLERANCE))
    watch = SolverWatch(linear, unit, error, trace, decode)
    start = start_of(linear) if warm_start else None
    hear: Callable[[str], None] = (lambda _line: None) if trace is None else trace.log
    answer = adapter.solve(LinearJob(linear, budget, watch, start, solver.options, hear))
    return _report(answer, watch, time.perf_counter() - began)


def _adapter(choice: SolverChoice) -> LinearSolver:
    return cast(LinearSolver, import_module(f"wnpopt.backends.solvers.{choice.name}"))


def _report(answer: SolverAnswer, watch: SolverWatch, seconds: float) -> Report:
    columns, ending = answer.columns, answer.ending
    if columns is not None and not np.isfinite(columns).all():
        columns = None
    if columns is None:
        columns = watch.best
    if ending is Ending.INFEASIBLE and columns is not None:
        ending = Ending.FAILED  # it contradicts itself
    bound = None if ending in (Ending.FAILED, Ending.INFEASIBLE) else watch.weakened(answer.bound)
    return Report(
        ending,
        None if columns is None else watch.objective(columns),
        bound,
        None if columns is None else watch.linear.values(columns),
        answer.warm_start,
        answer.log + watch.trouble,
        seconds,
        answer.message,
    )
