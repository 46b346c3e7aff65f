"""dai: download, then infer; the baseline that simultaneous downloading is compared with."""

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
    """The best plan in which every user first downloads the whole model and then computes."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.slide.kernels.needs import Scheme
    from wnpopt.problems.slide.selection.scheme import scheme_allocation

    def work(flag: Flag) -> SlideSolution:
        return scheme_allocation(instance.columns, Scheme.DOWNLOAD_FIRST, flag).to_solution(instance.columns)

    solution = run_stoppable(work, context.budget)
    return Outcome(solution, context.budget.why_over() if context.budget.exhausted() else Termination.HEURISTIC)


METHOD = Method(
    family="slide",
    name="dai",
    summary="baseline: download the whole model, then infer; users selected as well as can be",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    timed=True,
)
