"""The public functions: load, solve, verify, save, compile."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from inspect import signature
from typing import TYPE_CHECKING, TypeVar, cast

from wnpopt.core import arguments, registry
from wnpopt.core.attempt import check_method, check_start, judged_by
from wnpopt.core.bound import Bound
from wnpopt.core.budget import usable_cores
from wnpopt.core.certificate import Certificate
from wnpopt.core.criteria import StopCriteria
from wnpopt.core.document import Document, Instance, PlanState, Solution
from wnpopt.core.errors import InputError, UnsupportedError, WnpoptError
from wnpopt.core.explain import found
from wnpopt.core.garbage import no_garbage_collection
from wnpopt.core.interrupt import graceful_interrupt
from wnpopt.core.jsonio import read_json, write_json
from wnpopt.core.layers import LayerMap
from wnpopt.core.lazy import resolve
from wnpopt.core.phase import Phase
from wnpopt.core.registry import AnyFamily
from wnpopt.core.result import Result
from wnpopt.core.solver_choice import SolverChoice
from wnpopt.core.trace import Candidate, TracePoint
from wnpopt.solving.explained import explainer
from wnpopt.solving.log import opened
from wnpopt.solving.request import Hooks, Request, needs_a_process
from wnpopt.solving.run import run
from wnpopt.solving.solver import check_choice

if TYPE_CHECKING:
    from wnpopt.core.explanation import Explanation
    from wnpopt.core.front import FrontPoint, LatencyEnergyFront

I = TypeVar("I", bound=Instance)  # noqa: E741
S = TypeVar("S", bound=Solution)
Path = str | os.PathLike[str]
_KIND = re.compile(rb'"kind"\s*:\s*"(\w+)"')


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
    document, family = _read(path, "")
    return cast(Instance, document), family


def expect(path: Path, method: str) -> None:
    """Say that :func:`solve` will be asked for ``method`` on the instance in ``path``, before that is read.

    If it needs a process of its own, that starts now, beside the reading. Never raises: what is wrong is told later.
    """
    with contextlib.suppress(OSError, ValueError, WnpoptError):
        if not os.path.isfile(path):
            return  # what is read of a pipe is gone, and waiting for its other end once is enough
        with open(path, "rb") as stream:
            head = stream.read(1 << 16)
        kind = _KIND.search(head)
        if kind is not None and kind.group(1).decode() in registry.family_names():
            chosen = registry.method(kind.group(1).decode(), method)
            if needs_a_process(chosen):
                from wnpopt.solving.pool import POOL
                from wnpopt.solving.serve import SMALL

                POOL.prepare(chosen, small=len(head) <= SMALL)


def load_solution(path: Path) -> Solution:
    """Read and validate a solution (its form; :func:`verify` says whether it solves an instance)."""
    return cast(Solution, _read(path, "-solution")[0])


def load_layers(path: Path) -> LayerMap:
    """Read and validate a map of an instance's parts to a network's layers, as ``wnpopt import --layers`` writes it."""
    data = read_json(arguments.path("path", path))
    families = {f"{name}-layers": registry.family(name) for name in registry.family_names()}
    known = {kind: family.documents[kind] for kind, family in families.items() if kind in family.documents}
    kind = data.get("kind")
    try:
        if not isinstance(kind, str) or kind not in known:
            what = f"found {found(kind)}" if "kind" in data else "missing field"
            raise InputError(f"{what}; one of {', '.join(known)} is needed", where="kind")
        return cast("type[LayerMap]", resolve(known[kind])).from_data(data)
    except InputError as error:
        raise error.in_file(os.fspath(path)) from None


def layer_schedule(instance: Instance, solution: Solution, layers: LayerMap) -> list[dict[str, object]]:
    """When and where each layer runs and what is sent, an object an event, in the order of their starts.

    Times are in seconds. Within a part of the instance (a subgraph, an operator) its layers follow each other in the
    order of the network, each for the time that the instance was made with: an estimate. Raises :class:`InputError` if
    the map is of another instance, or the solution breaks a rule.
    """
    _check("layers", layers, LayerMap, "a map is needed, as wnpopt.load_layers gives it")
    layers.check(instance)
    certificate = verify(instance, solution)
    if not certificate.accepted:
        raise InputError(f"the solution is not accepted: {certificate.violations[0]}", where="solution")
    return layers.schedule(instance, solution).to_data()


def load_state(path: Path) -> Document:
    """Read and validate the state of a running plan, for ``fixed`` of :func:`solve` and :func:`verify`."""
    return _read(path, "-state")[0]


@no_garbage_collection()
def save(document: Document, path: Path) -> None:
    """Write an instance or a solution as JSON, atomically; raises :class:`InputError` where that cannot be."""
    _check("document", document, Document, "an instance or a solution is needed")
    write_json(arguments.path("path", path), document.to_data())


@no_garbage_collection()
def _read(path: Path, suffix: str) -> tuple[Document, AnyFamily]:
    """The document in a file whose kind is a family's name with ``suffix``."""
    data = read_json(arguments.path("path", path))
    names = registry.family_names()
    if suffix == "-state":
        names = tuple(name for name in names if registry.family(name).state is not None)
    families = {name + suffix: name for name in names}
    kind = data.get("kind")
    try:
        if not isinstance(kind, str) or kind not in families:
            what = f"found {found(kind)}" if "kind" in data else "missing field"
            raise InputError(f"{what}; one of {', '.join(families)} is needed", where="kind")
        family = registry.family(families[kind])
        document = _type(family, suffix).from_data(data)
    except InputError as error:
        raise error.in_file(os.fspath(path)) from None
    return document, family


