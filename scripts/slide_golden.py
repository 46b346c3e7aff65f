"""Writes models/slide/golden/*.mps: MILPs of tiny instances with their optimum, for any solver.

``index.json`` lists {"file", "instance", "optimum"}; the instances are those of instances/slide/tiny. Run from the
repository: python scripts/slide_golden.py
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import wnpopt
from wnpopt.core.jsonio import write_json
from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.formulations.milp import build

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "models" / "slide" / "golden"
TINY = ROOT / "instances" / "slide" / "tiny"


def export(instance: SlideInstance) -> str:
    """The MILP of ``instance`` as MPS, with the names of ``models/slide/milp.md``.

    A solver maximises or minimises as it reads the file's OBJSENSE, which not all do: the objective is negated.
    """
    import pyomo.environ as pyo

    model = build(instance)
    value = model.objective.expr
    model.objective.deactivate()
    model.negated = pyo.Objective(expr=-1.0 * value, sense=pyo.minimize)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.mps"
        model.write(str(file), io_options={"symbolic_solver_labels": True})
        lines = file.read_text().splitlines()
    # Pyomo's comments and its name of the problem say nothing.
    return "\n".join(line for line in lines if not line.startswith("*")) + "\n"


def main() -> None:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for old in GOLDEN.glob("*"):
        old.unlink()
    index = []
    for entry in json.loads((TINY / "index.json").read_text()):
        instance = wnpopt.load(TINY / entry["file"])
        assert isinstance(instance, SlideInstance)
        file = entry["file"].replace(".json", ".mps")
        (GOLDEN / file).write_text(export(instance))
        index.append({"file": file, "instance": entry["file"], "optimum": entry["best"]})
    write_json(GOLDEN / "index.json", index)


if __name__ == "__main__":
    main()
