"""The picture of a slide sweep: users served under both schemes (matplotlib)."""

from __future__ import annotations

import os
from collections.abc import Sequence

from wnpopt.core.extras import need
from wnpopt.core.text import in_image
from wnpopt.plotting.palette import COLOURS
from wnpopt.plotting.save import save_image
from wnpopt.problems.slide.sweep import Point


def draw_sweep(points: Sequence[Point], axis: str, path: str | os.PathLike[str]) -> None:
    """Users served against ``axis`` under both schemes, with the spread over seeds, and the mean rho below.

    Values over more than a decade are drawn on a logarithmic axis. Raises :class:`InputError` for an ending that is
    none of .png, .svg and .pdf.
    """
    need("matplotlib.figure", "plot")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 5.4), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, 1.0))
    x = [point.x for point in points]
    for label, colour, marker, values in (
        ("simultaneous (SLIDE)", COLOURS[0], "o", [point.slide for point in points]),
        ("download, then infer", COLOURS[5], "s", [point.dai for point in points]),
    ):
        top.plot(x, [value.mean for value in values], color=colour, marker=marker, markersize=5, label=label)
        top.fill_between(x, [v.low for v in values], [v.high for v in values], color=colour, alpha=0.15, linewidth=0)
    for point in points:
        if point.dai.mean > 0:
            top.annotate(
                f"{100 * (point.slide.mean / point.dai.mean - 1):+.0f} %",
                (point.x, point.slide.mean),
                textcoords="offset points",
                xytext=(0, 8),
                ha="center",
                fontsize=8,
            )
    top.set_ylabel("users served")
    top.set_ylim(bottom=0)
    top.margins(y=0.15)
    top.legend(frameon=False, loc="best")
    seeds = len(points[0].slide.values) if points else 0
    top.set_title(f"mean, least and greatest over {seeds} seeds", fontsize=9, loc="left", color="0.35")
    bottom.plot(x, [point.rho.mean for point in points], color="0.25", marker="d", markersize=5)
    bottom.fill_between(
        x, [p.rho.low for p in points], [p.rho.high for p in points], color="0.25", alpha=0.15, linewidth=0
    )
    bottom.set_ylabel("ρ (compute time\n/ deadline)")
    bottom.set_ylim(bottom=0)
    bottom.set_xlabel(in_image(axis))
    if x and min(x) > 0 and max(x) / min(x) > 20:
        bottom.set_xscale("log")
    for axes in (top, bottom):
        axes.grid(alpha=0.25, linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    save_image(figure, path)
