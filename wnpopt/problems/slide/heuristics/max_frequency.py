"""max-frequency: every processor at its greatest frequency."""

from __future__ import annotations

from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution


def run(instance: SlideInstance, _run: Run[SlideSolution]) -> Outcome[SlideSolution]:
    """The best plan at the greatest frequencies: who has not the energy for that is not served."""
    from wnpopt.problems.slide.kernels.needs import Scheme
    from wnpopt.problems.slide.selection.scheme import scheme_allocation

    return Outcome(
        scheme_allocation(instance.columns, Scheme.MAX_FREQUENCY).to_solution(instance.columns), Termination.HEURISTIC
    )


METHOD = Method(
    family="slide",
    name="max-frequency",
    summary="baseline: every processor at its greatest frequency; users selected as well as can be",
    proves="nothing by itself",
    run=run,
    modules=("numba",),
)
