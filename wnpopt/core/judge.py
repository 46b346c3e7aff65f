"""From an attempt to a result: verify, choose the best, and say no more than is proved."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wnpopt.core.attempt import Attempt, certify
from wnpopt.core.bound import Bound, Sense, best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.certificate import Violation
from wnpopt.core.document import Instance, Solution
from wnpopt.core.method import Outcome
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.result import Result, Status, Termination, relative_gap
from wnpopt.core.trace import Trace
from wnpopt.core.verdict import CONTRADICTION, INTEGER_SLACK, Verdict, better, compare
from wnpopt.core.versions import versions

EXHAUSTION = "exhaustion"
"""What found a solution that contradicts a claim on a tiny instance."""

_MET = (Termination.GAP_REACHED, Termination.TARGET_REACHED, Termination.NO_IMPROVEMENT, Termination.STOPPED)
_ENDED_WELL = (Termination.HEURISTIC, Termination.TIME_LIMIT, Termination.PROVED, *_MET)


def judge(
    family: AnyFamily,
    method: AnyMethod,
    instance: Instance,
    attempt: Attempt[Solution],
    budget: Budget,
    trace: Trace,
) -> Result[Solution]:
    """The result of a run: the best verified solution that is known, with the best bound of all."""
    integral = family.has_integers(instance)
    best = _best_solution(family, method, instance, attempt, integral)
    tightest = best_bound([*attempt.bounds, *best.outcome.bounds, *best.told], family.sense)
    if attempt.fixed is None:
        _exhaust(family, instance, best, tightest)
    outcome, notes = best.outcome, best.notes
    termination, objective = outcome.termination, best.objective
    claim = outcome.infeasible or outcome.infeasible_proof
    if claim is not None and objective is not None:
        notes.append(f"defect: {claim}, contradicted by a verified solution of {objective:g}")
        termination = Termination.ERROR
    judged = compare(objective, None if tightest is None else tightest.value, family.sense, integral)
    if tightest is not None and judged.verdict is Verdict.CONTRADICTED:
        # One of the two has a defect, so nothing is proved.
        notes.append(
            f"defect: the bound {tightest.value:.17g} of {tightest.source} is contradicted by a verified solution of "
            f"{objective:.17g}"
        )
        termination = Termination.ERROR
    bound = None if tightest is None or judged.bound is None else Bound(judged.bound, tightest.source)
    if objective is None and outcome.infeasible_proof is not None:
        bound = None
    if objective is not None:
        trace.incumbent(objective, found_s=attempt.runtime_s)
    if bound is not None:
        trace.bound(bound.value, bound.source)
    reason = budget.stop_reason()
    if reason in _MET and termination not in (Termination.PROVED, Termination.ERROR):
        termination = reason
    status = Status.UNKNOWN
    if objective is not None:
        status = Status.OPTIMAL if judged.verdict is Verdict.PROVED else Status.FEASIBLE
        # A heuristic whose answer meets the bound has proved it all the same; a time limit that struck is not hidden.
        if status is Status.OPTIMAL and termination in _ENDED_WELL:
            termination = Termination.PROVED
        elif termination is Termination.PROVED:
            notes.append(f"{method.name} calls its answer optimal, but no bound that was returned meets it")
            termination = Termination.ERROR
    elif outcome.infeasible_proof is not None:
        status, termination = Status.INFEASIBLE, Termination.PROVED
        notes.append(f"infeasible: {outcome.infeasible_proof}")
    elif outcome.infeasible is not None:
        notes.append(f"{outcome.infeasible}; nothing else confirms it")
        termination = Termination.ERROR
    if termination is Termination.ERROR and not notes:
        notes.append(f"{method.name} ended in an error that it does not explain")
    return Result(
        instance=instance.name,
        family=family.name,
        method=method.name,
        status=status,
        termination=reason if reason is Termination.INTERRUPTED and status is not Status.OPTIMAL else termination,
        sense=family.sense,
        objective=_as_told(objective, integral),
        bound=_as_told(bound.value if bound is not None else None, integral),
        gap=relative_gap(objective, bound.value if bound is not None else None),
        runtime_s=attempt.runtime_s,
        build_s=outcome.build_s,
        verified=best.solution is not None,
        violations=best.violations,
        trace=tuple(
            replace(point, objective=_as_told(point.objective, integral), bound=_as_told(point.bound, integral))
            for point in trace.points()
        ),
        warm_start=outcome.warm_start,
        found_by=best.found_by,
        bound_by=bound.source if bound is not None else None,
        seed=budget.seed,
        threads=budget.threads,
        time_limit_s=budget.time_limit,
        instance_hash=instance.instance_hash,
        versions=versions(),
        message="; ".join(notes),
        solution=best.solution,
    )


def _as_told(value: float | None, integral: bool) -> float | None:
    """Whole values of integer objectives are integers, whichever method they come from: 42 in JSON, never 42.0."""
    return int(value) if integral and value is not None and float(value).is_integer() else value


@dataclass
class _Best:
    """The best verified solution so far, and what is left of the outcome's claims."""

    outcome: Outcome[Solution]
    notes: list[str]
    solution: Solution | None = None
    objective: float | None = None
    found_by: str | None = None
    violations: tuple[Violation, ...] = ()
    told: tuple[Bound, ...] = ()

    def offer(self, solution: Solution, objective: float, found_by: str, sense: Sense) -> None:
        if self.objective is None or better(objective, self.objective, sense):
            self.solution, self.objective, self.found_by = solution, objective, found_by
            self.violations = ()  # they are not this solution's; the message tells of them


