"""The public functions: load, solve, verify, save, compile."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from wnpopt.core import registry
from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.budget import Budget, usable_cores
from wnpopt.core.certificate import Certificate
from wnpopt.core.document import Document, Instance, Solution
from wnpopt.core.errors import InputError, MissingDependencyError, UnsupportedError
from wnpopt.core.explain import found
from wnpopt.core.extras import installed
from wnpopt.core.interrupt import graceful_interrupt
from wnpopt.core.jsonio import read_json, write_json
from wnpopt.core.judge import judge
from wnpopt.core.method import Outcome, Run, Start
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.result import Result
from wnpopt.core.trace import Trace, TracePoint

I = TypeVar("I", bound=Instance)  # noqa: E741
S = TypeVar("S", bound=Solution)
Path = str | os.PathLike[str]


def families() -> tuple[str, ...]:
    """The names of the families that are installed."""
    return registry.family_names()


def methods(family: str) -> tuple[str, ...]:
    """The names of a family's methods."""
    return tuple(registry.methods(family))


def load(path: Path) -> Instance:
    """Read and validate an instance; raises :class:`InputError` naming the file and the path inside it."""
    return load_with_data(path)[0]


def load_with_data(path: Path) -> tuple[Instance, AnyFamily]:
    """:func:`load`, with the family that the instance belongs to."""
    data = read_json(path)
    family = _family_of(data, path, "")
    try:
        return cast(Instance, family.instance_type.from_data(data)), family
    except InputError as error:
        raise error.in_file(os.fspath(path)) from None


def load_solution(path: Path) -> Solution:
    """Read and validate a solution (its form; :func:`verify` says whether it solves an instance)."""
    data = read_json(path)
    family = _family_of(data, path, "-solution")
    try:
        return cast(Solution, family.solution_type.from_data(data))
    except InputError as error:
        raise error.in_file(os.fspath(path)) from None


def save(document: Document, path: Path) -> None:
    """Write an instance or a solution as JSON, atomically."""
    write_json(path, document.to_data())


def _family_of(data: dict[str, object], path: Path, suffix: str) -> AnyFamily:
    kinds = [name + suffix for name in registry.family_names()]
    kind = data.get("kind")
    wanted = f"one of {', '.join(kinds)} is needed"
    if "kind" not in data:
        raise InputError(f"missing field; {wanted}", where="kind", file=os.fspath(path))
    if not isinstance(kind, str) or kind not in kinds:
        raise InputError(f"found {found(kind)}; {wanted}", where="kind", file=os.fspath(path))
    return registry.family(kind.removesuffix("-solution"))


def family_of(instance: Instance) -> AnyFamily:
    """The family of a loaded instance."""
    return registry.family(instance.kind)


def verify(instance: Instance, solution: Solution) -> Certificate:
    """The solution's recomputed objective and every rule that it breaks.

    Shares no code with what produces solutions.
    """
    family = family_of(instance)
    if not isinstance(solution, family.solution_type):
        raise InputError(f"found a {solution.kind}; a {family.name}-solution is needed", where="kind")
    return family.verify(instance, solution)


def compile_model(instance: Instance, formulation: str) -> object:
    """The Pyomo, CP-SAT or CVXPY model of ``instance``, to inspect or extend.

    Raises :class:`InputError` naming the formulations that the family has.
    """
    family = family_of(instance)
    if formulation not in family.formulations:
        known = ", ".join(family.formulations) or "none"
        raise InputError(f"found {formulation!r}; the formulations of {family.name} are {known}", where="formulation")
    build = cast(Callable[[Instance], object], registry.resolve(family.formulations[formulation]))
    return build(instance)


