"""Plans of the family's own heuristics, called while a simulation runs: no process, no bounds, no files."""

from __future__ import annotations

from wnpopt.core import registry
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context, Start
from wnpopt.core.trace import Trace
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.state import WnpState
from wnpopt.problems.wnp.verify import verify


def planned(
    instance: WnpInstance,
    method: str,
    seed: int,
    state: WnpState | None = None,
    start: WnpSolution | None = None,
    time_limit: float | None = None,
) -> WnpSolution | None:
    """The plan of ``method``, on from ``state`` where one is given, from the plan ``start`` where that still holds.

    It is not verified. None where there is none.
    """

    def verified_objective(solution: WnpSolution) -> float | None:
        certificate = verify(instance, solution, state)
        return certificate.objective if certificate.accepted else None

    budget = Budget(time_limit, seed=seed)
    began = None
    if start is not None:
        objective = verified_objective(start)
        began = None if objective is None else Start(start, objective, "previous plan")
    context = Context(budget, Trace("min", budget), began, (), verified_objective, state)
    solution = registry.method("wnp", method).run(instance, context).solution
    return solution if isinstance(solution, WnpSolution) else None
