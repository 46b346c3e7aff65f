"""The large instances of slide's suite multicast-free: a recipe and a proved value a line, no file of megabytes.

Writes instances/slide/multicast-free/large.jsonl. Run from the repository: PYTHONPATH=. python scripts/slide_large.py
A line's instance is ``generate(options, seed)`` of wnpopt.problems.slide.generate; ``--out DIR`` writes them as files.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import wnpopt
from wnpopt.core.result import Status
from wnpopt.problems.slide.generate import generate

PATH = Path(__file__).resolve().parents[1] / "instances" / "slide" / "multicast-free" / "large.jsonl"
Options = dict[str, int | float | str]
SHARED: Options = {"delivery": "multicast", "accuracy_share": 0.7}
SYNTHETIC: Options = {"mix": "synthetic", "bandwidth_hz": 3e7}
RECIPES: tuple[tuple[str, Options], ...] = (
    ("any-1000", {**SHARED, "users": 1000}),
    ("cache-1000", {**SHARED, "users": 1000, "cache_share": 0.5}),
    ("power-1000", {**SHARED, "users": 1000, "link": "power"}),
    ("weighted-1000", {**SHARED, "users": 1000, "weighted": 1}),
    ("lists-1000", {**SHARED, **SYNTHETIC, "users": 1000, "models": 8, "longest_list": 3}),
    ("any-5000", {**SHARED, "users": 5000}),
    ("cache-5000", {**SHARED, "users": 5000, "cache_share": 0.5}),
    ("blocks-5000", {**SHARED, "users": 5000, "resource_block_hz": 360e3}),
    ("synthetic-5000", {**SHARED, **SYNTHETIC, "users": 5000, "models": 6}),
    ("any-20000", {**SHARED, "users": 20000}),
    ("synthetic-20000", {**SHARED, **SYNTHETIC, "users": 20000, "models": 6}),
    ("synthetic-weighted-20000", {**SHARED, **SYNTHETIC, "users": 20000, "models": 3, "weighted": 1}),
    ("lists-5000", {**SHARED, **SYNTHETIC, "users": 5000, "models": 10, "longest_list": 3}),
)


def main() -> None:
    """Solve all (or those ``--only``) and write their lines; with ``--out`` write the instances alone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--time-limit", type=float, default=120.0)
    parser.add_argument("--only", default="", help="names, separated by commas")
    parser.add_argument("--out", type=Path, help="write the instances here, and solve nothing")
    arguments = parser.parse_args()
    only = set(filter(None, arguments.only.split(",")))
    lines = {}
    if PATH.exists():
        lines = {line["name"]: line for line in map(json.loads, PATH.read_text().splitlines())}
    for seed, (label, options) in enumerate(RECIPES, start=101):
        if only and label not in only:
            continue
        named: Options = {**options, "name": f"slide-multicast-free-{label}"}
        instance = generate(named, seed)
        if arguments.out is not None:
            arguments.out.mkdir(parents=True, exist_ok=True)
            wnpopt.save(instance, arguments.out / f"{instance.name}.json")
            continue
        result = wnpopt.solve(instance, "auto", time_limit=arguments.time_limit, threads=1)
        assert result.verified, result.message
        proved = result.status is Status.OPTIMAL
        lines[instance.name] = {
            "name": instance.name,
            "seed": seed,
            "options": {key: value for key, value in named.items() if key != "name"},
            "best": result.objective,
            "bound": result.objective if proved else result.bound,
            "proved": proved,
            "how": f"auto ({result.found_by}), verified; bound by {result.bound_by}",
        }
        print(label, result.objective, result.bound, proved, f"{result.runtime_s:.1f} s", flush=True)
        order = {f"slide-multicast-free-{name}": place for place, (name, _) in enumerate(RECIPES)}
        ordered = sorted(lines.values(), key=lambda line: order[line["name"]])
        PATH.write_text("".join(json.dumps(line) + "\n" for line in ordered))


if __name__ == "__main__":
    main()
