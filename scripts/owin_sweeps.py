"""O-WiN's sweeps by simulation: cores, subcarriers, latency scale, heterogeneity, as planned and under deviation.

    python scripts/owin_sweeps.py --out results/owin                      # all three parts, a row an instance
    python scripts/owin_sweeps.py --out results/owin --parts plans        # rtfs and pacs alone, 20 seeds
    python scripts/owin_report.py results/owin                            # tables and figure from the rows

The instances are those of the suites ``owin-heterogeneity``, ``owin-cores``, ``owin-subcarriers`` and
``owin-latency-scale``. Parts:

- ``plans``: rtfs and pacs as planned, and the root bound, at all values of x;
- ``searches``: pacs-ls for ``--rounds`` rounds and auto for ``--limit`` seconds, on one thread, at the values of the
  quick presets;
- ``worlds``: pacs's plan under static, order and pacs-online, rtfs, and the oracle with its bound, in ``--worlds``
  worlds of mild and of rough, at the same values.

A row is written as soon as it is known, so a command that was interrupted goes on. Rows follow from the seeds alone,
but for auto's (its time limit strikes) and what stands under "measured" (CPU seconds of this machine).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import isnan
from pathlib import Path

import wnpopt
from wnpopt.core.bound import best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.suite import Point, Suite
from wnpopt.problems.wnp.bounds import bounds
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.planner import planned
from wnpopt.problems.wnp.runtime.simulation import PolicyRuns, Simulation
from wnpopt.problems.wnp.runtime.warm import make_ready
from wnpopt.problems.wnp.suites import CORES, HETEROGENEITY, LATENCY_SCALE, SUBCARRIER_COUNT

SUITES = (HETEROGENEITY, CORES, SUBCARRIER_COUNT, LATENCY_SCALE)
SCENARIOS = ("mild", "rough")
POLICIES = ("static", "order", "pacs-online", "rtfs", "oracle")
SHARES = ("core_utilisation", "noc_utilisation", "rb_utilisation", "masked_share")

Row = dict[str, object]


@dataclass(frozen=True)
class Job:
    """A row to be made: ``key`` tells it from all others, ``make`` measures the rest of it."""

    key: tuple[object, ...]
    make: Callable[[], Row]


def jobs(arguments: argparse.Namespace) -> Iterator[Job]:
    """All rows that are asked for, cheap ones first."""
    parts = {
        "plans": (arguments.seeds, "full", [("", as_planned)]),
        "worlds": (
            arguments.world_seeds,
            "quick",
            [(f"{name} {arguments.worlds}", partial(in_worlds, name, arguments.worlds)) for name in SCENARIOS],
        ),
        "searches": (
            arguments.search_seeds,
            "quick",
            [(f"{arguments.rounds} {arguments.limit:g}", partial(searched, arguments.rounds, arguments.limit))],
        ),
    }
    for part in arguments.parts:
        seeds, preset, kinds = parts[part]
        for seed in range(
            arguments.first_seed, arguments.first_seed + seeds
        ):  # all of a seed first: what there is when it is interrupted is a whole sweep
            for suite in (suite for suite in SUITES if suite.name in arguments.suites):
                for x in suite.presets[preset].x:
                    for variant, make in kinds:
                        yield Job((part, variant, suite.name, x, seed), partial(make, suite, x, seed))


def instance_of(suite: Suite, x: float, seed: int) -> WnpInstance:
    """The suite's instance."""
    instance = suite.instance(Point(x, seed, None))
    assert isinstance(instance, WnpInstance)
    return instance


def measures(simulation: Simulation, entry: PolicyRuns) -> dict[str, list[float | None]]:
    """A policy's measures by name, a value a world: times in ms (idle ones for each core), shares."""
    columns = simulation.columns(entry)
    ms = 1000 * simulation.instance.tick_s
    cores = len(simulation.instance.chip.cores)
    chosen = {
        "makespan_ms": ms * columns["makespan_ticks"],
        "idle_ms": ms * columns["idle_ticks"] / cores,
        "longest_gap_ms": ms * columns["longest_gap_ticks"],
        "gaps": columns["idle_gaps"],
        **{name: columns[name] for name in SHARES},
    }
    if columns.get("bound") is not None:
        chosen["bound_ms"] = ms * columns["bound"]
    return {name: [None if isnan(v) else round(float(v), 6) for v in values] for name, values in chosen.items()}