def _type(family: AnyFamily, suffix: str) -> type[Document]:
    if suffix == "-state":
        return cast("type[Document]", resolve(family.documents[family.name + suffix]))
    return cast("type[Document]", family.solution_type if suffix else family.instance_type)


def _state(instance: Instance, fixed: Document | None) -> None:
    """Raise for a state that is none of ``instance``, or that its family has not."""
    if fixed is None:
        return
    family = registry.family(instance.kind)
    if family.state is None:
        raise UnsupportedError(f"{family.name} does not plan on from a state", where="fixed")
    if not isinstance(fixed, PlanState) or fixed.kind != family.state:
        raise InputError(f"found a {type(fixed).__name__}; a {family.state} is needed", where="fixed")
    fixed.check(instance)


def _check(where: str, given: object, wanted: type[Document], need: str) -> None:
    if not isinstance(given, wanted):
        raise InputError(f"found a {type(given).__name__}; {need}", where=where)


def family_of(instance: Instance) -> AnyFamily:
    """The family of a loaded instance; raises :class:`InputError` if it is none."""
    _check("instance", instance, Instance, "an instance is needed, see wnpopt.load")
    return registry.family(instance.kind)


def verify(instance: Instance, solution: Solution, *, fixed: Document | None = None) -> Certificate:
    """The solution's recomputed objective and every rule that it breaks.

    ``fixed`` is the state of a running plan from which the solution has to go on, see :func:`load_state`. Shares no
    code with what produces solutions. Raises :class:`InputError` if the solution is of another family.
    """
    family = family_of(instance)
    _check("solution", solution, Solution, "a solution is needed, as wnpopt.load_solution gives it")
    if not isinstance(solution, family.solution_type):
        raise InputError(f"found a {solution.kind}; a {family.name}-solution is needed", where="kind")
    _state(instance, fixed)
    return judged_by(family, instance, solution, fixed)


def compile_model(instance: Instance, formulation: str, **options: object) -> object:
    """The Pyomo, CP-SAT or CVXPY model of ``instance``, to inspect or extend.

    ``options`` are the formulation's own, the keywords of its ``build`` (slide's convex: ``served`` and ``goal``).
    Raises :class:`InputError` naming the formulations that the family has, and the options that the formulation has.
    """
    family = family_of(instance)
    arguments.text("formulation", formulation)
    if formulation not in family.formulations:
        known = ", ".join(family.formulations) or "none"
        raise InputError(f"found {formulation!r}; the formulations of {family.name} are {known}", where="formulation")
    build = cast(Callable[..., object], resolve(family.formulations[formulation]))
    possible = list(signature(build).parameters)[1:]
    for name in options:
        if name not in possible:
            takes = f"its options are {', '.join(possible)}" if possible else "it has no options"
            raise InputError(f"is no option of {formulation}; {takes}", where=name)
    return build(instance, **options)


def decode(instance: Instance, formulation: str, model: object, values: object = None) -> Solution:
    """The solution that a solved model of :func:`compile_model` stands for, the caller's own constraints in it.

    ``values`` are a mapping of variables' names to numbers (then ``model`` may be None), CP-SAT's ``CpSolver`` or
    response (``model`` is then the model that it solved), or None: those that ``model``, of Pyomo, holds after it was
    solved; of CVXPY always the model's. What the caller added to the model is left alone. wnp: the solver's starts,
    rounded, are kept where the verifier accepts them; else they are made anew, and a ``UserWarning`` says so. Raises
    :class:`InputError` for what is no solved model, and where the values are no solution that the verifier accepts.
    """
    from wnpopt.solving import decode as decoding

    family = family_of(instance)
    return decoding.decode(family, instance, arguments.text("formulation", formulation), model, values)


