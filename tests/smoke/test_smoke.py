"""A minute's look at everything: what CI runs on every Python that it can get, where one runs the whole suite."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import wnpopt
from wnpopt.core import registry
from wnpopt.core.document import Instance

pytestmark = pytest.mark.smoke

EXACT = {"wnp": ("milp", "cpsat", "lbbd", "auto"), "slide": ("milp", "auto"), "intradp": ("milp", "enumerate", "auto")}
"""Methods that prove the optimum of their family's known case from a cold start."""


def known(family: str) -> tuple[Instance, float]:
    case = registry.family(family).doctor
    assert case is not None
    instance: Instance = registry.family(family).instance_type.from_data(dict(case.instance))
    return instance, case.optimum


@pytest.mark.parametrize(("family", "method"), [(f, m) for f, names in EXACT.items() for m in names])
def test_known_optima_are_proved(family: str, method: str) -> None:
    instance, optimum = known(family)
    result = wnpopt.solve(instance, method, threads=1, warm_start="none")
    assert (result.status, result.objective) == ("optimal", pytest.approx(optimum, rel=1e-9))
    assert result.solution is not None
    assert wnpopt.verify(instance, result.solution).accepted


@pytest.mark.parametrize("family", wnpopt.families())
def test_every_heuristic_gives_a_verified_answer(family: str) -> None:
    instance, optimum = known(family)
    for method in registry.methods(family).values():
        if not method.timed and method.refuse(instance) is None and not set(method.modules) - {"numba"}:
            result = wnpopt.solve(instance, method.name)
            assert result.verified, method.name
            assert result.objective is not None
            side = 1 if registry.family(family).sense == "min" else -1
            assert side * (result.objective - optimum) >= -1e-9 * abs(optimum), method.name


def test_the_command_line(tmp_path: Path) -> None:
    instance, optimum = known("wnp")
    wnpopt.save(instance, tmp_path / "instance.json")
    command = [sys.executable, "-m", "wnpopt"]
    solve = [*command, "solve", str(tmp_path / "instance.json"), "--json", "--out", str(tmp_path / "plan.json")]
    done = subprocess.run(solve, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["objective"] == optimum
    verify = [*command, "verify", str(tmp_path / "instance.json"), str(tmp_path / "plan.json")]
    assert "accepted" in subprocess.run(verify, capture_output=True, text=True, check=True).stdout
    (tmp_path / "bad.json").write_text('{"kind": "wnp"}')
    bad = subprocess.run([*command, "solve", str(tmp_path / "bad.json")], capture_output=True, text=True, check=False)
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "bad.json" in bad.stderr
    assert "Traceback" not in bad.stderr


def test_a_batch_and_its_store(tmp_path: Path) -> None:
    instance, optimum = known("wnp")
    wnpopt.save(instance, tmp_path / "instance.json")
    summary = wnpopt.batch(tmp_path / "instance.json", methods=["pacs", "auto"], out=tmp_path / "store", workers=1)
    assert summary.complete
    assert summary.ran == 2
    assert optimum in {record.result.objective for record in wnpopt.Store.open(tmp_path / "store").records()}
