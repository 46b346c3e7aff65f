"""Planning on while a plan runs, from a state in memory, in milliseconds: for simulators and controllers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.residual import restored
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.state import WnpState

if TYPE_CHECKING:
    from wnpopt.problems.wnp.search.field_search import FieldPlan, FieldSearch

ROUNDS = 12
"""Changes that are tried of the best plan, of each that goes on: what a few milliseconds allow."""


def replan(
    instance: WnpInstance, state: WnpState, previous: WnpSolution | None = None, *, seed: int = 0
) -> WnpSolution | None:
    """A plan of ``instance`` that goes on from ``state``: PACS, without files, child processes and the verifier.

    ``previous`` is the plan that ran until now: the answer is never worse than that plan gone on with
    (:func:`carried_on`), whatever else is tried. Equal arguments give equal plans. None if no plan delivers everything,
    or keeps the deadlines and limits. ``state`` has to be one of ``instance`` (``state.check(instance)`` tells); the
    first call of a process loads compiled code. ``verify(instance, plan, fixed=state)`` judges the answer.
    """
    from wnpopt.problems.wnp.search.field_search import FieldSearch

    search = FieldSearch.going_on(instance, state)
    plan = replanned(search, previous, Budget(None, seed=seed))
    if plan is None or plan.value[0] > 0:
        return None
    return restored(instance, state, search.solution(plan))


def carried_on(instance: WnpInstance, state: WnpState, previous: WnpSolution) -> WnpSolution | None:
    """The plan ``previous`` in ``state``: its cores, orders and resource blocks, everything as early as can be.

    What its slots no longer bring goes into free ones. None if they are not enough, or ``previous`` has no core for a
    subgraph. It may miss deadlines and limits.
    """
    from wnpopt.problems.wnp.search.field_search import FieldSearch
    from wnpopt.problems.wnp.search.shifted import shifted

    search = FieldSearch.going_on(instance, state)
    plan = None if search.problem.uplink.alone() is None else shifted(search, previous)
    return None if plan is None else restored(instance, state, search.solution(plan))


def replanned(search: FieldSearch, previous: WnpSolution | None, budget: Budget) -> FieldPlan | None:
    """The best plan of PACS and of ``previous`` gone on with; None if nothing is delivered."""
    from wnpopt.problems.wnp.search.shifted import shifted

    if search.problem.uplink.alone() is None:
        return None
    first = None if previous is None else shifted(search, previous)
    sequential = search.sequential(budget, exact=first is None)  # what is known already need not be sought
    known = [plan for plan in (first, sequential) if plan is not None]
    if not known:
        return None
    plan = search.pipelined(min(known, key=lambda plan: plan.value), budget)
    return search.improved(plan, budget, ROUNDS, lambda _plan: None, 0.0)
