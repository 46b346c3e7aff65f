"""A request's result: where it runs, what becomes of a process that fails, and the judgement."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from wnpopt.core import registry
from wnpopt.core.attempt import Attempt, attempt, nothing_found, prove
from wnpopt.core.budget import Budget
from wnpopt.core.criteria import RunStop
from wnpopt.core.document import Solution
from wnpopt.core.errors import SolverError
from wnpopt.core.judge import judge
from wnpopt.core.phase import Phase
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.result import Result
from wnpopt.core.trace import Trace
from wnpopt.solving.guarded import GuardedHooks
from wnpopt.solving.notice import tell_compiling
from wnpopt.solving.request import Hooks, Request, needs_a_process


def run(
    family: AnyFamily, method: AnyMethod, request: Request, stop: threading.Event, hooks: Hooks, *, isolate: bool
) -> Result[Solution]:
    """The judged result; raises what the method refuses. What a hook raises ends the run, and comes with its result."""
    own = RunStop(stop)
    guarded = GuardedHooks(hooks, own)
    result = _judged(family, method, request, own, guarded.hooks, isolate=isolate)
    guarded.raise_for(result)
    return result


def _judged(
    family: AnyFamily, method: AnyMethod, request: Request, stop: RunStop, hooks: Hooks, *, isolate: bool
) -> Result[Solution]:
    note = ""
    if isolate and _needs_isolation(family, method, request):
        from wnpopt.solving.remote import UnknownMethodError, run_remote

        try:
            made, budget, trace = run_remote(family, method, request, stop, hooks, _compiling(hooks))
            return judge(family, method, request.instance, replace(made, fixed=request.fixed), budget, trace)
        except UnknownMethodError:
            pass  # it was registered in this process alone, by hand
        except SolverError as error:
            note = f"run in this process: {error}"
    made, budget, trace = _run_here(family, method, request, stop, hooks, proof=not isolate or bool(note))
    if isolate and not note and nothing_found(made.outcome, made.start, made.candidates):
        made = _with_proof(family, method, request, stop, made, budget)
    if note:
        message = "; ".join(filter(None, [made.outcome.message, note]))
        made = replace(made, outcome=replace(made.outcome, message=message))
    return judge(family, method, request.instance, made, budget, trace)


def _compiling(hooks: Hooks) -> Callable[[], None]:
    def tell() -> None:
        tell_compiling()
        if hooks.phase is not None:
            hooks.phase(Phase.COMPILING)

    return tell


def _needs_isolation(family: AnyFamily, method: AnyMethod, request: Request) -> bool:
    if needs_a_process(method):
        return True
    name = family.warm_start if request.warm_start == "auto" else request.warm_start
    if not method.warm_startable or not isinstance(name, str) or name == "none":
        return False
    return needs_a_process(registry.method(family.name, name, "warm_start"))


def _run_here(
    family: AnyFamily, method: AnyMethod, request: Request, stop: RunStop, hooks: Hooks, *, proof: bool
) -> tuple[Attempt[Solution], Budget, Trace]:
    from wnpopt.backends.warmup import warm

    compiling = _compiling(hooks)
    warm(family, method, lambda _text: compiling(), running=request.fixed is not None)
    budget = request.budget(stop)
    trace = Trace(
        family.sense,
        budget,
        hooks.point,
        on_solution=hooks.solution,
        on_bound=hooks.bound,
        on_phase=hooks.phase,
        on_log=hooks.log if request.logged else None,
    )
    return _attempt(family, method, request, budget, trace, proof=proof), budget, trace


def _attempt(
    family: AnyFamily, method: AnyMethod, request: Request, budget: Budget, trace: Trace, *, proof: bool
) -> Attempt[Solution]:
    return attempt(
        family,
        method,
        request.instance,
        request.warm_start,
        budget,
        trace,
        proof=proof,
        fixed=request.fixed,
        criteria=request.criteria,
        solver=request.solver,
    )


def _with_proof(
    family: AnyFamily,
    method: AnyMethod,
    request: Request,
    stop: RunStop,
    made: Attempt[Solution],
    budget: Budget,
) -> Attempt[Solution]:
    """``made``, with the family's proof that there is no solution, if it has one: that may need native solvers."""
    from wnpopt.solving.remote import UnknownMethodError, run_remote

    left = None if request.time_limit is None else budget.remaining()
    asked = replace(request, only_proof=True, time_limit=left)
    try:
        proved, _, _ = run_remote(family, method, asked, stop, Hooks(), tell_compiling)
    except UnknownMethodError:  # it was registered in this process alone, by hand
        proved = prove(family, request.instance, budget, request.fixed)
    except SolverError:
        return made
    return replace(made, outcome=replace(made.outcome, infeasible_proof=proved.outcome.infeasible_proof))
