"""What the description of a chart says by itself, and how it is drawn: lines that coincide, names that are too long."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wnpopt
from wnpopt.core import registry
from wnpopt.core.errors import InputError
from wnpopt.plotting.draw import check_picture, draw, schedule
from wnpopt.plotting.gantt import Bar, Dependency, Gantt, Grid, Group, Lane, Mark, dash_turns, time_unit
from wnpopt.plotting.gantt_page import page_chart
from wnpopt.plotting.palette import COLOURS


def chart(**changes: object) -> Gantt:
    parts: dict[str, object] = {
        "title": "t", "unit": "ms", "end": 10.0, "lane_title": "core", "lanes": (Lane("a"), Lane("b")),
        "groups": tuple(Group(f"g{k}", paint) for k, paint in enumerate(COLOURS[:3])),
        "bars": (Bar(0, 0.0, 4.0, "first", 0), Bar(1, 5.0, 10.0, "second", 1)),
    }  # fmt: skip
    return Gantt(**{**parts, **changes})  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.lists(st.sampled_from([1.0, 1.001, 5.0, 9.0]), max_size=8))
def test_marks_at_one_time_share_its_line(times: list[float]) -> None:
    turns = dash_turns([Mark(at, "m", style="dashed") for at in times], 10.0)
    near = {1.0: 1.0, 1.001: 1.0}
    for place in {near.get(at, at) for at in times}:
        members = [turn for turn, at in zip(turns, times, strict=True) if near.get(at, at) == place]
        assert sorted(turn for turn, _ in members) == list(range(len(members))), "each has dashes of its own"
        assert {count for _, count in members} == {max(2, len(members))}


def test_arrivals_at_one_time_are_all_seen_in_the_image() -> None:
    pytest.importorskip("matplotlib")
    from matplotlib.colors import to_hex

    from wnpopt.plotting.gantt_image import gantt_figure

    marks = tuple(Mark(5.0, f"g{k}", k, kind="arrival", style="dashed") for k in range(3))
    (axes,) = gantt_figure(chart(marks=marks)).axes
    spans: dict[str, set[float]] = {}
    for part in axes.collections:
        if part.get_gid() is None and to_hex(part.get_colors()[0]) != "#ffffff":  # type: ignore[attr-defined]
            starts = {round(float(segment[0][1]), 9) for segment in part.get_segments()}  # type: ignore[attr-defined]
            spans[to_hex(part.get_colors()[0]).upper()] = starts  # type: ignore[attr-defined]
    assert set(spans) == set(COLOURS[:3])
    assert all(spans.values())
    assert sum(map(len, spans.values())) == len(set.union(*spans.values())), "no dash hides another"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["g0", "g1", "arrival"]


def test_labels_are_whole_or_shortened_or_absent() -> None:
    pytest.importorskip("matplotlib")
    from wnpopt.plotting.gantt_image import label_for

    bar = Bar(0, 0, 1, "encoder.block.12", 0)
    assert label_for(bar, 30) == "encoder.block.12"
    assert label_for(bar, 5) == "bl.12"
    assert label_for(bar, 2) == ""
    long = Bar(0, 0, 1, "x" * 100, 0)
    assert label_for(long, 10) == "x" * 9 + "…"
    assert label_for(long, 3) == ""
    wide = Bar(0, 0, 1, "模型模型", 0)
    assert label_for(wide, 8) == "模型模型"
    assert label_for(wide, 5) == ""


def test_the_page_has_links_marks_and_values() -> None:
    grid = Grid("block", 1, 4, 2.5, (((3, 0), (1, None)),), "slot", (((2, 7), (1, 9)),), "bit")
    links = (Dependency(0, 1, 4.0, 5.0, "8 B"),)
    marks = (Mark(12.0, "bound", style="dotted"), Mark(3.0, "here", 1, kind="arrival", style="dashed"))
    compact = page_chart(chart(grid=grid, links=links, marks=marks))
    assert compact.cells == ((3, 0, 1, -1),)
    assert compact.values == ((2, 7, 1, 9),)
    assert (compact.grid_title, compact.column_title, compact.value_unit) == ("block", "slot", "bit")
    ((source, target, start, end, detail),) = compact.links
    assert (source, target, [compact.texts[line] for line in detail]) == (0, 1, ["8 B"])
    assert (start, end) == pytest.approx((4.0, 5.0), abs=2e-6 * compact.end)
    told = {(compact.texts[label], compact.texts[kind], style) for _, _, _, label, kind, style, _, _ in compact.marks}
    assert told == {("bound", "", "dotted"), ("here", "arrival", "dashed")}
    assert compact.end == 12.0, "the axis reaches the last mark"


@pytest.mark.parametrize(("horizon", "unit"), [(3.0, "s"), (0.5, "ms"), (30e-6, "µs"), (1e-8, "ns")])
def test_time_units(horizon: float, unit: str) -> None:
    assert time_unit(horizon)[1] == unit


def test_the_title_says_value_bound_and_gap() -> None:
    for kind, method in (("wnp", "pacs"), ("slide", "greedy"), ("intradp", "layer-cut")):
        case = wnpopt.core.registry.family(kind).doctor
        assert case is not None
        instance = wnpopt.core.registry.family(kind).instance_type.from_data(dict(case.instance))
        solution = wnpopt.solve(instance, method, threads=1, warm_start="none").solution
        assert solution is not None
        value = wnpopt.verify(instance, solution).objective
        assert value is not None
        assert value > 0
        assert schedule(instance, solution).title.startswith(f"{instance.name}: ")
        assert schedule(instance, solution).title.endswith("no bound")
        assert schedule(instance, solution, value).title.endswith("optimal")
        half = schedule(instance, solution, value / 2)
        assert half.title.endswith("gap 50.00 %")
        bounds = [mark.at for mark in half.marks if mark.label == "bound"]
        if half.objective_scale is None:
            assert bounds == []
        else:
            assert bounds == pytest.approx([value / 2 * half.objective_scale])
            assert bounds[0] == pytest.approx(half.end / 2)
            assert all(mark.label != "bound" for mark in schedule(instance, solution, value).marks)


def test_a_chart_without_bars_and_lanes_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from wnpopt.plotting.gantt_image import gantt_figure
    from wnpopt.plotting.save import save_image

    save_image(gantt_figure(chart(end=0.0, lanes=(), bars=())), tmp_path / "empty.png")
    assert (tmp_path / "empty.png").stat().st_size > 1000


def test_an_ending_that_is_not_known_is_refused(tmp_path: Path) -> None:
    case = wnpopt.core.registry.family("wnp").doctor
    assert case is not None
    instance = wnpopt.core.registry.family("wnp").instance_type.from_data(dict(case.instance))
    solution = wnpopt.solve(instance, "pacs", threads=1).solution
    assert solution is not None
    with pytest.raises(
        wnpopt.core.errors.InputError, match=r"a\.gif; a file name with one of the endings \.html, \.png"
    ):
        draw(instance, solution, None, tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


def test_a_path_without_a_name_is_shown_whole() -> None:
    with pytest.raises(InputError, match=r"found \.; a file name with one of the endings"):
        check_picture(registry.family("wnp"), Path())
