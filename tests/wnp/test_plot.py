"""The chart of a wnp solution: what is in it, and that its picture is the same each time."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import wnpopt
from wnpopt import wnp
from wnpopt.plotting.draw import draw, schedule
from wnpopt.plotting.gantt import Gantt
from wnpopt.plotting.gantt_image import gantt_figure
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.gantt import gantt
from wnpopt.problems.wnp.plots.groups import branches, subgraph_groups
from wnpopt.problems.wnp.solution import WnpSolution

pytest.importorskip("matplotlib")


def solved(options: dict[str, int | float], seed: int):
    instance = generate(options, seed)
    result = wnpopt.solve(instance, "pacs")
    assert isinstance(result.solution, WnpSolution)
    return instance, result.solution, result.bound


def painted(chart: Gantt):
    """The panels of the image, and the polygons of its bars."""
    figure = gantt_figure(chart)
    (bars,) = [part for axes in figure.axes for part in axes.collections if part.get_gid() == "bars"]
    return figure, bars


def test_the_image_shows_radio_and_cores() -> None:
    instance, solution, bound = solved({"subgraphs": 12, "modalities": 3}, 1)
    chart = schedule(instance, solution, bound)
    figure, bars = painted(chart)
    upper, lower = figure.axes
    assert bars.axes is lower
    assert len(bars.get_paths()) == len(instance.subgraphs), "one bar a subgraph"
    assert [t.get_text() for t in lower.get_yticklabels()] == [c.name for c in instance.chip.cores]
    moves = sum(solution.core[e.source] != solution.core[e.target] for e in instance.edges)
    tips = [line for line in lower.lines if line.get_marker() in ("v", "^")]
    assert sum(len(line.get_xdata()) for line in tips) == moves, "one arrow a transfer"
    assert upper.images[0].get_array().shape[0] == instance.resource_blocks
    title = figure.get_suptitle()
    assert instance.name in title
    assert "bound" in title
    assert lower.get_xlabel() == f"time [{chart.unit}]"


def test_bars_have_their_place_and_colour() -> None:
    instance, solution, _ = solved({"subgraphs": 12, "modalities": 3}, 1)
    chart = gantt(instance, solution)
    _, bars = painted(chart)
    from matplotlib.colors import to_hex

    for bar, path, paint in zip(chart.bars, bars.get_paths(), bars.get_facecolors(), strict=True):
        box = path.get_extents()
        assert (box.x0, box.x1) == pytest.approx((bar.start, bar.end))
        assert bar.lane - 0.5 < box.y0 < box.y1 < bar.lane + 0.5
        assert to_hex(paint).upper() == chart.groups[bar.group].colour


def test_a_chip_alone_has_one_panel() -> None:
    instance, solution, _ = solved({"modalities": 0, "subgraphs": 8}, 2)
    assert len(gantt_figure(gantt(instance, solution)).axes) == 1


@pytest.mark.parametrize("ending", [".svg", ".png", ".html"])
def test_the_same_solution_gives_the_same_bytes(ending: str, tmp_path: Path) -> None:
    instance, solution, bound = solved({}, 3)
    for name in ("a", "b"):
        draw(instance, solution, bound, tmp_path / f"{name}{ending}")
    assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_colours_follow_the_modality_until_several_meet() -> None:
    instance, solution, _ = solved({"subgraphs": 12, "modalities": 3}, 1)
    for subgraph, family in zip(instance.subgraphs, branches(instance).tolist(), strict=True):
        if subgraph.name.startswith("m"):
            assert family == int(subgraph.name[1])
        else:
            assert family == -1
    chart = gantt(instance, solution)
    assert len({group.colour for group in chart.groups}) == len(chart.groups)
    drawn = {bar.label: chart.groups[bar.group].name for bar in chart.bars}
    assert all(drawn[s.name] == f"m{s.name[1]}" for s in instance.subgraphs if s.name.startswith("m"))


def test_without_modalities_colours_follow_branches_or_depth() -> None:
    def chip_only(names: list[str]) -> WnpInstance:
        chip = wnp.chip(["a", "b"], hop_s=1e-6, bytes_per_s=1e9)
        parts = wnp.subgraphs(names, seconds=np.full((len(names), 2), 1e-3))
        return wnp.instance("c", chip=chip, subgraphs=parts, edges=dict.fromkeys(pairwise(names), 8))

    branch = subgraph_groups(chip_only(["left.0", "left.1", "right.0", "head"]))
    assert [group.name for group in branch.groups] == ["depth 0", "depth 1", "depth 2", "depth 3"]  # one has no branch
    branch = subgraph_groups(chip_only(["left.0", "left.1", "right.0"]))
    assert ([group.name for group in branch.groups], branch.of) == (["left", "right"], (0, 0, 1))
    deep = subgraph_groups(chip_only([f"n{i}" for i in range(20)]))
    assert [group.name for group in deep.groups][::6] == ["depth 0 to 2", "depth 18 to 19"]
    assert list(deep.of) == sorted(deep.of)
    assert len({group.colour for group in deep.groups}) == 7
