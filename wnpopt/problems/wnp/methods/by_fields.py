"""The heuristics' outcome where an instance has optional fields, or a plan runs already."""

from __future__ import annotations

from wnpopt.core.bound import best_bound
from wnpopt.core.method import Context, Outcome
from wnpopt.core.result import Termination, WarmStart
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.methods.outcome import nothing_delivered
from wnpopt.problems.wnp.solution import WnpSolution

_ROUNDS = 100


def planned(instance: WnpInstance, context: Context[WnpSolution], name: str) -> Outcome[WnpSolution] | None:
    """The outcome of the heuristic ``name``; None where it is to go its ordinary way."""
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.replanning import replanned
    from wnpopt.problems.wnp.residual import restored
    from wnpopt.problems.wnp.search.field_search import FieldPlan, FieldSearch, needs_field_search
    from wnpopt.problems.wnp.state import WnpState

    state = context.fixed if isinstance(context.fixed, WnpState) else None
    if state is None and not needs_field_search(instance):
        return None
    search = FieldSearch(Problem.of(instance)) if state is None else FieldSearch.going_on(instance, state)
    budget = context.budget

    def made(plan: FieldPlan) -> WnpSolution:
        solution = search.solution(plan)
        return solution if state is None else restored(instance, state, solution)

    def tell(plan: FieldPlan) -> None:
        solution = made(plan)
        objective = context.verified_objective(solution)
        if objective is not None:
            context.trace.incumbent(objective, solution)

    if search.problem.uplink.alone() is None:
        return nothing_delivered(budget)
    if state is not None and name == "pacs":
        plan = replanned(search, None if context.start is None else context.start.solution, budget)
    else:
        plan = search.sequential(budget)
    if plan is None:
        return nothing_delivered(budget)
    if name == "pacs-ls" or (name == "pacs" and state is None):
        plan = search.pipelined(plan, budget)
    if name == "pacs" and state is None:
        plan = search.improved(plan, budget, _ROUNDS, lambda _plan: None, 0.0)
    termination = Termination.HEURISTIC
    if name == "pacs-ls":
        known = best_bound(context.bounds, "min")
        enough = 0.0 if known is None else known.value
        tell(plan)
        rounds = budget.iterations
        rounds = 100 * _ROUNDS if rounds is None and budget.time_limit is None else rounds
        rounds = None if rounds is None else rounds * _ROUNDS
        plan = search.improved(plan, budget, rounds, tell, enough)
        termination = budget.why_over() if budget.exhausted() else Termination.HEURISTIC
    solution = made(plan)
    objective = context.verified_objective(solution)
    start = context.start
    if start is not None and (objective is None or start.objective <= objective):
        return Outcome(start.solution, termination, warm_start=WarmStart.ACCEPTED, found_by=start.found_by)
    if objective is None:
        return Outcome(None, termination, message="no plan that keeps deadlines and limits was met")
    return Outcome(solution, termination, warm_start=WarmStart.NONE if start is None else WarmStart.ACCEPTED)
