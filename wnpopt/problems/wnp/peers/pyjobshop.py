"""PyJobShop (Lan and Berkhout, arXiv 2502.13483) on chip-only instances: its constraint model, solved by CP-SAT."""

from __future__ import annotations

import numpy as np

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.outcome import reported
from wnpopt.problems.wnp.peers.chip_only import INSTALL, refuse_long
from wnpopt.problems.wnp.solution import WnpSolution


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """Build PyJobShop's model, let CP-SAT solve it, read cores and starts.

    ``pyjobshop.solve`` sets CP-SAT's parameters and waits; it can be interrupted by nothing. The model that it would
    solve is therefore handed to wnpopt's own CP-SAT adapter, with the run's time, threads, seed and Ctrl-C.
    """
    from pyjobshop.solvers.ortools import CPModel

    from wnpopt.backends.cpsat import solve_cpsat
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.peers.answer import timed
    from wnpopt.problems.wnp.peers.shop import shop

    began = context.budget.elapsed()
    problem = Problem.of(instance)
    built = shop(problem, problem.latest_makespan())
    if context.budget.exhausted():
        return Outcome(None, context.budget.why_over(), message="no time was left to build the model")
    compiled = CPModel(built.model.data())
    build_s = context.budget.elapsed() - began
    if context.budget.exhausted():
        return Outcome(None, context.budget.why_over(), build_s=build_s, message="no time was left to solve the model")
    report = solve_cpsat(compiled.model, context.budget, context.trace)
    solution = None
    if report.values is not None:
        variables, values = compiled.variables, report.values
        core = np.zeros(len(instance.subgraphs), dtype=np.int64)
        for number, m in built.core_of.items():
            if values[variables.mode_vars[number].index]:
                core[built.model.modes[number].task] = m
        start = np.array([values[variables.task_vars[i].start.index] for i in range(core.size)], dtype=np.int64)
        solution = timed(problem, core, problem.scheduler.in_order(core, start))
    return reported(report, solution, build_s, "pyjobshop", "PyJobShop")


METHOD = Method(
    family="wnp",
    name="pyjobshop",
    summary="peer, chip-only (extra `peers`): PyJobShop's model, transfers as modes that depend on modes, by CP-SAT",
    proves=Proof.OPTIMALITY,
    run=solve,
    modules=("pyjobshop", "numba"),
    install=INSTALL,
    timed=True,
    refuse=refuse_long,
)
