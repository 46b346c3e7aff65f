"""A stream under policies and loads, executed, judged and measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from wnpopt.core import arguments
from wnpopt.core.errors import InputError, SolverError
from wnpopt.core.jsonio import read_json
from wnpopt.problems.wnp.runtime.stream.capacity import capacity_per_s
from wnpopt.problems.wnp.runtime.stream.check import violations
from wnpopt.problems.wnp.runtime.stream.document import WnpStream
from wnpopt.problems.wnp.runtime.stream.measures import StreamMeasures
from wnpopt.problems.wnp.runtime.stream.requests import requests_of
from wnpopt.problems.wnp.runtime.stream.results import StreamOutcome, StreamSimulation
from wnpopt.problems.wnp.runtime.stream.templates import Template, templates_of

Progress = Callable[[str, int, int], None]
STREAM_DEFAULTS = ("serial", "rtfs", "fifo", "joint")


def simulate_stream(
    stream: str | os.PathLike[str] | WnpStream,
    policies: str | Sequence[str] = STREAM_DEFAULTS,
    *,
    loads: float | Sequence[float] = (1.0,),
    seed: int = 0,
    on_progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> StreamSimulation:
    """Execute a stream under each of ``policies`` at each of ``loads``; see :func:`wnpopt.simulate`."""
    read, templates = load_stream(stream)
    names = [policies] if isinstance(policies, str) else arguments.several("policies", policies)
    factors = _loads(loads)
    number = arguments.seed("seed", seed)
    arguments.function_or_none("on_progress", on_progress)
    from wnpopt.problems.wnp.runtime.stream.policies import StreamRun, first_alone, stream_policy
    from wnpopt.problems.wnp.runtime.warm import make_ready  # it and the policies are compiled

    chosen = [stream_policy(arguments.text("policies", name)) for name in names]
    twice = [name for at, name in enumerate(names) if name in names[:at]]
    if twice or not chosen:
        raise InputError(
            f"{twice[0]} is named twice" if twice else "is empty; at least one is needed", where="policies"
        )
    try:
        asked = [requests_of(read, templates, number, load) for load in factors]
    except InputError as error:
        raise (error if isinstance(stream, WnpStream) else error.in_file(os.fspath(stream))) from None
    make_ready(tell)
    alone = tuple(first_alone(template, number) for template in templates)
    outcomes = []
    for load, requests in zip(factors, asked, strict=True):
        for policy in chosen:
            label = policy.name if len(factors) == 1 else f"{policy.name} at load {load:g}"
            run = StreamRun(templates, requests, policy, number, read.window)
            schedule = run.execute(None if on_progress is None else partial(on_progress, label))
            broken = violations(schedule)
            if broken:
                raise SolverError(f"what {policy.name} executed is not accepted: {broken[0]}")
            measures = StreamMeasures.of(schedule, np.array(alone, dtype=np.int64))
            outcomes.append(
                StreamOutcome(
                    policy.name,
                    load,
                    requests,
                    schedule.end,
                    measures,
                    measures.breaks(read.limits),
                    tuple(run.seconds),
                    schedule if len(factors) == 1 else None,
                )
            )
    return StreamSimulation(read, templates, number, alone, capacity_per_s(templates), tuple(outcomes))


def load_stream(given: object) -> tuple[WnpStream, tuple[Template, ...]]:
    """The stream, read from its file unless it is one, and its templates; paths are relative to the file's folder.

    Raises :class:`InputError` naming the file where it is no stream, or its instances do not go together.
    """
    if isinstance(given, WnpStream):
        return given, templates_of(given)
    if not isinstance(given, str | os.PathLike):
        raise InputError(f"found a {type(given).__name__}; a wnp-stream or its file is needed", where="stream")
    file = os.fspath(given)
    try:
        data = read_json(file)
        if data.get("kind") != "wnp-stream":
            raise InputError(f"found {data.get('kind')!r}; wnp-stream is needed", where="kind")
        stream = WnpStream.from_data(data)
        return stream, templates_of(stream, os.path.dirname(file))
    except InputError as error:
        raise (error if error.file else error.in_file(file)) from None


def _loads(given: object) -> list[float]:
    several = [given] if isinstance(given, int | float) else arguments.several("loads", given)
    loads = [arguments.number("loads", value, 1e-6, 1e6) for value in several]
    if not loads:
        raise InputError("is empty; at least one load is needed", where="loads")
    return sorted(set(loads))
