"""A family of another package: installed beside wnpopt, it passes the kit and works with every command.

Its files are the code blocks of docs/extend/family.md.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path

import pytest

from tests.zygote import Zygote
from wnpopt.core.extras import installed

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Path(__file__).with_name("singlemachine")
PAGE = ROOT / "docs" / "extend" / "family.md"
FILES = {
    str(path.relative_to(PROJECT)): path.read_text(encoding="utf-8")
    for path in sorted(PROJECT.rglob("*"))
    if path.suffix in (".py", ".toml")
}
BLOCK = re.compile(r"^(?:`(?P<file>[\w./-]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site folder with the package in it, as an installer would leave it there."""
    folder = tmp_path_factory.mktemp("site")
    project = tomllib.loads(FILES["pyproject.toml"])
    for package in project["tool"]["setuptools"]["packages"]:
        shutil.copytree(PROJECT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    name, version = project["project"]["name"], project["project"]["version"]
    meta = folder / f"{name}-{version}.dist-info"
    meta.mkdir()
    (meta / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = []
    for group, points in project["project"]["entry-points"].items():
        lines += [f"[{group}]", *(f"{point} = {value}" for point, value in points.items())]
    (meta / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return folder


def environment(site: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT)]), "PYTHON": sys.executable}


COMMAND = "import runpy\nrunpy.run_module('wnpopt', run_name='__main__', alter_sys=True)"
Run = Callable[..., str]


@pytest.fixture(scope="module")
def run(site: Path) -> Iterator[Run]:
    """Runs ``wnpopt`` with arguments, or a ``program``, in a process of its own that finds the package."""
    with Zygote("import numpy, pydantic, rich, typer\nimport wnpopt.cli.main") as zygote:

        def run(folder: Path, *arguments: str, program: str = COMMAND, code: int = 0) -> str:
            done = zygote.run(program, *arguments, environment=environment(site), folder=folder)
            assert done.returncode == code, f"{done.stdout}\n{done.stderr}"
            return done.stdout

        yield run


@pytest.fixture(scope="module")
def instance(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    options = ("--seed", "3", "--jobs", "6")
    run(folder, "generate", "singlemachine", *options)
    return (folder / "singlemachine-6-s3.json").rename(folder / "six.json")


def least(data: dict) -> int:  # type: ignore[type-arg]
    """The least sum of completion times, of all orders."""
    values = []
    for order in permutations(data["jobs"]):
        now = total = 0
        for job in order:
            now = max(now, job["release"]) + job["processing"]
            total += now
        values.append(total)
    return min(values)


def test_the_page_holds_the_files() -> None:
    blocks = list(BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    assert {block["file"]: block["text"] for block in blocks if block["file"]} == FILES


def test_the_page_counts_right() -> None:
    code = {name: text for name, text in FILES.items() if name != "conformance.py"}
    lines = sum(text.count("\n") for text in code.values())
    assert len(code) <= 8
    assert lines <= 900
    tests = FILES["conformance.py"].count("\n")
    assert f"{len(code)} files, {lines} lines, and {tests} lines of tests" in PAGE.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_commands_of_the_page_work(site: Path, tmp_path: Path) -> None:
    blocks = [
        b for b in BLOCK.finditer(PAGE.read_text(encoding="utf-8")) if b["kind"] == "sh" and "pip" not in b["text"]
    ]
    assert blocks
    shutil.copy(PROJECT / "conformance.py", tmp_path)
    for block in blocks:
        script = 'set -eu\nwnpopt() { "$PYTHON" -m wnpopt "$@"; }\npython() { "$PYTHON" "$@"; }\n' + block["text"]
        done = subprocess.run(
            ["sh", "-c", script], cwd=tmp_path, env=environment(site), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block['text']}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize("method", ["auto", "branch-and-bound", "dispatch"])
def test_solve_and_verify(run: Run, instance: Path, method: str) -> None:
    optimum = least(json.loads(instance.read_text()))
    told = run(instance.parent, "solve", "six.json", "--json", "--method", method, "--out", "p.json")
    result = json.loads(told)
    assert result["verified"]
    assert result["objective"] >= optimum >= result["bound"]
    if method != "dispatch":
        assert (result["status"], result["objective"]) == ("optimal", optimum)
    assert "accepted" in run(instance.parent, "verify", "six.json", "p.json")
    plan = json.loads((instance.parent / "p.json").read_text())
    plan["start"] = dict.fromkeys(plan["start"], 10**6)
    (instance.parent / "bad.json").write_text(json.dumps(plan))
    assert "overlap" in run(instance.parent, "verify", "six.json", "bad.json", code=1)


def test_it_is_shown_without_a_table_of_its_own(run: Run, instance: Path) -> None:
    run(instance.parent, "solve", "six.json", "--method", "dispatch", "--out", "shown.json")
    told = json.loads(run(instance.parent, "show", "six.json", "shown.json", "--json"))
    assert (told["kind"], told["jobs"], len(told["jobs_list"])) == ("singlemachine", 6, 6)
    jobs = {job["name"] for job in json.loads(instance.read_text())["jobs"]}
    assert jobs <= {row["label"] for row in told["solution"]["schedule"]}
    assert "schedule\n" in run(instance.parent, "show", "six.json", "shown.json")


DOCTOR = """
import sys
from wnpopt.cli.main import main
from wnpopt.core import registry

assert {"intradp", "singlemachine", "slide", "wnp"} <= set(registry.family_names())
registry.family_names = lambda: ("singlemachine",)
sys.exit(main(["doctor", "--json"]))
"""


def test_doctor(run: Run, tmp_path: Path) -> None:
    """It tries the families that are installed, among them this one; the others take half a minute."""
    checks = json.loads(run(tmp_path, program=DOCTOR))["checks"]
    ours = [check for check in checks if check["family"] == "singlemachine"]
    assert [check["method"] for check in ours] == ["dispatch", "branch-and-bound", "auto"]
    assert all(check["healthy"] for check in ours)


def test_list_and_schema(run: Run, tmp_path: Path) -> None:
    assert "branch-and-bound" in run(tmp_path, "list")
    schema = json.loads(run(tmp_path, "schema", "singlemachine"))
    assert {"jobs", "objective"} <= set(schema["properties"])


def test_batch_bench_and_report(run: Run, instance: Path) -> None:
    folder = instance.parent
    batch = ("batch", "six.json", "--methods", "auto,dispatch", "--out", "store", "--workers", "1")
    run(folder, *batch)
    assert "auto" in run(folder, "bench", "store")
    run(folder, "report", "store", "--out", "report.html")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "singlemachine" in page
    assert "on the machine" in page, "the Gantt chart is in the page"


@pytest.mark.parametrize(("ending", "library"), [("png", "matplotlib"), ("html", "plotly")])
def test_pictures(run: Run, instance: Path, ending: str, library: str) -> None:
    if not installed(library):
        pytest.skip(f"{library} is not installed")
    run(instance.parent, "solve", "six.json", "--plot", f"plan.{ending}")
    assert (instance.parent / f"plan.{ending}").stat().st_size > 10**3
