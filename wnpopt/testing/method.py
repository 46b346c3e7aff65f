"""What a method must keep. Nothing here depends on how fast the machine is: what stops a run is an event in it."""

from __future__ import annotations

import threading
from contextlib import suppress

from wnpopt import api
from wnpopt.core import registry
from wnpopt.core.budget import Budget
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError, UnsupportedError
from wnpopt.core.extras import installed
from wnpopt.core.interrupt import graceful_interrupt
from wnpopt.core.method import Context, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.registry import AnyMethod
from wnpopt.core.result import Result, Status, Termination, WarmStart
from wnpopt.core.trace import Trace, TracePoint
from wnpopt.core.verdict import Verdict, compare
from wnpopt.testing.kit import Subject, check, expect
from wnpopt.testing.results import check_method, check_no_defect, check_repeatable, check_result, rounds_of


def _why_not(method: AnyMethod, instance: Instance) -> str | None:
    """Why the method is not asked: its libraries are missing, or it refuses the instance."""
    missing = [module for module in method.modules if not installed(module)]
    if missing:
        return f"{method.name} needs {', '.join(missing)}: pip install {method.install or ' '.join(missing)}"
    refused = method.refuse(instance)
    return None if refused is None else f"{method.name} refuses {refused[0]}: {refused[1]}"


@check("method-description", "method")
def description(subject: Subject, name: str) -> None:
    """A method says what it is, what it proves and what it needs; the family's own solve the known case."""
    method = registry.method(subject.family.name, name)
    expect((method.family, method.name) == (subject.family.name, name), "a method has its own name and family")
    expect(bool(method.summary), f"{name} has a summary")
    expect(isinstance(method.proves, Proof), f"what {name} proves is a wnpopt.core.proof.Proof")
    expect(isinstance(method.modules, tuple), f"the modules of {name} are a tuple")
    own = name in subject.family.methods
    expect(not own or method.refuse(subject.known) is None, f"{name} is the family's own and takes the known case")


@check("method-refuses", "method")
def refuses(subject: Subject, name: str) -> str | None:
    """What a method does not support it refuses, naming a field of the instance, and never answers wrongly."""
    method = registry.method(subject.family.name, name)
    asked = [*subject.instances, *(subject.unsupported[name] for _ in range(name in subject.unsupported))]
    refused = [instance for instance in asked if method.refuse(instance) is not None]
    if name in subject.unsupported:
        expect(subject.unsupported[name] in refused, f"{name} refuses {subject.unsupported[name].name}")
    if not all(map(installed, method.modules)):
        return f"{name} needs {', '.join(method.modules)}"
    for instance in refused:
        field = (method.refuse(instance) or ("", ""))[0].partition(".")[0].partition("[")[0]
        expect(field in type(instance).model_fields, f"{name} refuses {field!r}, which is no field of the instance")
        try:
            api.solve(instance, name, threads=1, warm_start="none")
        except UnsupportedError as error:
            expect(error.where != "", f"{name} names the field that it does not support")
        else:
            raise AssertionError(f"{name} solves an instance that it refuses")
    return None if refused else f"{name} refuses none of the instances"


@check("method-known-optimum", "method")
def known_optimum(subject: Subject, name: str) -> str | None:
    """The known case is solved: a valid answer, not better than the optimum, optimal where the method proves that."""
    method = registry.method(subject.family.name, name)
    reason = _why_not(method, subject.known)
    if reason is None:
        check_method(subject.family, name, subject.known, subject.optimum)
    return reason


@check("method-valid", "method")
def valid(subject: Subject, name: str) -> None:
    """Whatever the instance, the answer is valid or there is none, and nothing is said that is not so."""
    method = registry.method(subject.family.name, name)
    for instance, solution in subject.solved:
        if _why_not(method, instance) is not None:
            continue
        few = rounds_of(subject.family, name)
        result = api.solve(instance, name, time_limit=1, threads=1, seed=1, iterations=few)
        check_result(subject.family, instance, result)
        check_no_defect(name, result)
        expect(result.status is not Status.INFEASIBLE, f"{name} calls {instance.name} infeasible, which has a solution")
        _not_beyond(subject, instance, result, solution)


