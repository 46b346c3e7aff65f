"""The methods that make one plan, without a search; see :mod:`~wnpopt.problems.intradp.search.baselines`."""

from __future__ import annotations

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.outcome import outcome
from wnpopt.problems.intradp.methods.refusals import refuse_size
from wnpopt.problems.intradp.search.shares import CUT_SHARE, part
from wnpopt.problems.intradp.solution import IntradpSolution


def baseline(name: str, summary: str) -> Method[IntradpInstance, IntradpSolution]:
    """The method that makes the baseline called ``name``."""

    def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
        from wnpopt.backends.stopping import run_stoppable
        from wnpopt.problems.intradp.kernels.problem import Problem
        from wnpopt.problems.intradp.search.baselines import BASELINES

        problem = Problem.of(instance)
        # Under a time limit it is the start of another method, which needs most of the time itself.
        budget = part(context.budget, CUT_SHARE)
        return outcome(problem, run_stoppable(lambda flag: BASELINES[name](problem, flag), budget))

    return Method(
        family="intradp",
        name=name,
        summary=summary,
        proves=Proof.NOTHING,
        run=solve,
        modules=("numba",),
        refuse=refuse_size,
    )
