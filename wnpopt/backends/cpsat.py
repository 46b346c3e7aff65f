"""OR-Tools' CP-SAT: limits, hints, progress, and typed endings."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from wnpopt.backends.cancellable import run_cancellable
from wnpopt.backends.ending import Ending, Report, stopped
from wnpopt.backends.narrow import affected, guard
from wnpopt.core.budget import Budget
from wnpopt.core.document import Solution
from wnpopt.core.errors import SolverError
from wnpopt.core.result import WarmStart
from wnpopt.core.trace import Trace

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

S = TypeVar("S", bound=Solution)

_NO_LIMIT_S = 1e9


def solve_cpsat(
    model: cp_model.CpModel,
    budget: Budget,
    trace: Trace | None = None,
    *,
    decode: Callable[[tuple[float, ...]], tuple[float, S] | None] | None = None,
    probing_level: int | None = None,
    linearization_level: int | None = None,
) -> Report:
    """Solve ``model``; ``values`` are by variable index. A hint in the model is the warm start.

    ``trace`` gets improvements as they come. ``decode`` makes (objective, solution) of values in the order of
    ``Report.values``, or None if it cannot; the solutions go to ``trace``, so that they outlive whatever happens to
    the solver. It is called in the middle of the search, from one of its threads: it shall be fast. ``probing_level``
    and ``linearization_level`` are CP-SAT's parameters; None leaves them alone.

    With several threads the search depends on timing, even for one seed; ``budget.deterministic`` interleaves it
    instead (slower, the same every time while the time limit does not strike). Raises :class:`SolverError` if the
    model is invalid: that is a defect of the formulation, never "no solution"; and :class:`UnsupportedError` if
    OR-Tools is one that cannot add up its numbers (:mod:`wnpopt.backends.narrow`).
    """
    import ortools
    from ortools.sat.python import cp_model

    began = time.perf_counter()
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.max_time_in_seconds = min(budget.remaining(), _NO_LIMIT_S)
    parameters.num_workers = max(1, budget.threads)
    parameters.random_seed = budget.seed % 2**31
    parameters.relative_gap_limit = 0.0
    parameters.absolute_gap_limit = 0.0
    parameters.catch_sigint_signal = False
    if affected(ortools.__version__) and guard(model):
        parameters.presolve_inclusion_work_limit = 0
    parameters.log_search_progress = True
    parameters.log_to_stdout = False
    parameters.interleave_search = budget.deterministic and budget.threads > 1
    if probing_level is not None:
        parameters.cp_model_probing_level = probing_level
    if linearization_level is not None:
        parameters.linearization_level = linearization_level
    log: list[str] = []

    def logged(line: str) -> None:
        log.append(line)
        if trace is not None:
            trace.log(line)

    solver.log_callback = logged
    hinted = bool(model.proto.solution_hint.vars)
    watcher = None
    if trace is not None:
        watcher = _watcher(trace, decode, log)
        solver.best_bound_callback = trace.bound
    status = run_cancellable(lambda: solver.solve(model, watcher), solver.stop_search, budget)
    if status == cp_model.MODEL_INVALID:
        raise SolverError(f"CP-SAT rejects the model: {model.validate()}")
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    text = "\n".join(log)
    bound = solver.best_objective_bound if model.has_objective() and status != cp_model.INFEASIBLE else None
    return Report(
        _ending(status, budget),
        solver.objective_value if found and model.has_objective() else None,
        bound if bound is not None and math.isfinite(bound) else None,
        tuple(solver.response_proto.solution) if found else None,
        _warm_start(text) if hinted else WarmStart.NONE,
        text,
        time.perf_counter() - began,
    )


def _watcher(
    trace: Trace,
    decode: Callable[[tuple[float, ...]], tuple[float, S] | None] | None,
    log: list[str],
) -> cp_model.CpSolverSolutionCallback:
    from ortools.sat.python import cp_model

    class Watcher(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        def on_solution_callback(self) -> None:
            if decode is None:
                trace.incumbent(self.objective_value)
                return
            # An exception in here would end the process.
            try:
                decoded = decode(tuple(self.response_proto.solution))
            except Exception as error:
                log.append(f"an improving solution could not be decoded: {error!r}")
                return
            if decoded is not None:
                trace.incumbent(*decoded)

    return Watcher()


def _warm_start(log: str) -> WarmStart:
    """CP-SAT says in its log whether the hint was a complete and feasible solution."""
    return WarmStart.ACCEPTED if "hint is complete and is feasible" in log else WarmStart.REJECTED


def _ending(status: object, budget: Budget) -> Ending:
    from ortools.sat.python import cp_model

    if status == cp_model.OPTIMAL:
        return Ending.OPTIMAL
    if status == cp_model.INFEASIBLE:
        return Ending.INFEASIBLE
    return stopped(budget)
