"""``wnpopt bench SUITE``: a named suite as a resumable batch, then its tables and sweeps."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.cli.batch.command import plain_warnings
from wnpopt.cli.batch.command import show as show_summary
from wnpopt.cli.batch.progress import BatchProgress
from wnpopt.cli.terminal import console, styled
from wnpopt.core.errors import InputError
from wnpopt.core.text import number as written
from wnpopt.core.text import one_line

if TYPE_CHECKING:
    from rich.console import Console

    from wnpopt.bench.analysis.sweep import Chart, Line
    from wnpopt.bench.batch.run import Rerun, Summary


def run_suite(
    name: str,
    *,
    out: Path,
    preset: str = "quick",
    workers: int | None = None,
    time_limit: float | None = None,
    threads: int = 1,
    memory: float | None = None,
    total_time: float | None = None,
    rerun: Rerun | Sequence[Rerun] | None = None,
    dask: str | None = None,
) -> int:
    """Materialise the suite ``name``, run what is not in the store ``out`` yet, print its tables and sweeps.

    ``time_limit`` (None: the preset's) is for the methods that have a limit; the heuristics of a suite run without one,
    so that their runs are the same in every preset. The other options are those of
    :func:`wnpopt.bench.batch.run.batch`, ``total_time`` for all of it. Returns 0 if every instance has a record that is
    no failure, else 1. Raises :class:`InputError` for an unknown suite or preset, and what the batch raises.
    """
    from wnpopt.bench.batch.run import batch
    from wnpopt.bench.suites.materialise import materialise, suite
    from wnpopt.cli.bench.tables import show

    chosen = suite(name)
    limit = chosen.preset(preset).time_limit
    if time_limit is not None:
        if not chosen.searches:
            raise InputError(f"goes with no method of {name}: they need no time limit", where="time_limit")
        limit = time_limit
    for where, value in (("time_limit", limit), ("total_time", total_time)):
        # Here, for a batch that finds out runs after another one.
        if value is not None and not 0 <= value < float("inf"):
            raise InputError(f"found {value}; seconds of at least 0 are needed", where=where)
    began = time.monotonic()
    number = sum(1 for _ in chosen.points(preset))
    print(one_line(f"{name}, {preset}: {number} instances in {out}"), file=sys.stderr, flush=True)
    files = materialise(chosen, preset, out)
    summaries: list[Summary] = []
    for methods, seconds in ((chosen.heuristics, None), (chosen.searches, limit)):
        if not methods:
            continue
        left = None if total_time is None else max(0.0, total_time - (time.monotonic() - began))
        with BatchProgress() as progress, plain_warnings():
            made = batch(
                files,
                methods,
                out,
                time_limit=seconds,
                threads=threads,
                workers=workers,
                memory=memory,
                total_time=left,
                rerun=rerun,
                dask=dask,
                on_record=progress.record,
                on_progress=progress.update,
            )
        summaries.append(made)
        if made.end != "finished":
            break
    summary = _together(summaries)
    show_summary(summary)
    show(out)
    return 0 if summary.complete else 1


def _together(summaries: Sequence[Summary]) -> Summary:
    """What the batches of a suite did on the same instances; only the last of them may have ended early."""
    last = summaries[-1]
    return replace(
        last,
        instances=max(one.instances for one in summaries),
        ran=sum(one.ran for one in summaries),
        stored=sum(one.stored for one in summaries),
        failed=sum(one.failed for one in summaries),
        invalid=sum(one.invalid for one in summaries),
        outdated=sum(one.outdated for one in summaries),
        complete=last.end == "finished" and all(one.complete for one in summaries),
    )


def show_charts(drawn: Sequence[Chart]) -> None:
    """Print each chart as a table: a row an x, a column a line; under each mean the least and the greatest value.

    A mean of fewer values than others in its chart says how many.
    """
    screen = console()
    for chart in drawn:
        _draw(screen, chart)
    if drawn:
        told = "Means over the instances' seeds; below each the least and the greatest where they differ."
        screen.print(styled(told, "dim"), soft_wrap=True)


def _draw(console: Console, chart: Chart) -> None:
    """The lines of a chart side by side, below one another where they do not fit: no number is cut."""
    from rich.text import Text

    from wnpopt.cli.tables import Heading, draw, fitted

    most = max((count for line in chart.lines for count in line.count), default=0)
    first = (chart.x_label, [written(x) for x in chart.lines[0].x])
    columns = [(line.label, [_cell(line, i, most) for i in range(len(first[1]))]) for line in chart.lines]
    console.print(styled(f"{chart.title}: {chart.y_label}", "bold"), soft_wrap=True)
    while columns:
        for count in range(len(columns), 0, -1):
            chosen = [first, *columns[:count]]
            headings = [Heading(label, "number") for label, _ in chosen]
            rows = list(zip(*(cells for _, cells in chosen), strict=True))
            if fitted(headings, rows, console.width) is not None:
                break
        draw(console, headings, [[Text(cell) for cell in row] for row in rows])
        columns = columns[count:]


def _cell(line: Line, i: int, most: int) -> str:
    mean, low, high = line.mean[i], line.low[i], line.high[i]
    if mean is None or low is None or high is None:
        return "-"
    least, greatest = _short(low, 3), _short(high, 3)
    told = [_short(mean, 4)] if least == greatest else [_short(mean, 4), f"{least}..{greatest}"]
    if line.count and line.count[i] < most:
        told.append(f"{line.count[i]} of {most}")
    return "\n".join(told)


def _short(value: float, digits: int) -> str:
    """At least so many digits, and all those before the point: 0.123, 12.3, 1234."""
    return f"{value:.{digits}g}" if abs(value) < 10**digits - 0.5 or abs(value) >= 1e15 else f"{value:.0f}"
