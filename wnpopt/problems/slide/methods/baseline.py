"""Baselines that restrict how users work, and select them as well as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.kernels.scheme import Scheme
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag


def baseline(name: str, summary: str, scheme: Scheme) -> Method[SlideInstance, SlideSolution]:
    """The method that looks for the best plan under ``scheme``."""

    def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
        from wnpopt.backends.stopping import run_stoppable

        solution = run_stoppable(lambda flag: best_plan(instance, scheme, flag), context.budget)
        return Outcome(solution, context.budget.ending())

    return Method(
        family="slide",
        name=name,
        summary=summary,
        proves=Proof.NOTHING,
        run=solve,
        modules=("numba",),
        timed=True,
    )


def best_plan(instance: SlideInstance, scheme: Scheme, flag: Flag) -> SlideSolution:
    """Users selected exactly where there is a special method, by the greedy rule elsewhere; the best until the
    ``flag`` is raised."""
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.exact import exact_selection
    from wnpopt.problems.slide.selection.greedy import greedy_selection
    from wnpopt.problems.slide.selection.plan import allocate, repaired

    needs = Needs.of(instance.columns, scheme=scheme)
    selected = exact_selection(needs, flag)
    if selected is None or selected.bound is None:  # not all was looked at
        greedy = greedy_selection(needs, flag)
        selected = greedy if selected is None or greedy.value > selected.value else selected
    return allocate(needs, repaired(needs, selected.plan)).to_solution(instance.columns)
