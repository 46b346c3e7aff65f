"""Pictures are drawn, with the numbers that they should show."""

from __future__ import annotations

from pathlib import Path

import pytest

import wnpopt
from wnpopt.core.errors import InputError
from wnpopt.problems.slide import SlideSolution
from wnpopt.problems.slide.generate import generate
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


@pytest.mark.parametrize("ending", [".png", ".svg", ".html", ".pdf"])
def test_solutions_are_drawn(ending: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from wnpopt.problems.slide.plots.image import draw

    file = tmp_path / f"plan{ending}"
    draw(INSTANCE, solved(), None, file)
    content = file.read_bytes()
    assert len(content) > 5_000
    if ending == ".html":
        assert content.startswith(b"<!doctype html>")
        assert b"http-equiv" not in content
    if ending == ".svg":
        draw(INSTANCE, solved(), None, tmp_path / "again.svg")
        assert (tmp_path / "again.svg").read_bytes() == content


def test_nobody_served_multicast_and_single_users_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from wnpopt.problems.slide.plots.image import draw, draw_allocation, draw_timeline

    solution = solved()
    draw(INSTANCE, solution.model_copy(update={"served": ()}), 3.0, tmp_path / "none.png")
    draw_allocation(INSTANCE, solution, tmp_path / "bars.png")
    draw_timeline(INSTANCE, solution, solution.served[0].user, tmp_path / "line.png")
    shared = generate({"users": 12, "requested": 1, "delivery": "multicast"}, 2)
    answer = wnpopt.solve(shared, "auto", threads=1).solution
    assert isinstance(answer, SlideSolution)
    draw(shared, answer, 12.0, tmp_path / "shared.png")
    assert len(list(tmp_path.glob("*.png"))) == 4
    with pytest.raises(InputError, match="is not served"):
        draw_timeline(INSTANCE, solution, "nobody", tmp_path / "x.png")
    with pytest.raises(InputError, match="ending"):
        draw(INSTANCE, solution, None, tmp_path / "plan.gif")
