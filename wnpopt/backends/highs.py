"""HiGHS: limits, warm starts, progress, and typed endings, for linear models written in Pyomo.

HiGHS computes in floating point: what it calls a bound is weakened before it is passed on, and the answers that it
holds are passed on whatever it says of them, for the verifier to judge.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from wnpopt.backends.cancellable import run_cancellable
from wnpopt.backends.ending import Ending, Report, stopped
from wnpopt.backends.linear import LinearModel, linear_model, start_of
from wnpopt.backends.watch import SolverWatch
from wnpopt.core.budget import Budget, usable_cores
from wnpopt.core.document import Solution
from wnpopt.core.errors import InputError, SolverError
from wnpopt.core.result import WarmStart
from wnpopt.core.solver_choice import Setting
from wnpopt.core.trace import Trace

if TYPE_CHECKING:
    import highspy
    import pyomo.environ as pyo

S = TypeVar("S", bound=Solution)

TOLERANCE = 1e-9
"""Feasibility that HiGHS is asked for in linear programmes, and, if nothing else is asked for, in integer ones."""

_TOLERANCES = "bounds are weakened by the tolerances that wnpopt sets"
_UNITS = "objectives and bounds would be told in other units, or of another model"
OWNED: Mapping[str, str] = {
    "time_limit": "use time_limit",
    "threads": "use threads",
    "parallel": "use threads",
    "random_seed": "use seed",
    "output_flag": "use log",
    "log_to_console": "use log",
    "log_file": "use log",
    "objective_bound": "use target",
    "objective_target": "use target",
    "mip_feasibility_tolerance": _TOLERANCES,
    "primal_feasibility_tolerance": _TOLERANCES,
    "dual_feasibility_tolerance": _TOLERANCES,
    "primal_residual_tolerance": _TOLERANCES,
    "dual_residual_tolerance": _TOLERANCES,
    "optimality_tolerance": _TOLERANCES,
    "ipm_optimality_tolerance": _TOLERANCES,
    "pdlp_optimality_tolerance": _TOLERANCES,
    "kkt_tolerance": _TOLERANCES,
    "small_matrix_value": _TOLERANCES,
    "large_matrix_value": _UNITS,
    "infinite_bound": _UNITS,
    "infinite_cost": _UNITS,
    "user_objective_scale": _UNITS,
    "user_bound_scale": _UNITS,
    "user_cost_scale": _UNITS,
}
"""Options of HiGHS that are not the caller's, and what there is instead."""

_ASSESSED = re.compile(r"Assessing feasibility of MIP [^\n]*: feasible")
_ENOUGH_THREADS = 16  # more than there are cores only take time to start: thousands took longer than a short limit
LONGEST = 1e7  # seconds; HiGHS takes a number where there is no limit


def solve_highs(
    model: pyo.ConcreteModel,
    budget: Budget,
    trace: Trace | None = None,
    *,
    warm_start: bool = False,
    unit: float = 1.0,
    decode: Callable[[tuple[float, ...]], tuple[float, S] | None] | None = None,
    tolerance: float = TOLERANCE,
    precision: float = TOLERANCE,
    options: Sequence[tuple[str, Setting]] = (),
) -> Report:
    """Solve a (mixed-integer) linear Pyomo model; ``values`` are in the order of ``component_data_objects(Var)``.

    With ``warm_start`` the variables' values are handed over as a MIP start; every variable must have one. Gap
    tolerances are zero. Objectives and bounds are the model's times ``unit``.

    ``tolerance`` is that of rows and integers in a MIP. A small one is no safe one: with 1e-9 HiGHS 1.16 takes rounding
    errors of numbers beyond some 10^4 for violations, and has called wrong answers optimal and feasible models
    infeasible (``scripts/measure_highs.py``), with 1e-6, its default, not once. A large one lets big-M rows slip.

    ``trace`` gets improvements as they come. ``decode`` makes (objective, solution) of values in the order of
    ``Report.values``, or None if it cannot; the solutions go to ``trace``, so that they outlive whatever happens to
    the solver. It is called from the solver's thread, in the middle of its search: it shall be fast.

    Bounds, those of ``trace`` too, are weakened by ``tolerance`` (HiGHS prunes what is better by less) and by
    :meth:`LinearModel.error` of ``precision``; a model with an infinite range has none. Never raises for "no solution";
    :class:`SolverError` if HiGHS rejects the model, :class:`InputError` for ``options`` that it does not take.
    """
    import highspy

    began = time.perf_counter()
    linear = linear_model(model)
    if linear is None:
        return Report(Ending.INFEASIBLE, None, None, None, WarmStart.NONE, "", time.perf_counter() - began)
    # HiGHS's worker threads belong to the process: another thread count needs a new scheduler.
    highspy.Highs.resetGlobalScheduler(True)
    highs = silent_solver()
    log: list[str] = []

    def logged(event: highspy.HighsCallbackEvent) -> None:
        log.append(event.message)
        if trace is not None:
            trace.log(event.message)

    highs.cbLogging += logged
    _configure(highs, budget, tolerance)
    _set(highs, options)
    _pass(highs, linear)
    watch = SolverWatch(linear, unit, tolerance + linear.error(precision), trace, decode)

    def improved(event: highspy.HighsCallbackEvent) -> None:
        watch.bounded(event.data_out.mip_dual_bound)
        watch.improved(event.data_out.mip_solution)

    highs.cbMipLogging += lambda event: watch.bounded(event.data_out.mip_dual_bound)
    highs.cbMipImprovingSolution += improved
    if warm_start:
        _hand_over(highs, linear)
    highs.HandleUserInterrupt = True
    run_cancellable(highs.run, highs.cancelSolve, budget)
    status = highs.getModelStatus()
    solution, info = highs.getSolution(), highs.getInfo()
    columns = np.array(solution.col_value, dtype=np.float64) if solution.value_valid else None
    feasible = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    ending = _ending(status, highspy.HighsModelStatus, budget)
    if not feasible or columns is None:
        # What it called an improving solution is one, whatever became of it at the end.
        columns = watch.best if watch.best is not None or ending is not Ending.FAILED else columns
    if ending is Ending.INFEASIBLE and watch.best is not None:
        ending = Ending.FAILED  # it contradicts itself
    values = None
    if columns is not None and columns.size == linear.cost.size and np.isfinite(columns).all():
        values = linear.values(columns)
    bound = None
    if ending is not Ending.FAILED:
        is_mip = info.mip_node_count >= 0
        told = info.mip_dual_bound if is_mip else (info.objective_function_value if ending is Ending.OPTIMAL else None)
        bound = watch.weakened(told)
    text = "".join(log) + watch.trouble
    # The callbacks hold a reference cycle through the solver: without this the model's memory stays.
    highs.clearCallbacks()
    if status == highspy.HighsModelStatus.kModelError:
        raise SolverError(f"HiGHS rejects the model: {text.strip().splitlines()[-1] if text.strip() else status}")
    return Report(
        ending,
        None if columns is None or values is None else watch.objective(columns),
        bound,
        values,
        _warm_start(text) if warm_start else WarmStart.NONE,
        text,
        time.perf_counter() - began,
        f"HiGHS ended in {highs.modelStatusToString(status)!r}" if ending is Ending.FAILED else "",
    )


