"""One run of a method, with its warm start and the known bounds, whatever becomes of it.

Nothing here believes a solution: :mod:`wnpopt.core.judge` verifies what an attempt brings.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from wnpopt.core import registry
from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.certificate import Certificate
from wnpopt.core.criteria import CriteriaWatch, RunStop, StopCriteria
from wnpopt.core.document import Document, Instance, Solution
from wnpopt.core.errors import InputError, MissingDependencyError, UnsupportedError, describe
from wnpopt.core.extras import installed
from wnpopt.core.method import Context, Outcome, Start
from wnpopt.core.phase import Phase
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.result import relative_gap
from wnpopt.core.solver_choice import OWN_SOLVER, SolverChoice
from wnpopt.core.status import Termination, WarmStart
from wnpopt.core.trace import Candidate, Trace
from wnpopt.core.verdict import Verdict, compare

S = TypeVar("S", bound=Solution)

_SHOWN = 80  # letters of what a method returned in place of something else


@dataclass(frozen=True)
class Attempt(Generic[S]):
    """What a run brought.

    ``bounds`` are the family's; ``candidates`` are incumbents that were told on the way, the best first, and ``told``
    is the best bound that was; ``runtime_s`` is the time from the instance to the solution. ``fixed`` is the state of a
    running plan from which the run went on.
    """

    outcome: Outcome[S]
    start: Start[S] | None
    bounds: tuple[Bound, ...]
    candidates: tuple[Candidate, ...]
    runtime_s: float
    told: Bound | None = None
    fixed: Document | None = None


def check_method(method: AnyMethod, instance: Instance) -> None:
    """Raise for a method whose libraries are missing, or that refuses the instance."""
    missing = [module for module in method.modules if not installed(module)]
    if missing:
        raise MissingDependencyError(
            f"the method {method.name} needs {', '.join(missing)}, which is not installed: "
            f"pip install {method.install or ' '.join(missing)}"
        )
    refused = method.refuse(instance)
    if refused is not None:
        where, what = refused
        raise UnsupportedError(f"{what} (method {method.name})", where=where)


def certify(family: AnyFamily, instance: Instance, solution: object, fixed: Document | None = None) -> Certificate:
    """What the verifier says; a verifier that fails, or a solution of another kind, is a rejection."""
    if not isinstance(solution, family.solution_type):
        return Certificate(None, ())
    try:
        return judged_by(family, instance, solution, fixed)
    except Exception:
        return Certificate(None, ())


def judged_by(family: AnyFamily, instance: Instance, solution: Solution, fixed: Document | None = None) -> Certificate:
    """The verifier's word; ``fixed`` is handed on where there is one, to a family that has such states."""
    if fixed is None:
        return family.verify(instance, solution)
    verify: Callable[..., Certificate] = family.verify
    return verify(instance, solution, fixed=fixed)


def attempt(
    family: AnyFamily,
    method: AnyMethod,
    instance: Instance,
    warm_start: str | Solution,
    budget: Budget,
    trace: Trace,
    *,
    proof: bool = True,
    fixed: Document | None = None,
    criteria: StopCriteria | None = None,
    solver: SolverChoice = OWN_SOLVER,
) -> Attempt[Solution]:
    """Run ``method`` on ``instance`` in this process.

    ``warm_start`` is "auto", "none", a method's name or a solution; with ``proof``, an attempt that found nothing asks
    the family whether there is anything (which may call native solvers). Raises what the user has to hear as an error
    of the input (:class:`InputError`, :class:`MissingDependencyError`); whatever else a method or a bound raises
    becomes an outcome that ended in an error, beside the start, the incumbents and the bounds that were known before.
    ``criteria`` end a method that is timed: before it begins where start and bounds meet them. ``solver`` is for a
    method that takes another one.
    """

    def verified_objective(solution: Solution) -> float | None:
        certificate = certify(family, instance, solution, fixed)
        return certificate.objective if certificate.accepted else None

    with ExitStack() as watching:
        if criteria and method.timed:
            watch = _watch(family, instance, criteria, budget, verified_objective)
            trace.watched_by(watching.enter_context(watch))
        return _attempt(family, method, instance, warm_start, budget, trace, verified_objective, proof, fixed, solver)


def _watch(
    family: AnyFamily,
    instance: Instance,
    criteria: StopCriteria,
    budget: Budget,
    verified_objective: Callable[[Solution], float | None],
) -> CriteriaWatch:
    integral = family.has_integers(instance)

    def gap_of(objective: float, bound: Bound) -> float | None:
        return relative_gap(objective, compare(objective, bound.value, family.sense, integral).bound)

    assert isinstance(budget.stop, RunStop)
    return CriteriaWatch(criteria, family.sense, gap_of, verified_objective, budget.stop)


