"""A drone's camera, depth image and sound over a fading uplink into a four-core chip: RTFS, PACS, the exact answer."""

from __future__ import annotations

import sys
from pathlib import Path

import wnpopt
from wnpopt.cli.tables import Heading
from wnpopt.cli.tables import draw as draw_table
from wnpopt.cli.terminal import console, say, styled
from wnpopt.core.text import numbers, percent, seconds
from wnpopt.plotting.draw import draw
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instances" / "wnp" / "real" / "inspection-drone.json"


def main() -> int:
    instance = wnpopt.load(INSTANCE)
    assert isinstance(instance, WnpInstance)
    screen = console()
    screen.print(styled(instance.name, "bold").append_text(styled(f": {instance.source}")), soft_wrap=True)
    say(
        f"{len(instance.subgraphs)} subgraphs, {len(instance.chip.cores)} cores, "
        f"{len(instance.modalities)} modalities, "
        f"{instance.resource_blocks} resource blocks x {instance.radio.slots} slots"
    )
    values = (Heading(title, "number") for title in ("makespan [ticks]", "bound", "gap", "time"))
    headings = (Heading("method"), Heading("status"), *values, Heading("verified"))
    rows = []
    result = None
    for method in ("rtfs", "pacs", "auto"):
        result = wnpopt.solve(instance, method, time_limit=60)
        certificate = wnpopt.verify(instance, result.solution) if result.solution is not None else None
        value, bound = numbers(result.objective, result.bound)
        verified = "yes" if certificate is not None and certificate.accepted else "NO"
        rows.append(
            (method, str(result.status), value, bound, percent(result.gap), seconds(result.runtime_s), verified)
        )
    screen.print()
    draw_table(screen, headings, rows)
    if result is None or not isinstance(result.solution, WnpSolution):
        return 1
    folder = ROOT / "out"
    folder.mkdir(exist_ok=True)
    draw(instance, result.solution, result.bound, folder / "demo.png")
    wnpopt.save(result.solution, folder / "demo.solution.json")
    say("one tick is 1 us; the first row's time includes compiling, unless it is cached already")
    say("schedule: out/demo.solution.json   picture: out/demo.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
