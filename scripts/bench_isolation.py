"""What a process of its own costs a solve: the same runs in a child and in this process, in turn, in one run.

``python scripts/bench_isolation.py [--runs 30]`` prints medians and their difference; the contract asks for at most
50 ms once warm, and 20 ms a MB of instance.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time

import wnpopt
from wnpopt.core import registry
from wnpopt.core.document import Instance


def generated(family: str, **options: int | float | str) -> Instance:
    """An instance of the family's generator."""
    described = registry.family(family)
    defaults = {option.name: option.default for option in described.generator_options}
    made: Instance = described.generate(defaults | options, 0)
    return made


def measure(instance: Instance, method: str, runs: int, limit: float) -> tuple[float, float]:
    """Median seconds of a solve in a child and in this process."""
    child: list[float] = []
    here: list[float] = []
    for _ in range(runs + 1):
        for isolate, took in ((True, child), (False, here)):
            fresh = instance.model_copy()  # nothing that the run before has worked out is there
            began = time.perf_counter()
            wnpopt.solve(fresh, method, threads=1, time_limit=limit, isolate=isolate)
            took.append(time.perf_counter() - began)
    return statistics.median(child[1:]), statistics.median(here[1:])  # the first is the warm-up


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=30)
    runs = parser.parse_args().runs
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    cases = [
        ("wnp, 12 subgraphs, cpsat", generated("wnp"), "cpsat", runs, 20.0),
        ("slide, 40 users, milp", generated("slide", users=40), "milp", runs, 20.0),
        ("slide, 20,000 users, milp, no time", generated("slide", users=20_000), "milp", max(3, runs // 6), 0.0),
        (
            "wnp, 273 RBs x 2,000 slots, cpsat, no time",
            generated("wnp", resource_blocks=273, slots=2000, block_slots=1, modalities=4),
            "cpsat", max(3, runs // 6), 0.0,
        ),
    ]  # fmt: skip
    for label, instance, method, count, limit in cases:
        megabytes = len(json.dumps(instance.to_data())) / 1e6
        child, here = measure(instance, method, count, limit)
        extra = 1000 * (child - here)
        print(f"{label}, {megabytes:.2f} MB: {1000 * child:.1f} ms in a child, {1000 * here:.1f} here, {extra:+.1f}")


if __name__ == "__main__":
    main()
