"""From a method's outcome to a result: verify, choose the best, and say no more than is proved."""

from __future__ import annotations

import math
from collections.abc import Sequence

from wnpopt.core.bound import Bound, Sense, best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.certificate import Violation
from wnpopt.core.document import Instance, Solution
from wnpopt.core.method import Outcome, Start
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.result import Result, Status, Termination, relative_gap
from wnpopt.core.trace import Trace
from wnpopt.core.versions import versions

INTEGER_SLACK = 1e-6
GAP_OPTIMAL = 1e-6


def judge(
    family: AnyFamily,
    method: AnyMethod,
    instance: Instance,
    outcome: Outcome[Solution],
    start: Start[Solution] | None,
    known: Sequence[Bound],
    budget: Budget,
    trace: Trace,
    runtime: float,
) -> Result[Solution]:
    """The result of a run.

    The best verified solution among the method's and its warm start, with the best bound of all.
    """
    notes = [outcome.message] if outcome.message else []
    termination = outcome.termination
    solution, objective, found_by = None, None, None
    violations: tuple[Violation, ...] = ()
    if outcome.solution is not None:
        certificate = family.verify(instance, outcome.solution)
        if certificate.accepted:
            solution, objective = outcome.solution, certificate.objective
            found_by = outcome.found_by or method.name
        else:
            # A defect of the method: its answer is withheld, and so is everything that it claims to have proved.
            violations, termination = certificate.violations, Termination.ERROR
            reason = violations[0] if violations else "no objective"
            notes.append(f"the verifier rejected the solution of {method.name} ({reason})")
            outcome = Outcome(None, Termination.ERROR, build_s=outcome.build_s, warm_start=outcome.warm_start)
    if start is not None and (objective is None or better(start.objective, objective, family.sense)):
        solution, objective, found_by = start.solution, start.objective, start.found_by
        violations = ()  # they are not this solution's; the message tells of them
    if outcome.infeasible is not None and objective is not None:
        notes.append(f"defect: {outcome.infeasible}, contradicted by a verified solution of {objective:g}")
        termination = Termination.ERROR
    integral = family.has_integers(instance)
    bound = _consistent(best_bound([*known, *outcome.bounds], family.sense), objective, family.sense, integral, notes)
    if bound is None and (known or outcome.bounds) and objective is not None:
        termination = Termination.ERROR
    if bound is not None and integral:
        bound = Bound(tighten(bound.value, family.sense), bound.source)
    status = Status.UNKNOWN
    if objective is not None:
        trace.incumbent(objective, found_s=runtime)
        proved = bound is not None and is_optimal(objective, bound.value, family.sense, integral)
        status = Status.OPTIMAL if proved else Status.FEASIBLE
        # A heuristic whose answer meets the bound has proved it all the same; a time limit that struck is not hidden.
        if proved and termination in (Termination.HEURISTIC, Termination.TIME_LIMIT, Termination.PROVED):
            termination = Termination.PROVED
        elif termination is Termination.PROVED:
            notes.append(f"{method.name} calls its answer optimal, but no bound that was returned meets it")
            termination = Termination.ERROR
    else:
        proof = outcome.infeasible_proof or family.prove_infeasible(instance, budget)
        if proof is not None:
            status, termination, bound = Status.INFEASIBLE, Termination.PROVED, None
            notes.append(f"infeasible: {proof}")
        elif outcome.infeasible is not None:
            notes.append(f"{outcome.infeasible}; nothing else confirms it")
            termination = Termination.ERROR
    if bound is not None:
        trace.bound(bound.value)
    return Result(
        instance=instance.name,
        family=family.name,
        method=method.name,
        status=status,
        termination=Termination.INTERRUPTED if budget.interrupted and status is not Status.OPTIMAL else termination,
        sense=family.sense,
        objective=objective,
        bound=bound.value if bound is not None else None,
        gap=relative_gap(objective, bound.value if bound is not None else None),
        runtime_s=runtime,
        build_s=outcome.build_s,
        verified=solution is not None,
        violations=violations,
        trace=trace.points(),
        warm_start=outcome.warm_start,
        found_by=found_by,
        bound_by=bound.source if bound is not None else None,
        seed=budget.seed,
        threads=budget.threads,
        time_limit_s=budget.time_limit,
        instance_hash=instance.instance_hash,
        versions=versions(),
        message="; ".join(notes),
        solution=solution,
    )


def better(objective: float, than: float, sense: Sense) -> bool:
    """True if ``objective`` beats ``than``."""
    return objective < than if sense == "min" else objective > than


def tighten(value: float, sense: Sense) -> float:
    """A bound on an integer objective, rounded to the integer that it proves: ceil(bound - 1e-6) for a minimum."""
    return math.ceil(value - INTEGER_SLACK) if sense == "min" else math.floor(value + INTEGER_SLACK)


def is_optimal(objective: float, bound: float, sense: Sense, integral: bool) -> bool:
    """True if the bound meets the objective as the contract asks."""
    if integral:
        return tighten(bound, sense) == objective
    gap = relative_gap(objective, bound)
    return gap is not None and gap <= GAP_OPTIMAL


def _consistent(
    bound: Bound | None, objective: float | None, sense: Sense, integral: bool, notes: list[str]
) -> Bound | None:
    """``bound``, or None with a note if a verified solution contradicts it.

    One of the two has a defect, so nothing is proved.
    """
    if bound is None or objective is None:
        return bound
    slack = INTEGER_SLACK if integral else GAP_OPTIMAL * max(abs(objective), 1e-12)
    beyond = bound.value - objective if sense == "min" else objective - bound.value
    if beyond <= slack:
        return bound
    notes.append(
        f"defect: the bound {bound.value:g} of {bound.source} is contradicted by a verified solution of {objective:g}"
    )
    return None