def of_plan(instance: WnpInstance, plan: wnpopt.Document) -> dict[str, float | None]:
    """The measures of a plan in the world that it was made for."""
    simulation = wnpopt.simulate(instance, plan, "static", scenario="none", runs=1, threads=1)
    return {name: values[0] for name, values in measures(simulation, simulation.policies[0]).items()}


def as_planned(suite: Suite, x: float, seed: int) -> Row:
    """rtfs and pacs, and the root bound."""
    instance = instance_of(suite, x, seed)
    methods, measured = {}, {}
    for method in ("rtfs", "pacs"):
        began = time.process_time()
        plan = planned(instance, method, seed)
        measured[f"{method}_cpu_s"] = round(time.process_time() - began, 4)
        assert plan is not None, f"{instance.name} has a plan"
        methods[method] = of_plan(instance, plan)
    best = best_bound(bounds(instance, Budget(None)), "min")
    assert best is not None
    return {
        "instance_hash": instance.instance_hash,
        "methods": methods,
        "bound_ms": 1000 * instance.tick_s * best.value,
        "measured": measured,
    }


def searched(rounds: int, limit: float, suite: Suite, x: float, seed: int) -> Row:
    """pacs-ls for ``rounds`` rounds, auto within ``limit`` seconds, and the best bound."""
    instance = instance_of(suite, x, seed)
    ms = 1000 * instance.tick_s
    methods, known, measured = {}, [], {}
    for method, (iterations, seconds) in {"pacs-ls": (rounds, None), "auto": (None, limit)}.items():
        began = time.process_time()
        result = wnpopt.solve(
            instance, method, time_limit=seconds, iterations=iterations, threads=1, seed=seed, isolate=False
        )
        measured[f"{method}_cpu_s"] = round(time.process_time() - began, 3)
        assert result.solution is not None, f"{instance.name} has a plan"
        methods[method] = of_plan(instance, result.solution)
        if result.bound is not None:
            known.append(ms * result.bound)
    return {
        "instance_hash": instance.instance_hash,
        "methods": methods,
        "bound_ms": max(known, default=None),
        "measured": measured,
    }


def in_worlds(scenario: str, worlds: int, suite: Suite, x: float, seed: int) -> Row:
    """pacs's plan, rtfs's and the oracle in the same worlds."""
    instance = instance_of(suite, x, seed)
    began = time.process_time()
    simulation = wnpopt.simulate(instance, None, POLICIES, scenario=scenario, runs=worlds, seed=seed, threads=1)
    measured = {"cpu_s": round(time.process_time() - began, 3)}
    policies = {entry.name: measures(simulation, entry) for entry in simulation.policies}
    answers = {entry.name: sum(asked.plans for asked in entry.asked) for entry in simulation.policies if entry.asked}
    return {
        "instance_hash": instance.instance_hash,
        "policies": policies,
        "plans": answers,
        "measured": measured,
    }


def key_of(row: Row) -> tuple[object, ...]:
    """What tells a row from all others."""
    return row["part"], row["variant"], row["suite"], row["x"], row["seed"]


def read(path: Path) -> list[Row]:
    """The rows of a file; a last line that was cut off is left out."""
    rows: list[Row] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    return rows


def main() -> None:
    """Measure what is not in the file yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of rows.jsonl")
    parser.add_argument(
        "--parts", nargs="+", choices=("plans", "worlds", "searches"), default=["plans", "worlds", "searches"]
    )
    names = [suite.name for suite in SUITES]
    parser.add_argument("--suites", nargs="+", choices=names, default=names)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seeds", type=int, default=20, help="instances of each x, for plans")
    parser.add_argument("--world-seeds", type=int, default=4, help="instances of each x, for worlds")
    parser.add_argument("--search-seeds", type=int, default=3, help="instances of each x, for searches")
    parser.add_argument("--worlds", type=int, default=10, help="worlds of each scenario and instance")
    parser.add_argument("--rounds", type=int, default=8, help="rounds of pacs-ls")
    parser.add_argument("--limit", type=float, default=3.0, help="seconds of auto")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "rows.jsonl"
    done = {key_of(row) for row in read(path)}
    make_ready()
    with path.open("a", encoding="utf-8") as stream:
        if stream.tell() and not path.read_text(encoding="utf-8").endswith("\n"):
            stream.write("\n")  # after a line that was cut off
        for job in jobs(arguments):
            if job.key in done:
                continue
            row = dict(zip(("part", "variant", "suite", "x", "seed"), job.key, strict=True)) | job.make()
            stream.write(json.dumps(row) + "\n")
            stream.flush()
            print(*job.key, flush=True)


if __name__ == "__main__":
    main()
