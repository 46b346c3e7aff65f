"""The golden MPS files: what the formulation exports today, solved by HiGHS directly to the known optimum."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "models" / "slide" / "golden"
ENTRIES = json.loads((GOLDEN / "index.json").read_text())


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    runpy.run_path(str(ROOT / "scripts" / "golden.py"))["write"]("slide", folder)
    return folder


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_export_is_what_the_formulation_says(entry: dict[str, str], exported: Path) -> None:
    stored, fresh = ((folder / entry["file"]).read_text().splitlines() for folder in (GOLDEN, exported))
    assert len(stored) == len(fresh)
    for old, new in zip(stored, fresh, strict=True):
        # Another C library may differ in the last digit of a logarithm.
        *names, number = old.split() or [""]
        *others, value = new.split() or [""]
        assert names == others
        if number != value:
            assert float(number) == pytest.approx(float(value), rel=1e-12)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_highs_alone_finds_the_optimum(entry: dict[str, str]) -> None:
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(GOLDEN / entry["file"])) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert -highs.getInfo().objective_function_value == pytest.approx(entry["optimum"], rel=1e-6)


def test_every_constraint_is_in_the_model_s_text() -> None:
    text = (ROOT / "models" / "slide" / "milp.md").read_text()
    names = {
        line.split()[1].removeprefix("c_u_").split("(")[0].rstrip("_")
        for entry in ENTRIES
        for line in (GOLDEN / entry["file"]).read_text().splitlines()
        if line.startswith(" L  ")
    }
    assert len(names) == 10
    for name in sorted(names):
        assert f"`{name}`" in text, name
