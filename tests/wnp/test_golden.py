"""The exported models: what is exported today is what is stored, and HiGHS alone finds the known optimum in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import wnpopt
from wnpopt.backends.writer import write_linear

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "models" / "wnp" / "golden"
ENTRIES = json.loads((GOLDEN / "index.json").read_text())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["file"])
def test_the_export_is_the_stored_one(entry: dict[str, str], tmp_path: Path) -> None:
    instance = wnpopt.load(ROOT / entry["instance"])
    path = tmp_path / entry["file"]
    write_linear(wnpopt.compile_model(instance, "milp"), path, "milp")
    assert content(path) == content(GOLDEN / entry["file"])


def content(path: Path) -> list[str]:
    """The lines without comments, in which the writer names itself."""
    return [line for line in path.read_text().splitlines() if not line.startswith("*")]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["file"])
def test_highs_finds_the_optimum_in_the_file(entry: dict[str, object]) -> None:
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    assert solver.readModel(str(GOLDEN / str(entry["file"]))) == highspy.HighsStatus.kOk
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert solver.getInfo().objective_function_value == pytest.approx(entry["optimum"], abs=1e-6)


def test_constraints_carry_the_names_of_the_written_model() -> None:
    import pyomo.environ as pyo

    written = (ROOT / "models" / "wnp" / "milp.md").read_text()
    instance = wnpopt.load(ROOT / ENTRIES[0]["instance"])
    model = wnpopt.compile_model(instance, "milp")
    assert isinstance(model, pyo.ConcreteModel)
    for kind in (pyo.Constraint, pyo.Var):
        for component in model.component_objects(kind, active=True):
            assert f"*{component.name}*" in written, component.name
