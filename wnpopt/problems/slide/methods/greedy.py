"""greedy: least bandwidths in closed form, sorted, as many as fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """See :func:`~wnpopt.problems.slide.selection.greedy.greedy_selection`."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.greedy import greedy_selection
    from wnpopt.problems.slide.selection.plan import allocate
    from wnpopt.problems.slide.selection.unicast import everything_open, most_users

    columns = instance.columns

    def work(flag: Flag) -> Outcome[SlideSolution]:
        needs = Needs.of(columns)
        solution = allocate(needs, greedy_selection(needs, flag).plan).to_solution(columns)
        if columns.multicast or columns.cache_bits is not None or not columns.unit_weights:
            return Outcome(solution, Termination.HEURISTIC)
        # The longest prefix is optimal here: its bound under the verifier's tolerance says so.
        relaxed = Needs.of(columns, relaxed=True)
        most = most_users(relaxed, everything_open(relaxed)).value
        return Outcome(solution, Termination.HEURISTIC, (Bound(most, "prefix"),))

    return run_stoppable(work, context.budget)


METHOD = Method(
    family="slide",
    name="greedy",
    summary="least bandwidth of every user and model, users by cost (or weight a Hz), as many as fit",
    proves=Proof.OPTIMALITY,
    when="equal weights, unicast, no cache limit",
    run=solve,
    modules=("numba",),
)
