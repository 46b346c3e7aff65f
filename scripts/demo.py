"""A drone's camera, depth image and sound over a fading uplink into a four-core chip: RTFS, PACS, the exact answer."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

import wnpopt
from wnpopt.cli.terminal import number, percent, seconds
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plot import draw
from wnpopt.problems.wnp.solution import WnpSolution

ROOT = Path(__file__).resolve().parent.parent
INSTANCE = ROOT / "instances" / "wnp" / "real" / "inspection-drone.json"


def main() -> int:
    instance = wnpopt.load(INSTANCE)
    assert isinstance(instance, WnpInstance)
    console = Console()
    console.print(f"[bold]{instance.name}[/]: {instance.source}", soft_wrap=True)
    console.print(
        f"{len(instance.subgraphs)} subgraphs, {len(instance.chip.cores)} cores, "
        f"{len(instance.modalities)} modalities, "
        f"{instance.resource_blocks} resource blocks x {instance.radio.slots} slots\n",
        highlight=False,
        soft_wrap=True,
    )
    table = Table()
    for heading in ("method", "status", r"makespan \[ticks]", "bound", "gap", "time", "verified"):
        table.add_column(heading, justify="left" if heading in {"method", "status"} else "right")
    result = None
    for method in ("rtfs", "pacs", "auto"):
        result = wnpopt.solve(instance, method, time_limit=60)
        certificate = wnpopt.verify(instance, result.solution) if result.solution is not None else None
        table.add_row(
            method,
            str(result.status),
            number(result.objective),
            number(result.bound),
            percent(result.gap),
            seconds(result.runtime_s),
            "yes" if certificate is not None and certificate.accepted else "NO",
        )
    console.print(table)
    if result is None or not isinstance(result.solution, WnpSolution):
        return 1
    folder = ROOT / "out"
    folder.mkdir(exist_ok=True)
    draw(instance, result.solution, result.bound, folder / "demo.png")
    wnpopt.save(result.solution, folder / "demo.solution.json")
    console.print(
        "one tick is 1 us; the first row's time includes compiling, unless it is cached already", highlight=False
    )
    console.print("schedule: out/demo.solution.json   picture: out/demo.png", highlight=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
