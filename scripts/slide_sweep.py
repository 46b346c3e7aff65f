"""The sweeps of docs/slide.md: users served against bandwidth, deadline and the devices' speed, with rho beside it.

Writes docs/slide/*.csv and *.png. Run from the repository: python scripts/slide_sweep.py
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from wnpopt.plotting.palette import COLOURS
from wnpopt.plotting.save import save_image
from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.generate import generate
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.kernels.scheme import Scheme
from wnpopt.problems.slide.selection.exact import exact_selection

ROOT = Path(__file__).resolve().parents[1]
CELL: dict[str, int | float | str] = {
    "users": 120,
    "mix": "resnet50",
    "bandwidth_hz": 4e8,
    "deadline_s": 1.0,
    "deadline_spread": 0.15,
    "energy_scale": 0.0,
    "device": "phone",
    "jitter": 0.1,
    "compute_scale": 0.016,
}
"""120 phones in a cell of 400 MHz, each asking for ResNet-50 with 8-bit weights within about 1 s. Their speed is scaled
to that of small accelerators, 1.3 TFLOP/s * compute_scale, so that rho has the size of the paper's."""
SWEEPS: dict[str, tuple[str, str, tuple[float, ...]]] = {
    "speed": (
        "compute_scale",
        "devices' speed (1: a phone of 1.3 TFLOP/s)",
        (1.0, 0.3, 0.1, 0.05, 0.03, 0.02, 0.014),
    ),
    "bandwidth": ("bandwidth_hz", "bandwidth in MHz", (1e8, 2e8, 3e8, 4e8, 6e8, 8e8)),
    "deadline": ("deadline_s", "median deadline in s", (0.7, 0.8, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0)),
}


@dataclass(frozen=True)
class Spread:
    """Values over seeds."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Arithmetic mean."""
        return math.fsum(self.values) / len(self.values)

    @property
    def low(self) -> float:
        """Least."""
        return min(self.values)

    @property
    def high(self) -> float:
        """Greatest."""
        return max(self.values)


@dataclass(frozen=True)
class Point:
    """What both schemes serve at ``x``, and the mean rho of the users served, each over seeds.

    ``proved`` says that every one of these is optimal for its scheme.
    """

    x: float
    slide: Spread
    dai: Spread
    rho: Spread
    proved: bool

    @property
    def gain(self) -> float:
        """How many more users simultaneous downloading serves, as a share of the other's."""
        return self.slide.mean / self.dai.mean - 1 if self.dai.mean > 0 else math.inf


def sweep(make: Callable[[float, int], SlideInstance], values: Sequence[float], seeds: Sequence[int]) -> list[Point]:
    """A point for each value: ``make(value, seed)`` gives the instances (no multicast with a choice of models)."""
    return [_point(make, value, seeds) for value in values]


def _point(make: Callable[[float, int], SlideInstance], x: float, seeds: Sequence[int]) -> Point:
    slide, dai, rho = [], [], []
    proved = True
    for seed in seeds:
        columns = make(x, seed).columns
        needs = Needs.of(columns)
        chosen, other = exact_selection(needs), exact_selection(Needs.of(columns, scheme=Scheme.DOWNLOAD_FIRST))
        assert chosen is not None, "a sweep needs variants with a special exact method"
        assert other is not None
        proved &= all(s.bound is not None and s.bound <= s.value * (1 + 1e-9) for s in (chosen, other))
        plan = chosen.plan
        speed = columns.flop_per_cycle[plan.user] * needs.frequencies(plan.user, plan.model)
        share = needs.rows.total_flop[plan.model] / speed / columns.deadline_s[plan.user]
        slide.append(chosen.value)
        dai.append(other.value)
        rho.append(float(np.mean(share)) if share.size else 0.0)
    return Point(x, Spread(tuple(slide)), Spread(tuple(dai)), Spread(tuple(rho)), proved)


def draw_sweep(points: Sequence[Point], axis: str, path: Path) -> None:
    """Users served against ``axis`` under both schemes, with the spread over seeds, and the mean rho below.

    Values over more than a decade are drawn on a logarithmic axis.
    """
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
    bottom.set_xlabel(axis)
    if x and min(x) > 0 and max(x) / min(x) > 20:
        bottom.set_xscale("log")
    for axes in (top, bottom):
        axes.grid(alpha=0.25, linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    save_image(figure, path)


def maker(option: str) -> Callable[[float, int], SlideInstance]:
    """Instances of the cell with ``option`` set."""
    return lambda value, seed: generate({**CELL, option: value}, seed)


def table(points: list[Point]) -> str:
    """The points as CSV."""
    lines = ["x,slide_mean,slide_least,slide_most,dai_mean,dai_least,dai_most,rho_mean,rho_least,rho_most,gain,seeds"]
    for p in points:
        row = (p.x, *(v for s in (p.slide, p.dai, p.rho) for v in (s.mean, s.low, s.high)), p.gain)
        lines.append(",".join(f"{value:.6g}" for value in row) + f",{len(p.slide.values)}")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "slide")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, (option, label, values) in SWEEPS.items():
        points = sweep(maker(option), values, range(arguments.seeds))
        assert all(point.proved for point in points)
        (arguments.out / f"sweep-{name}.csv").write_text(table(points))
        shown = [Point(p.x / 1e6, p.slide, p.dai, p.rho, p.proved) for p in points] if name == "bandwidth" else points
        draw_sweep(shown, label, arguments.out / f"sweep-{name}.png")
        for p in points:
            served = f"slide {p.slide.mean:6.1f}  dai {p.dai.mean:6.1f}"
            print(f"{name:10s} {p.x:12g}  {served}  gain {p.gain:6.1%}  rho {p.rho.mean:.3f}")


if __name__ == "__main__":
    main()
