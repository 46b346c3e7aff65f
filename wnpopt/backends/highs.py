"""HiGHS through Pyomo: Pyomo's appsi interface builds the solver's model, the adapter drives it.

appsi's own ``solve`` captures the process's standard output, raises when there is no solution and drops the incumbent
on Ctrl-C; so it only translates here, and options, warm start, callbacks and results go through the HiGHS object
itself.
"""

from __future__ import annotations

import math
import re
import time
from typing import TYPE_CHECKING

from wnpopt.backends.report import Ending, Report, stopped
from wnpopt.backends.worker import run_cancellable
from wnpopt.core.budget import Budget
from wnpopt.core.errors import SolverError
from wnpopt.core.result import WarmStart
from wnpopt.core.trace import Trace

if TYPE_CHECKING:
    import pyomo.environ as pyo

_FEASIBILITY = 1e-9
_ASSESSED = re.compile(
    r"Assessing feasibility of MIP.*?Col +infeasibilities +(\d+).*?Integer infeasibilities +(\d+)"
    r".*?Row +infeasibilities +(\d+)",
    re.DOTALL,
)
_LONGEST = 1e7  # seconds; HiGHS takes a number where there is no limit


def solve_highs(
    model: pyo.ConcreteModel,
    budget: Budget,
    trace: Trace | None = None,
    *,
    warm_start: bool = False,
    unit: float = 1.0,
) -> Report:
    """Solve a (mixed-integer) linear Pyomo model; ``values`` are in the order of ``component_data_objects(Var)``.

    With ``warm_start`` the variables' values are handed over as a MIP start; every variable must have one. Gap
    tolerances are zero, feasibility tolerances 1e-9. Improvements go to ``trace`` as they come. Objectives and bounds
    are the model's times ``unit``. Never raises for "no solution"; :class:`SolverError` if HiGHS rejects the model.
    """
    import highspy
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.solvers.highs import Highs

    began = time.perf_counter()
    # HiGHS's worker threads belong to the process: another thread count needs a new scheduler.
    highspy.Highs.resetGlobalScheduler(True)
    translator = Highs()
    translator.set_instance(model)
    highs = translator._solver_model
    variables = list(model.component_data_objects(pyo.Var, active=True))
    columns = translator._pyomo_var_to_solver_var_map
    log: list[str] = []
    highs.cbLogging += lambda event: log.append(event.message)
    _configure(highs, budget)
    if trace is not None:
        _follow(highs, trace, unit)
    if warm_start:
        _hand_over(highs, variables, columns)
    highs.HandleUserInterrupt = True
    run_cancellable(highs.run, highs.cancelSolve, budget)
    status = highs.getModelStatus()
    # The callbacks hold a reference cycle through the solver: without this the model's memory stays.
    solution, info = highs.getSolution(), highs.getInfo()
    values = None
    if solution.value_valid and info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible):
        column_value = solution.col_value
        values = tuple(
            float(column_value[columns[id(v)]]) if id(v) in columns else float(v.value or 0.0) for v in variables
        )
    ending = _ending(status, highspy.HighsModelStatus, budget)
    is_mip = info.mip_node_count >= 0
    bound = info.mip_dual_bound if is_mip else (info.objective_function_value if ending is Ending.OPTIMAL else None)
    text = "".join(log)
    highs.clearCallbacks()
    if ending is Ending.FAILED and status == highspy.HighsModelStatus.kModelError:
        raise SolverError(f"HiGHS rejects the model: {text.strip().splitlines()[-1] if text.strip() else status}")
    return Report(
        ending,
        info.objective_function_value * unit if values is not None else None,
        bound * unit if bound is not None and math.isfinite(bound) and abs(bound) < 1e20 else None,
        values,
        _warm_start(text) if warm_start else WarmStart.NONE,
        text,
        time.perf_counter() - began,
    )


def _configure(highs: object, budget: Budget) -> None:
    settings: dict[str, bool | int | float | str] = {
        "output_flag": True,
        "log_to_console": True,  # to the callback, that is: without it the callback gets nothing either
        "time_limit": min(budget.remaining(), _LONGEST),
        "threads": budget.threads,
        "parallel": "on" if budget.threads > 1 else "off",
        "random_seed": budget.seed % 2**31,
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.0,
        "mip_feasibility_tolerance": _FEASIBILITY,
        "primal_feasibility_tolerance": _FEASIBILITY,
        "dual_feasibility_tolerance": _FEASIBILITY,
    }
    set_option = highs.setOptionValue  # type: ignore[attr-defined]
    for name, value in settings.items():
        set_option(name, value)


def _follow(highs: object, trace: Trace, unit: float) -> None:
    def improved(event: object) -> None:
        data = event.data_out  # type: ignore[attr-defined]
        if abs(data.mip_primal_bound) < 1e20:
            trace.incumbent(data.mip_primal_bound * unit)
        if abs(data.mip_dual_bound) < 1e20:
            trace.bound(data.mip_dual_bound * unit)

    highs.cbMipLogging += improved  # type: ignore[attr-defined]
    highs.cbMipImprovingSolution += improved  # type: ignore[attr-defined]


def _hand_over(highs: object, variables: list[pyo.Var], columns: dict[int, int]) -> None:
    import highspy
    import numpy as np

    start = np.zeros(len(columns))
    for variable in variables:
        if id(variable) in columns:
            if variable.value is None:
                # HiGHS would read a missing value as 0 and reject the start, or worse, accept it.
                raise SolverError(f"the warm start has no value for {variable.name}")
            start[columns[id(variable)]] = variable.value
    solution = highspy.HighsSolution()
    solution.col_value = start
    solution.value_valid = True
    highs.setSolution(solution)  # type: ignore[attr-defined]


def _warm_start(log: str) -> WarmStart:
    """HiGHS says in its log how far a MIP start was from feasible, before it does anything else with the model."""
    if "MIP start solution is feasible" in log:
        return WarmStart.ACCEPTED
    # A model that presolve solves outright gets that far only.
    assessed = _ASSESSED.search(log)
    feasible = assessed is not None and set(assessed.groups()) == {"0"}
    return WarmStart.ACCEPTED if feasible else WarmStart.REJECTED


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
