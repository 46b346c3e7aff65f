"""What ``wnpopt simulate`` is asked: its arguments and options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wnpopt.core.options import option, optional_argument
from wnpopt.problems.wnp.instance import WnpInstance


@dataclass(frozen=True)
class SimulateRequest:
    """What the command is asked."""

    instance: WnpInstance | None = optional_argument("JSON file of a wnp instance.")
    solution: Path | None = optional_argument("JSON file of the plan; pacs makes one where it is left out.")
    policy: tuple[str, ...] = option(
        (),
        "static, order, rtfs, pacs-online, oracle, or another package's; of streams serial, rtfs, fifo, joint; again "
        "for more, or several with commas.",
        metavar="P",
        shown="static,order,pacs-online; of streams all",
    )
    stream: Path | None = option(
        None, "wnp-stream file, instead of INSTANCE: requests that arrive over time.", metavar="FILE"
    )
    loads: str | None = option(
        None, "With --stream: how many times as often requests come, several with commas.", metavar="X,X,...", shown="1"
    )
    joint: Path | None = option(
        None, "With --stream: folder for the requests as one instance, and each policy's plan of it.", metavar="DIR"
    )
    scenario: str = option(
        "mild", "How worlds deviate: none, mild, rough, or a wnp-scenario file.", metavar="NAME|FILE"
    )
    runs: int = option(100, "Worlds.", least=1, most=10**7)
    seed: int = option(0, "Seed of the worlds and of the planning.", least=0, most=2**31 - 1)
    threads: int | None = option(None, "Threads.", least=1, most=4096, shown="all cores")
    overtime: float = option(
        1.0, "How many times more slots than planned a world has for what is late.", least=0, most=100
    )
    planning_delay: int = option(
        0, "Ticks that an answer takes in the world, for policies that plan while it runs.", least=0, most=10**12
    )
    out: Path | None = option(None, "File for the runs (JSON).", flags=("--out", "-o"), writes=True, metavar="FILE")
    plot: Path | None = option(None, "File for pictures: .html, .png or .svg.", writes=True, metavar="FILE")
    json: bool = option(False, "One JSON object on stdout instead: the runs.")
