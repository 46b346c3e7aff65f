"""Execute ONNX files under random plans, split between two sides, and compare them with the unsplit network.

    python scripts/executed_onnx.py FOLDER [FOLDER ...] [--plans 20] [--only NAME,NAME] [--table FILE.md]

The folders are those of scripts/tried_onnx.py; dimensions and values of a file are those of its row in
scripts/recipes/exports/{public,made}.json. Each file runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "scripts" / "recipes" / "exports"
PATIENCE_S = 1800.0
COLUMNS = (
    "file",
    "operators",
    "plans",
    "messages",
    "segments",
    "largest deviation",
    "shifted",
    "all rows of",
    "s",
)


def rows() -> dict[str, dict[str, object]]:
    """The rows of both tables by file name."""
    return {
        row["file"]: row
        for table in ("public.json", "made.json")
        for row in json.loads((TABLES / table).read_text())["files"]
    }


def execute(path: Path, plans: int, row: dict[str, object]) -> dict[str, object]:
    """What executing a file comes to, as columns of the table."""
    from wnpopt.core.errors import WnpoptError
    from wnpopt.problems.intradp.execution.check import execute_plans
    from wnpopt.problems.intradp.execution.network import ExecutableNetwork

    began = time.perf_counter()
    try:
        network = ExecutableNetwork.read(path, dims=row.get("dim"), values=row.get("value"))  # type: ignore[arg-type]
        done = execute_plans(network, plans)
    except WnpoptError as error:
        return {"file": path.stem, "reason": str(error)[:300]}
    kinds = {operator.name: operator.op_type for operator in network.graph.operators}
    blank = Counter(kinds[name] for name in done.blank)
    return {
        "file": path.stem, "operators": len(kinds), "plans": done.plans, "messages": done.messages,
        "segments": done.segments, "largest deviation": f"{done.worst:.1e}", "shifted": f"{done.shifted:.1e}",
        "all rows of": ", ".join(f"{count} {kind}" for kind, count in sorted(blank.items())),
        "s": f"{time.perf_counter() - began:.1f}",
    }  # fmt: skip


def apart(path: Path, plans: int) -> dict[str, object]:
    """:func:`execute` in a process of its own."""
    command = [sys.executable, __file__, str(path), "--plans", str(plans), "--one"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return {"file": path.stem, "reason": f"not done after {PATIENCE_S:.0f} s"}
    if done.returncode:
        last = (done.stderr.strip() or "no message").splitlines()[-1]
        return {"file": path.stem, "reason": f"exit code {done.returncode}: {last}"[:300]}
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def line(found: dict[str, object]) -> str:
    """A row of the table."""
    if "reason" in found:
        return f"| {found['file']} | refused: {found['reason']} |" + " |" * (len(COLUMNS) - 2)
    return "| " + " | ".join(str(found[column]) for column in COLUMNS) + " |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--plans", type=int, default=20)
    parser.add_argument("--only", default="")
    parser.add_argument("--table", type=Path)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    known = rows()
    if asked.one:
        print(json.dumps(execute(asked.folders[0], asked.plans, known.get(asked.folders[0].name, {}))))
        return 0
    only = {name for name in asked.only.split(",") if name}
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    print(*lines, sep="\n", flush=True)
    for folder in asked.folders:
        for path in sorted(folder.glob("*.onnx")):
            if only and path.stem not in only:
                continue
            lines.append(line(apart(path, asked.plans)))
            print(lines[-1], flush=True)
            if asked.table is not None:
                asked.table.write_text("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
