"""``wnpopt table``: a plan for each bandwidth of a grid, in one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from wnpopt.core.command import Terminal
from wnpopt.core.jsonio import write_json
from wnpopt.core.options import argument, option, required
from wnpopt.core.result import relative_gap
from wnpopt.core.text import number, percent
from wnpopt.core.verdict import Verdict, compare
from wnpopt.plotting.named import check_chart, write_chart
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.table import METHODS, Entry, build_table, parse_grid


@dataclass(frozen=True)
class TableRequest:
    """What the command is asked."""

    instance: IntradpInstance = argument("JSON file of an intradp instance.")
    bandwidths: str = required("MB/s: first:last, first:last:step or a,b,c.")
    out: Path = required("File for the table.", flags=("--out", "-o"), writes=True)
    plot: Path | None = option(
        None, "Picture of it against the bandwidth: .html, .png, .svg or .pdf.", flags=("--plot",), writes=True
    )
    method: str = option("search", f"{', '.join(METHODS[:-1])} or {METHODS[-1]}.")
    time_limit: float = option(60.0, "Seconds for each bandwidth.", least=0, metavar="S")
    seed: int = option(0, "Seed of everything random.", least=0)


def run(request: TableRequest, terminal: Terminal) -> None:
    """Make the table, write it, and say what it holds."""
    objective = request.instance.objective
    grid = parse_grid(request.bandwidths)
    if request.plot is not None:
        check_chart(request.plot)
    made = build_table(
        request.instance,
        grid,
        method=request.method,
        time_limit=request.time_limit,
        seed=request.seed,
        on_entry=_progress(len(grid), objective, terminal),
    )
    write_json(request.out, made.to_data())
    proved = sum(_is_proved(entry, objective) for entry in made.plans)
    if request.plot is not None:
        from wnpopt.problems.intradp.plots.table import table_chart

        write_chart(table_chart(made), request.plot, request.instance)
    terminal.say(f"{request.out}: {len(made.plans)} plans, {proved} of them proved optimal")


def _progress(total: int, objective: str, terminal: Terminal) -> Callable[[Entry], None]:
    done = count(1)

    def show(entry: Entry) -> None:
        position, value = next(done), entry.value(objective)
        line = (
            f"[{position}/{total}] {entry.megabytes_per_s:g} MB/s: {objective} {number(value)}, "
            f"gap {percent(relative_gap(value, entry.bound))}, by {entry.found_by}"
        )
        terminal.progress(line, last=position == total)

    return show


def _is_proved(entry: Entry, objective: str) -> bool:
    return compare(entry.value(objective), entry.bound, "min", integral=False).verdict is Verdict.PROVED
