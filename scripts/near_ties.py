"""Near ties: tiny wnp instances whose ticks are of 10^5 to 10^7 and differ by a few, exact methods against exhaustion.

    python scripts/near_ties.py                       # 2,000 instances, four methods, cold and warm
    python scripts/near_ties.py --count 100 --first 500 --methods milp --isolate
    python scripts/near_ties.py --count 200 --at-once 4   # the same from four threads at once, isolated

Tolerances of floating-point solvers are absolute: to them makespans of 20000004 and 20000016 ticks are the same.
Counted are wrong optima, bounds above the optimum, runs that ended in an error, and proofs that were not reached.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import wnpopt
from wnpopt.problems.wnp.instance import WnpInstance

sys.path.append(str(Path(__file__).resolve().parents[1]))

METHODS = ("milp", "cpsat", "lbbd", "auto")


def near_tie(seed: int) -> WnpInstance:
    """The instance number ``seed``."""
    rng = random.Random(f"near-tie-{seed}")
    base = rng.choice([1, 2, 5]) * 10 ** rng.randint(5, 6) * rng.choice([1, 1, 2])
    few = rng.choice([1, 4, 12])

    def ticks() -> int:
        return rng.choice([0, base, base, base, base // 2, 2 * base, 3 * base // 2]) + rng.randint(0, 9) * few

    modalities, cores, count = rng.choice([0, 1, 2, 2]), rng.randint(1, 3), rng.randint(3, 5)
    slots, width, block = rng.randint(2, 4), rng.randint(1, 2), rng.randint(1, 2)
    blocks = -(-slots // block)
    table = [[[rng.randint(1, 9) for _ in range(blocks)] for _ in range(width)] for _ in range(modalities)]
    capacity = [sum(row[t // block] for row in plane for t in range(slots)) for plane in table]
    subgraphs: list[dict[str, object]] = []
    for i in range(count):
        on: list[int | None] = [ticks() for _ in range(cores)]
        if cores > 1 and rng.random() < 0.2:
            on[rng.randrange(cores)] = None
        modality = f"m{rng.randrange(modalities)}" if modalities and rng.random() < 0.6 else None
        subgraphs.append({"name": f"g{i}", "modality": modality, "ticks": on})
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": f"near-tie-{seed}",
            "radio": {
                "slot_ticks": max(1, base // rng.choice([1, 2, 4]) + rng.randint(-3, 3) * few),
                "slots": slots,
                "block_slots": block,
                "bits_per_slot": table,
            },
            "modalities": [
                {"name": f"m{k}", "payload_bits": int(top * rng.uniform(0.1, 0.45))} for k, top in enumerate(capacity)
            ],
            "chip": {
                "cores": [{"name": f"c{m}", "x": m % 2, "y": m // 2} for m in range(cores)],
                "hop_ticks": rng.choice([0, few, base // 10, base // 2 + few]),
                "bytes_per_tick": 1,
            },
            "subgraphs": subgraphs,
            "edges": [
                {"from": f"g{i}", "to": f"g{j}", "bytes": rng.choice([0, few, base // 4, base + few])}
                for j in range(count)
                for i in range(j)
                if rng.random() < 0.3
            ],
        }
    )


def verdict(seed: int, method: str, start: str, *, limit: float, isolate: bool) -> str:
    """What a method makes of an instance, measured by the optimum of exhaustion."""
    from tests.wnp.brute import optimum

    instance = near_tie(seed)
    best = optimum(instance)
    result = wnpopt.solve(instance, method, time_limit=limit, threads=1, warm_start=start, isolate=isolate)
    if result.termination == "error":
        return f"ERROR ({result.message})"
    if best is None:
        return "infeasible" if result.objective is None else "SOLVED, but infeasible"
    if result.status == "infeasible":
        return "INFEASIBLE, wrongly"
    if result.bound is not None and result.bound > best:
        return f"BOUND {result.bound:.0f} ABOVE {best}"
    if result.status == "optimal" and result.objective != best:
        return f"WRONG OPTIMUM {result.objective:.0f}, {best} is right"
    return "optimal" if result.status == "optimal" else "not proved"


def main() -> int:
    """Count the verdicts; 1 if any is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds a run")
    parser.add_argument("--isolate", action="store_true", help="each run in a child process, as users have it")
    parser.add_argument("--at-once", type=int, default=1, help="threads; more than one isolates")
    given = parser.parse_args()
    isolate = given.isolate or given.at_once > 1
    cells = [
        (seed, method, start)
        for seed in range(given.first, given.first + given.count)
        for method in given.methods
        for start in ("none", "auto")
    ]
    counts: Counter[tuple[str, str, str]] = Counter()
    with ThreadPoolExecutor(given.at_once) as pool:
        found = pool.map(lambda cell: verdict(*cell, limit=given.limit, isolate=isolate), cells)
        for (seed, method, start), word in zip(cells, found, strict=True):
            if word[:2].isupper():
                print(f"near-tie-{seed}, {method}, warm start {start}: {word}", flush=True)
            counts[method, "cold" if start == "none" else "warm", "wrong" if word[:2].isupper() else word] += 1
    for (method, start, word), count in sorted(counts.items()):
        print(f"{method:6} {start}  {count:6d}  {word}")
    return int(any(word == "wrong" for _, _, word in counts))


if __name__ == "__main__":
    sys.exit(main())
