"""Writes models/FAMILY/golden: MILPs of tiny instances as .mps, with the optimum of each, for any solver.

Run from the repository: python scripts/golden.py slide|intradp|wnp
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import wnpopt  # noqa: E402
from wnpopt.backends.writer import write_linear  # noqa: E402
from wnpopt.core.jsonio import format_json, write_json  # noqa: E402


@dataclass(frozen=True)
class Export:
    """A model for the file ``name``.mps, its row of the index, and the instance if it is to be written beside it."""

    name: str
    model: object
    row: dict[str, object]
    instance: wnpopt.Instance | None = None


def slide() -> Iterator[Export]:
    """All of instances/slide/tiny.

    A solver maximises or minimises as it reads the file's OBJSENSE, which not all do: the objective is negated.
    """
    import pyomo.environ as pyo

    tiny = ROOT / "instances" / "slide" / "tiny"
    for entry in json.loads((tiny / "index.json").read_text()):
        model = wnpopt.compile_model(wnpopt.load(tiny / entry["file"]), "milp")
        value = model.objective.expr
        model.objective.deactivate()
        model.negated = pyo.Objective(expr=-1.0 * value, sense=pyo.minimize)
        yield Export(Path(entry["file"]).stem, model, {"instance": entry["file"], "optimum": entry["best"]})


def intradp() -> Iterator[Export]:
    """Four of their own, proved by trying all plans; the objective is in a unit of time of the model's own."""
    from recipes.intradp import by_all_plans

    from wnpopt.problems.intradp.formulations.horizon import horizon_of
    from wnpopt.problems.intradp.generate import generate

    for name, options in {
        "chain": {"shape": "chain", "operators": 6, "units": 6, "bandwidth": 1.0},
        "residual": {"shape": "residual", "operators": 7, "units": 4, "bandwidth": 2.0},
        "encoder-decoder": {"shape": "encoder-decoder", "operators": 7, "units": 4, "bandwidth": 3.0},
        "efficiency": {"shape": "residual", "operators": 7, "units": 4, "bandwidth": 4.0, "efficiency": 0.6},
    }.items():
        instance = generate({**options, "name": f"golden-{name}"}, 1)
        optimum, _ = by_all_plans(instance)
        row = {"instance": f"{name}.json", "optimum_s": optimum, "unit_s": horizon_of(instance).unit}
        yield Export(name, wnpopt.compile_model(instance, "milp"), row, instance)


def wnp() -> Iterator[Export]:
    """Some of instances/wnp/tiny and tiny-fields, proved by exhaustion."""
    from tests.wnp.brute import optimum
    from tests.wnp.brute_fields import optimum as exhausted
    from wnpopt.problems.wnp import WnpInstance

    for name in ("tiny-01", "tiny-03", "tiny-04", "tiny-12", "tiny-14"):
        path = f"instances/wnp/tiny/{name}.json"
        instance = wnpopt.load(ROOT / path)
        assert isinstance(instance, WnpInstance)
        yield Export(name, wnpopt.compile_model(instance, "milp"), {"instance": path, "optimum": optimum(instance)})
    for name in ("tiny-bus", "tiny-radio-release", "tiny-latency+deadline", "tiny-makespan-limit+energy-limit"):
        path = f"instances/wnp/tiny-fields/{name}.json"
        instance = wnpopt.load(ROOT / path)
        assert isinstance(instance, WnpInstance)
        yield Export(name, wnpopt.compile_model(instance, "milp"), {"instance": path, "optimum": exhausted(instance)})


FAMILIES: dict[str, tuple[Callable[[], Iterator[Export]], str]] = {
    "slide": (slide, "index.json"),
    "intradp": (intradp, "optima.json"),
    "wnp": (wnp, "index.json"),
}
"""What is exported, and the name of its index."""


def write(family: str, folder: Path) -> None:
    """Write the exports of ``family`` and their index into ``folder``."""
    exports, index = FAMILIES[family]
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for export in exports():
        write_linear(export.model, folder / f"{export.name}.mps", "milp")
        # Pyomo's comments say nothing.
        lines = (folder / f"{export.name}.mps").read_text().splitlines(keepends=True)
        (folder / f"{export.name}.mps").write_text("".join(line for line in lines if not line.startswith("*")))
        if export.instance is not None:
            write_json(folder / f"{export.name}.json", export.instance.to_data())
        rows.append({"file": f"{export.name}.mps", **export.row})
    (folder / index).write_text(format_json(rows) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", choices=FAMILIES)
    family = parser.parse_args().family
    write(family, ROOT / "models" / family / "golden")


if __name__ == "__main__":
    main()
