"""cover: multicast with a free choice of model, by column generation over transmissions with branch and bound.

Unicast shares nothing: there it is the special exact method, or the greedy plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.bound import Bound
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.methods.outcome import is_proved, tell
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag

_QUIET_S = 0.2
"""Seconds between two plans that are told on the way; the last one always is."""


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """See :mod:`~wnpopt.problems.slide.selection.branching`."""
    from wnpopt.backends.stopping import run_stoppable

    return run_stoppable(lambda flag: _run(instance, context, flag), context.budget)


def _run(instance: SlideInstance, context: Context[SlideSolution], flag: Flag) -> Outcome[SlideSolution]:
    from wnpopt.problems.slide.columnar.allocation import allocation_of
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.best import best_selection
    from wnpopt.problems.slide.selection.choice import choose
    from wnpopt.problems.slide.selection.plan import Assignment, allocate, repaired, value_of
    from wnpopt.problems.slide.selection.rectangles import Rectangle, Rectangles

    columns, budget = instance.columns, context.budget
    exact = Needs.of(columns)
    if budget.exhausted():
        return Outcome(None, budget.why_over())
    if not columns.multicast:
        selected = best_selection(exact, flag)  # nothing is shared, and there is nothing to cover
        solution = allocate(exact, selected.plan).to_solution(columns)
        return Outcome(solution, budget.ending(), tell(context, selected, solution))
    relaxed = Rectangles(Needs.of(columns, relaxed=True))
    start = None
    if context.start is not None:
        handed = allocation_of(columns, context.start.solution)
        start = Assignment(handed.user, handed.model)
    latest = [-_QUIET_S, 0.0]

    def told(chosen: list[Rectangle], value: float, bound: float) -> None:
        context.trace.bound(columns.rounded(bound), "cover")
        if value > latest[1] and budget.elapsed() > latest[0] + _QUIET_S:
            plan = repaired(exact, relaxed.plan(chosen))
            context.trace.incumbent(value_of(exact, plan), allocate(exact, plan).to_solution(columns))
            latest[:] = budget.elapsed(), value

    selected = choose(columns, exact, flag, budget, told, start)
    solution = allocate(exact, selected.plan).to_solution(columns)
    context.trace.incumbent(selected.value, solution)
    bounds = (Bound(selected.bound, "cover"),) if selected.bound is not None else ()
    proved = is_proved(instance, selected.value, bounds)
    return Outcome(
        solution,
        Termination.PROVED if proved else budget.ending(),
        bounds,
        WarmStart.NONE if start is None else WarmStart.ACCEPTED,
    )


METHOD = Method(
    family="slide",
    name="cover",
    summary="multicast: column generation over transmissions with branch and bound",
    proves=Proof.OPTIMALITY,
    when="multicast, given time; unicast where a special method selects the users",
    run=solve,
    modules=("numba", "highspy"),
    timed=True,
    warm_startable=True,
)
