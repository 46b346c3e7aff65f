"""The sweeps of a suite in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wnpopt.cli.tables import Heading, draw, fitted
from wnpopt.cli.terminal import styled
from wnpopt.core.text import number

if TYPE_CHECKING:
    from rich.console import Console

    from wnpopt.bench.analysis.sweep import Line, SweepChart


def show_charts(console: Console, charts: Sequence[SweepChart]) -> None:
    """Print each chart as a table: a row an x, a column a line; under each mean the least and the greatest value.

    A mean of fewer values than others in its chart says how many.
    """
    for chart in charts:
        _show(console, chart)
    if charts:
        told = "Means over the instances' seeds; below each the least and the greatest where they differ."
        console.print(styled(told, "dim"), soft_wrap=True)


def _show(console: Console, chart: SweepChart) -> None:
    """The lines of a chart side by side, below one another where they do not fit: no number is cut."""
    from rich.text import Text

    most = max((count for line in chart.lines for count in line.count), default=0)
    first = (chart.x_label, [number(x) for x in chart.lines[0].x])
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
