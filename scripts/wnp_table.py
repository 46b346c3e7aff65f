"""wnp's table: value AND bound of single runs, by size, heterogeneity and compute-to-transmission ratio, with the load.

    python scripts/wnp_table.py --sizes medium large --seeds 5 --out table.csv
    python scripts/wnp_table.py --stg FOLDER --out stg.csv

FOLDER has ``optima.csv`` with the columns file, processors, lower, upper. The O-WiN sweeps are suites: ``wnpopt bench
owin-heterogeneity``, ``owin-cores``, ``owin-subcarriers``, ``owin-latency-scale``.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import wnpopt
from wnpopt.domain.files.stg import read_stg
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.imports.taskgraph import chip_only
from wnpopt.problems.wnp.instance import WnpInstance

SIZES: dict[str, tuple[dict[str, int], float]] = {
    "medium": ({"subgraphs": 40, "cores": 4, "modalities": 4, "resource_blocks": 25, "slots": 60}, 30.0),
    "large": ({"subgraphs": 100, "cores": 8, "modalities": 6, "resource_blocks": 50, "slots": 100}, 60.0),
    "xlarge": ({"subgraphs": 200, "cores": 16, "modalities": 8, "resource_blocks": 100, "slots": 200}, 60.0),
    "huge": ({"subgraphs": 1000, "cores": 64, "modalities": 8, "resource_blocks": 273, "slots": 1000}, 60.0),
}
KINDS = [(heterogeneity, ctr) for ctr in (0.5, 1.0) for heterogeneity in (0.0, 0.5, 1.5)]
COLUMNS = ["instance", "seed", "method", "value", "bound", "gap_%", "status", "optimum", "wall_s", "cpu_s", "load"]


def cpu_s() -> float:
    """Seconds of this process and of its children that have ended."""
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)


def cases(arguments: argparse.Namespace) -> Iterator[tuple[str, int, WnpInstance, float, str]]:
    """(name, seed, instance, time limit, published optimum or nothing)."""
    if arguments.stg is not None:
        with (arguments.stg / "optima.csv").open() as stream:
            for row in csv.DictReader(stream):
                if row["lower"] == row["upper"]:
                    graph = read_stg(arguments.stg / row["file"])
                    name = f"{row['file']} on {row['processors']}"
                    yield name, 0, chip_only(graph, int(row["processors"])), 30.0, row["upper"]
        return
    for size in arguments.sizes:
        options, limit = SIZES[size]
        for heterogeneity, ctr in KINDS:
            for seed in range(arguments.seeds):
                chosen = {**options, "heterogeneity": heterogeneity, "ctr": ctr}
                yield f"{size}-h{heterogeneity:g}-r{ctr:g}", seed, generate(chosen, seed), limit, ""


def main() -> None:
    """Measure, one line a run as it ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=sorted(SIZES), default=["medium", "large", "xlarge"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--methods", nargs="+", default=["auto"])
    parser.add_argument("--stg", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    with arguments.out.open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(COLUMNS)
        for name, seed, instance, limit, optimum in cases(arguments):
            for method in arguments.methods:
                began, spent = time.perf_counter(), cpu_s()
                # In this process, so that its CPU time is counted.
                result = wnpopt.solve(instance, method, time_limit=limit, threads=2, isolate=False)
                gap = None if result.gap is None else round(100 * result.gap, 3)
                seconds = [round(time.perf_counter() - began, 3), round(cpu_s() - spent, 3)]
                load = round(os.getloadavg()[0], 1)
                row = [name, seed, method, result.objective, result.bound, gap, result.status, optimum, *seconds, load]
                table.writerow(row)
                stream.flush()
                print(*row, flush=True)


if __name__ == "__main__":
    main()
