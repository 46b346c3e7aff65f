"""``wnpopt bench SUITE``: a named suite as a resumable batch, then its tables and sweeps."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.cli.batch import plain_warnings
from wnpopt.cli.batch import show as show_summary
from wnpopt.cli.batch_progress import BatchProgress
from wnpopt.cli.terminal import number as written
from wnpopt.core.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from wnpopt.bench.batch import Rerun, Summary
    from wnpopt.bench.sweep import Chart, Line


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
    so that their runs are the same in every preset. The other options are those of :func:`wnpopt.bench.batch.batch`,
    ``total_time`` for all of it. Returns 0 if every instance has a record that is no failure, else 1. Raises
    :class:`InputError` for an unknown suite or preset, and what the batch raises.
    """
    from wnpopt.bench.batch import batch
    from wnpopt.bench.suite import materialise, suite
    from wnpopt.cli.bench_tables import show

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
    print(f"{name}, {preset}: {number} instances in {out}", file=sys.stderr, flush=True)
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
        complete=last.end == "finished" and all(one.complete for one in summaries),
    )


def show_charts(drawn: Sequence[Chart]) -> None:
    """Print each chart as a table: a row an x, a column a line; under each mean the least and the greatest value.

    A mean of fewer values than others in its chart says how many.
    """
    from rich.console import Console
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 100, highlight=False)
    for chart in drawn:
        _draw(console, chart)
    if drawn:
        told = "Means over the instances' seeds; below each the least and the greatest where they differ."
        console.print(Text(told, style="dim"))


def _draw(console: Console, chart: Chart) -> None:
    """The lines of a chart side by side, below one another where they do not fit: no number is cut."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    most = max((count for line in chart.lines for count in line.count), default=0)
    xs = [written(x) for x in chart.lines[0].x]
    columns = [(line.label, [_cell(line, i, most) for i in range(len(xs))]) for line in chart.lines]
    console.print(Text(f"{chart.title}: {chart.y_label}", style="bold"))
    first = _width(chart.x_label, xs)
    while columns:
        room, count = console.width - first - 2, 0
        while count < len(columns) and (count == 0 or _width(*columns[count]) + 2 <= room):
            room -= _width(*columns[count]) + 2
            count += 1
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        for label, cells in ((chart.x_label, xs), *columns[:count]):
            table.add_column(Text(label), justify="right", min_width=_width(label, cells))
        for i, x in enumerate(xs):
            table.add_row(x, *(Text(cells[i]) for _, cells in columns[:count]))
        console.print(table)
        columns = columns[count:]


def _width(label: str, cells: Sequence[str]) -> int:
    """The least width of a column: its heading may be folded between words, its cells may not."""
    return max(len(part) for part in (*label.split(), *(row for cell in cells for row in cell.split("\n"))))


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
