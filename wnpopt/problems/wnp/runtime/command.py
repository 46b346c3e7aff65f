"""``wnpopt simulate``: a plan in worlds that deviate from the instance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json
from wnpopt.core.text import number, one_line, percent, seconds
from wnpopt.problems.wnp.instance import objective_unit
from wnpopt.problems.wnp.runtime.request import SimulateRequest
from wnpopt.problems.wnp.runtime.simulate import simulate
from wnpopt.problems.wnp.runtime.telling import aligned, check_plot, hand_over, names_of, once, progress
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.problems.wnp.runtime.simulation import PolicyRuns, Simulation


def run(request: SimulateRequest, terminal: Terminal) -> None:
    """Simulate, write the runs, and say what they are like."""
    if request.stream is not None:
        from wnpopt.problems.wnp.runtime.stream.command import run_stream

        run_stream(request, terminal)
        return
    for flag, value in (("--loads", request.loads), ("--joint", request.joint)):
        if value is not None:
            raise InputError("goes with --stream alone", where=flag)
    if request.instance is None:
        raise InputError("is needed, or --stream", where="INSTANCE")
    if request.plot is not None:
        check_plot(request.plot)
    plan = None if request.solution is None else _plan(request.solution)
    try:
        simulation = simulate(
            request.instance,
            plan,
            names_of(request.policy),
            scenario=request.scenario,
            runs=request.runs,
            seed=request.seed,
            threads=request.threads,
            overtime=request.overtime,
            planning_delay=request.planning_delay,
            on_progress=progress(terminal),
            tell=once(terminal),
        )
    except InputError as error:
        flags = {"policies": "--policy", "scenario": "--scenario"}
        if error.file is None and error.where == "solution" and request.solution is not None:
            raise InputError(error.what, file=str(request.solution)) from None
        if error.file is None and error.where in flags:
            raise InputError(error.what, where=flags[error.where]) from None
        raise

    def drawn(path: Path) -> None:
        from wnpopt.problems.wnp.plots.simulation import draw

        draw(simulation, path)

    hand_over(simulation.to_data, request, terminal, drawn, lambda: told(simulation))


def _plan(path: Path) -> WnpSolution:
    try:
        return WnpSolution.from_data(read_json(path))
    except InputError as error:
        raise (error if error.file else error.in_file(str(path))) from None


def told(simulation: Simulation) -> list[str]:
    """The summary as lines of text."""
    unit = objective_unit(simulation.instance)
    rows = [_row(simulation, entry) for entry in simulation.policies]
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [
        f"{simulation.instance.name}: {simulation.runs} worlds of scenario {simulation.scenario.name}, "
        f"seed {simulation.seed}; {simulation.instance.objective.replace('_', ' ')} in {unit}"
    ]
    return lines + aligned([names, *([row.get(name, "-") for name in names] for row in rows)])


def _row(simulation: Simulation, entry: PolicyRuns) -> dict[str, str]:
    summary = simulation.summarised(entry)
    row = {"policy": one_line(entry.name)}
    for name in ("planned", "mean", "p50", "p95", "p99", "worst", "regret_mean"):
        if name in summary:
            row[name.replace("_mean", "")] = number(summary[name], 5)
    if "above_bound" in summary:
        row["above bound"] = percent(summary["above_bound"])
    shares = {"cores": "core_utilisation", "NoC": "noc_utilisation", "RBs": "rb_utilisation", "masked": "masked_share"}
    for shown, name in shares.items():
        if name in summary:
            row[shown] = percent(summary[name])
    row["idle"] = number(summary["idle_ticks"], 5)
    if "missed_deadlines" in summary:
        row["missed"] = number(summary["missed_deadlines"], 3)
    row["unfinished"] = number(summary["unfinished"])
    if entry.asked:
        row["plans"] = number(summary["plans"], 3)
        row["planning"] = seconds(simulation.planning_s(entry)["median_s"])
    return row
