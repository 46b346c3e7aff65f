"""CITATION.cff and the forms for issues, as other programs read them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")

ROOT = Path(__file__).resolve().parents[2]
FORMS = sorted(path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_citation_is_that_of_this_version() -> None:
    citation = read(ROOT / "CITATION.cff")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert (citation["version"], citation["license"]) == (project["version"], project["license"])
    assert citation["authors"]
    assert citation["message"]
    assert citation["title"].startswith("wnpopt")


def test_the_three_papers_are_cited() -> None:
    papers = {}
    for paper in read(ROOT / "CITATION.cff")["references"]:
        (identifier,) = paper["identifiers"]
        number = identifier["value"].removeprefix("arXiv:")
        papers[number] = (paper["title"], [author["family-names"] for author in paper["authors"]])
        assert paper["url"] == f"https://arxiv.org/abs/{number}"
        assert paper["type"] == "article"
        assert paper["year"] == 2000 + int(number[:2])
        assert all(set(author) == {"family-names", "given-names"} for author in paper["authors"])
    assert papers["2603.02109"][1] == ["Xu", "Wong", "Du", "Shin"]
    assert papers["2512.20946"][1] == ["Qu", "Li", "Chen", "Chen", "Zhou"]
    assert papers["2507.05829"][1][0] == "Sun"
    assert len(papers["2507.05829"][1]) == 11
    assert len(papers) == 3


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_forms_ask_for_the_doctor(path: Path) -> None:
    form = read(path)
    assert set(form) == {"name", "description", "labels", "body"}
    fields = [part for part in form["body"] if part["type"] != "markdown"]
    names = [part["id"] for part in fields]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z_-]+", name) for name in names)
    assert all(part["attributes"]["label"] for part in fields)
    (doctor,) = [part for part in fields if "`wnpopt doctor`" in part["attributes"]["label"]]
    assert "wnpopt doctor" in doctor["attributes"]["description"]
    assert doctor.get("validations", {}).get("required", False) is (path.stem != "question")


def test_there_is_a_form_for_each_kind() -> None:
    assert [path.stem for path in FORMS] == ["bug", "question", "wrong-answer"]


@pytest.mark.parametrize("path", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda path: path.name)
def test_workflows_run_what_there_is(path: Path) -> None:
    jobs = read(path)["jobs"]
    lines = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    made = [word for line in lines if line.startswith("make ") for word in line.split()[2:]]
    assert made
    assert set(made) <= targets
    named = [name for line in lines for name in re.findall(r"\b(?:tests|scripts)/[\w./]+", line)]
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert all("uses" in step or "run" in step for job in jobs.values() for step in job["steps"])


def test_the_tests_run_on_every_python_that_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [entry.rpartition(" ")[2] for entry in project["classifiers"] if re.search(r":: 3\.\d+$", entry)]
    jobs = read(ROOT / ".github/workflows/tests.yml")["jobs"]
    assert jobs["tests"]["strategy"]["matrix"]["python"] == declared
    assert f">={declared[0]}" == project["requires-python"]