def solve(
    instance: Instance,
    method: str = "auto",
    *,
    time_limit: float | None = 60.0,
    threads: int | None = None,
    seed: int = 0,
    warm_start: str | Solution = "auto",
    deterministic: bool = False,
    iterations: int | None = None,
    fixed: Document | None = None,
    robust: Path | Document | None = None,
    gap: float | None = None,
    target: float | None = None,
    no_improvement: float | None = None,
    on_progress: Callable[[TracePoint], object] | None = None,
    on_solution: Callable[[Candidate], None] | None = None,
    on_bound: Callable[[Bound], None] | None = None,
    isolate: bool = True,
    solver: str | None = None,
    solver_options: Mapping[str, object] | None = None,
    log: Path | None = None,
    on_phase: Callable[[Phase], None] | None = None,
) -> Result[Solution]:
    """Solve ``instance`` and verify the answer.

    ``method`` is one of :func:`methods`; ``time_limit`` in seconds (None: none); ``threads`` None is all cores.
    ``warm_start`` is "auto" (the family's heuristic), "none", a method's name, or a solution, as it is or by the name
    of its file (".json"). ``deterministic`` makes searches with several threads repeatable (slower; a time limit that
    strikes is never repeatable). ``iterations`` ends methods that count theirs, and makes them repeatable where the
    time limit does not strike first.
    ``fixed`` is the state of a plan that runs (:func:`load_state`): what has happened stays, the rest is planned again.
    The plan that ran until then is a ``warm_start`` as it is: it is gone on with, and the answer is not worse.
    ``robust`` are scenarios (a file or a document): the plan is then the one that is best in mean or CVaR over worlds
    sampled from them, for which half of the time is kept; ``result.robust`` compares it with the nominal plan.
    ``gap`` ends a method that has a time limit once ``result.gap`` is at most this, ``target`` once a verified value is
    at least as good (in the instance's unit), ``no_improvement`` so many seconds after the last better verified
    incumbent. The first that is met counts, ``termination`` is then "gap_reached", "target_reached" or
    "no_improvement"; a proof that comes before, or with it, is "proved".
    ``solver`` is whom the models of a method that takes another one go to: of ``milp`` highs, cbc, glpk, scip or
    gurobi, of slide's ``convex`` clarabel, scs, ecos or mosek, as far as they are installed; ``solver_options`` are
    that solver's own, by the names of its manual. Its answer is verified like any other, its bound weakened by its
    tolerances. ``log`` is a file ("-": stderr) for what the method does and its solvers say.

    ``on_progress`` gets every improvement as it comes, and ends the run by returning True (``termination`` "stopped");
    ``on_solution`` and ``on_bound`` get incumbents (as yet unverified) and bounds, ``on_phase`` what the run is busy
    with ("compiling", "start", "search", "proof"). What one of the four raises ends the run, too, and reaches the
    caller when the answer is verified: it is the exception's ``wnpopt_result``.

    ``result.explanation`` tells why there is no plan, or whom it leaves out (:func:`explain`): of instances of up to
    500 users, subgraphs and the like, made in some two seconds when it is first asked for.

    Methods that call native solvers run in a child process, so that a solver that aborts, hangs or prints costs nothing
    that was known before: the best verified solution comes back with ``termination`` "error" and a message.
    ``isolate=False`` runs them in this process, for debugging. In threads, too.

    Ctrl-C returns the best solution so far with ``termination`` "interrupted". Raises :class:`InputError` for bad
    arguments, :class:`UnsupportedError` naming a field that the method does not support,
    :class:`MissingDependencyError`.
    """
    family = family_of(instance)
    if not isinstance(warm_start, Solution) and arguments.text("warm_start", warm_start).endswith(".json"):
        warm_start = load_solution(warm_start)
    called = {"on_progress": on_progress, "on_solution": on_solution, "on_bound": on_bound, "on_phase": on_phase}
    for where, hook in called.items():
        arguments.function_or_none(where, hook)
    chosen = registry.method(family.name, arguments.text("method", method))
    request = Request(
        family.name,
        chosen.name,
        instance,
        warm_start,
        arguments.seconds_or_none("time_limit", time_limit),
        arguments.threads_or_none("threads", threads) or usable_cores(),
        arguments.seed("seed", seed),
        arguments.flag("deterministic", deterministic),
        arguments.integer_or_none("iterations", iterations, 1),
        fixed=fixed,
        criteria=StopCriteria.checked(gap, target, no_improvement),
        solver=SolverChoice.checked(solver, solver_options),
        logged=log is not None,
    )
    check_choice(family, chosen, request.solver)
    check_method(chosen, instance)
    _state(instance, fixed)
    if fixed is not None and not chosen.replans:
        raise UnsupportedError(f"the method {chosen.name} does not plan on from a state", where="fixed")
    if iterations is not None and not chosen.iterative:
        raise UnsupportedError(f"the method {chosen.name} does not count iterations", where="iterations")
    hooks = Hooks(on_progress, on_solution, on_bound, on_phase)
    alone = arguments.flag("isolate", isolate)
    if log is not None:
        arguments.path("log", log)
        check_start(family, instance, warm_start, fixed)  # before a log is begun
        if robust is not None:
            from wnpopt.solving.robust import asked_for

            asked_for(family, request, robust)
    with graceful_interrupt() as stop, opened(log) as lines:
        if lines is not None:
            lines.begin(request)
            hooks = lines.hooks(hooks)
        if robust is None:
            result = run(family, chosen, request, stop, hooks, isolate=alone)
        else:
            from wnpopt.solving.robust import run_robust

            result = run_robust(family, chosen, request, robust, stop, hooks, isolate=alone)
        if lines is not None:
            lines.end(result)
    made = None if fixed is not None else explainer(family, instance, result, explain)
    return result if made is None else replace(result, explainer=made)


