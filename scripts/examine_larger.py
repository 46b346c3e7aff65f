"""Random mid-size instances of all families: what exact methods and heuristics say of one must agree.

    python scripts/examine_larger.py --cpu 600                        # until so many CPU-seconds are spent
    python scripts/examine_larger.py --families wnp --first 90000 --cpu 60

Tells each disagreement with its seed as it comes, and the counts at the end: exit code 1 where there was one.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]


def main() -> int:
    from tests.examined.larger import compare

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", default="wnp,slide,intradp")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--cpu", type=float, default=600, help="stop after so many CPU-seconds")
    parser.add_argument("--time-limit", type=float, default=4, help="of each run, in seconds")
    args = parser.parse_args()
    families = args.families.split(",")
    counts = {family: Counter[str]() for family in families}
    for seed in count(args.first):
        if _cpu_s() >= args.cpu:
            break
        family = families[seed % len(families)]
        compared = compare(family, seed, args.time_limit)
        counts[family] += compared.counts
        counts[family]["disagreements"] += len(compared.mismatches)
        for what in compared.mismatches:
            print(f"{family} {seed}: {what}", flush=True)
    for family, counted in counts.items():
        print(f"{family}: " + ", ".join(f"{name} {number}" for name, number in sorted(counted.items())))
    return 1 if any(counted["disagreements"] for counted in counts.values()) else 0


def _cpu_s() -> float:
    """Of this process and of those of the isolated methods."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


if __name__ == "__main__":
    sys.exit(main())