def _not_beyond(subject: Subject, instance: Instance, result: Result[Solution], solution: Solution) -> None:
    """The bound of ``result`` is on the right side of another's ``solution``."""
    judged = compare(
        subject.family.verify(instance, solution).objective,
        result.bound,
        subject.family.sense,
        subject.family.has_integers(instance),
    )
    told = f"the bound {result.bound} of {result.bound_by} holds for every solution of {instance.name}"
    expect(judged.verdict is not Verdict.CONTRADICTED, told)


@check("method-repeats", "method")
def repeats(subject: Subject, name: str) -> str | None:
    """A method without a time limit, or that counts iterations, gives the same answer again, byte for byte."""
    method = registry.method(subject.family.name, name)
    if method.timed and not method.iterative:
        return f"{name} has a time limit"
    asked = [instance for instance in subject.instances if _why_not(method, instance) is None]
    for instance in asked:
        check_repeatable(name, instance)
    return None if asked else _why_not(method, subject.known)


@check("method-proves", "method")
def proves(subject: Subject, name: str) -> str | None:
    """What a method says that it proves it proves by itself: optimality or bounds of the known case, infeasibility."""
    method = registry.method(subject.family.name, name)
    reason = _why_not(method, subject.known)
    if reason is not None or method.proves is Proof.NOTHING:
        return reason or f"{name} proves nothing by itself"
    if method.proves & (Proof.OPTIMALITY | Proof.BOUNDS):
        outcome, trace = _alone(subject, method, subject.known)
        own = [bound.value for bound in outcome.bounds]
        own += [best.value for best in (trace.best_bound(),) if best is not None]
        expect(bool(own), f"{name} proves bounds, and gives none of its own")
        integral = subject.family.has_integers(subject.known)
        verdicts = {compare(subject.optimum, value, subject.family.sense, integral).verdict for value in own}
        expect(Verdict.CONTRADICTED not in verdicts, f"a bound of {name} passes the optimum {subject.optimum:.17g}")
        if method.proves & Proof.OPTIMALITY:
            expect(Verdict.PROVED in verdicts, f"{name} proves optimality, and no bound of its own meets the optimum")
    for instance in subject.infeasible if method.proves & Proof.INFEASIBILITY else ():
        result = check_method(subject.family, name, instance, None)
        expect(result.status is Status.INFEASIBLE, f"{name} proves that {instance.name} has no solution")
    return None


def _alone(subject: Subject, method: AnyMethod, instance: Instance) -> tuple[Outcome[Solution], Trace]:
    """The method in this process, without a start and without the family's bounds."""
    budget = Budget(None)
    trace = Trace(subject.family.sense, budget)

    def verified_objective(solution: Solution) -> float | None:
        certificate = subject.family.verify(instance, solution)
        return certificate.objective if certificate.accepted else None

    return method.run(instance, Context(budget, trace, None, (), verified_objective)), trace


@check("method-infeasible", "method")
def infeasible(subject: Subject, name: str) -> str | None:
    """An instance without a solution gets none, by whichever method."""
    method = registry.method(subject.family.name, name)
    asked = [instance for instance in subject.infeasible if _why_not(method, instance) is None]
    for instance in asked:
        check_method(subject.family, name, instance, None)
    return None if asked else "no instance without a solution is given that the method takes"


