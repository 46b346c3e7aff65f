"""greedy: least bandwidths in closed form, sorted, as many as fit."""

from __future__ import annotations

from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution


def run(instance: SlideInstance, _run: Run[SlideSolution]) -> Outcome[SlideSolution]:
    """See :func:`~wnpopt.problems.slide.selection.greedy.greedy_selection`."""
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.greedy import greedy_selection
    from wnpopt.problems.slide.selection.plan import allocate

    needs = Needs.of(instance.columns)
    selected = greedy_selection(needs)
    return Outcome(allocate(needs, selected.plan).to_solution(instance.columns), Termination.HEURISTIC)


METHOD = Method(
    family="slide",
    name="greedy",
    summary="least bandwidth of every user and model, users by cost (or weight a Hz), as many as fit",
    proves="optimality for equal weights, unicast and no cache limit",
    run=run,
    modules=("numba",),
)
