"""The papers' figures from a store: a quantity of the runs against the parameter that a suite sweeps.

Like the papers, a line is the mean over the seeds' instances. Least and greatest are kept beside it: the spread is part
of the answer.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from wnpopt.bench.analysis.means import mean
from wnpopt.bench.analysis.runs import Attempt, Runs
from wnpopt.bench.analysis.table import Cell, Column, Table
from wnpopt.bench.analysis.trial import Trial
from wnpopt.bench.store.manifest import Entry, SuiteEntry, read_manifest
from wnpopt.bench.store.store import Store, StoreWarning
from wnpopt.bench.suites.materialise import suites
from wnpopt.core.errors import InputError
from wnpopt.core.suite import Measure, Suite, Values


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
class Chart:
    """Lines over one parameter, of one family; ``name`` becomes the name of its files."""

    name: str
    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    family: str = ""


def charts(store: Store, runs: Runs) -> tuple[Chart, ...]:
    """Every measure of every suite in the store's ``suite.json``, for each of its variants; empty without that file.

    All lines of a chart have the x of all the suite's points so far. A chart without a single value is left out. Raises
    :class:`InputError` for an unreadable ``suite.json``; what the store lacks beside that is a :class:`StoreWarning`.
    """
    manifest = read_manifest(store.path)
    if manifest is None:
        return ()
    known = suites()
    attempts: dict[str, list[Attempt]] = {}
    for attempt in runs.attempts:
        attempts.setdefault(attempt.record.key.instance_hash, []).append(attempt)
    drawn: list[Chart] = []
    for described in manifest.suites:
        if described.name not in known:
            warnings.warn(
                f"{store.path}: suite {described.name} is not one of this version; no charts",
                StoreWarning,
                stacklevel=2,
            )
            continue
        drawn += _suite_charts(known[described.name], described, store, runs, attempts)
    return tuple(drawn)


def sweep_table(chart: Chart) -> Table:
    """A chart as a table: a row for each x and line."""
    columns = (
        Column("x", chart.x_label, "number", "the parameter's value"),
        Column("line", "method", "text", "the method, or what else the line shows"),
        Column("mean", f"mean {chart.y_label}", "number", "mean over the seeds"),
        Column("low", "least", "number", "least over the seeds"),
        Column("high", "greatest", "number", "greatest over the seeds"),
        Column("count", "values", "count", "how many values the mean is of"),
    )
    rows: list[tuple[Cell, ...]] = []
    for i, x in enumerate(chart.lines[0].x if chart.lines else ()):
        for line in chart.lines:
            count = line.count[i] if line.count else None
            rows.append((x, line.label, line.mean[i], line.low[i], line.high[i], count))
    return Table(chart.name, f"{chart.title}: {chart.y_label}", columns, tuple(rows))


def _suite_charts(
    suite: Suite, described: SuiteEntry, store: Store, runs: Runs, attempts: Mapping[str, Sequence[Attempt]]
) -> Iterator[Chart]:
    x_label = f"{described.parameter} ({described.unit})" if described.unit else described.parameter
    for variant in dict.fromkeys(entry.variant for entry in described.instances):
        entries = [entry for entry in described.instances if entry.variant == variant]
        found = [(entry.x, _measured(suite, entry, store, runs, attempts)) for entry in entries]
        for i, measure in enumerate(suite.measures):
            lines = _lines(suite, [(x, values[i]) for x, values in found])
            if lines:
                yield _chart(described, measure, variant, x_label, lines)


def _chart(
    described: SuiteEntry, measure: Measure, variant: str | None, x_label: str, lines: tuple[Line, ...]
) -> Chart:
    name = "-".join(part for part in (described.name, variant, measure.name) if part is not None)
    title = f"{measure.title} against {described.parameter}"
    title = title if variant is None else f"{variant}: {title}"
    return Chart(name, title, x_label, measure.y_label, lines, described.family)


def _measured(
    suite: Suite, entry: Entry, store: Store, runs: Runs, attempts: Mapping[str, Sequence[Attempt]]
) -> tuple[Values, ...]:
    """The values of each measure on one instance, nothing where it was not run."""
    own = attempts.get(entry.instance, ())
    known = runs.known.get(entry.instance)
    if not own or known is None:
        return tuple({} for _ in suite.measures)
    trial = Trial(store, known, tuple(own))
    values: list[Values] = []
    for measure in suite.measures:
        try:
            values.append(measure.values(trial))
        except InputError as error:  # an instance or solution file that is gone or damaged
            warnings.warn(f"{error}; left out of {suite.name}: {measure.name}", StoreWarning, stacklevel=4)
            values.append({})
    return tuple(values)


def _lines(suite: Suite, found: Sequence[tuple[float, Values]]) -> tuple[Line, ...]:
    xs = tuple(sorted({x for x, _ in found}))
    order = {method: i for i, method in enumerate(suite.methods)}
    labels = dict.fromkeys(label for _, values in found for label in values)

    def rank(label: str) -> tuple[int, str]:
        return order.get(label.partition(" ")[0], len(order)), label

    lines = []
    for label in sorted(labels, key=rank):
        line = Line(label, xs, (), (), (), ())
        for x in xs:
            values = [v for at, of in found if at == x for v in of.get(label, ())]
            line = replace(
                line,
                mean=(*line.mean, mean(values)),
                low=(*line.low, min(values, default=None)),
                high=(*line.high, max(values, default=None)),
                count=(*line.count, len(values)),
            )
        lines.append(line)
    return tuple(lines)
