"""The figures of a store as files: profiles and sweeps, and of an instance its best schedule and how its runs went."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.bench.analysis.profile import PerformanceProfile
from wnpopt.bench.analysis.runs import Runs
from wnpopt.bench.analysis.sweep import SweepChart
from wnpopt.bench.analysis.table import make_folder
from wnpopt.bench.report.figures import Curve, best_schedule
from wnpopt.bench.report.figures import Figure as PageFigure
from wnpopt.bench.store.store import Store
from wnpopt.core.text import short
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.chart_image import chart_figure
from wnpopt.plotting.gantt_image import gantt_figure
from wnpopt.plotting.palette import LINK, colour
from wnpopt.plotting.save import save_image

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wnpopt.bench.analysis.analysis import Analysis

ENDINGS = (".svg", ".pdf")


def write_pictures(analysis: Analysis, folder: str | os.PathLike[str]) -> list[Path]:
    """Write each profile and each sweep into ``folder``, as .svg and .pdf; returns the files.

    Raises :class:`wnpopt.core.errors.MissingDependencyError` without matplotlib (the extra ``plot``).
    """
    target = make_folder(folder)
    files: list[Path] = []
    for name, chart in charts_of(analysis):
        files += save_both(chart_figure(chart), target, name)
    return files


def save_both(figure: Figure, folder: Path, name: str) -> list[Path]:
    """The figure in both forms; ``name`` becomes a file's: what is no letter or digit in it is an underscore."""
    files = [folder / (re.sub(r"[^\w.=+-]", "_", name)[:120] + ending) for ending in ENDINGS]
    for file in files:
        save_image(figure, file)
    return files


def charts_of(analysis: Analysis) -> Iterator[tuple[str, Chart]]:
    """Each profile that has a problem and each sweep, by the name of its table."""
    for profile in analysis.profiles:
        if profile.problems:
            yield profile.name, profile_chart(profile)
    for chart in analysis.charts:
        yield chart.name, _sweep(chart)


def profile_chart(profile: PerformanceProfile) -> Chart:
    """The share of problems within a factor of the best: a step at each factor, all to the same end."""
    curves = [curve for curve in profile.curves if curve.taus]
    reach = 1.05 * max([1.05, *(curve.taus[-1] for curve in curves)])
    series = tuple(
        Series(
            curve.label, colour(place), "step", (*curve.taus, reach),
            tuple(100 * share for share in (*curve.shares, curve.shares[-1])),
            # Wider beneath narrower, so that curves that coincide are all seen.
            weight=min(6.0, 1.6 + 1.2 * (len(curves) - 1 - place)),
        )
        for place, curve in enumerate(curves)
    )  # fmt: skip
    panel = Panel("problems [%]", series, bottom=0.0, top=102.0)
    return Chart(f"{profile.title}. {profile.note}", profile.x_label, (panel,), log_x=True, height=4.5)


def _sweep(chart: SweepChart) -> Chart:
    """Means as lines; least and greatest over the seeds as thin vertical lines."""
    series: list[Series] = []
    for place, line in enumerate(chart.lines):
        paint = colour(place)
        weight = min(6.0, 1.6 + 1.2 * (len(chart.lines) - 1 - place))
        series.append(Series(line.label, paint, "line", line.x, line.mean, weight=weight))
        spread = [
            (x, low, high)
            for x, low, high in zip(line.x, line.low, line.high, strict=True)
            if low is not None and high is not None and low < high
        ]
        if spread:
            ends = tuple(x for x, _, _ in spread for _ in range(2))
            series.append(Series("", paint, "segments", ends, tuple(y for _, low, high in spread for y in (low, high))))
    return Chart(chart.title, chart.x_label, (Panel(chart.y_label, tuple(series)),), height=4.5)


def traces_chart(name: str, curves: Sequence[Curve], labels: Sequence[str], unit: str) -> Chart:
    """Incumbents as lines and bounds dotted, a colour a method, against time by factors."""
    times = [time for curve in curves for time in curve.time_s if time > 0]
    soonest, end = min(times, default=1e-3) / 2, max(times, default=1.0)
    shown: set[str] = set()
    paints = {label: colour(place) for place, label in enumerate(dict.fromkeys(curve.label for curve in curves))}
    series: list[Series] = []
    for curve in curves:
        label, paint = labels[curve.label], paints[curve.label]
        x = (*(max(time, soonest) for time in curve.time_s), end)
        for values, dash in ((curve.objective, "solid"), (curve.bound, "dotted")):
            if any(value is not None for value in values):
                legend = "" if label in shown else label
                shown.add(label)
                y = (*values, values[-1])
                if dash == "solid":
                    series.append(Series(legend, paint, "step", x, y))
                else:
                    series.append(Series(legend, paint, "step", x, y, dash="dotted"))
    if any(value is not None for curve in curves for value in curve.bound):
        series.append(Series("bounds", LINK, "step", (), (), dash="dotted"))
    panel = Panel(f"objective [{unit}]" if unit else "objective", tuple(series))
    return Chart(f"{short(name, 80)}: convergence", "time [s]", (panel,), log_x=True, height=4.5)


def write_instance_pictures(
    store: Store, runs: Runs, key: str, figure: PageFigure, folder: str | os.PathLike[str]
) -> list[Path]:
    """Write the best schedule of the instance of hash ``key`` and its runs' traces; returns the files.

    The file names begin with the instance's and hold the first eight digits of its hash.
    """
    target = make_folder(folder)
    known = runs.known[key]
    name = f"{short(known.name, 60)}-{key[:8]}"
    files: list[Path] = []
    if figure.curves:
        chart = traces_chart(known.name, figure.curves, runs.labels, figure.unit)
        files += save_both(chart_figure(chart), target, f"{name}-convergence")
    if figure.chart is not None:
        gantt = best_schedule(store, known, runs.by_instance[key])[1]
        if gantt is not None:
            titled = replace(gantt, title=f"{short(known.name, 80)}: {gantt.title}, {figure.made_by}")
            files += save_both(gantt_figure(titled), target, f"{name}-schedule")
    return files
