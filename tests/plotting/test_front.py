"""The picture of a latency-energy front shows each point where it is, and what is not proved of it."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from wnpopt.core.errors import InputError
from wnpopt.core.front import FrontPoint, LatencyEnergyFront
from wnpopt.plotting.front import NAMES, check_front_picture, draw_front, front_figure


def front_of(*points: tuple[float, float, float | None, bool], unit: str = "s") -> LatencyEnergyFront:
    """A front of (latency, energy, bound, proved)."""
    return LatencyEnergyFront(
        instance="<b>$patrol_1$",
        instance_hash="0" * 64,
        latency_unit=unit,
        complete=False,
        points=tuple(
            FrontPoint(latency=latency, energy_j=energy, energy_bound_j=bound, proved=proved, solution={})
            for latency, energy, bound, proved in points
        ),
    )


MIXED = front_of((0.010, 5.0, 5.0, True), (0.025, 3.0, 2.5, False), (0.040, 2.0, None, False))


def test_points_are_at_their_latency_and_energy_by_what_is_proved() -> None:
    axes = front_figure(MIXED).axes[0]
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert lines[NAMES[True]].get_xydata().tolist() == [pytest.approx([10, 5])]
    assert lines[NAMES[False]].get_xydata().tolist() == [pytest.approx([25, 3]), pytest.approx([40, 2])]
    assert axes.get_xlabel() == "latency [ms]"
    (down,) = axes.collections
    # No bound is known of the last: its energy is above 0.
    assert [segment.tolist() for segment in down.get_segments()] == [
        [pytest.approx([25, 2.5]), pytest.approx([25, 3])],
        [pytest.approx([40, 0]), pytest.approx([40, 2])],
    ]
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == list(NAMES.values())


def test_ticks_stay_ticks_and_one_kind_of_points_is_one_entry() -> None:
    axes = front_figure(front_of((300, 5.0, 5.0, True), (400, 4.0, 4.0, True), unit="ticks")).axes[0]
    assert axes.get_xlabel() == "latency [ticks]"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [NAMES[True]]


@pytest.mark.parametrize("ending", ["html", "png", "svg", "pdf"])
def test_equal_fronts_give_equal_bytes(ending: str, tmp_path: Path) -> None:
    paths = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    for path in paths:
        draw_front(MIXED, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_page_tells_of_each_point_and_reads_no_name_as_markup(tmp_path: Path) -> None:
    draw_front(MIXED, tmp_path / "front.html")
    text = (tmp_path / "front.html").read_text()
    read: Any = json.loads(re.search(r'id="figures">(.*?)</script>', text)[1])  # type: ignore[index]
    traces = {trace.get("name"): trace for trace in read["front"]["data"]}
    assert traces["proved"]["text"] == ["10 ms<br>5 J, optimal"]
    assert traces[NAMES[False]]["text"] == ["25 ms<br>3 J, bound 2.5 J", "40 ms<br>2 J, bound -"]
    assert traces[NAMES[False]]["error_y"]["arrayminus"] == pytest.approx([0.5, 2])
    title = read["front"]["layout"]["title"]["text"]
    assert "<b>" not in title
    assert "$" not in title
    assert html.unescape(title) == "<b>$patrol_1$: 3 points, 1 proved; the front is not complete"


def test_other_endings_are_refused() -> None:
    with pytest.raises(InputError, match=r"found front\.jpg; a file name with one of the endings \.html"):
        check_front_picture(Path("front.jpg"))