def explain(
    instance: Instance,
    solution: Solution | None = None,
    *,
    time_limit: float = 10.0,
    threads: int | None = None,
    seed: int = 0,
) -> Explanation:
    """Why ``instance`` has no plan, or who is left out by the best plan (by ``solution``), and what would help.

    Each remedy of the answer is a change of fields (``remedy.applied(instance)``) that was tried: the changed instance
    has a plan that the verifier accepts. ``time_limit`` is about the seconds for all of it. Raises :class:`InputError`
    for a solution that is not accepted, :class:`UnsupportedError` for a family that explains nothing.
    """
    from wnpopt.core.explanation import ExplanationRequest

    family = family_of(instance)
    if family.explain is None:
        raise UnsupportedError(f"the family {family.name} explains nothing", where="instance")
    limit = arguments.seconds("time_limit", time_limit)
    if solution is not None:
        certificate = verify(instance, solution)
        if not certificate.accepted:
            raise InputError(f"the solution is not accepted: {certificate.violations[0]}", where="solution")

    def solved(
        posed: Instance, method: str = "auto", *, seconds: float = 10.0, target: float | None = None
    ) -> Result[Solution]:
        return solve(posed, method, time_limit=seconds, threads=threads, seed=seed, target=target)

    told = resolve(family.explain)(instance, ExplanationRequest(solution, solved, limit))  # type: ignore[operator]
    return cast("Explanation", told)


def pareto(
    instance: Instance,
    method: str | None = None,
    *,
    points: int = 50,
    time_limit: float | None = 60.0,
    threads: int | None = None,
    seed: int = 0,
    on_point: Callable[[FrontPoint], None] | None = None,
    isolate: bool = True,
) -> LatencyEnergyFront:
    """The plans of which none is both quicker and thriftier, at most ``points``, with those that are proved marked.

    ``method`` (None: the family's exact one) solves, two times for a point, each time under ``time_limit``;
    ``on_point`` gets every point as it is made. The other arguments are those of :func:`solve`, and so are the errors;
    :class:`InputError` too where the instance has no energy, or no plan is known.
    """
    from wnpopt.core.front import bicriteria, front

    family = family_of(instance)
    how = bicriteria(family, instance)
    chosen = registry.method(family.name, how.method if method is None else arguments.text("method", method))
    arguments.function_or_none("on_point", on_point)

    def solved(posed: Instance, start: Solution | None) -> Result[Solution]:
        return solve(
            posed,
            chosen.name,
            time_limit=time_limit,
            threads=threads,
            seed=seed,
            warm_start=start if start is not None and chosen.warm_startable else "auto",
            isolate=isolate,
        )

    return front(instance, how, solved, arguments.integer("points", points, 1), on_point or (lambda _: None))
