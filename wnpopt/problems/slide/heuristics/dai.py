"""dai: download, then infer; the baseline that simultaneous downloading is compared with."""

from __future__ import annotations

from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution


def run(instance: SlideInstance, _run: Run[SlideSolution]) -> Outcome[SlideSolution]:
    """The best plan in which every user first downloads the whole model and then computes."""
    from wnpopt.problems.slide.kernels.needs import Scheme
    from wnpopt.problems.slide.selection.scheme import scheme_allocation

    return Outcome(
        scheme_allocation(instance.columns, Scheme.DOWNLOAD_FIRST).to_solution(instance.columns), Termination.HEURISTIC
    )


METHOD = Method(
    family="slide",
    name="dai",
    summary="baseline: download the whole model, then infer; users selected as well as can be",
    proves="nothing by itself",
    run=run,
    modules=("numba",),
)