def _attempt(
    family: AnyFamily,
    method: AnyMethod,
    instance: Instance,
    warm_start: str | Solution,
    budget: Budget,
    trace: Trace,
    verified_objective: Callable[[Solution], float | None],
    proof: bool,
    fixed: Document | None,
    solver: SolverChoice,
) -> Attempt[Solution]:
    notes: list[str] = []
    trace.phase(Phase.START)
    start = _start(family, method, instance, warm_start, budget, trace, verified_objective, notes, fixed)
    if start is not None:
        trace.incumbent(start.objective, start.solution)
    # The family's bounds and proofs are of an instance, and know nothing of what has happened.
    left = left_of(family, instance, fixed)
    known = _bounds(family, left, budget, notes) if method.timed and left is not None else ()
    best = best_bound(known, family.sense)
    if best is not None:
        trace.bound(best.value, best.source)
    outcome: Outcome[Solution]
    if start is not None and best is not None and meets(family, instance, start.objective, best):
        outcome = _by_the_start(method, Termination.PROVED, "the start meets a known bound: no solver was needed")
    elif method.timed and start is not None and (reason := budget.stop_reason()) not in (None, Termination.INTERRUPTED):
        outcome = _by_the_start(method, reason, "the start is enough: no solver was needed")
    else:
        # Without a time limit by nature: such a method must not depend on the clock, or it would not repeat itself.
        own = budget if method.timed else replace(budget, time_limit=None)
        trace.phase(Phase.SEARCH)
        outcome = _run(method, instance, Context(own, trace, start, known, verified_objective, fixed, solver))
    runtime = budget.elapsed()
    outcome, told = _sane(outcome, method)
    notes += told
    if not method.timed and left is not None:
        known = (*known, *_bounds(family, left, Budget(None, stop=budget.stop), notes))
    if proof and left is not None and nothing_found(outcome, start, trace.candidates()):
        trace.phase(Phase.PROOF)
        outcome = replace(outcome, infeasible_proof=_infeasible(family, left, budget, notes))
    if notes:
        message = "; ".join([*([outcome.message] if outcome.message else []), *notes])
        outcome = replace(outcome, message=message)
    return Attempt(outcome, start, known, trace.candidates(), runtime, trace.best_bound(), fixed)


def _by_the_start(method: AnyMethod, ending: Termination, why: str) -> Outcome[Solution]:
    """Of a run that ends before its method begins: the start is the answer."""
    taken = WarmStart.ACCEPTED if method.warm_startable else WarmStart.NONE
    return Outcome(None, ending, warm_start=taken, message=why)


def nothing_found(outcome: Outcome[S], start: Start[S] | None, candidates: tuple[Candidate, ...]) -> bool:
    """True if there is no solution, and no proof yet that there is none."""
    return outcome.solution is None and start is None and not candidates and outcome.infeasible_proof is None


def left_of(family: AnyFamily, instance: Instance, fixed: Document | None) -> Instance | None:
    """What bounds and proofs are asked of: what is left in the state ``fixed``; None where the family cannot tell."""
    return instance if fixed is None else family.residual_of(instance, fixed)


def prove(family: AnyFamily, instance: Instance, budget: Budget, fixed: Document | None = None) -> Attempt[Solution]:
    """Only the family's proof that there is no solution (that goes on from ``fixed``), if it has one."""
    notes: list[str] = []
    left = left_of(family, instance, fixed)
    proof = None if left is None else _infeasible(family, left, budget, notes)
    outcome: Outcome[Solution] = Outcome(None, Termination.HEURISTIC, infeasible_proof=proof, message="; ".join(notes))
    return Attempt(outcome, None, (), (), budget.elapsed())


def check_start(family: AnyFamily, instance: Instance, warm_start: str | Solution, fixed: Document | None) -> None:
    """Raise for a start that :func:`attempt` would refuse."""
    if not isinstance(warm_start, Solution):
        if warm_start not in ("auto", "none"):
            check_method(registry.method(family.name, warm_start, "warm_start"), instance)
    elif fixed is None and not certify(family, instance, warm_start).accepted:
        raise InputError("the verifier rejects this solution", where="warm_start")


def _start(
    family: AnyFamily,
    method: AnyMethod,
    instance: Instance,
    warm_start: str | Solution,
    budget: Budget,
    trace: Trace,
    verified_objective: Callable[[Solution], float | None],
    notes: list[str],
    fixed: Document | None,
) -> Start[Solution] | None:
    if isinstance(warm_start, Solution):
        given: Solution = warm_start
        objective = verified_objective(given)
        if objective is None and fixed is not None:
            carried = family.carried_on(instance, fixed, given)
            if carried is not None:
                given, objective = carried, verified_objective(carried)
                if objective is None:
                    notes.append("the plan that ran until now, gone on with, keeps not all limits: no start")
                    return None
        if objective is None:
            raise _rejected(family, instance, given, fixed)
        return Start(given, objective, "given")
    name = family.warm_start if warm_start == "auto" else warm_start
    if name == "none":
        return None
    helper = registry.method(family.name, name, "warm_start")
    if warm_start == "auto" and (helper.refuse(instance) is not None or (fixed is not None and not helper.replans)):
        return None
    check_method(helper, instance)
    if not method.warm_startable or helper.name == method.name:
        return None
    helped = _run(helper, instance, Context(budget, trace, None, (), verified_objective, fixed))
    if helped.termination is Termination.ERROR and helped.message:
        notes.append(f"no warm start: {helped.message}")
    objective = None if helped.solution is None else verified_objective(helped.solution)
    if helped.solution is None or objective is None:
        return None
    return Start(helped.solution, objective, helped.found_by or helper.name)


