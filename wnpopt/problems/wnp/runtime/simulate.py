"""``wnpopt.simulate``: policies in the same sampled worlds, and what comes of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import overload

from wnpopt.core import arguments
from wnpopt.core.budget import usable_cores
from wnpopt.core.document import Document
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json
from wnpopt.core.near import near
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.policies.known import ORACLE, policy, policy_names
from wnpopt.problems.wnp.runtime.scenario import PRESETS, WnpScenario
from wnpopt.problems.wnp.runtime.simulation import PolicyRuns, Simulation
from wnpopt.problems.wnp.runtime.stream.document import WnpStream
from wnpopt.problems.wnp.runtime.stream.results import StreamSimulation
from wnpopt.problems.wnp.runtime.stream.simulate import STREAM_DEFAULTS, simulate_stream
from wnpopt.problems.wnp.solution import WnpSolution

Progress = Callable[[str, int, int], None]
"""Called with a policy's name, how many of its worlds are done, and how many there are."""


DEFAULTS = ("static", "order", "pacs-online")


@overload
def simulate(
    instance: Document,
    solution: Document | None = None,
    policies: str | Sequence[str] | None = None,
    *,
    scenario: str | os.PathLike[str] | WnpScenario = "mild",
    runs: int = 100,
    seed: int = 0,
    threads: int | None = None,
    overtime: float = 1.0,
    planning_delay: int = 0,
    on_progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Simulation: ...


@overload
def simulate(
    *,
    stream: str | os.PathLike[str] | WnpStream,
    policies: str | Sequence[str] | None = None,
    loads: float | Sequence[float] = (1.0,),
    seed: int = 0,
    on_progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> StreamSimulation: ...


def simulate(
    instance: Document | None = None,
    solution: Document | None = None,
    policies: str | Sequence[str] | None = None,
    *,
    scenario: str | os.PathLike[str] | WnpScenario = "mild",
    runs: int = 100,
    seed: int = 0,
    threads: int | None = None,
    overtime: float = 1.0,
    planning_delay: int = 0,
    stream: str | os.PathLike[str] | WnpStream | None = None,
    loads: float | Sequence[float] = (1.0,),
    on_progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Simulation | StreamSimulation:
    """Execute a plan of a wnp instance in ``runs`` worlds under each of ``policies``, or a stream of requests.

    ``solution`` is the plan, that of pacs unless given; policies with a plan of their own begin with that. ``scenario``
    says how worlds deviate from the instance: "none", "mild", "rough", the path of a wnp-scenario file, or one that was
    read. All policies see the same worlds, which depend on the scenario and ``seed`` alone. "oracle" plans with each
    world known: the others' regret is counted from it. ``overtime`` is how many times more slots than planned a world
    has for what arrives late. ``planning_delay`` is how many ticks an answer of a policy takes in the world: until
    then the plan before it is gone on with. Raises :class:`InputError` for a plan that the verifier rejects, an unknown
    policy, and a scenario that does not fit; :class:`SolverError` where a policy fails.

    ``stream`` instead of an instance, a wnp-stream or its file, has requests that arrive over time, ``loads`` times as
    often as it says, at times that follow from ``seed``; everything else is nominal. The policies are then "serial",
    "rtfs", "fifo" and "joint", and a :class:`~wnpopt.problems.wnp.runtime.stream.results.StreamSimulation` is returned.
    """
    if stream is not None:
        for name, value in (("instance", instance), ("solution", solution)):
            if value is not None:
                raise InputError("does not go with a stream", where=name)
        if (scenario, runs, threads, overtime, planning_delay) != ("mild", 100, None, 1.0, 0):
            raise InputError("scenario, runs, threads, overtime and planning_delay do not go with it", where="stream")
        chosen_ones = STREAM_DEFAULTS if policies is None else policies
        return simulate_stream(stream, chosen_ones, loads=loads, seed=seed, on_progress=on_progress, tell=tell)
    if loads not in (1, (1.0,), [1.0]):
        raise InputError("goes with a stream alone", where="loads")
    if not isinstance(instance, WnpInstance):
        raise InputError(f"found a {type(instance).__name__}; a wnp instance is needed", where="instance")
    names = _names(DEFAULTS if policies is None else policies)
    chosen = [None if name == ORACLE else policy(name, "policies") for name in names]
    twice = [name for at, name in enumerate(names) if name in names[:at]]
    if twice:
        raise InputError(f"{twice[0]} is named twice", where="policies")
    worlds_of = _scenario(scenario, instance)
    count = arguments.integer("runs", runs, 1, 10**7)
    number = arguments.seed("seed", seed)
    workers = arguments.threads_or_none("threads", threads) or usable_cores()
    extra = arguments.number("overtime", overtime, 0.0, 100.0)
    delay = arguments.integer("planning_delay", planning_delay, 0, 10**12)
    given = _given(instance, solution)
    arguments.function_or_none("on_progress", on_progress)
    from wnpopt.problems.wnp.runtime.compare import Comparison  # it and what it imports are compiled
    from wnpopt.problems.wnp.runtime.warm import make_ready

    make_ready(tell)
    comparison = Comparison.of(instance, given, chosen, worlds_of, number, extra, delay)
    results: list[PolicyRuns] = []
    for name, entry in zip(names, chosen, strict=True):
        step = None if on_progress is None else partial(on_progress, name)
        if entry is None:
            results.append(comparison.with_hindsight(count, step))
        else:
            results.append(comparison.under(entry, count, workers, step))
    return Simulation(instance, worlds_of, number, comparison.setting, comparison.first, tuple(results), delay)


def _names(policies: object) -> list[str]:
    given = [policies] if isinstance(policies, str) else policies
    if not isinstance(given, Sequence) or not given or not all(isinstance(name, str) for name in given):
        known = ", ".join(policy_names())
        raise InputError(f"found {policies!r}; names of policies are needed: {known}", where="policies")
    return list(given)


def _scenario(given: object, instance: WnpInstance) -> WnpScenario:
    if isinstance(given, WnpScenario):
        given.check(instance)
        return given
    if isinstance(given, str) and given in PRESETS:
        return PRESETS[given]
    if isinstance(given, str | os.PathLike):
        return load_scenario(given, instance)
    raise InputError(f"found a {type(given).__name__}; a scenario, its file or its name is needed", where="scenario")


def load_scenario(path: str | os.PathLike[str], instance: WnpInstance) -> WnpScenario:
    """Read a wnp-scenario file; raises :class:`InputError` naming the file where it is none, or does not fit."""
    file = os.fspath(path)
    if not os.path.exists(file) and os.sep not in file and not file.endswith(".json"):
        known = ", ".join(PRESETS)
        raise InputError(f"found {file!r}; {known} or a file is needed{near(file, PRESETS)}", where="scenario")
    try:
        scenario = WnpScenario.from_data(read_json(file))
        scenario.check(instance)
    except InputError as error:
        raise (error if error.file else error.in_file(file)) from None
    return scenario


def _given(instance: WnpInstance, solution: object) -> WnpSolution | None:
    if solution is None:
        return None
    if not isinstance(solution, WnpSolution):
        raise InputError(f"found a {type(solution).__name__}; a wnp-solution is needed", where="solution")
    from wnpopt.problems.wnp.verify import verify

    certificate = verify(instance, solution)
    if not certificate.accepted:
        raise InputError(f"is not accepted: {certificate.violations[0]}", where="solution")
    return solution
