"""auto: the special exact method of the variant, the search over transmissions, else the MILP."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.methods.outcome import is_proved, table_bounds, tell
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.problems.slide.selection.plan import Selected


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """Exact selection where there is a method for it and it stays small; multicast with a choice of model by the
    search over transmissions; the MILP for every other mix."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.methods.cover import solve as solve_cover
    from wnpopt.problems.slide.methods.milp import solve as solve_milp
    from wnpopt.problems.slide.selection.exact import prove
    from wnpopt.problems.slide.selection.plan import allocate

    columns = instance.columns
    exact = Needs.of(columns)
    # Half of the time: the rest is for the search or the MILP, if it comes to that.
    share = context.budget.share(context.budget.remaining() / 2)
    selected = run_stoppable(lambda flag: prove(columns, exact, flag), share)
    if selected is None:
        return (
            replace(solve_cover(instance, context), found_by="cover")
            if columns.multicast
            else solve_milp(instance, context)
        )
    solution = allocate(exact, selected.plan).to_solution(columns)
    bounds = tell(context, selected, solution)
    found_by = "greedy" if _is_prefix(instance) else "dp"
    if not _is_open(instance, selected):
        return Outcome(solution, Termination.HEURISTIC, bounds, found_by=found_by)
    if context.budget.exhausted():
        return Outcome(solution, context.budget.why_over(), bounds, found_by=found_by)
    # The knapsack ran out of states (or a limit is met within the tolerance only): the solver's turn.
    other = solve_milp(instance, context)
    value = None if other.solution is None else context.verified_objective(other.solution)
    if value is not None and value > selected.value:
        return replace(other, bounds=(*bounds, *other.bounds))
    ending = Termination.HEURISTIC if other.termination is Termination.PROVED else other.termination
    return Outcome(
        solution, ending, (*bounds, *other.bounds), found_by=found_by, build_s=other.build_s, message=other.message
    )


def _is_open(instance: SlideInstance, selected: Selected) -> bool:
    """True where the MILP may still find or prove something."""
    if selected.bound is not None and instance.columns.unit_weights:
        return False
    return not is_proved(instance, selected.value, table_bounds(selected))


def _is_prefix(instance: SlideInstance) -> bool:
    return instance.columns.unit_weights and instance.delivery == "unicast" and instance.cache_bits is None


METHOD = Method(
    family="slide",
    name="auto",
    summary="the special exact method of the variant, the search over transmissions (multicast), else the MILP",
    proves=Proof.OPTIMALITY,
    run=solve,
    modules=("numba", "pyomo", "highspy"),
    timed=True,
    warm_startable=True,
    hands_to=("greedy", "dp", "cover", "milp"),
)
