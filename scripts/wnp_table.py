"""wnp's table: value AND bound of single runs, a row a command, with CPU seconds and the machine's load.

    python scripts/wnp_table.py medium large xlarge huge --out table.csv     # six kinds, five seeds each
    python scripts/wnp_table.py chip --out table.csv                         # chip-only random-80x8
    python scripts/wnp_table.py stg --stg FOLDER --out table.csv             # 50 and 100 tasks
    python scripts/wnp_table.py pacs --out table.csv                         # its time, and auto's bound beside it
    python scripts/wnp_table.py command --out table.csv                      # a tiny instance by auto, all in

Runs that are in the table already are not repeated, so that a command that was interrupted goes on. FOLDER has
``optima.csv`` with the columns file, processors, lower, upper. ``best_s`` is when the value was reached. The O-WiN
sweeps are suites: ``wnpopt bench owin-heterogeneity``, ``owin-cores``, ``owin-subcarriers``, ``owin-latency-scale``.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import wnpopt
from wnpopt.domain.files.stg import read_stg
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.imports.taskgraph import chip_only
from wnpopt.problems.wnp.instance import WnpInstance

INSTANCES = Path(__file__).resolve().parent.parent / "instances" / "wnp"
SIZES: dict[str, tuple[dict[str, int], float]] = {
    "medium": ({"subgraphs": 40, "cores": 4, "modalities": 4, "resource_blocks": 25, "slots": 60}, 30.0),
    "large": ({"subgraphs": 100, "cores": 8, "modalities": 6, "resource_blocks": 50, "slots": 100}, 60.0),
    "xlarge": ({"subgraphs": 200, "cores": 16, "modalities": 8, "resource_blocks": 100, "slots": 200}, 60.0),
    "huge": ({"subgraphs": 1000, "cores": 64, "modalities": 8, "resource_blocks": 273, "slots": 1000}, 60.0),
}
ROWS = [*SIZES, "chip", "stg", "pacs", "command"]
KINDS = [(heterogeneity, ctr) for ctr in (0.5, 1.0) for heterogeneity in (0.0, 0.5, 1.5)]
COLUMNS = [
    "instance", "seed", "method", "limit_s", "value", "bound", "gap_%", "status", "optimum", "runtime_s", "best_s",
    "wall_s", "cpu_s", "load",
]  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A run to be made; ``make`` gives the instance, ``optimum`` is the published one, or empty."""

    name: str
    seed: int
    method: str
    limit: float
    make: Callable[[], WnpInstance]
    optimum: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What it stands under in the table."""
        return self.name, str(self.seed), self.method, f"{self.limit:g}"


def cpu_s() -> float:
    """Seconds of this process and of its children that have ended."""
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)


def cases(arguments: argparse.Namespace) -> Iterator[Case]:
    """The runs of the rows that are asked for."""
    limit = arguments.limit
    for row in arguments.rows:
        if row in SIZES:
            options, seconds = SIZES[row]
            yield from generated(row, options, arguments.methods, limit or seconds, arguments)
        elif row == "pacs":
            yield from generated("medium", SIZES["medium"][0], ["pacs", "auto"], limit or 30.0, arguments)
            yield from generated("huge", SIZES["huge"][0], ["pacs"], limit or 60.0, arguments)
        elif row == "chip":
            for path in sorted((INSTANCES / "chip-only").glob("random-80x8*.json")):
                for method in arguments.methods:
                    yield Case(path.stem, 0, method, limit or 60.0, partial(stored, path))
        elif row == "stg":
            yield from standard(arguments, limit or 30.0)


def generated(
    size: str, options: dict[str, int], methods: list[str], limit: float, arguments: argparse.Namespace
) -> Iterator[Case]:
    """Six kinds, so many seeds, each with the methods."""
    for heterogeneity, ctr in KINDS:
        for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
            chosen = {**options, "heterogeneity": heterogeneity, "ctr": ctr}
            for method in methods:
                yield Case(
                    f"{size}-h{heterogeneity:g}-r{ctr:g}", seed, method, limit,
                    partial(generate, chosen, seed),
                )  # fmt: skip


def standard(arguments: argparse.Namespace, limit: float) -> Iterator[Case]:
    """Standard task graphs whose optimum is published."""
    if arguments.stg is None:
        raise SystemExit("stg needs --stg FOLDER")
    with (arguments.stg / "optima.csv").open() as stream:
        for row in csv.DictReader(stream):
            if row["lower"] != row["upper"]:
                continue
            path, processors = arguments.stg / row["file"], int(row["processors"])
            for method in arguments.methods:
                yield Case(
                    f"{row['file']} on {processors}", 0, method, limit,
                    partial(from_stg, path, processors), row["upper"],
                )  # fmt: skip


def stored(path: Path) -> WnpInstance:
    """The instance in a file."""
    instance = wnpopt.load(path)
    assert isinstance(instance, WnpInstance)
    return instance


def from_stg(path: Path, processors: int) -> WnpInstance:
    """A standard task graph on identical processors."""
    return chip_only(read_stg(path), processors)


def measured(case: Case) -> list[object]:
    """A line of the table."""
    instance = case.make()
    began, spent = time.perf_counter(), cpu_s()
    # In this process, so that its CPU time is counted.
    result = wnpopt.solve(instance, case.method, time_limit=case.limit, threads=2, isolate=False)
    gap = None if result.gap is None else round(100 * result.gap, 3)
    values = [point.objective for point in result.trace]
    reached = next((p.time_s for p, v in zip(result.trace, values, strict=True) if v == result.objective), None)
    return [
        *case.key, result.objective, result.bound, gap, result.status, case.optimum, round(result.runtime_s, 4),
        None if reached is None else round(reached, 2), round(time.perf_counter() - began, 3),
        round(cpu_s() - spent, 3), round(os.getloadavg()[0], 1),
    ]  # fmt: skip


def commanded(turn: int) -> list[object]:
    """A line of the table: a tiny instance on the command line, everything included."""
    path = INSTANCES / "tiny" / "tiny-00.json"
    command = [sys.executable, "-m", "wnpopt", "solve", str(path), "--method", "auto"]
    began, spent = time.perf_counter(), cpu_s()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = [round(time.perf_counter() - began, 3), round(cpu_s() - spent, 3)]
    return ["command tiny-00", str(turn), "auto", "60", *[None] * 7, *seconds, round(os.getloadavg()[0], 1)]


def main() -> None:
    """Measure, one line a run as it ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="+", choices=ROWS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--methods", nargs="+", default=["auto"])
    parser.add_argument("--limit", type=float, help="seconds for each run instead of the row's own")
    parser.add_argument("--stg", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    done: set[tuple[str, ...]] = set()
    if arguments.out.exists():
        with arguments.out.open() as stream:
            done = {(r["instance"], r["seed"], r["method"], r["limit_s"]) for r in csv.DictReader(stream)}
    with arguments.out.open("a", newline="") as stream:
        table = csv.writer(stream)

        def write(line: list[object]) -> None:
            table.writerow(line)
            stream.flush()
            print(*line, flush=True)

        if not stream.tell():
            table.writerow(COLUMNS)
        for case in cases(arguments):
            if case.key not in done:
                write(measured(case))
                done.add(case.key)
        for turn in range(arguments.seeds if "command" in arguments.rows else 0):
            if ("command tiny-00", str(turn), "auto", "60") not in done:
                write(commanded(turn))


if __name__ == "__main__":
    main()
