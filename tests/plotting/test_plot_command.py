"""``wnpopt plot``: a stored plan, several against one time axis, and the instance alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from wnpopt.cli.main import main
from wnpopt.core import registry
from wnpopt.core.errors import InputError
from wnpopt.core.lazy import resolve
from wnpopt.plotting.beside import beside
from wnpopt.problems.wnp.plots.groups import branches

FAMILIES = ("wnp", "slide", "intradp")
MAGIC = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml", ".html": b"<!doctype html>"}


def known(family: str) -> Any:
    case = registry.family(family).doctor
    assert case is not None
    return registry.family(family).instance_type.from_data(dict(case.instance))


@pytest.fixture(scope="module", params=FAMILIES)
def drawn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Path]]:
    """An instance's file, and those of two plans."""
    folder = tmp_path_factory.mktemp(request.param)
    instance = known(request.param)
    wnpopt.save(instance, folder / "instance.json")
    plans = []
    for number, method in enumerate({"wnp": ["rtfs", "pacs"], "slide": ["greedy", "equal"]}.get(
        request.param, ["device-only", "layer-cut"]
    )):  # fmt: skip
        solution = wnpopt.solve(instance, method).solution
        assert solution is not None
        plans.append(folder / f"plan{number}.json")
        wnpopt.save(solution, plans[-1])
    return folder / "instance.json", plans


@pytest.mark.parametrize("ending", [".svg", ".pdf", ".html"])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_pictures_of_all_families(drawn: tuple[Path, list[Path]], tmp_path: Path, ending: str, count: int) -> None:
    file, plans = drawn
    out = tmp_path / f"picture{ending}"
    command = ["plot", str(file), *map(str, plans[:count]), "-o", str(out)]
    assert main(command) == 0
    content = out.read_bytes()
    assert content.startswith(MAGIC[ending])
    if ending != ".pdf" or count == 0:  # of a PDF its date alone might differ, which is in any
        assert main(command) == 0
        assert out.read_bytes() == content  # the same gives the same
    if ending == ".svg":
        instance = wnpopt.load(file)
        assert instance.name.encode() in content
    if ending == ".html" and count == 2:
        assert b"plan0: " in content
        assert b"plan1: " in content


def test_an_image_of_dots(drawn: tuple[Path, list[Path]], tmp_path: Path) -> None:
    file, _ = drawn
    assert main(["plot", str(file), "-o", str(tmp_path / "p.png")]) == 0
    assert (tmp_path / "p.png").read_bytes().startswith(MAGIC[".png"])


def test_plans_beside_each_other_keep_their_bars() -> None:
    instance = known("wnp")
    family = registry.family("wnp")
    assert family.gantt is not None
    plans = {method: wnpopt.solve(instance, method).solution for method in ("rtfs", "pacs")}
    charts = [(name, resolve(family.gantt)(instance, plan)) for name, plan in plans.items()]  # type: ignore[operator]
    both = beside("both", charts)
    assert both.end == max(chart.last for _, chart in charts)
    assert [lane.name for lane in both.lanes] == [f"{name}: {lane.name}" for name, c in charts for lane in c.lanes]
    told = [(both.lanes[bar.lane].name, bar.start, bar.end, bar.label, both.groups[bar.group]) for bar in both.bars]
    assert told == [
        (f"{name}: {chart.lanes[bar.lane].name}", bar.start, bar.end, bar.label, chart.groups[bar.group])
        for name, chart in charts
        for bar in chart.bars
    ]
    for link in both.links:  # none leads from one plan to another
        lanes = {both.lanes[both.bars[end].lane].name.partition(":")[0] for end in (link.source, link.target)}
        assert len(lanes) == 1
    assert all(mark.lane is not None for mark in both.marks)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("FILE -o FOLDER/p.gif", r"\.html, \.png, \.svg, \.pdf"),
        ("FILE PLAN -o FOLDER/p.gif", r"\.html, \.png, \.svg, \.pdf"),
        ("FILE FILE -o FOLDER/p.svg", "kind"),
        ("FILE -o FILE", "replace the other"),
        ("FILE -o FOLDER/no/p.svg", "does not exist"),
    ],
)
def test_what_cannot_be_drawn(
    drawn: tuple[Path, list[Path]], tmp_path: Path, words: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, plans = drawn
    names = {"FILE": str(file), "PLAN": str(plans[0]), "FOLDER": str(tmp_path)}
    assert main(["plot", *re.sub("FILE|PLAN|FOLDER", lambda found: names[found[0]], words).split()]) == 2
    assert re.search(what, capsys.readouterr().err)


def test_a_plan_that_is_not_accepted_is_not_drawn(tmp_path: Path) -> None:
    instance = known("slide")
    plan = wnpopt.solve(instance, "greedy").solution
    assert plan is not None
    with pytest.raises(InputError, match="not accepted"):
        wnpopt.plot(instance.replace(bandwidth_hz=1.0), plan, tmp_path / "p.svg")
    assert not (tmp_path / "p.svg").exists()


def test_a_branch_is_what_depends_on_one_modality_alone() -> None:
    instance = known("wnp")
    edges = [(e.source, e.target) for e in instance.edges]
    names = [m.name for m in instance.modalities]
    for subgraph, branch in zip(instance.subgraphs, branches(instance).tolist(), strict=True):
        before, left = {subgraph.name}, [subgraph.name]
        while left:
            at = left.pop()
            more = {source for source, target in edges if target == at} - before
            before |= more
            left += more
        reads = {s.modality for s in instance.subgraphs if s.name in before} - {None}
        assert branch == (names.index(reads.pop()) if len(reads) == 1 else -1)
