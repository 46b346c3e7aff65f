"""The papers' figures from a store: a quantity of the runs against the parameter that a suite sweeps.

Like the papers, a line is the mean over the seeds' instances. Least and greatest are kept beside it: the spread is part
of the answer.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from wnpopt.bench.analysis.means import mean
from wnpopt.bench.analysis.runs import Runs
from wnpopt.bench.analysis.table import Cell, Column, Table
from wnpopt.bench.store.manifest import SuiteEntry, SuiteInstance, read_manifest
from wnpopt.bench.store.store import Store, StoreWarning
from wnpopt.bench.suites.materialise import suites
from wnpopt.core.errors import InputError
from wnpopt.core.suite import SolvedRun, Suite, Trial, Values


@dataclass(frozen=True)
class Line:
    """A quantity over ``x``: mean, least and greatest over the seeds, None where nothing is known.

    ``count`` has the number of values behind each mean: an interrupted batch has fewer at some places.
    """

    label: str
    x: tuple[float, ...]
    mean: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    count: tuple[int, ...] = ()


@dataclass(frozen=True)
class SweepChart:
    """Lines over one parameter, of one family; ``name`` becomes the name of its files."""

    name: str
    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    family: str = ""


def charts(store: Store, runs: Runs) -> tuple[SweepChart, ...]:
    """Every measure of every suite in the store's ``suite.json``, for each of its variants; empty without that file.

    All lines of a chart have the x of all the suite's points so far. A chart without a single value is left out. Raises
    :class:`InputError` for an unreadable ``suite.json``; what the store lacks beside that is a :class:`StoreWarning`.
    """
    manifest = read_manifest(store.path)
    if manifest is None:
        return ()
    known = suites()
    drawn: list[SweepChart] = []
    for described in manifest.suites:
        if described.name not in known:
            warnings.warn(
                f"{store.path}: suite {described.name} is not one of this version; no charts",
                StoreWarning,
                stacklevel=2,
            )
            continue
        drawn += _suite_charts(known[described.name], described, store, runs)
    return tuple(drawn)


def sweep_table(chart: SweepChart) -> Table:
    """A chart as a table: a row for each x and line."""
    rows: list[tuple[Cell, ...]] = []
    for i, x in enumerate(chart.lines[0].x if chart.lines else ()):
        for line in chart.lines:
            count = line.count[i] if line.count else None
            rows.append((x, line.label, line.mean[i], line.low[i], line.high[i], count))
    columns = sweep_columns(chart.x_label, chart.y_label)
    return Table(chart.name, f"{chart.title}: {chart.y_label}", columns, tuple(rows))


def sweep_columns(x_label: str, y_label: str) -> tuple[Column, ...]:
    """The columns of a table of lines over x."""
    return (
        Column("x", x_label, "number", "the parameter's value"),
        Column("line", "method", "text", "the method, or what else the line shows"),
        Column("mean", f"mean {y_label}", "number", "mean over the seeds"),
        Column("low", "least", "number", "least over the seeds"),
        Column("high", "greatest", "number", "greatest over the seeds"),
        Column("count", "values", "count", "how many values the mean is of"),
    )


def _suite_charts(suite: Suite, described: SuiteEntry, store: Store, runs: Runs) -> Iterator[SweepChart]:
    x_label = f"{described.parameter} ({described.unit})" if described.unit else described.parameter
    for variant in dict.fromkeys(entry.variant for entry in described.instances):
        entries = [entry for entry in described.instances if entry.variant == variant]
        measured = [(entry.x, _measured(suite, entry, store, runs)) for entry in entries]
        for i, measure in enumerate(suite.measures):
            lines = _lines(suite, [(x, values[i]) for x, values in measured])
            if lines:
                name = "-".join(part for part in (described.name, variant, measure.name) if part is not None)
                title = f"{measure.title} against {described.parameter}"
                title = title if variant is None else f"{variant}: {title}"
                yield SweepChart(name, title, x_label, measure.y_label, lines, described.family)


def _measured(suite: Suite, entry: SuiteInstance, store: Store, runs: Runs) -> tuple[Values, ...]:
    """The values of each measure on one instance, nothing where it was not run."""
    known, own = runs.known.get(entry.instance), runs.by_instance.get(entry.instance)
    if known is None or own is None:
        return tuple({} for _ in suite.measures)
    solved = tuple(
        SolvedRun(run.label, run.method, run.objective, partial(store.solution, run.record))
        for run in own
        if run.objective is not None
    )
    trial = Trial(known.sense, known.bound, solved, partial(store.instance, own[0].record))
    values: list[Values] = []
    for measure in suite.measures:
        try:
            values.append(measure.values(trial))
        except InputError as error:  # an instance or solution file that is gone or damaged
            warnings.warn(f"{error}; left out of {suite.name}: {measure.name}", StoreWarning, stacklevel=4)
            values.append({})
    return tuple(values)


def _lines(suite: Suite, measured: Sequence[tuple[float, Values]]) -> tuple[Line, ...]:
    xs = tuple(sorted({x for x, _ in measured}))
    order = {method: i for i, method in enumerate(suite.methods)}

    def rank(label: str) -> tuple[int, str]:
        return order.get(label.partition(" ")[0], len(order)), label

    lines = []
    for label in sorted({label for _, values in measured for label in values}, key=rank):
        at = [[v for place, of in measured if place == x for v in of.get(label, ())] for x in xs]
        lines.append(
            Line(
                label,
                xs,
                mean=tuple(mean(values) for values in at),
                low=tuple(min(values, default=None) for values in at),
                high=tuple(max(values, default=None) for values in at),
                count=tuple(len(values) for values in at),
            )
        )
    return tuple(lines)