def solve(
    instance: Instance,
    method: str = "auto",
    *,
    time_limit: float | None = 60.0,
    threads: int | None = None,
    seed: int = 0,
    warm_start: str | Solution = "auto",
    deterministic: bool = False,
    on_progress: Callable[[TracePoint], None] | None = None,
) -> Result[Solution]:
    """Solve ``instance`` and verify the answer.

    ``method`` is one of :func:`methods`; ``time_limit`` in seconds (None: none); ``threads`` None is all cores.
    ``warm_start`` is "auto" (the family's heuristic), "none", a method's name, or a solution. ``deterministic`` makes
    searches with several threads repeatable (slower; a time limit that strikes is never repeatable). ``on_progress``
    gets every improvement as it comes, from any thread.

    Ctrl-C returns the best solution so far with ``termination`` "interrupted". Raises :class:`InputError` for bad
    arguments, :class:`UnsupportedError` naming a field that the method does not support,
    :class:`MissingDependencyError`.
    """
    family = family_of(instance)
    chosen = registry.method(family.name, method)
    _check_arguments(time_limit, threads, seed)
    _check_method(chosen, instance)
    with graceful_interrupt() as stop:
        budget = Budget(time_limit, threads or usable_cores(), seed, deterministic, stop)
        trace = Trace(family.sense, budget, on_progress)

        def verified_objective(solution: Solution) -> float | None:
            certificate = family.verify(instance, solution)
            return certificate.objective if certificate.accepted else None

        start, known = _prepare(family, chosen, instance, warm_start, budget, trace, verified_objective)
        # Without a time limit by nature: such a method must not depend on the clock, or it would not repeat itself.
        own = budget if chosen.timed else replace(budget, time_limit=None)
        outcome: Outcome[Solution] = chosen.run(instance, Run(own, trace, start, known, verified_objective))
        runtime = budget.elapsed()
        if not known and not chosen.timed:
            known = tuple(family.bounds(instance, Budget(None, stop=stop)))
        return judge(family, chosen, instance, outcome, start, known, budget, trace, runtime)


def _prepare(
    family: AnyFamily,
    chosen: AnyMethod,
    instance: Instance,
    warm_start: str | Solution,
    budget: Budget,
    trace: Trace,
    verified_objective: Callable[[Solution], float | None],
) -> tuple[Start[Solution] | None, tuple[Bound, ...]]:
    """The warm start and the bounds that a timed method begins with."""
    if isinstance(warm_start, Solution):
        objective = verified_objective(warm_start)
        if objective is None:
            raise InputError("the verifier rejects this solution", where="warm_start")
        start = Start(warm_start, objective, "given")
        trace.incumbent(objective)
    else:
        start = None
        name = family.warm_start if warm_start == "auto" else warm_start
        if name != "none":
            helper = registry.method(family.name, name)
            _check_method(helper, instance)
            if chosen.warm_startable and helper.name != chosen.name:
                helped = helper.run(instance, Run(budget, trace, None, (), verified_objective))
                start = _as_start(helped, helper.name, verified_objective)
                if start is not None:
                    trace.incumbent(start.objective)
    if not chosen.timed:
        return start, ()
    known = tuple(family.bounds(instance, budget))
    best = best_bound(known, family.sense)
    if best is not None:
        trace.bound(best.value)
    return start, known


def _as_start(
    outcome: Outcome[Solution], name: str, verified_objective: Callable[[Solution], float | None]
) -> Start[Solution] | None:
    objective = None if outcome.solution is None else verified_objective(outcome.solution)
    if outcome.solution is None or objective is None:
        return None
    return Start(outcome.solution, objective, outcome.found_by or name)


def _check_arguments(time_limit: float | None, threads: int | None, seed: int) -> None:
    if time_limit is not None and not 0 <= time_limit < float("inf"):
        raise InputError(f"found {time_limit}; seconds of at least 0 are needed", where="time_limit")
    if threads is not None and not 1 <= threads <= 4096:
        raise InputError(f"found {threads}; 1 to 4096 threads are needed", where="threads")
    if not 0 <= seed < 2**31:
        raise InputError(f"found {seed}; a seed of 0 to 2^31 - 1 is needed", where="seed")


def _check_method(method: AnyMethod, instance: Instance) -> None:
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


__all__: Sequence[str] = [
    "compile_model",
    "families",
    "load",
    "load_solution",
    "methods",
    "save",
    "solve",
    "verify",
]
