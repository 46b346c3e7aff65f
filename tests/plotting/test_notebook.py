"""Notebooks, data frames and live drawings of instances, solutions and results."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import wnpopt
from tests.plotting.test_plot_command import FAMILIES, known
from wnpopt.core.errors import InputError
from wnpopt.core.trace import TracePoint
from wnpopt.plotting.live import LivePlot

METHODS = {"wnp": "pacs", "slide": "greedy", "intradp": "layer-cut"}
HOSTILE = "<img src=x onerror=alert(1)>$x$"


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("family", FAMILIES)
def test_what_a_notebook_shows(family: str) -> None:
    instance = known(family).replace(name=HOSTILE)
    result = wnpopt.solve(instance, METHODS[family], isolate=False)
    for shown in (instance, result.solution, replace(result, message=HOSTILE)):
        page = shown._repr_html_()
        tags = Tags(page)
        assert HOSTILE in tags.text
        assert {tag for tag, _ in tags.seen} <= {"div", "strong", "table", "tr", "th", "td", "p", "img"}
        images = [attributes for tag, attributes in tags.seen if tag == "img"]
        assert all(str(image["src"]).startswith("data:image/png;base64,") for image in images)
        assert not any(name.startswith("on") for _, attributes in tags.seen for name in attributes)
        assert "$" not in re.sub(r'src="[^"]*"', "", page)
        assert len(page) < 200_000
    assert len([tag for tag, _ in Tags(instance._repr_html_()).seen if tag == "img"]) == 1


def test_large_instances_have_no_picture() -> None:
    instance = known("slide")
    user = instance.users[0].to_data()
    many = instance.replace(users=[{**user, "name": f"u{i}"} for i in range(2000)])
    assert "<img" not in many._repr_html_()
    solution = wnpopt.solve(many, "greedy", isolate=False).solution
    assert solution is not None
    assert len(solution._repr_html_()) < 5000


def test_frames_hold_what_the_instance_holds() -> None:
    wnp, slide, intradp = (known(family) for family in FAMILIES)
    assert list(wnp.frames()) == ["modalities", "chip.cores", "subgraphs", "edges"]
    assert wnp.frames()["subgraphs"]["name"].tolist() == [s.name for s in wnp.subgraphs]
    assert wnp.frames()["edges"]["from"].tolist() == [edge.source for edge in wnp.edges]
    users = slide.frames()["users"]
    assert users["deadline_s"].tolist() == [user.deadline_s for user in slide.users]
    operators = intradp.frames()["operators"]
    assert operators["device.full_s"].tolist() == [operator.device.full_s for operator in intradp.operators]


@pytest.mark.parametrize("family", FAMILIES)
def test_schedules_are_frames_in_ms(family: str) -> None:
    instance = known(family)
    result = wnpopt.solve(instance, METHODS[family], isolate=False)
    assert result.solution is not None
    assert result.objective is not None
    frame = instance.schedule(result.solution)
    assert (frame["end_ms"] >= frame["start_ms"]).all()
    assert frame["start_ms"].is_monotonic_increasing
    if family == "wnp":
        assert frame["end_ms"].max() == pytest.approx(1e3 * instance.tick_s * result.objective)
        decided = result.solution.frames()["entries"]
        assert decided["core"].to_dict() == result.solution.core
    if family == "intradp":
        assert frame["end_ms"].max() == pytest.approx(1e3 * result.objective)
        assert tuple(result.solution.frames()["entries"]["device_end"]) == result.solution.device_end
    other = instance.replace(name="other")
    with pytest.raises(InputError, match="not accepted"):
        other.schedule(result.solution)


def test_a_run_is_drawn_while_it_goes(tmp_path: Path) -> None:
    instance = known("wnp")
    file = tmp_path / "run.svg"
    with LivePlot(file, instance=instance, every_s=0) as live:
        result = wnpopt.solve(instance, "pacs", on_progress=live, isolate=False)
    assert live.points
    assert live.points[-1].objective == result.objective
    content = file.read_bytes()
    assert instance.name.encode() in content
    live.draw()
    assert file.read_bytes() == content


def test_in_a_notebook_one_place_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, svg: Any) -> None:
            shown.append(f"update {svg[:5]}")

    def display(svg: Any, display_id: bool) -> Handle:
        assert display_id
        shown.append(f"new {svg[:5]}")
        return Handle()

    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=1)))
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(SVG=str, display=display))
    live = LivePlot(every_s=1e9)
    live.draw()
    assert not shown
    live(TracePoint(0.1, 5, None))
    live(TracePoint(0.2, 4, None))  # too soon
    assert shown == ["new <?xml"]
    live.draw()
    assert shown == ["new <?xml", "update <?xml"]


@pytest.mark.parametrize(
    ("path", "every", "told"),
    [(None, 1, "path: is missing"), ("x.gif", 1, "x.gif"), ("x.svg", -1, "every_s: found -1")],
)
def test_what_cannot_be_drawn_live(path: str | None, every: float, told: str) -> None:
    with pytest.raises(InputError, match=told):
        LivePlot(path, every_s=every)
