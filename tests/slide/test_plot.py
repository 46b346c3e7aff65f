"""Pictures are drawn, with the numbers that they should show."""

from __future__ import annotations

from pathlib import Path

import pytest

import wnpopt
from wnpopt.plotting.draw import draw, schedule
from wnpopt.problems.slide import SlideSolution
from wnpopt.problems.slide.generate import generate
from wnpopt.problems.slide.plots.gantt import gantt
from wnpopt.problems.slide.plots.timeline import timelines
from wnpopt.problems.slide.verify import verify

INSTANCE = generate({"users": 30, "requested": 1, "device": "phone", "compute_scale": 0.05, "bandwidth_hz": 5e8}, 1)


def solved() -> SlideSolution:
    solution = wnpopt.solve(INSTANCE, "auto", threads=1).solution
    assert isinstance(solution, SlideSolution)
    assert solution.served
    return solution


def test_timelines_are_the_recursion() -> None:
    solution = solved()
    assert verify(INSTANCE, solution).accepted
    for line in timelines(INSTANCE, solution):
        assert line.end[-1] <= line.deadline_s * (1 + 1e-9)
        assert line.end[-1] <= line.late_end[-1] <= 2 * line.end[-1] * (1 + 1e-12)
        for layer in range(len(line.end)):
            before = line.end[layer - 1] if layer else 0.0
            assert line.start[layer] == max(line.arrival[layer], before)
        assert 0 < line.rho < 1


@pytest.mark.parametrize("ending", [".png", ".svg", ".html"])
def test_solutions_are_drawn(ending: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("plotly")
    for name in ("plan", "again"):
        draw(INSTANCE, solved(), None, tmp_path / f"{name}{ending}")
    content = (tmp_path / f"plan{ending}").read_bytes()
    assert len(content) > 5_000
    assert (tmp_path / f"again{ending}").read_bytes() == content


def test_the_chart_says_what_downloading_first_would_cost() -> None:
    solution = solved()
    chart = gantt(INSTANCE, solution)
    factor = {"ms": 1e3, "s": 1.0}[chart.unit]
    late = [mark.at for mark in chart.marks if mark.kind == "download first"]
    assert late == pytest.approx([line.late_end[-1] * factor for line in timelines(INSTANCE, solution)])
    for bar in chart.bars:
        if bar.track == 0:
            entry = next(entry for entry in solution.served if entry.user == chart.lanes[bar.lane].name)
            assert bar.label == f"{entry.bandwidth_hz / 1e6:.4g} MHz, {entry.model}"


def test_nobody_served_and_multicast_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("plotly")
    nobody = solved().model_copy(update={"served": ()})
    shared = generate({"users": 12, "requested": 1, "delivery": "multicast"}, 2)
    answer = wnpopt.solve(shared, "auto", threads=1).solution
    assert isinstance(answer, SlideSolution)
    for ending in (".png", ".html"):
        draw(INSTANCE, nobody, 3.0, tmp_path / f"none{ending}")
        draw(shared, answer, 12.0, tmp_path / f"shared{ending}")
    assert schedule(INSTANCE, nobody, 3.0).title.endswith("0 of 30 users served, bound 3 users, gap 3.0e+14 %")
    assert len(list(tmp_path.iterdir())) == 4
