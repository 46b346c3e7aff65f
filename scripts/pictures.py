"""Make the pictures in docs/pictures: plans of three instances, small enough for a page."""

from __future__ import annotations

from pathlib import Path

import wnpopt
from wnpopt.core.jsonio import write_atomic
from wnpopt.plotting.chart_image import chart_figure
from wnpopt.plotting.draw import schedule
from wnpopt.plotting.gantt_image import gantt_figure
from wnpopt.plotting.named import chart_of_plan
from wnpopt.plotting.save import image

ROOT = Path(__file__).resolve().parents[1]
PICTURES = (
    ("wnp-schedule", "instances/wnp/real/factory-robot.json", "pacs", "schedule"),
    ("slide-users", "instances/slide/multicast/slide-multicast-any-24-blocks.json", "greedy", "users"),
    ("intradp-rows", "instances/intradp/chains/intradp-chain-12x32-b1.5.json", "search", "rows"),
)
"""Name, instance, method, figure."""


def main() -> None:
    """Write each picture anew; the same versions give the same bytes."""
    for name, file, method, figure in PICTURES:
        instance = wnpopt.load(ROOT / file)
        result = wnpopt.solve(instance, method)
        assert result.solution is not None
        if figure == "schedule":
            drawn = gantt_figure(schedule(instance, result.solution, result.bound))
        else:
            drawn = chart_figure(chart_of_plan(instance, result.solution, figure))
        target = ROOT / "docs/pictures" / f"{name}.png"
        write_atomic(target, image(drawn, ".png", dpi=90))
        print(target, target.stat().st_size)


if __name__ == "__main__":
    main()
