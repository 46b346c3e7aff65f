"""The library's own referee, instances/check.py: it stands alone, agrees with the verifiers, and the library holds."""

from __future__ import annotations

import ast
import json
import random
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import verify

ROOT = Path(__file__).resolve().parents[2]
INSTANCES = ROOT / "instances"
REFEREES = runpy.run_path(str(ROOT / "scripts" / "referees.py"))
CHECK = REFEREES["CHECK"]
FILE = INSTANCES / "check.py"
TINY = Path("wnp/tiny/tiny-00.json")
OLD = next(iter([*Path.home().glob(".pyenv/versions/3.9.*/bin/python"), *Path("/usr/bin").glob("python3.9")]), None)


def run(*arguments: object, python: object = sys.executable, folder: Path | None = None) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the referee: an interpreter that sees nothing but the standard library."""
    command = [str(python), "-I", "-S", str(FILE), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def test_it_needs_nothing_but_an_old_python() -> None:
    tree = ast.parse(FILE.read_text(), feature_version=(3, 9))
    modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    modules |= {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    assert {name.partition(".")[0] for name in modules if name} <= set(sys.stdlib_module_names)


@pytest.mark.skipif(OLD is None, reason="there is no Python 3.9")
def test_an_old_python_runs_it() -> None:
    assert run(INSTANCES / TINY, INSTANCES / "solutions" / TINY, python=OLD)[:2] == (
        0,
        "objective: 26\nno rule is broken\n",
    )


def test_exit_codes(tmp_path: Path) -> None:
    instance, solution = INSTANCES / TINY, INSTANCES / "solutions" / TINY
    assert run(instance)[0] == 0
    code, out, _ = run(instance, solution, "--json")
    assert (code, json.loads(out)) == (0, {"instance": "tiny-00", "objective": 26, "violations": []})
    plan = json.loads(solution.read_text())
    plan["start"] = dict.fromkeys(plan["start"], 0)
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(plan))
    code, out, _ = run(instance, changed)
    assert code == 1
    assert "broken: start[" in out
    changed.write_text(json.dumps(plan | {"value": 3}))
    assert run(instance, changed) == (2, "", f"error: {changed}: value: is not known; the fields here are kind, "
                                             "instance, rb, core, start, transfer_start\n")  # fmt: skip
    for text in (
        "",
        "[]",
        '{"kind": "wnp", "kind": "wnp"}',
        '{"kind": "other"}',
        "{" * 100_000,
        "\udcff",
        '{"a": NaN}',
    ):
        changed.write_bytes(text.encode(errors="surrogateescape"))
        code, out, told = run(changed)
        assert (code, out, told.count("\n")) == (2, "", 1), text
    assert run(tmp_path / "none.json")[0] == 2
    assert run()[0] == 2
    assert run("--help")[0] == 0


def test_the_library_holds() -> None:
    suites, wrong = CHECK.check_library(INSTANCES)
    assert wrong == []
    # Those values were found in longer searches than there was time to repeat: the list may only become shorter.
    lacking = {f"{row['suite']}/{file}" for row in suites for file in row["without_solution"]}
    assert lacking <= {
        "intradp/onnx-nine/inception_v2-50MBps.json",
        "wnp/chip-only/random-80x8.json",
    }
    assert {row["suite"].partition("/")[0] for row in suites} == {"wnp", "slide", "intradp"}


def library(folder: Path) -> tuple[Path, list[dict[str, Any]]]:
    """A library of one suite, and the rows of its index."""
    for part in (Path("wnp/tiny"), Path("solutions/wnp/tiny")):
        (folder / part).mkdir(parents=True)
        shutil.copy(INSTANCES / part / "tiny-00.json", folder / part)
    rows = json.loads((INSTANCES / "wnp/tiny/index.json").read_text())
    return folder, [row for row in rows if row["file"] == "tiny-00.json"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"best": 25}, "the index says 25"),
        ({"best": None}, "the index says None"),
        ({"bound": 27}, "beats the bound 27"),
        ({"bound": 20}, "does not prove"),
        ({"bound": None}, "does not prove"),
        ({"file": "tiny-01.json"}, "cannot be read"),
    ],
)
def test_an_index_that_is_wrong_is_told(tmp_path: Path, change: dict[str, object], told: str) -> None:
    folder, rows = library(tmp_path)
    (folder / "wnp/tiny/index.json").write_text(json.dumps(rows))
    assert CHECK.check_library(folder)[1] == []
    (folder / "wnp/tiny/index.json").write_text(json.dumps([rows[0] | change]))
    assert told in "\n".join(CHECK.check_library(folder)[1])
    assert CHECK.main(["--all", str(folder)]) == 1


def test_strays_and_missing_solutions_are_told(tmp_path: Path) -> None:
    folder, rows = library(tmp_path)
    (folder / "wnp/tiny/index.json").write_text(json.dumps(rows))
    shutil.copy(folder / "solutions/wnp/tiny/tiny-00.json", folder / "solutions/wnp/tiny/other.json")
    assert "other.json: stands in no index" in CHECK.check_library(folder)[1][0]
    (folder / "solutions/wnp/tiny/tiny-00.json").unlink()
    assert "cannot be read: No such file" in CHECK.check_library(folder)[1][0]
    # A row without a method tells of a value whose solution is not kept.
    for field in ("method", "version", "date"):
        del rows[0][field]
    (folder / "wnp/tiny/index.json").write_text(json.dumps(rows))
    (folder / "solutions/wnp/tiny/other.json").unlink()
    (row,), wrong = CHECK.check_library(folder)
    assert (row["without_solution"], wrong) == (["tiny-00.json"], [])
    assert CHECK.main(["--all", str(tmp_path / "none")]) == 2


def test_without_modalities_nothing_is_sent() -> None:
    """The contract: where modalities is [], so is rb. The verifier took rows without entries, once."""
    file = Path("wnp/tiny/tiny-04.json")
    instance = json.loads((INSTANCES / file).read_text())
    solution = json.loads((INSTANCES / "solutions" / file).read_text())
    assert (instance["modalities"], solution["rb"]) == ([], [])
    for rb, accepted in (([], True), ([[]], False)):
        plan = solution | {"rb": rb}
        assert (CHECK.referee(instance, plan)[1] == []) is accepted
        posed = WnpInstance.from_data(instance)
        assert verify(posed, WnpSolution.from_data(plan)).accepted is accepted


def told(count: int, seed: int) -> None:
    verdicts, mismatches = REFEREES["compared"](count, seed)
    lines = [f"{label}: verifier {one}, check.py {two}" for label, _, _, one, two in mismatches]
    assert not lines, f"seed {seed} of scripts/referees.py: " + "; ".join(lines)
    for family in ("wnp", "slide", "intradp"):
        assert verdicts[family, "accepted"] > count / 40
        assert verdicts[family, "rejected"] > count / 20


def test_the_referees_agree() -> None:
    told(300, 7)


@pytest.mark.slow
def test_the_referees_agree_whatever_the_seed() -> None:
    told(3000, random.SystemRandom().randrange(10**6))
