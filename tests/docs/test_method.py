"""A method as docs/extend/method.md tells to make it: installed beside wnpopt, it solves and passes the kit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extend" / "method.md").read_text(encoding="utf-8")
PROJECT, CODE, *EXAMPLES = re.findall(r"^```(?:toml|python)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One in which the package is installed, as an installer would leave it."""
    site = tmp_path_factory.mktemp("site")
    project = tomllib.loads(PROJECT)["project"]
    package = site / "my_package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "mine.py").write_text(CODE, encoding="utf-8")
    meta = site / f"my_package-{project['version']}.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    ((group, points),) = project["entry-points"].items()
    (meta / "entry_points.txt").write_text(
        f"[{group}]\n" + "".join(f"{name} = {ref}\n" for name, ref in points.items())
    )
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)])}


def run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_command_of_the_page_solves(environment: dict[str, str]) -> None:
    (command,) = re.findall(r"^wnpopt (solve .*)$", PAGE, re.MULTILINE)
    told = run(environment, "-m", "wnpopt", *command.split())
    value, bound = re.findall(r"(\d+) ticks, no less than (\d+)", PAGE)[0]
    assert re.search(rf"mine +feasible +{value} +{bound} ", told)


def test_the_method_of_the_page_passes_the_kit(environment: dict[str, str]) -> None:
    counted = EXAMPLES[-1].replace("case.run()", "print(case, case.run())")
    cases = run(environment, "-c", "\n".join([*EXAMPLES[:-1], counted])).splitlines()
    assert len(cases) > 8
    assert any(case.startswith("wnp-method-known-optimum-mine None") for case in cases)


def test_the_method_of_the_page_refuses_the_shared_bus(environment: dict[str, str]) -> None:
    script = """
import wnpopt
from wnpopt.core import registry
data = dict(registry.family("wnp").doctor.instance)
data["chip"] = {**data["chip"], "exclusive_bus": True}
try:
    wnpopt.solve(registry.family("wnp").instance_type.from_data(data), "mine")
except wnpopt.UnsupportedError as error:
    print(error.where)
"""
    assert run(environment, "-c", script) == "chip.exclusive_bus\n"


def test_the_example_for_contributors_is_the_method_as_it_is() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert (ROOT / "wnpopt/problems/wnp/methods/rtfs.py").read_text(encoding="utf-8") in contributing
