"""auto: heuristics, bounds, and the exact method where they leave a gap."""

from __future__ import annotations

from wnpopt.core.bound import best_bound
from wnpopt.core.method import Method, Outcome, Run
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.features import refuse_bus
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution


def run(instance: WnpInstance, run: Run[WnpSolution]) -> Outcome[WnpSolution]:
    """The warm start if a bound meets it already; else CP-SAT from there with the time that is left."""
    from wnpopt.problems.wnp.formulations import cpsat

    known = best_bound(run.bounds, "min")
    if run.start is not None and known is not None and known.value >= run.start.objective:
        return Outcome(run.start.solution, Termination.PROVED, found_by=run.start.found_by)
    outcome = cpsat.run(instance, run)
    if outcome.solution is None:
        return outcome
    # CP-SAT hands the hint back where it finds nothing better: then the credit is the heuristic's.
    objective = run.verified_objective(outcome.solution)
    kept = run.start is not None and objective is not None and objective >= run.start.objective
    found_by = run.start.found_by if kept and run.start is not None else "cpsat"
    return Outcome(
        outcome.solution,
        outcome.termination,
        outcome.bounds,
        outcome.warm_start,
        found_by,
        outcome.build_s,
        outcome.message,
        outcome.infeasible,
        outcome.infeasible_proof,
    )


METHOD = Method(
    family="wnp",
    name="auto",
    summary="pacs, then the bounds, then cpsat where a gap is left",
    proves="optimality, infeasibility",
    run=run,
    modules=("ortools", "numba"),
    timed=True,
    warm_startable=True,
    refuse=refuse_bus,
)
