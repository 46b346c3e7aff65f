"""auto: the special exact method of the variant, else the MILP."""

from __future__ import annotations

from dataclasses import replace

from wnpopt.core.bound import Bound
from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution

_OPEN = 1e-6


def run(instance: SlideInstance, run: Run[SlideSolution]) -> Outcome[SlideSolution]:
    """Exact selection where there is a method for it and it stays small; the MILP for every other mix."""
    from wnpopt.problems.slide.formulations.milp import run as run_milp
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.exact import prove
    from wnpopt.problems.slide.selection.plan import allocate

    columns = instance.columns
    exact = Needs.of(columns)
    selected = prove(columns, exact)
    if selected is None:
        return run_milp(instance, run)
    bounds = () if selected.bound is None else (Bound(selected.bound, "dp"),)
    solution = allocate(exact, selected.plan).to_solution(columns)
    found_by = "greedy" if _is_prefix(instance) else "dp"
    if selected.bound is not None and selected.bound > selected.value * (1 + _OPEN) and not columns.unit_weights:
        # The knapsack ran out of states (or a limit is met within the tolerance only): the solver's turn.
        other = run_milp(instance, run)
        value = None if other.solution is None else run.verified_objective(other.solution)
        if value is not None and value > selected.value:
            return replace(other, bounds=(*bounds, *other.bounds))
        return Outcome(solution, Termination.HEURISTIC, (*bounds, *other.bounds), found_by=found_by)
    return Outcome(solution, Termination.HEURISTIC, bounds, found_by=found_by)


def _is_prefix(instance: SlideInstance) -> bool:
    return instance.columns.unit_weights and instance.delivery == "unicast" and instance.cache_bits is None


METHOD = Method(
    family="slide",
    name="auto",
    summary="the special exact method of the variant, else the MILP",
    proves="optimality, given time",
    run=run,
    modules=("numba", "pyomo", "highspy"),
    timed=True,
    warm_startable=True,
)
