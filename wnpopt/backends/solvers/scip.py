"""SCIP, through its Python interface."""

from __future__ import annotations

from typing import Any

import numpy as np

from wnpopt.backends.cancellable import run_cancellable
from wnpopt.backends.ending import Ending, stopped
from wnpopt.backends.linear import FloatArray
from wnpopt.backends.solvers.job import LinearJob, SolverAnswer
from wnpopt.backends.solvers.model_file import sign_of, write_mps
from wnpopt.backends.solvers.program import folder_of_run
from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError, reason
from wnpopt.core.result import WarmStart

TOLERANCE = 1e-6
"""Of its rows and integers."""

_TOLERANCES = "bounds are weakened by the tolerances that wnpopt knows"
OWNED = {
    "limits/time": "use time_limit",
    "limits/objectivestop": "use target",
    "limits/primal": "use target",
    "limits/dual": "use target",
    "parallel/maxnthreads": "use threads",
    "lp/threads": "use threads",
    "randomization/randomseedshift": "use seed",
    "misc/catchctrlc": "Ctrl-C ends it anyway",
}


def solve(job: LinearJob) -> SolverAnswer:
    """See :class:`.LinearSolver`."""
    from pyscipopt import SCIP_EVENTTYPE, Eventhdlr, Model

    linear, budget = job.linear, job.budget
    sign, size = sign_of(linear), linear.cost.size
    with folder_of_run() as folder:
        write_mps(linear, folder / "model.mps")
        model = Model()
        model.hideOutput()
        model.readProblem(str(folder / "model.mps"))
        log = folder / "log"
        model.setLogfile(str(log))
        columns = [model_variable for _, model_variable in sorted((int(v.name[1:]), v) for v in model.getVars())]
        _configure(model, job)
        accepted = _hand_over(model, columns, job.start)

        def values_of(solution: Any) -> FloatArray:
            return np.fromiter((model.getSolVal(solution, v) for v in columns), np.float64, size)

        class Watching(Eventhdlr):  # type: ignore[misc]
            def eventinit(self) -> None:
                self.model.catchEvent(SCIP_EVENTTYPE.BESTSOLFOUND, self)

            def eventexit(self) -> None:
                self.model.dropEvent(SCIP_EVENTTYPE.BESTSOLFOUND, self)

            def eventexec(self, _event: object) -> None:
                job.watch.bounded(sign * self.model.getDualbound() + linear.offset)
                job.watch.improved(values_of(self.model.getBestSol()))

        model.includeEventhdlr(Watching(), "wnpopt", "tells of solutions")
        run_cancellable(model.optimizeNogil, model.interruptSolve, budget)
        status = str(model.getStatus())
        best = values_of(model.getBestSol()) if model.getNSols() else None
        text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        bound = None if status in ("infeasible", "unbounded", "inforunbd") else float(model.getDualbound())
        model.freeProb()
    for line in text.splitlines():
        job.hear(line)
    ending = _ending(status, budget)
    return SolverAnswer(
        ending,
        best,
        None if bound is None else sign * bound + linear.offset,
        WarmStart.NONE if accepted is None else WarmStart.ACCEPTED if accepted else WarmStart.REJECTED,
        text,
        f"SCIP ended in {status!r}" if ending is Ending.FAILED else "",
    )


def _configure(model: Any, job: LinearJob) -> None:
    budget = job.budget
    if budget.remaining() < 1e7:
        model.setParam("limits/time", max(0.0, budget.remaining()))
    model.setParam("randomization/randomseedshift", budget.seed % 2**31)
    model.setParam("lp/threads", min(budget.threads, 64))
    for name, value in job.options:
        where = f"solver_options[{name}]"
        if name.startswith("numerics/"):
            raise InputError(f"is set by wnpopt; {_TOLERANCES}", where=where)
        if name in OWNED:
            raise InputError(f"is set by wnpopt; {OWNED[name]}", where=where)
        try:
            model.setParam(name, value)
        except Exception as error:  # pyscipopt raises KeyError, ValueError, TypeError and plain Exception
            raise InputError(f"SCIP does not take {value!r} for it: {reason(error)}", where=where) from None


def _hand_over(model: Any, columns: list[Any], start: FloatArray | None) -> bool | None:
    """True if SCIP holds the start to be a solution; None without one."""
    if start is None:
        return None
    solution = model.createSol()
    for variable, value in zip(columns, start.tolist(), strict=True):
        model.setSolVal(solution, variable, value)
    fits = bool(model.checkSol(solution, original=True))
    model.addSol(solution)
    return fits


def _ending(status: str, budget: Budget) -> Ending:
    if status in ("optimal", "gaplimit"):
        return Ending.OPTIMAL
    if status == "infeasible":
        return Ending.INFEASIBLE
    if status in ("unbounded", "inforunbd"):
        return Ending.UNBOUNDED
    return stopped(budget) if status.endswith("limit") or status == "userinterrupt" else Ending.FAILED
