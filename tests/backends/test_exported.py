"""An exported model is the instance's: any solver's optimum of the file is the instance's, or there is none."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import wnpopt
from wnpopt.cli.main import main
from wnpopt.problems.intradp.generate import generate

highspy = pytest.importorskip("highspy")
INSTANCES = Path(__file__).resolve().parents[2] / "instances"


def by_highs(path: Path) -> tuple[str, float]:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    solver.run()
    solver.writeSolution(f"{path}.sol", 0)
    return solver.getModelStatus().name, solver.getInfo().objective_function_value


def by_cbc(path: Path) -> tuple[str, float]:
    answer = path.with_suffix(".cbc")
    subprocess.run(["cbc", str(path), "-ratio", "0", "solve", "solution", str(answer)], capture_output=True, check=True)
    words = answer.read_text().splitlines()[0].split()
    return words[0], float(words[-1])


def by_glpk(path: Path) -> tuple[str, float]:
    answer = path.with_suffix(".glpk")
    subprocess.run(["glpsol", "--freemps", str(path), "-o", str(answer)], capture_output=True, check=True)
    at = dict(line.split(":", 1) for line in answer.read_text().splitlines()[:8] if ":" in line)
    return at["Status"].strip(), float(at["Objective"].split("=")[1].split()[0])


SOLVERS: dict[str, Callable[[Path], tuple[str, float]]] = {"highs": by_highs, "cbc": by_cbc, "glpsol": by_glpk}
FILES = {
    "wnp/tiny/tiny-14.json": 134.0,
    "slide/tiny/tiny-lists-1501.json": -4.0,
}


@pytest.mark.parametrize("program", SOLVERS)
@pytest.mark.parametrize("file", FILES)
def test_every_solver_minimises_an_mps_file(file: str, program: str, tmp_path: Path) -> None:
    """A maximum was exported as such: CBC took it for a minimum and served nobody, GLPK could not read it."""
    if program != "highs" and shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    path = tmp_path / "model.mps"
    assert main(["export", str(INSTANCES / file), "-o", str(path)]) == 0
    text = path.read_text()
    assert "OBJSENSE" not in text
    assert text.startswith("* The least") == file.startswith("slide")
    told, value = SOLVERS[program](path)
    assert told.upper().endswith("OPTIMAL")
    assert value == pytest.approx(FILES[file], rel=1e-5)


def test_the_values_of_an_mps_file_are_decoded(tmp_path: Path) -> None:
    file, path, plan = INSTANCES / "slide/tiny/tiny-lists-1501.json", tmp_path / "model.mps", tmp_path / "plan.json"
    assert main(["export", str(file), "-o", str(path)]) == 0
    assert by_highs(path) == ("kOptimal", -4.0)
    assert main(["decode", str(file), f"{path}.sol", "--formulation", "milp", "-o", str(plan)]) == 0
    assert wnpopt.verify(wnpopt.load(file), wnpopt.load_solution(plan)).objective == 4.0
    lp = tmp_path / "model.lp"
    assert main(["export", str(file), "-o", str(lp)]) == 0
    assert by_highs(lp) == ("kOptimal", 4.0)


LEFT_OUT: dict[str, dict[str, float | str]] = {
    "objective": {"objective": "energy"},
    "segment_s": {"segment": 0.1},
    "partial_s": {"partial": 0.1},
}


@pytest.mark.parametrize("field", LEFT_OUT)
def test_no_model_without_what_it_leaves_out(field: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The model of the least energy was that of the least latency."""
    instance = generate({"shape": "chain", "operators": 4, "units": 3, **LEFT_OUT[field]}, 1)
    with pytest.raises(wnpopt.UnsupportedError) as refused:
        wnpopt.compile_model(instance, "milp")
    assert field in (refused.value.where or "")
    wnpopt.save(instance, tmp_path / "i.json")
    assert main(["export", str(tmp_path / "i.json"), "-o", str(tmp_path / "m.mps")]) == 2
    assert not (tmp_path / "m.mps").exists()
    assert field in capsys.readouterr().err


def test_a_deadline_of_nothing_is_no_free_lunch(tmp_path: Path) -> None:
    instance = generate({"shape": "chain", "operators": 4, "units": 3}, 1).replace(deadline_s=0.0)
    wnpopt.save(instance, tmp_path / "i.json")
    for ending in ("mps", "lp"):
        assert main(["export", str(tmp_path / "i.json"), "-o", str(tmp_path / f"m.{ending}")]) == 0
        assert by_highs(tmp_path / f"m.{ending}")[0] == "kInfeasible"


@pytest.mark.parametrize("formulation", ["milp", "cpsat"])
def test_a_payload_that_never_arrives_has_no_model(
    formulation: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = wnpopt.load(INSTANCES / "wnp/tiny/tiny-14.json").replace({"modalities[1].payload_bits": 2**40})
    with pytest.raises(wnpopt.InputError, match="slots") as refused:
        wnpopt.compile_model(known, formulation)
    assert refused.value.where == "modalities[1].payload_bits"
    with pytest.raises(wnpopt.InputError):
        wnpopt.decode(known, formulation, None, {"C": 1.0})
    wnpopt.save(known, tmp_path / "i.json")
    assert main(["export", str(tmp_path / "i.json"), "--formulation", "milp", "-o", str(tmp_path / "m.lp")]) == 2
    assert "modalities[1].payload_bits" in capsys.readouterr().err
