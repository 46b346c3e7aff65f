"""The chart of a wnp solution and its page: what they say, and that the file needs nothing else."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

import wnpopt
from tests.wnp.tiny import tiny_instance
from wnpopt.cli.main import main
from wnpopt.core.errors import InputError
from wnpopt.plotting.draw import draw
from wnpopt.plotting.palette import colour
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.channel import channel
from wnpopt.problems.wnp.plots.gantt import gantt
from wnpopt.problems.wnp.plots.groups import branches
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals, transfer_ticks, verify

pytest.importorskip("plotly", reason="the extra plot is not installed")

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


@pytest.fixture(scope="module")
def page(robot: tuple[WnpInstance, WnpSolution], tmp_path_factory: pytest.TempPathFactory) -> str:
    return drawn(*robot, tmp_path_factory.mktemp("page"), 30000.0)


def drawn(instance: WnpInstance, solution: WnpSolution, folder: Path, bound: float | None = None) -> str:
    """The text of the page."""
    draw(instance, solution, bound, folder / "plan.html")
    return (folder / "plan.html").read_text(encoding="utf-8")


def test_every_subgraph_has_its_bar(robot) -> None:
    instance, solution = robot
    chart = gantt(instance, solution)
    by_name = {bar.label: bar for bar in chart.bars}
    assert len(by_name) == len(chart.bars) == len(instance.subgraphs)
    families = dict(zip((s.name for s in instance.subgraphs), branches(instance), strict=True))
    when = dict(zip((m.name for m in instance.modalities), arrivals(instance, solution), strict=True))
    for subgraph in instance.subgraphs:
        bar = by_name[subgraph.name]
        start, ticks = solution.start[subgraph.name], subgraph.ticks[bar.lane] or 0
        assert chart.lanes[bar.lane].name == solution.core[subgraph.name]
        # One tick is 1 us, the axis is in ms.
        assert (bar.start, bar.end) == pytest.approx((start * 1e-3, (start + ticks) * 1e-3))
        family = int(families[subgraph.name])
        assert chart.groups[bar.group].colour == colour(None if family < 0 else family)
        assert f"({start} to {start + ticks}, {ticks} ticks)" in bar.detail
        if subgraph.modality is None:
            assert "reads" not in bar.detail
        else:
            assert f"reads {subgraph.modality}, there at {when[subgraph.modality] * 1e-3:.4g} ms" in bar.detail


def test_every_edge_is_a_link(robot) -> None:
    instance, solution = robot
    chart = gantt(instance, solution)
    assert len(chart.links) == len(instance.edges)
    assert any(solution.core[e.source] != solution.core[e.target] for e in instance.edges)
    for index, (edge, link) in enumerate(zip(instance.edges, chart.links, strict=True)):
        source, target = chart.bars[link.source], chart.bars[link.target]
        assert (source.label, target.label) == (edge.source, edge.target)
        assert link.start == source.end
        assert link.end <= target.start + 1e-9
        ticks = transfer_ticks(instance, index, solution.core[edge.source], solution.core[edge.target])
        assert link.end - link.start == pytest.approx(ticks * 1e-3)
        assert link.detail == ("" if source.lane == target.lane else f"{edge.bytes} B in {ticks} ticks")


def test_the_resource_blocks_are_those_of_the_solution(robot) -> None:
    instance, solution = robot
    chart = gantt(instance, solution)
    grid = chart.grid
    assert grid is not None
    for n in range(instance.resource_blocks):
        owners = [k for length, k in grid.runs[n] for _ in range(length)]
        bits = [value for length, value in grid.values[n] for _ in range(length)]
        missing = [None] * (len(solution.rb) - len(owners))
        assert owners + missing == [row[n] for row in solution.rb]
        assert bits + missing == [
            None if k is None else instance.rates[k, n, t // instance.radio.block_slots]
            for t, k in enumerate(row[n] for row in solution.rb)
        ]
    marks = {chart.groups[m.group].name: m.at for m in chart.marks if m.kind == "arrival" and m.group is not None}
    expected = zip(instance.modalities, arrivals(instance, solution), strict=True)
    assert marks == pytest.approx({m.name: 1e-3 * at for m, at in expected if at})


def test_the_page_needs_nothing_else(page: str) -> None:
    assert page.startswith("<!doctype html>")
    assert "default-src 'none'" in page
    tags = re.sub(r"<script\b[^>]*>.*?</script>", "<script>", page, flags=re.DOTALL)
    assert not re.search(r"<(link|img|iframe|object|embed)\b", tags)
    assert not re.search(r"<script[^>]*\bsrc\s*=", page)
    assert not re.search(r"\b(href|src)\s*=", tags)


def test_a_chip_alone_has_no_channel_on_its_page(page: str, tmp_path: Path) -> None:
    assert '"channel":{' in page
    instance = next(i for i in map(tiny_instance, range(100)) if not i.modalities)
    assert '"channel":{' not in drawn(instance, solved(instance), tmp_path)
    with pytest.raises(InputError, match="no channel"):
        channel(instance)


def test_the_channel_is_drawn_as_it_is(robot) -> None:
    instance, _ = robot
    maps = channel(instance).data
    assert len(maps) == len(instance.modalities)
    for k, trace in enumerate(maps):
        assert [list(row) for row in trace.z] == instance.rates[k].tolist()
        assert trace.x[-1] == pytest.approx(instance.radio.slots * instance.radio.slot_ticks * 1e-3)
        assert len(trace.x) == instance.blocks + 1
        assert len(trace.text[0]) == instance.blocks


def test_tiny_corners_are_drawn(tmp_path: Path) -> None:
    """Zero payloads, zero ticks, short last blocks, unused modalities, one core."""
    count = 0
    for seed in range(20):
        instance = tiny_instance(seed)
        solution = wnpopt.solve(instance, "pacs", threads=1).solution
        if isinstance(solution, WnpSolution):
            assert len(gantt(instance, solution).bars) >= len(instance.subgraphs)
            drawn(instance, solution, tmp_path)
            count += 1
    assert count > 10


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
    chart = gantt(instance, solution)
    (lane,) = [bar for bar in chart.bars if chart.lanes[bar.lane].name == "bus"]
    scale = chart.end / 14
    assert [lane.start / scale, lane.end / scale] == pytest.approx([5, 9])
    assert lane.lane == 2
    assert lane.detail == "c0 to c1\n8 B in 4 ticks"
    (link,) = chart.links
    assert (link.start, link.end) == (lane.start, lane.end)


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


def test_names_are_no_markup(tmp_path: Path) -> None:
    instance = hostile()
    page = drawn(instance, solved(instance), tmp_path, 0.0)
    assert HOSTILE not in page
    assert "onerror=alert(1)>" not in page
    harmless = plain(instance)
    assert page.count("</script>") == drawn(harmless, solved(harmless), tmp_path, 0.0).count("</script>")
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
    assert main(["solve", str(instance), "--method", "pacs", "--plot", str(tmp_path / "plan.gif")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert ".html, .png, .svg" in told.err
