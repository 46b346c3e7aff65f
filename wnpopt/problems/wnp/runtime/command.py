"""``wnpopt simulate``: a plan in worlds that deviate from the instance."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json, write_json
from wnpopt.core.options import option, optional_argument
from wnpopt.core.text import number, one_line, percent, seconds
from wnpopt.problems.wnp.instance import WnpInstance, objective_unit
from wnpopt.problems.wnp.runtime.simulate import simulate
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.problems.wnp.runtime.simulation import PolicyRuns, Simulation

_ENDINGS = (".html", ".png", ".svg")


def check_plot(path: Path) -> None:
    """Raise :class:`InputError` where ``path`` is no picture, MissingDependencyError where nothing can draw it."""
    if path.suffix.lower() not in _ENDINGS:
        wrong = f"found {one_line(path.name)}; a file name with one of the endings {', '.join(_ENDINGS)} is needed"
        raise InputError(wrong, where="--plot")
    from wnpopt.problems.wnp.plots.simulation import check_library

    check_library(path)


@dataclass(frozen=True)
class SimulateRequest:
    """What the command is asked."""

    instance: WnpInstance | None = optional_argument("JSON file of a wnp instance.")
    solution: Path | None = optional_argument("JSON file of the plan; pacs makes one where it is left out.")
    policy: tuple[str, ...] = option(
        (),
        "static, order, rtfs, pacs-online, oracle, or another package's; of streams serial, rtfs, fifo, joint; again "
        "for more, or several with commas.",
        metavar="P",
        shown="static,order,pacs-online; of streams all",
    )
    stream: Path | None = option(
        None, "wnp-stream file, instead of INSTANCE: requests that arrive over time.", metavar="FILE"
    )
    loads: str | None = option(
        None, "With --stream: how many times as often requests come, several with commas.", metavar="X,X,...", shown="1"
    )
    joint: Path | None = option(
        None, "With --stream: folder for the requests as one instance, and each policy's plan of it.", metavar="DIR"
    )
    scenario: str = option(
        "mild", "How worlds deviate: none, mild, rough, or a wnp-scenario file.", metavar="NAME|FILE"
    )
    runs: int = option(100, "Worlds.", least=1, most=10**7)
    seed: int = option(0, "Seed of the worlds and of the planning.", least=0, most=2**31 - 1)
    threads: int | None = option(None, "Threads.", least=1, most=4096, shown="all cores")
    overtime: float = option(
        1.0, "How many times more slots than planned a world has for what is late.", least=0, most=100
    )
    planning_delay: int = option(
        0, "Ticks that an answer takes in the world, for policies that plan while it runs.", least=0, most=10**12
    )
    out: Path | None = option(None, "File for the runs (JSON).", flags=("--out", "-o"), writes=True, metavar="FILE")
    plot: Path | None = option(None, "File for pictures: .html, .png or .svg.", writes=True, metavar="FILE")
    json: bool = option(False, "One JSON object on stdout instead: the runs.")


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
    if request.out is not None:
        write_json(request.out, simulation.to_data())
    if request.plot is not None:
        from wnpopt.problems.wnp.plots.simulation import draw

        draw(simulation, request.plot)
    if request.json:
        terminal.say(json.dumps(simulation.to_data(), allow_nan=False))
        return
    for line in told(simulation):
        terminal.say(line)


def _plan(path: Path) -> WnpSolution:
    try:
        return WnpSolution.from_data(read_json(path))
    except InputError as error:
        raise (error if error.file else error.in_file(str(path))) from None


def names_of(given: tuple[str, ...]) -> list[str] | None:
    """The policies' names, None where none is given."""
    return [name for several in given for name in several.split(",")] or None


def once(terminal: Terminal) -> Callable[[str], None]:
    """Says once that compiling takes a moment."""
    said: list[str] = []

    def tell(text: str) -> None:
        if not said:
            terminal.progress(f"wnpopt: {text} (kept on disk)", last=True)
        said.append(text)

    return tell


def progress(terminal: Terminal, unit: str = "worlds") -> Callable[[str, int, int], None]:
    """Says four times how far a policy is."""
    step = 0

    def tell(policy: str, done: int, count: int) -> None:
        nonlocal step
        due = done == count or done * 4 // count > step
        step = 0 if done == count else done * 4 // count
        if due:
            terminal.progress(f"{policy}: {done} of {count} {unit}", last=done == count)

    return tell


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


def aligned(table: list[list[str]]) -> list[str]:
    """The rows of ``table`` as lines: the first column to the left, the others to the right."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    lines = []
    for line in table:
        cells = [
            text.ljust(width) if c == 0 else text.rjust(width)
            for c, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


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
