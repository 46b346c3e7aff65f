"""From a selection to what a method tells and returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.method import Context
from wnpopt.core.verdict import Verdict, compare
from wnpopt.problems.slide.instance import SlideInstance, has_integer_objective
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.problems.slide.selection.plan import Selected


def table_bounds(selected: Selected) -> tuple[Bound, ...]:
    """What the special exact methods proved."""
    return () if selected.bound is None else (Bound(selected.bound, "dp"),)


def tell(context: Context[SlideSolution], selected: Selected, solution: SlideSolution) -> tuple[Bound, ...]:
    """Give a selection to the trace, where it outlives whatever happens to the method; returns its bounds."""
    bounds = table_bounds(selected)
    context.trace.incumbent(selected.value, solution)
    for bound in bounds:
        context.trace.bound(bound.value, bound.source)
    return bounds


def is_proved(instance: SlideInstance, value: float, bounds: tuple[Bound, ...]) -> bool:
    """True if ``value`` meets the best of ``bounds``."""
    best = best_bound(bounds, "max")
    judged = compare(value, None if best is None else best.value, "max", has_integer_objective(instance))
    return judged.verdict is Verdict.PROVED
