"""Logic-based Benders decomposition of wnp (``models/wnp/lbbd.md``): branch and check, then destructive bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.core.errors import SolverError
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.methods.outcome import on_problem
from wnpopt.problems.wnp.methods.refusals import Support, supports
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.search.beside import SearchBeside
    from wnpopt.problems.wnp.search.decomposition import Decomposition

_MINIMISING = 0.05  # of a time limit goes to masters that are minimised, before the bound is probed,
_SMALL, _MORE = 60, 0.3  # and so much of it with up to so many subgraphs: there minimising proves sooner than probing
_IDENTICAL = 0.5  # of it where cores are identical: such a master is one cumulative resource, and proves by itself
_LEAST_S = 1.0


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """Solve masters under growing cuts until one's arrivals can be served, or the bound meets the incumbent."""
    return on_problem(instance, context, decomposed)


def decomposed(
    problem: Problem,
    context: Context[WnpSolution],
    began: float,
    weights: Sequence[IntArray] = (),
    probing: bool = True,
    beside: SearchBeside | None = None,
) -> Outcome[WnpSolution]:
    """:func:`solve` on the compiled problem; ``weights`` are cuts that are known already.

    Masters are minimised first, which proves what is easy; then the bound is raised and the incumbent improved by
    probes (:mod:`~wnpopt.problems.wnp.search.probing`), for which there has to be an incumbent. A search ``beside``
    them makes the first part needless.
    """
    from wnpopt.problems.wnp.kernels.identical import cores_are_identical
    from wnpopt.problems.wnp.search.decomposition import Decomposition
    from wnpopt.problems.wnp.search.probing import probe

    state = Decomposition(problem, context, began, weights)
    budget = context.budget
    if state.closed:  # the start meets a known bound: no master need be built
        return state.outcome(Termination.PROVED)
    if state.value is None or not probing:
        return _minimised(state, budget) or state.outcome(budget.why_over())
    if beside is not None:
        return probe(state, beside)
    share = _MORE if problem.plan.order.size <= _SMALL else _MINIMISING
    if cores_are_identical(problem.plan):
        share = max(share, _IDENTICAL)
    finished = _minimised(state, budget.share(max(_LEAST_S, share * budget.remaining())))
    return probe(state) if finished is None else finished


def _minimised(state: Decomposition, budget: Budget) -> Outcome[WnpSolution] | None:
    """The loop of branch and check; every round adds a cut, so it ends. None if ``budget`` ends first."""
    whole = state.context.budget
    while True:
        solved = state.master(state.value, budget, optimise=True)
        if solved is None:
            if state.value is not None and not whole.exhausted():
                return None
            return state.outcome(whole.why_over(), message="there was not enough time to build the master problem")
        report, master = solved
        if report.ending == "infeasible":
            return state.outcome(Termination.PROVED, infeasible="the master problem is infeasible")
        if report.bound is not None:
            state.prove(int(np.ceil(report.bound - 1e-6)))
        if report.values is not None:
            answer = state.serve(master, report, None, budget)
            if state.closed:
                return state.outcome(Termination.PROVED)
            if report.ending == "optimal" and answer.count is not None:
                raise SolverError("the radio serves the master's optimum, but the verifier does not accept it")
            if report.ending == "optimal" and answer.refuted and not budget.exhausted():
                continue
        if report.ending in ("failed", "unbounded") and state.value is None:
            raise SolverError(f"CP-SAT failed on the master problem{report.message and ': ' + report.message}")
        if whole.exhausted() or state.value is None:
            return state.outcome(whole.why_over())
        return None


METHOD = Method(
    family="wnp",
    name="lbbd",
    summary="branch and check: CP-SAT on compute and arrivals, the radio answers with dual cuts or an allocation",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    run=solve,
    modules=("ortools", "numba"),
    timed=True,
    warm_startable=True,
    refuse=supports(Support.BUS | Support.RELEASE | Support.RADIO_RELEASE),
)
