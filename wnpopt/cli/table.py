"""``wnpopt table``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wnpopt.cli.arguments import integer, real
from wnpopt.cli.solve import check_target
from wnpopt.cli.terminal import columns_of, say
from wnpopt.core.errors import InputError
from wnpopt.core.result import relative_gap
from wnpopt.core.text import number, one_line, percent
from wnpopt.core.verdict import Verdict, compare

if TYPE_CHECKING:
    from wnpopt.problems.intradp.online.table import Entry


def table(
    instance: Annotated[Path, typer.Argument(help="JSON file of an intradp instance.", show_default=False)],
    bandwidths: Annotated[str, typer.Option(help="MB/s: first:last, first:last:step or a,b,c.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="File for the table.", show_default=False)],
    method: Annotated[str, typer.Option(help="search, device-only, server-only, layer-cut or min-cut.")] = "search",
    time_limit: Annotated[float, typer.Option(help="Seconds for each bandwidth.", parser=real, metavar="S")] = 60.0,
    seed: Annotated[int, typer.Option(help="Seed of everything random.", parser=integer, metavar="N")] = 0,
) -> int:
    """Make a plan for each bandwidth of a grid, all in one file; each starts from its neighbour's plan."""
    from wnpopt import api
    from wnpopt.problems.intradp.instance import IntradpInstance
    from wnpopt.problems.intradp.online.table import build_table, parse_grid

    loaded = api.load(instance)
    if not isinstance(loaded, IntradpInstance):
        raise InputError(f'found "{loaded.kind}"; an intradp instance is needed', where="kind", file=str(instance))
    if not 0 <= time_limit < float("inf"):
        raise InputError(f"found {time_limit}; seconds of at least 0 are needed", where="--time-limit")
    grid = parse_grid(bandwidths)
    check_target(out, instance)
    made = build_table(
        loaded, grid, method=method, time_limit=time_limit, seed=seed, on_entry=_progress(len(grid), loaded.objective)
    )
    api.save(made, out)
    proved = sum(_is_proved(entry, loaded.objective) for entry in made.plans)
    say(f"{out}: {len(made.plans)} plans, {proved} of them proved optimal")
    return 0


def _progress(total: int, objective: str) -> Callable[[Entry], None]:
    """A printer of a line a bandwidth on stderr, over the last one where that is a terminal."""
    done = count(1)

    def show(entry: Entry) -> None:
        position = next(done)
        value = entry.latency_s if objective == "latency" else entry.energy_j
        line = (
            f"[{position}/{total}] {entry.megabytes_per_s:g} MB/s: {objective} {number(value)}, "
            f"gap {percent(relative_gap(value, entry.bound))}, by {entry.found_by}"
        )
        # Over the last line, where it is a line of the terminal's.
        if sys.stderr.isatty() and len(line) < columns_of(sys.stderr):
            print(f"\r\x1b[K{one_line(line)}", end="\n" if position == total else "", file=sys.stderr, flush=True)
        else:
            print(one_line(line), file=sys.stderr, flush=True)

    return show


def _is_proved(entry: Entry, objective: str) -> bool:
    value = entry.latency_s if objective == "latency" else entry.energy_j
    return compare(value, entry.bound, "min", integral=False).verdict is Verdict.PROVED
