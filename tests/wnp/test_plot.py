"""The picture: what is in it, and that it is the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest

import wnpopt
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.plots.image import colour, draw, gantt, origin, time_unit
from wnpopt.problems.wnp.solution import WnpSolution

pytest.importorskip("matplotlib")


def solved(options: dict[str, int | float], seed: int):
    instance = generate(options, seed)
    result = wnpopt.solve(instance, "pacs")
    assert isinstance(result.solution, WnpSolution)
    return instance, result.solution, result.bound


def test_the_figure_shows_radio_and_cores() -> None:
    instance, solution, bound = solved({"subgraphs": 12, "modalities": 3}, 1)
    figure = gantt(instance, solution, bound)
    upper, lower = figure.axes
    assert len(lower.patches) == len(instance.subgraphs), "one bar a subgraph"
    assert [t.get_text() for t in lower.get_yticklabels()] == [c.name for c in instance.chip.cores]
    moves = sum(solution.core[e.source] != solution.core[e.target] for e in instance.edges)
    assert sum(t.get_text() == "" for t in lower.texts) == moves, "one arrow a transfer"
    assert upper.images[0].get_array().shape[0] == instance.resource_blocks
    title = figure.get_suptitle()
    assert instance.name in title
    assert "bound" in title


def test_a_chip_alone_has_one_panel() -> None:
    instance, solution, bound = solved({"modalities": 0, "subgraphs": 8}, 2)
    assert len(gantt(instance, solution, bound).axes) == 1


def test_the_same_solution_gives_the_same_svg(tmp_path: Path) -> None:
    instance, solution, bound = solved({}, 3)
    for name in ("a.svg", "b.svg"):
        draw(instance, solution, bound, tmp_path / name)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_colours_follow_the_modality_until_several_meet() -> None:
    instance, _, _ = solved({"subgraphs": 12, "modalities": 3}, 1)
    families = origin(instance)
    for subgraph, family in zip(instance.subgraphs, families, strict=True):
        if subgraph.name.startswith("m"):
            assert family == int(subgraph.name[1])
        else:
            assert family is None
    assert colour(None) not in {colour(k) for k in range(8)}


@pytest.mark.parametrize(("horizon", "unit"), [(3.0, "s"), (0.5, "ms"), (30e-6, "µs"), (1e-8, "ns")])
def test_time_units(horizon: float, unit: str) -> None:
    assert time_unit(horizon)[1] == unit
