"""Random tiny instances of all families, every method, bound and proof against exhaustion.

    python scripts/cross_examine.py --journal out/examined.jsonl                     # 24,000 instances, a third each
    python scripts/cross_examine.py --families wnp --count 500 --first 90000
    python scripts/cross_examine.py --journal out/examined.jsonl --summary

Work is done in pieces, each in a process of its own; the journal has a line for each, and pieces that are in it are
not done again. What differs is shrunk to a small instance and kept in ``tests/examined/cases``: exit code 1 then.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]
CASES = ROOT / "tests" / "examined" / "cases"
PIECE = 100


def piece(family: str, first: int, count: int, keep: bool) -> dict[str, Any]:
    """Examine seeds ``first`` to ``first + count``; each seed is told on stderr before it begins."""
    from tests.examined.examine import DRAWS, Examined, examine
    from tests.examined.shrink import shrunk

    counts: Counter[str] = Counter()
    differ: list[list[object]] = []
    began = time.process_time()
    for seed in range(first, first + count):
        print(seed, file=sys.stderr, flush=True)
        drawn = DRAWS[family](seed)
        done: Examined = examine(drawn)
        counts += done.counts
        counts[f"kind {drawn.kind}"] += 1
        differ += [[drawn.kind, seed, what] for what in done.mismatches]
        if keep and done.mismatches:
            who = done.mismatches[0].partition(":")[0]
            small = shrunk(drawn, partial(differs, who))
            CASES.mkdir(exist_ok=True)
            kept = {"mismatch": done.mismatches[0], **small.to_data()}
            (CASES / f"{family}-{seed}.json").write_text(json.dumps(kept, indent=1) + "\n")
    return {"counts": counts, "differ": differ, "cpu_s": round(time.process_time() - began, 2)}


def differs(who: str, drawn: Any) -> bool:
    """Whether what ``who`` says of ``drawn`` still differs."""
    from tests.examined.examine import examine

    return any(what.startswith(who) for what in examine(drawn, frozenset({who})).mismatches)


def child(family: str, first: int, count: int, keep: bool) -> dict[str, Any]:
    """:func:`piece` in a process of its own: what ends the process is a mismatch of the seed that it was at."""
    command = [sys.executable, __file__, "--piece", family, str(first), str(count), *([] if keep else ["--forget"])]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if ran.returncode == 0:
        told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
        return told
    last = [line for line in ran.stderr.splitlines() if line.isdigit()][-1:]
    what = f"the process ended with {ran.returncode}: {ran.stderr.strip().splitlines()[-1:]}"
    return {"counts": {}, "differ": [["", int(last[0]) if last else first, what]], "cpu_s": 0.0}


def summary(lines: list[dict[str, Any]]) -> str:
    """The counts of all pieces, by family."""
    rows = []
    for family in sorted({line["family"] for line in lines}):
        counts: Counter[str] = Counter()
        of_family = [line for line in lines if line["family"] == family]
        for line in of_family:
            counts.update(line["counts"])
        differ = [f"  {kind} {seed}: {what}" for line in of_family for kind, seed, what in line["differ"]]
        cpu = sum(line["cpu_s"] for line in of_family)
        rows.append(f"{family}: {counts.pop('instances', 0)} instances, {cpu:.0f} CPU-s, {len(differ)} differ")
        rows.append("  " + ", ".join(f"{name} {number}" for name, number in sorted(counts.items())))
        rows += differ
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", default="wnp,slide,intradp")
    parser.add_argument("--count", type=int, default=8000, help="instances of each family")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--cpu", type=float, help="stop after so many CPU-seconds of this call")
    parser.add_argument("--forget", action="store_true", help="keep no cases")
    parser.add_argument("--summary", action="store_true", help="of the journal, nothing else")
    parser.add_argument("--piece", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.piece:
        family, first, count = args.piece
        print(json.dumps(piece(family, int(first), int(count), not args.forget)))
        return 0
    lines = [] if args.journal is None or not args.journal.exists() else _read(args.journal)
    done = {(line["family"], line["first"]) for line in lines}
    spent = 0.0
    for first in [] if args.summary else range(args.first, args.first + args.count, PIECE):
        for family in args.families.split(","):
            if (family, first) in done or (args.cpu is not None and spent > args.cpu):
                continue
            count = min(PIECE, args.first + args.count - first)
            line = {"family": family, "first": first, "count": count, **child(family, first, count, not args.forget)}
            spent += line["cpu_s"]
            lines.append(line)
            if args.journal is not None:
                with args.journal.open("a") as stream:
                    stream.write(json.dumps(line) + "\n")
    print(summary(lines))
    return 1 if any(line["differ"] for line in lines) else 0


def _read(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text().splitlines() if line.strip()]


if __name__ == "__main__":
    sys.exit(main())