def _rejected(family: AnyFamily, instance: Instance, given: Solution, fixed: Document | None) -> InputError:
    """What is wrong with a solution that was given to start from."""
    if not isinstance(given, family.solution_type):
        needed = family.solution_type.model_fields["kind"].default
        return InputError(f"found a solution of kind {given.kind}; {needed} is needed", where="warm_start")
    broken = judged_by(family, instance, given, fixed).violations
    first = f": {broken[0].rule} at {broken[0].where}" if broken else ""
    more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
    return InputError(f"the verifier rejects this solution{first}{more}", where="warm_start")


def _run(method: AnyMethod, instance: Instance, context: Context[Solution]) -> Outcome[Solution]:
    """The method's outcome; an exception is one, too."""
    try:
        outcome: object = method.run(instance, context)
    except (InputError, MissingDependencyError):
        raise
    except Exception as error:  # also MemoryError and RecursionError: what is known already is not to be lost
        return Outcome(None, Termination.ERROR, message=f"{method.name} failed: {describe(error)}")
    if not isinstance(outcome, Outcome):
        told = f"{method.name} failed: it returned {type(outcome).__name__}, an Outcome is needed"
        return Outcome(None, Termination.ERROR, message=told)
    return outcome


def _bounds(family: AnyFamily, instance: Instance, budget: Budget, notes: list[str]) -> tuple[Bound, ...]:
    try:
        bounds = tuple(family.bounds(instance, budget))
    except Exception as error:
        notes.append(f"the bounds of {family.name} failed: {describe(error)}")
        return ()
    return tuple(bound for bound in bounds if math.isfinite(bound.value))


def _infeasible(family: AnyFamily, instance: Instance, budget: Budget, notes: list[str]) -> str | None:
    try:
        return family.prove_infeasible(instance, budget)
    except Exception as error:
        notes.append(f"the proof of infeasibility failed: {describe(error)}")
        return None


def meets(family: AnyFamily, instance: Instance, objective: float, bound: Bound) -> bool:
    """True if the bound proves the objective."""
    judged = compare(objective, bound.value, family.sense, family.has_integers(instance))
    return judged.verdict is Verdict.PROVED


def _sane(outcome: Outcome[Solution], method: AnyMethod) -> tuple[Outcome[Solution], list[str]]:
    """The outcome with nothing in it but what its fields are for, whatever another package's method has put there.

    A native library's NaN must not reach a result, and a wrong type must not cost what is right beside it.
    """
    notes = []
    bounds, fit = _bounds_in(outcome.bounds)
    if not fit:
        notes.append(f"{method.name} returned a bound that is no finite number; it is left out")
    try:
        termination = Termination(outcome.termination)
    except ValueError:
        notes.append(f"{method.name} returned the termination {_short(outcome.termination)}, which is none")
        termination = Termination.ERROR
    solution = outcome.solution
    if solution is not None and not isinstance(solution, Solution):
        notes.append(f"{method.name} returned a {type(solution).__name__}; a solution is needed")
        solution, termination = None, Termination.ERROR
    build_s = float(outcome.build_s) if _is_finite(outcome.build_s) else 0.0
    warm_start = WarmStart.NONE
    with suppress(ValueError):
        warm_start = WarmStart(outcome.warm_start)
    sane = Outcome(
        solution,
        termination,
        bounds,
        warm_start,
        _text(outcome.found_by),
        max(0.0, build_s),
        _text(outcome.message) or "",
        _text(outcome.infeasible),
        _text(outcome.infeasible_proof),
    )
    return sane, notes


def _bounds_in(found: object) -> tuple[tuple[Bound, ...], bool]:
    """The bounds that are some, as Python's numbers; False if there was anything else."""
    try:
        entries = list(found)  # type: ignore[call-overload]
    except Exception:
        return (), found is None
    fit = [b for b in entries if isinstance(b, Bound) and _is_finite(b.value)]
    values = [b.value if type(b.value) is int else float(b.value) for b in fit]
    bounds = tuple(Bound(value, str(b.source)) for value, b in zip(values, fit, strict=True))
    return bounds, len(fit) == len(entries)


def _text(value: object) -> str | None:
    """A text (a flag where a text says why is no reason); None stays None."""
    return None if value is None or value is False else value if isinstance(value, str) else _short(value)


def _short(value: object) -> str:
    try:
        return repr(value)[:_SHOWN]
    except Exception:  # somebody else's class
        return f"a {type(value).__name__}"


def _is_finite(value: object) -> bool:
    try:
        return math.isfinite(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return False
