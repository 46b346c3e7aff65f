"""max-frequency: every processor at its greatest frequency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """The best plan at the greatest frequencies: who has not the energy for that is not served."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.slide.kernels.needs import Scheme
    from wnpopt.problems.slide.selection.scheme import scheme_allocation

    def work(flag: Flag) -> SlideSolution:
        return scheme_allocation(instance.columns, Scheme.MAX_FREQUENCY, flag).to_solution(instance.columns)

    solution = run_stoppable(work, context.budget)
    return Outcome(solution, context.budget.why_over() if context.budget.exhausted() else Termination.HEURISTIC)


METHOD = Method(
    family="slide",
    name="max-frequency",
    summary="baseline: every processor at its greatest frequency; users selected as well as can be",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    timed=True,
)
