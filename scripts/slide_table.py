"""slide's table: multicast with a free choice of model, a row a run, with CPU seconds and the machine's load.

    python scripts/slide_table.py small large lists rates --out table.csv

``small``: 200 to 5,000 users, 3 to 6 models, counts, weights (integers or not), caches, links of either kind or both,
resource blocks; ``large``: 20,000 users; ``lists``: 5,000 users with lists of 1 to 3 of 10 models; ``rates``: 600 users
whose rates for 10 models, a quarter of which they accept, are independent (arrays: no network has such rates). Runs
that are in the table already are not repeated, so that a command that was interrupted goes on.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

import wnpopt
from wnpopt.backends.stopping import run_stoppable
from wnpopt.core.budget import Budget
from wnpopt.core.result import relative_gap
from wnpopt.problems.slide.generate import generate
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection.branching import Search
from wnpopt.problems.slide.selection.rectangles import Rectangles

Options = dict[str, int | float | str]
SHARED: Options = {"delivery": "multicast", "accuracy_share": 0.7}
MODELS: dict[str, Options] = {
    "vision": {},
    "models3": {"mix": "synthetic", "bandwidth_hz": 3e7, "models": 3},
    "models6": {"mix": "synthetic", "bandwidth_hz": 3e7, "models": 6},
}
VARIANTS: dict[str, Options] = {
    "count": {},
    "weighted": {"weighted": 1},
    "cache": {"cache_share": 0.5},
    "cache-weighted": {"cache_share": 0.5, "weighted": 1},
    "power": {"link": "power"},
    "blocks": {"resource_block_hz": 360e3},
    "reals": {"weighted": 1},
    "mixed": {},
}
ROWS = ("small", "large", "lists", "rates")
COLUMNS = ("row", "name", "seed", "limit_s", "value", "bound", "gap_%", "status", "wall_s", "cpu_s", "load")


class Case(NamedTuple):
    """A run to be made."""

    row: str
    name: str
    seed: int
    limit: float
    options: Options


class Answer(NamedTuple):
    """Value, bound and status of a run."""

    value: float
    bound: float
    status: str


def cases(rows: list[str], seeds: int) -> Iterator[Case]:
    """All runs of ``rows``."""
    for seed in range(1, seeds + 1):
        for users in (200, 1000, 5000):
            for models, more in MODELS.items():
                for variant, options in VARIANTS.items():
                    if "small" in rows:
                        yield Case(
                            "small", f"{models}-{variant}-{users}", seed, 30.0, {**more, **options, "users": users}
                        )
        if "large" in rows:
            for models, more in MODELS.items():
                for variant, options in VARIANTS.items():
                    yield Case("large", f"{models}-{variant}-20000", seed, 60.0, {**more, **options, "users": 20000})
        if "lists" in rows:
            for band in (3e7, 1e8, 3e8):
                lists: Options = {"mix": "synthetic", "bandwidth_hz": band, "models": 10, "longest_list": 3}
                yield Case("lists", f"lists-{band / 1e6:g}MHz-5000", seed, 60.0, {**lists, "users": 5000})
        if "rates" in rows:
            yield Case("rates", "rates-600", seed, 60.0, {"mix": "synthetic", "models": 10, "users": 600})


def instance_of(case: Case) -> SlideInstance:
    """The instance; ``mixed`` has links of both kinds, ``reals`` weights that are no integers."""
    instance = generate({**SHARED, **case.options}, case.seed)
    users = list(instance.users)
    if "-mixed-" in case.name:
        others = generate({**SHARED, **case.options, "link": "power"}, case.seed).users
        users[1::2] = [user.model_copy(update={"link": other.link}) for user, other in zip(users, others, strict=True)][
            1::2
        ]
    if "-reals-" in case.name:
        weights = np.random.default_rng(case.seed).lognormal(0.0, 1.0, len(users)).tolist()
        users = [user.model_copy(update={"weight": weight}) for user, weight in zip(users, weights, strict=True)]
    return instance if users == list(instance.users) else instance.replace(users=tuple(users))


def solved(case: Case) -> Answer:
    """By ``auto``, verified."""
    result = wnpopt.solve(instance_of(case), "auto", time_limit=case.limit, threads=1, isolate=False)
    assert result.verified, result.message
    assert result.objective is not None
    assert result.bound is not None
    return Answer(result.objective, result.bound, str(result.status))


def independent(case: Case) -> Answer:
    """Rates from 1 to 10, efficiencies from 1 to 7, a band of 0.1 to 1.2 times what the dearest user needs."""
    needs = Needs.of(generate({**SHARED, **case.options}, case.seed).columns)
    rng = np.random.default_rng(case.seed)
    users, models = needs.columns.users, needs.columns.models
    efficiency = rng.uniform(1, 7, users)
    inverse = 1 / rng.uniform(1, 10, (users, models))
    inverse[rng.random((users, models)) < 0.75] = 0.0
    with np.errstate(divide="ignore"):
        dearest = float((1 / inverse / efficiency[:, None])[inverse > 0].max())
    columns = replace(needs.columns, efficiency=efficiency, bandwidth_hz=dearest * rng.uniform(0.1, 1.2))
    problem, budget = Rectangles(replace(needs, columns=columns, inverse_rate=inverse)), Budget(case.limit)

    def work(flag: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Search:
        search = Search(problem, flag, budget)
        search.run()
        return search

    search = run_stoppable(work, budget)
    return Answer(search.value, search.bound, "optimal" if search.bound <= search.value else "feasible")


def main() -> None:
    """Make the runs of the rows that are asked for, and print and write a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], default=list(ROWS))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", default="", help="names with this in them")
    arguments = parser.parse_args()
    made: set[tuple[str, str]] = set()
    if arguments.out.exists():
        with arguments.out.open(newline="") as stream:
            made = {(line["name"], line["seed"]) for line in csv.DictReader(stream)}
    wnpopt.solve(generate({**SHARED, "users": 20}, 0), "auto", isolate=False)  # loads libraries and machine code
    with arguments.out.open("a", newline="") as stream:
        writer = csv.writer(stream)
        if not made:
            writer.writerow(COLUMNS)
        for case in cases(arguments.rows, arguments.seeds):
            if (case.name, str(case.seed)) in made or arguments.only not in case.name:
                continue
            wall, cpu, load = time.perf_counter(), time.process_time(), os.getloadavg()[0]
            answer = independent(case) if case.row == "rates" else solved(case)
            spent = f"{time.perf_counter() - wall:.2f}", f"{time.process_time() - cpu:.2f}"
            gap = 100 * (relative_gap(answer.value, answer.bound) or 0.0)
            line = [case.row, case.name, case.seed, case.limit, answer.value, answer.bound, f"{gap:.4f}", answer.status]
            writer.writerow([*line, *spent, f"{load:.1f}"])
            stream.flush()
            print(*line, *spent, f"{load:.1f}", flush=True)


if __name__ == "__main__":
    main()
