"""Writes models/wnp/golden: the MILP of tiny instances as .mps, with the optimum of each (found by exhaustion)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import wnpopt  # noqa: E402
from tests.wnp.brute import optimum  # noqa: E402
from wnpopt.backends.writer import write_linear  # noqa: E402
from wnpopt.problems.wnp.instance import WnpInstance  # noqa: E402

CHOSEN = ("tiny-01", "tiny-03", "tiny-04", "tiny-12", "tiny-14")


def main() -> None:
    folder = ROOT / "models" / "wnp" / "golden"
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name in CHOSEN:
        path = f"instances/wnp/tiny/{name}.json"
        instance = wnpopt.load(ROOT / path)
        assert isinstance(instance, WnpInstance)
        write_linear(wnpopt.compile_model(instance, "milp"), folder / f"{name}.mps", "milp")
        rows.append({"file": f"{name}.mps", "instance": path, "optimum": optimum(instance)})
    (folder / "index.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
