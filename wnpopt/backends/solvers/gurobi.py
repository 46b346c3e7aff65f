"""Gurobi, through its Python interface; without a licence it takes models of up to 2,000 columns and rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from wnpopt.backends.cancellable import run_cancellable
from wnpopt.backends.ending import Ending, stopped
from wnpopt.backends.solvers.job import LinearJob, SolverAnswer, refuse_owned
from wnpopt.backends.solvers.model_file import sign_of, write_mps
from wnpopt.backends.solvers.program import folder_of_run
from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError
from wnpopt.core.result import WarmStart

TOLERANCE = 1e-9
"""Of rows, integers and reduced costs: the smallest that it takes."""

_TOLERANCES = "bounds are weakened by the tolerances that wnpopt sets"
OWNED = {
    "TimeLimit": "use time_limit",
    "Threads": "use threads",
    "ThreadLimit": "use threads",
    "Seed": "use seed",
    "OutputFlag": "use log",
    "LogToConsole": "use log",
    "LogFile": "use log",
    "Cutoff": "use target",
    "BestObjStop": "use target",
    "BestBdStop": "use target",
    "FeasibilityTol": _TOLERANCES,
    "IntFeasTol": _TOLERANCES,
    "OptimalityTol": _TOLERANCES,
    "PreSOS1BigM": _TOLERANCES,
    "PoolSearchMode": "one solution is asked for: in search of others Gurobi tells bounds of what is left",
}


def solve(job: LinearJob) -> SolverAnswer:
    """See :class:`.LinearSolver`."""
    import gurobipy as gp

    linear, budget = job.linear, job.budget
    sign = sign_of(linear)
    lines: list[str] = []
    try:
        with folder_of_run() as folder, gp.Env(empty=True) as environment:
            environment.setParam("LogToConsole", 0)
            environment.start()
            write_mps(linear, folder / "model.mps")
            with gp.read(str(folder / "model.mps"), environment) as model:
                columns = sorted(model.getVars(), key=lambda v: int(v.VarName[1:]))
                _configure(model, job)
                if job.start is not None:
                    for variable, value in zip(columns, job.start.tolist(), strict=True):
                        variable.Start = value

                def heard(model: Any, where: int) -> None:
                    told = gp.GRB.Callback
                    if where == told.MESSAGE:
                        line = model.cbGet(told.MSG_STRING)
                        lines.append(line)
                        job.hear(line.rstrip("\n"))
                    elif where == told.MIPSOL:
                        job.watch.bounded(sign * model.cbGet(told.MIPSOL_OBJBND) + linear.offset)
                        job.watch.improved(np.array(model.cbGetSolution(columns), dtype=np.float64))
                    elif where == told.MIP:
                        job.watch.bounded(sign * model.cbGet(told.MIP_OBJBND) + linear.offset)

                run_cancellable(lambda: model.optimize(heard), model.terminate, budget)
                status = int(model.Status)
                best = np.array([v.X for v in columns], dtype=np.float64) if model.SolCount else None
                bound = _bound(model, status)
    except gp.GurobiError as error:
        return SolverAnswer(Ending.FAILED, log="".join(lines), message=f"Gurobi: {error}")
    log = "".join(lines)
    ending = _ending(status, budget)
    return SolverAnswer(
        ending,
        best,
        None if bound is None else sign * bound + linear.offset,
        WarmStart.NONE if job.start is None else _warm_start(log),
        log,
        f"Gurobi ended with status {status}" if ending is Ending.FAILED else "",
    )


def _configure(model: Any, job: LinearJob) -> None:
    import gurobipy as gp

    budget = job.budget
    settings: dict[str, float] = {
        "Threads": min(budget.threads, 1024), "Seed": budget.seed % 2_000_000_000, "MIPGap": 0.0, "MIPGapAbs": 0.0,
        "FeasibilityTol": TOLERANCE, "IntFeasTol": TOLERANCE, "OptimalityTol": TOLERANCE,
    }  # fmt: skip
    if budget.remaining() < 1e7:
        settings["TimeLimit"] = budget.remaining()
    for name, value in settings.items():
        model.setParam(name, value)
    for name, given in job.options:
        refuse_owned(name, OWNED)
        try:
            model.setParam(name, given)
        except (gp.GurobiError, AttributeError, TypeError, ValueError) as error:
            raise InputError(
                f"Gurobi does not take {given!r} for it: {error}", where=f"solver_options[{name}]"
            ) from None


def _bound(model: Any, status: int) -> float | None:
    """Gurobi's own bound; for a linear programme the value of its optimum."""
    if model.IsMIP:
        return float(model.ObjBound) if status not in (3, 4, 5, 6) else None
    return float(model.ObjVal) if status == 2 else None


def _ending(status: int, budget: Budget) -> Ending:
    endings = {2: Ending.OPTIMAL, 3: Ending.INFEASIBLE, 4: Ending.UNBOUNDED, 5: Ending.UNBOUNDED}
    return endings.get(status, stopped(budget) if status in (7, 8, 9, 10, 11, 13, 15, 16) else Ending.FAILED)


def _warm_start(log: str) -> WarmStart:
    accepted = "User MIP start produced solution" in log or "Loaded user MIP start" in log
    return WarmStart.ACCEPTED if accepted else WarmStart.REJECTED