@check("method-warm-start", "method")
def warm_start(subject: Subject, name: str) -> str | None:
    """A start is used (the answer is no worse) or refused honestly; one that the verifier rejects is refused."""
    method = registry.method(subject.family.name, name)
    instance, start = subject.solved[0]
    reason = _why_not(method, instance)
    if reason is not None:
        return reason
    result = api.solve(instance, name, time_limit=5, threads=1, warm_start=start)
    check_result(subject.family, instance, result)
    check_no_defect(name, result)
    if method.warm_startable:
        given = subject.family.verify(instance, start).objective
        expect(_no_worse(subject, result.objective, given), f"the answer of {name} is no worse than its start")
    else:
        expect(result.warm_start is WarmStart.NONE, f"{name} takes no start, and says {result.warm_start}")
    with suppress(InputError):
        wrong = start.model_copy(update={"instance": f"not-{start.instance}"})
        if not subject.family.verify(instance, wrong).accepted:
            api.solve(instance, name, time_limit=5, threads=1, warm_start=wrong)
            raise AssertionError(f"{name} starts from a solution that the verifier rejects")
    return None


def _no_worse(subject: Subject, objective: float | None, than: float | None) -> bool:
    side = 1.0 if subject.family.sense == "min" else -1.0
    return than is None or (objective is not None and side * (objective - than) <= 1e-9 * abs(than))


@check("method-no-time", "method")
def no_time(subject: Subject, name: str) -> str | None:
    """A time limit of 0 gives an answer or an honest ending."""
    reason = _why_not(registry.method(subject.family.name, name), subject.known)
    if reason is None:
        result = api.solve(subject.known, name, time_limit=0.0, threads=1, warm_start="none")
        _honest(subject, name, result, (Termination.TIME_LIMIT, Termination.HEURISTIC))
    return reason


@check("method-stopped-at-once", "method")
def stopped_at_once(subject: Subject, name: str) -> str | None:
    """A run that is interrupted before it begins gives an answer or an honest ending."""
    reason = _why_not(registry.method(subject.family.name, name), subject.known) or _not_main()
    if reason is None:
        with graceful_interrupt() as stop:
            stop.set()
            result = api.solve(subject.known, name, time_limit=30, threads=1, warm_start="none")
        _honest(subject, name, result, (Termination.INTERRUPTED, Termination.HEURISTIC))
    return reason


@check("method-stopped-in-mid-run", "method")
def stopped_in_mid_run(subject: Subject, name: str) -> str | None:
    """A run that is interrupted at its first improvement keeps what it had by then."""
    reason = _why_not(registry.method(subject.family.name, name), subject.known) or _not_main()
    if reason is not None:
        return reason
    told: list[TracePoint] = []
    with graceful_interrupt() as stop:

        def on_progress(point: TracePoint) -> None:
            told.append(point)
            stop.set()

        result = api.solve(subject.known, name, time_limit=30, threads=1, warm_start="none", on_progress=on_progress)
    _honest(subject, name, result, (Termination.INTERRUPTED, Termination.HEURISTIC))
    first = told[0].objective if told else None
    expect(_no_worse(subject, result.objective, first), f"{name} keeps the solution that it had when it was stopped")
    return None


def _not_main() -> str | None:
    main = threading.current_thread() is threading.main_thread()
    return None if main else "interrupts reach the main thread only"


def _honest(subject: Subject, name: str, result: Result[Solution], endings: tuple[Termination, ...]) -> None:
    """An early end is one: proved with the optimum, or one of ``endings`` with nothing that is not known."""
    check_result(subject.family, subject.known, result)
    check_no_defect(name, result)
    # An interrupted run that raises ends as interrupted, with what was known; only the message tells.
    expect(f"{name} failed:" not in result.message, f"{name} raises when it is stopped: {result.message}")
    if result.status is Status.OPTIMAL:
        same = _no_worse(subject, result.objective, subject.optimum)
        expect(same, f"{name} calls {result.objective} optimal; the optimum is {subject.optimum}")
        return
    expect(result.status in (Status.UNKNOWN, Status.FEASIBLE), f"{name} ends early and says {result.status}")
    allowed = ", ".join(endings)
    expect(result.termination in endings, f"{name} ends with {result.termination}; one of {allowed} is needed")