def silent_solver() -> highspy.Highs:
    """A solver that never writes to the process's standard output: highspy's constructor prints a banner already."""
    import highspy

    class Silent(highspy.Highs):  # type: ignore[misc]
        def enableCallbacks(self) -> None:  # noqa: N802 -- highspy's name
            self.setOptionValue("log_to_console", False)  # the callback gets the log all the same
            super().enableCallbacks()

    return Silent()


def _configure(highs: highspy.Highs, budget: Budget, tolerance: float) -> None:
    settings: dict[str, bool | int | float | str] = {
        "output_flag": True,
        "time_limit": min(budget.remaining(), LONGEST),
        "threads": min(budget.threads, max(_ENOUGH_THREADS, usable_cores())),
        "parallel": "on" if budget.threads > 1 else "off",
        "random_seed": budget.seed % 2**31,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.0,
        "mip_feasibility_tolerance": tolerance,
        "primal_feasibility_tolerance": TOLERANCE,
        "dual_feasibility_tolerance": TOLERANCE,
    }
    for name, value in settings.items():
        highs.setOptionValue(name, value)


def _set(highs: highspy.Highs, options: Sequence[tuple[str, Setting]]) -> None:
    """The caller's own options; raises :class:`InputError` for one that is none, or that is set here."""
    import highspy

    for name, value in options:
        where = f"solver_options[{name}]"
        if name in OWNED:
            raise InputError(f"is set by wnpopt; {OWNED[name]}", where=where)
        text = str(value).lower() if isinstance(value, bool) else str(value)  # HiGHS reads texts of every type
        if highs.setOptionValue(name, text) != highspy.HighsStatus.kOk:
            raise InputError(f"HiGHS has no such option, or it does not take {text!r}", where=where)


def _pass(highs: highspy.Highs, linear: LinearModel) -> None:
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = linear.cost.size, linear.row_lower.size
    lp.sense_ = highspy.ObjSense.kMaximize if linear.maximise else highspy.ObjSense.kMinimize
    lp.offset_ = linear.offset
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = linear.cost, linear.lower, linear.upper
    lp.row_lower_, lp.row_upper_ = linear.row_lower, linear.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = linear.matrix.indptr
    lp.a_matrix_.index_ = linear.matrix.indices
    lp.a_matrix_.value_ = linear.matrix.data
    if linear.integer.any():
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if integer else kinds.kContinuous for integer in linear.integer.tolist()]
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise SolverError("HiGHS rejects the model")


def _hand_over(highs: highspy.Highs, linear: LinearModel) -> None:
    import highspy

    solution = highspy.HighsSolution()
    solution.col_value = start_of(linear)
    solution.value_valid = True
    highs.setSolution(solution)


def _warm_start(log: str) -> WarmStart:
    """HiGHS says in its log how far a MIP start was from feasible, before it does anything else with the model."""
    if "MIP start solution is feasible" in log:
        return WarmStart.ACCEPTED
    # A model that presolve solves outright gets that far only.
    return WarmStart.ACCEPTED if _ASSESSED.search(log) else WarmStart.REJECTED


def _ending(status: object, known: object, budget: Budget) -> Ending:
    endings = {
        "kOptimal": Ending.OPTIMAL,
        "kModelEmpty": Ending.OPTIMAL,
        "kInfeasible": Ending.INFEASIBLE,
        "kUnbounded": Ending.UNBOUNDED,
        "kUnboundedOrInfeasible": Ending.UNBOUNDED,
        "kTimeLimit": Ending.LIMIT,
        "kIterationLimit": Ending.LIMIT,
        "kSolutionLimit": Ending.LIMIT,
        "kInterrupt": stopped(budget),
        "kHighsInterrupt": stopped(budget),
        "kUnknown": Ending.FAILED,
    }
    for name, ending in endings.items():
        if status == getattr(known, name, None):
            return ending
    return Ending.FAILED
