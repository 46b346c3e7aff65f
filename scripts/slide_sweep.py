"""The sweeps of docs/slide.md: users served against bandwidth, deadline and the devices' speed, with rho beside it.

Writes docs/slide/*.csv and *.png. Run from the repository: python scripts/slide_sweep.py
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.generate import generate
from wnpopt.problems.slide.plots.sweep import draw_sweep
from wnpopt.problems.slide.sweep import Point, sweep

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
