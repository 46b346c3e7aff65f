"""The interactive figures: what they say, and that the file needs nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import wnpopt
from tests.wnp.tiny import tiny_instance
from wnpopt.cli.main import main
from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals, verify

pytest.importorskip("plotly", reason="the extra plot is not installed")

from wnpopt.problems.wnp.plots.channel import channel
from wnpopt.problems.wnp.plots.image import colour, origin
from wnpopt.problems.wnp.plots.interactive import gantt
from wnpopt.problems.wnp.plots.page import channel_page, schedule_page

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = "<b>&amp;</script><img src=x onerror=alert(1)>"


def solved(instance: WnpInstance) -> WnpSolution:
    solution = wnpopt.solve(instance, "pacs", threads=1).solution
    assert isinstance(solution, WnpSolution)
    return solution


@pytest.fixture(scope="module")
def robot() -> tuple[WnpInstance, WnpSolution]:
    instance = wnpopt.load(ROOT / "instances/wnp/real/factory-robot.json")
    assert isinstance(instance, WnpInstance)
    return instance, solved(instance)


def bars(figure) -> Iterator[tuple[float, float, int, str, str]]:
    """(start, duration, row, colour, hover text) of every bar of a subgraph."""
    for trace in figure.data:
        if trace.type == "bar" and trace.name != "bus":
            colours = [trace.marker.color] * len(trace.x)
            yield from zip(trace.base, trace.x, trace.y, colours, trace.hovertext, strict=True)


def test_every_subgraph_has_its_bar(robot) -> None:
    instance, solution = robot
    figure = gantt(instance, solution, 30000.0)
    drawn = {re.search(r"<b>(.*?)</b>", text)[1]: bar for bar in bars(figure) for text in [bar[4]]}  # type: ignore[index]
    assert set(drawn) == {s.name for s in instance.subgraphs}
    families = dict(zip((s.name for s in instance.subgraphs), origin(instance), strict=True))
    cores = [c.name for c in instance.chip.cores]
    for subgraph in instance.subgraphs:
        start, duration, row, paint, text = drawn[subgraph.name]
        core = solution.core[subgraph.name]
        assert cores[row] == core
        assert start == pytest.approx(solution.start[subgraph.name] * 1e-3)  # one tick is 1 us, the axis is in ms
        assert duration == pytest.approx((subgraph.ticks[row] or 0) * 1e-3)
        assert paint == colour(families[subgraph.name])
        assert core in text
        assert f"({solution.start[subgraph.name]} to " in text


def test_every_transfer_between_cores_can_be_hovered(robot) -> None:
    instance, solution = robot
    (markers,) = [t for t in gantt(instance, solution).data if t.type == "scatter" and t.mode == "markers"]
    moved = [e for e in instance.edges if solution.core[e.source] != solution.core[e.target]]
    assert moved
    assert len(markers.x) == len(moved)
    for edge, text in zip(moved, markers.hovertext, strict=True):
        assert f"{edge.source} to {edge.target}" in text
        assert f"{edge.bytes} B" in text


def test_the_resource_blocks_are_those_of_the_solution(robot) -> None:
    instance, solution = robot
    (radio,) = [t for t in gantt(instance, solution).data if t.type == "heatmap"]
    for t, row in enumerate(solution.rb):
        for n, k in enumerate(row):
            assert radio.z[n][t] == k
            if k is not None:
                assert radio.text[n][t] == instance.modalities[k].name
                assert list(radio.customdata[n][t]) == [t, instance.rates[k, n, t // instance.radio.block_slots]]
    when = [
        t.x[0] for t in gantt(instance, solution).data if t.type == "scatter" and "arrived" in (t.hovertemplate or "")
    ]
    assert sorted(set(when)) == pytest.approx(sorted(1e-3 * a for a in arrivals(instance, solution) if a))


def test_the_title_says_value_bound_and_gap(robot) -> None:
    instance, solution = robot
    makespan = verify(instance, solution).objective
    assert makespan is not None
    assert "optimal" in gantt(instance, solution, makespan).layout.title.text
    assert "no bound" in gantt(instance, solution).layout.title.text
    text = gantt(instance, solution, makespan / 2).layout.title.text
    assert "gap 50.00 %" in text
    assert f"({makespan:.0f} ticks)" in text


def test_the_page_needs_nothing_else_and_is_repeatable(robot) -> None:
    instance, solution = robot
    page = schedule_page(instance, solution, 30000.0)
    assert page == schedule_page(instance, solution, 30000.0)
    tags = re.sub(r"<script\b[^>]*>.*?</script>", "<script>", page, flags=re.DOTALL)
    assert not re.search(r"<(link|img|iframe|object|embed)\b", tags)
    assert not re.search(r"<script[^>]*\bsrc\s*=", page)
    assert not re.search(r"\b(href|src)\s*=", tags)
    assert 'id="schedule"' in page
    assert 'id="channel"' in page
    assert 'id="schedule"' not in channel_page(instance)


def test_the_channel_is_drawn_as_it_is(robot) -> None:
    instance, _ = robot
    maps = channel(instance).data
    assert len(maps) == len(instance.modalities)
    for k, drawn in enumerate(maps):
        assert [list(row) for row in drawn.z] == instance.rates[k].tolist()
        assert drawn.x[-1] == pytest.approx(instance.radio.slots * instance.radio.slot_ticks * 1e-3)
        assert len(drawn.x) == instance.blocks + 1
        assert len(drawn.text[0]) == instance.blocks


def test_a_chip_only_instance_has_no_channel() -> None:
    instance = next(i for i in map(tiny_instance, range(100)) if not i.modalities)
    page = schedule_page(instance, solved(instance))
    assert 'id="schedule"' in page
    assert 'id="channel"' not in page
    with pytest.raises(InputError, match="no channel"):
        channel(instance)


def test_tiny_corners_are_drawn() -> None:
    """Zero payloads, zero ticks, short last blocks, unused modalities, one core."""
    drawn = 0
    for seed in range(20):
        instance = tiny_instance(seed)
        solution = wnpopt.solve(instance, "pacs", threads=1).solution
        if isinstance(solution, WnpSolution):
            assert len(list(bars(gantt(instance, solution)))) == len(instance.subgraphs)
            drawn += 1
    assert drawn > 10


def test_an_exclusive_bus_has_a_lane() -> None:
    data = {
        "kind": "wnp", "schema_version": 1, "name": "bus",
        "radio": {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": []}, "modalities": [],
        "chip": {"cores": [{"name": "c0", "x": 0, "y": 0}, {"name": "c1", "x": 1, "y": 0}], "hop_ticks": 2,
                 "bytes_per_tick": 4, "exclusive_bus": True},
        "subgraphs": [{"name": "a", "ticks": [3, None]}, {"name": "b", "ticks": [None, 5]}],
        "edges": [{"from": "a", "to": "b", "bytes": 8}],
    }  # fmt: skip
    instance = WnpInstance.from_data(data)
    plan = {"kind": "wnp-solution", "instance": "bus", "rb": [], "core": {"a": "c0", "b": "c1"},
            "start": {"a": 0, "b": 9}, "transfer_start": {"a->b": 5}}  # fmt: skip
    solution = WnpSolution.from_data(plan)
    assert verify(instance, solution).accepted
    figure = gantt(instance, solution)
    (lane,) = [t for t in figure.data if t.name == "bus"]
    scale = max(b[0] + b[1] for b in bars(figure)) / 14
    assert [lane.base[0] / scale, lane.x[0] / scale] == pytest.approx([5, 4])
    assert lane.y[0] == 2


def hostile() -> WnpInstance:
    """A tiny instance whose every name tries to be mark-up."""
    data = tiny_instance(next(s for s in range(100) if len(tiny_instance(s).modalities) == 2 and fits(s))).to_data()
    text = wnpopt.core.jsonio.format_json(data)
    for name in ("m0", "m1", "g0", "g1", "c0"):
        text = text.replace(f'"{name}"', f'"{name}{HOSTILE}"')
    data = wnpopt.core.jsonio.parse_json(text.encode())
    return WnpInstance.from_data(data | {"name": HOSTILE, "source": HOSTILE})


def fits(seed: int) -> bool:
    return wnpopt.solve(tiny_instance(seed), "pacs", threads=1).solution is not None


def test_names_are_no_markup() -> None:
    instance = hostile()
    page = schedule_page(instance, solved(instance), 0.0)
    assert HOSTILE not in page
    assert "onerror=alert(1)>" not in page
    harmless = plain(instance)
    assert page.count("</script>") == schedule_page(harmless, solved(harmless), 0.0).count("</script>")
    assert f"<title>{html.escape(HOSTILE)}</title>" in page


def plain(instance: WnpInstance) -> WnpInstance:
    text = wnpopt.core.jsonio.format_json(instance.to_data()).replace(HOSTILE, "x")
    return WnpInstance.from_data(wnpopt.core.jsonio.parse_json(text.encode()))


def test_solve_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = ROOT / "instances/wnp/tiny/tiny-00.json"
    out = tmp_path / "plan.HTML"
    assert main(["solve", str(instance), "--method", "pacs", "--plot", str(out)]) == 0
    assert out.read_bytes().startswith(b"<!doctype html>")
    capsys.readouterr()
    assert main(["solve", str(instance), "--method", "pacs", "--plot", str(tmp_path / "plan.pdf")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert ".html, .png, .svg" in told.err
