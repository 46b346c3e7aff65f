"""The figures of docs/slide-paper.md from stores of ``wnpopt bench``: users served under all schemes.

wnpopt bench slide-users --preset full --out results/slide      (and slide-bandwidth, slide-deadline)
python scripts/slide_paper.py results/slide
"""

from __future__ import annotations

import argparse
from pathlib import Path

from matplotlib.figure import Figure

import wnpopt
from wnpopt.bench.analysis.sweep import SweepChart, sweep_table
from wnpopt.plotting.palette import COLOURS
from wnpopt.plotting.save import save_image

OUT = Path(__file__).resolve().parents[1] / "docs" / "slide"
MARKERS = "osD^v"


def draw(chart: SweepChart, path: Path) -> None:
    """Means of each scheme with the least and greatest over the seeds."""
    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.subplots()
    for number, line in enumerate(chart.lines):
        known = [
            (x, mean, low, high)
            for x, mean, low, high in zip(line.x, line.mean, line.low, line.high, strict=True)
            if mean is not None and low is not None and high is not None
        ]
        x, mean, low, high = (list(column) for column in zip(*known, strict=True))
        # Some schemes serve the same: larger marks below smaller ones.
        size, colour = 9 - 1.4 * number, COLOURS[number]
        marker = MARKERS[number % len(MARKERS)]
        axes.plot(x, mean, color=colour, marker=marker, markersize=size, label=line.label)
        axes.fill_between(x, low, high, color=colour, alpha=0.10, linewidth=0)
    axes.set_xlabel(chart.x_label)
    axes.set_ylabel(chart.y_label)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    axes.grid(alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    save_image(figure, path)


def main() -> None:
    """Draw every chart of users served in the stores, with its table beside it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("stores", nargs="+", type=Path)
    for store in parser.parse_args().stores:
        for chart in wnpopt.analyse(store).charts:
            if chart.name.startswith("slide-") and chart.name.endswith("-served"):
                stem = chart.name.removesuffix("-served").replace("slide-", "paper-")
                draw(chart, OUT / f"{stem}.png")
                table = sweep_table(chart)
                lines = [",".join("" if cell is None else str(cell) for cell in row) for row in table.rows]
                (OUT / f"{stem}.csv").write_text("\n".join(["x,scheme,mean,least,greatest,seeds", *lines]) + "\n")
                print(stem)


if __name__ == "__main__":
    main()