def _best_solution(
    family: AnyFamily, method: AnyMethod, instance: Instance, attempt: Attempt[Solution], integral: bool
) -> _Best:
    outcome = attempt.outcome
    best = _Best(outcome, [outcome.message] if outcome.message else [])
    if attempt.told is not None:
        best.told = (Bound(attempt.told.value, attempt.told.source or method.name),)
    if outcome.solution is not None:
        certificate = certify(family, instance, outcome.solution, attempt.fixed)
        if certificate.accepted and certificate.objective is not None:
            best.offer(outcome.solution, certificate.objective, outcome.found_by or method.name, family.sense)
        else:
            # A defect of the method: its answer is withheld, and so is everything that it claims to have proved.
            best.violations = certificate.violations
            reason = certificate.violations[0] if certificate.violations else "no objective"
            best.notes.append(f"the verifier rejected the solution of {method.name} ({reason})")
            best.outcome = Outcome(None, Termination.ERROR, build_s=outcome.build_s, warm_start=outcome.warm_start)
            best.told = ()
    if attempt.start is not None:
        best.offer(attempt.start.solution, attempt.start.objective, attempt.start.found_by, family.sense)
    for candidate in attempt.candidates:
        if best.objective is not None and not _clearly_better(candidate.objective, best.objective, family, integral):
            break  # they come best first
        certificate = certify(family, instance, candidate.solution, attempt.fixed)
        if certificate.accepted and certificate.objective is not None:
            best.offer(candidate.solution, certificate.objective, method.name, family.sense)
        else:
            best.notes.append(f"the verifier rejected an incumbent of {method.name} ({candidate.objective:.17g})")
    return best


def _exhaust(family: AnyFamily, instance: Instance, best: _Best, tightest: Bound | None) -> None:
    """On a tiny instance no bound, and no claim that there is no solution, is believed before all plans were tried.

    Libraries and kernels may be wrong alike: a bound that meets a suboptimal answer is contradicted by nothing else.
    """
    outcome, bound = best.outcome, None if tightest is None else tightest.value
    judged = compare(best.objective, bound, family.sense, family.has_integers(instance))
    claimed = best.objective is None and (outcome.infeasible is not None or outcome.infeasible_proof is not None)
    if judged.bound is None and not claimed:  # no bound, or one that is contradicted already
        return
    tried = family.exhausted(instance, None if claimed else judged.bound)
    if tried.solution is not None:
        certificate = certify(family, instance, tried.solution)
        if certificate.accepted and certificate.objective is not None:
            best.offer(tried.solution, certificate.objective, EXHAUSTION, family.sense)
    elif tried.complete and claimed and outcome.infeasible_proof is None:
        best.outcome = replace(outcome, infeasible_proof="all plans were tried, and none keeps every limit")


def _clearly_better(objective: float, than: float, family: AnyFamily, integral: bool) -> bool:
    """Beyond what a solver's arithmetic may be off by: else verifying once more would change nothing."""
    slack = INTEGER_SLACK if integral else CONTRADICTION * max(abs(than), 1e-12)
    return better(objective, than - slack if family.sense == "min" else than + slack, family.sense)
