"""``wnpopt simulate --stream``: requests that arrive over time."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError, SolverError
from wnpopt.core.jsonio import write_json
from wnpopt.core.text import number, one_line, percent, seconds
from wnpopt.problems.wnp.runtime.request import SimulateRequest
from wnpopt.problems.wnp.runtime.stream.as_instance import as_instance, as_solution
from wnpopt.problems.wnp.runtime.stream.results import StreamSimulation
from wnpopt.problems.wnp.runtime.stream.simulate import STREAM_DEFAULTS, simulate_stream
from wnpopt.problems.wnp.runtime.telling import aligned, check_plot, hand_over, names_of, once, progress
from wnpopt.problems.wnp.verify import verify

_FLAGS = {"policies": "--policy", "loads": "--loads"}


def run_stream(request: SimulateRequest, terminal: Terminal) -> None:
    """Execute the stream, write the runs, and say what they are like."""
    assert request.stream is not None, "a stream is asked for"
    _check(request)
    loads = [1.0] if request.loads is None else _loads(request.loads)
    if request.joint is not None and len(loads) > 1:
        raise InputError("goes with one load", where="--joint")
    if request.joint is not None and request.joint.exists() and not request.joint.is_dir():
        raise InputError("is no directory; the path of one is needed", file=str(request.joint))
    try:
        simulation = simulate_stream(
            request.stream,
            names_of(request.policy) or STREAM_DEFAULTS,
            loads=loads,
            seed=request.seed,
            on_progress=progress(terminal, "requests"),
            tell=once(terminal),
        )
    except InputError as error:
        if error.file is None and error.where in _FLAGS:
            raise InputError(error.what, where=_FLAGS[error.where]) from None
        raise
    if request.joint is not None:
        _write_joint(simulation, request.joint)

    def drawn(path: Path) -> None:
        from wnpopt.problems.wnp.plots.stream import draw

        draw(simulation, path)

    hand_over(simulation.to_data, request, terminal, drawn, lambda: told(simulation))


def _check(request: SimulateRequest) -> None:
    """Raise :class:`InputError` for what does not go with a stream."""
    usual = SimulateRequest()
    for flag, given in (
        ("INSTANCE", request.instance),
        ("SOLUTION", request.solution),
        ("--scenario", request.scenario if request.scenario != usual.scenario else None),
        ("--runs", request.runs if request.runs != usual.runs else None),
        ("--threads", request.threads),
        ("--overtime", request.overtime if request.overtime != usual.overtime else None),
        ("--planning-delay", request.planning_delay if request.planning_delay != usual.planning_delay else None),
    ):
        if given is not None:
            raise InputError("does not go with --stream", where=flag)
    if request.plot is not None:
        check_plot(request.plot)


def _loads(text: str) -> list[float]:
    loads = []
    for part in text.split(","):
        value = None
        with suppress(ValueError):
            value = float(part)
        if value is None or not 1e-6 <= value <= 1e6:
            what = f"found {one_line(part)!r}; numbers of 0.000001 to 1000000 are needed, several with commas"
            raise InputError(what, where="--loads")
        loads.append(value)
    return loads


def _write_joint(simulation: StreamSimulation, folder: Path) -> None:
    name = simulation.stream.name
    for at, outcome in enumerate(simulation.outcomes):
        assert outcome.schedule is not None, "it is kept where there is one load"
        if at == 0:
            slots = max(1, *(o.schedule.carried.shape[0] for o in simulation.outcomes if o.schedule is not None))
            instance = as_instance(outcome.schedule, name, slots=slots)
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"cannot be made: {error.strerror}", file=str(folder)) from None
            write_json(folder / "instance.json", instance.to_data())
        solution = as_solution(outcome.schedule, name)
        certificate = verify(instance, solution)
        if not certificate.accepted:
            raise SolverError(f"the verifier rejects the plan of {outcome.policy}: {certificate.violations[0]}")
        write_json(folder / f"{outcome.policy}.json", solution.to_data())


def told(simulation: StreamSimulation) -> list[str]:
    """The summary as lines of text."""
    count = simulation.outcomes[0].measures.requests
    lines = [f"{one_line(simulation.stream.name)}: {count} requests, seed {simulation.seed}; latencies in ticks"]
    if simulation.capacity_per_s is not None:
        lines.append(f"no policy serves more than {number(simulation.capacity_per_s, 5)} requests/s in the long run")
    rows = []
    for outcome in simulation.outcomes:
        measures = outcome.measures
        row = {"policy": outcome.policy}
        if len(simulation.loads) > 1:
            row["load"] = number(outcome.load, 4)
        row["offered/s"] = number(measures.offered_per_s, 4)
        row["served/s"] = number(measures.throughput_per_s, 4)
        row |= {name: number(getattr(measures, name), 6) for name in ("mean", "p50", "p95", "p99", "worst")}
        row["slowdown p95"] = number(measures.slowdown_p95, 3)
        if measures.missed_share is not None:
            row["missed"] = percent(measures.missed_share)
        row["in system"] = number(measures.in_system, 3)
        row["cores"] = percent(measures.core_utilisation)
        row["RBs"] = percent(measures.rb_utilisation)
        row["breaks"] = "yes" if outcome.breaks else "no"
        row["a plan"] = seconds(sorted(outcome.seconds)[len(outcome.seconds) // 2])
        rows.append(row)
    names = list(rows[0])
    lines += aligned([names, *([row[name] for name in names] for row in rows)])
    if len(simulation.loads) > 1:
        lines += [_broken(row.policy, row.holds, row.breaks) for row in simulation.breaking]
    return lines


def _broken(policy: str, holds: float | None, breaks: float | None) -> str:
    if breaks is None:
        return f"{policy} holds at all loads tested, up to {number(holds, 4)}"
    if holds is None:
        return f"{policy} breaks at the least load tested, {number(breaks, 4)}"
    return f"{policy} breaks between the loads {number(holds, 4)} and {number(breaks, 4)}"
