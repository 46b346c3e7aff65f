"""The families' Gantt charts say what the solutions say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wnpopt
from tests.bench.report_store import INSTANCES, tiny
from tests.intradp.fields import with_fields
from tests.intradp.tiny import tiny as tiny_network
from wnpopt.core import registry
from wnpopt.core.document import Instance, Solution
from wnpopt.core.lazy import resolve
from wnpopt.plotting.gantt import Gantt, run_lengths
from wnpopt.plotting.gantt_page import page_chart
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.plots.gantt import gantt
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.plots.gantt import MOST_USERS
from wnpopt.problems.slide.solution import SlideSolution
from wnpopt.problems.slide.verify import latency, transmission_rates
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals

METHOD = {"wnp": "pacs", "slide": "greedy", "intradp": "layer-cut"}


def charted(family: str, file: str) -> tuple[Instance, Solution, Gantt]:
    instance = wnpopt.load(INSTANCES / family / file)
    solution = wnpopt.solve(instance, METHOD[family], threads=1).solution
    assert solution is not None
    reference = registry.family(family).gantt
    assert reference is not None
    draw = cast(Callable[[Instance, Solution], Gantt], resolve(reference))
    return instance, solution, draw(instance, solution)


@pytest.mark.parametrize("family", METHOD)
@pytest.mark.parametrize("number", range(6))
def test_bars_lie_in_the_chart_and_do_not_overlap(family: str, number: int) -> None:
    _, _, chart = charted(family, f"tiny/{tiny(family, 6)[number].name}")
    rows = defaultdict(list)
    for bar in chart.bars:
        assert 0 <= bar.start < bar.end <= chart.end * (1 + 1e-12)
        assert 0 <= bar.track < chart.lanes[bar.lane].tracks
        assert 0 <= bar.group < len(chart.groups)
        rows[bar.lane, bar.track].append((bar.start, bar.end))
    assert rows
    for found in rows.values():
        for (_, end), (start, _) in pairwise(sorted(found)):
            assert start >= end - 1e-9 * chart.end


def test_a_wnp_chart_has_every_subgraph_block_and_arrival() -> None:
    instance, solution, chart = charted("wnp", "real/factory-robot.json")
    assert isinstance(instance, WnpInstance)
    assert isinstance(solution, WnpSolution)
    ms = instance.tick_s * 1e3
    assert chart.unit == "ms"
    cores = [core.name for core in instance.chip.cores]
    expected = {
        (s.name, solution.core[s.name], solution.start[s.name], solution.start[s.name] + s.ticks[cores.index(core)])
        for s in instance.subgraphs
        for core in [solution.core[s.name]]
    }
    found = {(b.label, chart.lanes[b.lane].name, round(b.start / ms), round(b.end / ms)) for b in chart.bars}
    assert found == expected
    makespan = max(end for *_, end in expected)
    assert chart.end == pytest.approx(makespan * ms)
    assert chart.grid is not None
    assert chart.grid.step == pytest.approx(instance.radio.slot_ticks * ms)
    cells = [[g for n, g in row for _ in range(n)] for row in chart.grid.runs]
    for n, row in enumerate(cells):
        assert row + [None] * (len(solution.rb) - len(row)) == [slot[n] for slot in solution.rb]
    lines = {mark.label: mark.at for mark in chart.marks}
    for modality, at in zip(instance.modalities, arrivals(instance, solution), strict=True):
        assert at is not None
        assert lines[f"{modality.name} has arrived"] == pytest.approx(at * ms)
    assert lines["makespan"] == pytest.approx(makespan * ms)


def test_transfers_on_an_exclusive_bus_have_a_lane() -> None:
    radio = {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": []}
    names = {"kind": "wnp", "schema_version": 1, "name": "bus", "radio": radio, "modalities": []}
    chip = {"cores": [{"name": "a", "x": 0, "y": 0}, {"name": "b", "x": 1, "y": 0}], "hop_ticks": 2,
            "bytes_per_tick": 4, "exclusive_bus": True}  # fmt: skip
    # One core each, so that both edges cross.
    subgraphs = [{"name": n, "ticks": [5, None] if n == "s" else [None, 7]} for n in ("s", "t", "u")]
    edges = [{"from": "s", "to": "t", "bytes": 8}, {"from": "s", "to": "u", "bytes": 9}]
    instance = WnpInstance.from_data(names | {"chip": chip, "subgraphs": subgraphs, "edges": edges})
    solution = WnpSolution.from_data({
        "kind": "wnp-solution", "instance": "bus", "rb": [], "core": {"s": "a", "t": "b", "u": "b"},
        "start": {"s": 0, "t": 9, "u": 16}, "transfer_start": {"s->t": 5, "s->u": 10},
    })  # fmt: skip
    from wnpopt.problems.wnp.plots.gantt import gantt

    assert wnpopt.verify(instance, solution).accepted
    chart = gantt(instance, solution)
    bus = [bar for bar in chart.bars if chart.lanes[bar.lane].name == "bus"]
    scale = {"µs": 1e-6, "ms": 1e-3}[chart.unit] / instance.tick_s
    found = {b.label.replace(" to ", "->"): (round(b.start * scale), round((b.end - b.start) * scale)) for b in bus}
    # One hop of 2 ticks, and 8 and 9 bytes at 4 a tick, rounded up.
    assert found == {"s->t": (5, 4), "s->u": (10, 5)}


def test_a_slide_chart_ends_where_the_verifier_says() -> None:
    for file in tiny("slide", 8):
        instance, solution, chart = charted("slide", f"tiny/{file.name}")
        assert isinstance(instance, SlideInstance)
        assert isinstance(solution, SlideSolution)
        factor = 1e3 if chart.unit == "ms" else 1.0
        users = {u.name: u for u in instance.users}
        models = {m.name: m for m in instance.models}
        triples = [(users[e.user], models[e.model], e) for e in solution.served]
        rates = transmission_rates(instance, triples)
        assert [lane.name for lane in chart.lanes] == [entry.user for entry in solution.served]
        for lane, ((user, model, entry), rate) in enumerate(zip(triples, rates, strict=True)):
            download = [b for b in chart.bars if (b.lane, b.track) == (lane, 0)]
            compute = [b for b in chart.bars if (b.lane, b.track) == (lane, 1)]
            assert [b.end for b in download] == pytest.approx([model.bits / rate * factor])
            done = latency(user, model, rate, entry.frequency_hz) * factor
            busy = model.flop / (user.flop_per_cycle * entry.frequency_hz) * factor
            assert sum(b.end - b.start for b in compute) == pytest.approx(busy)
            assert max([b.end for b in [*compute, *download]]) == pytest.approx(done)
            assert [m.at for m in chart.marks if m.lane == lane and m.kind == "deadline"] == pytest.approx(
                [user.deadline_s * factor]
            )


def test_a_large_slide_chart_has_those_with_the_largest_bandwidth_and_says_so() -> None:
    _, solution, chart = charted("slide", "weighted/slide-weighted-asked-200.json")
    assert isinstance(solution, SlideSolution)
    assert len(solution.served) > MOST_USERS == len(chart.lanes)
    width = {entry.user: entry.bandwidth_hz for entry in solution.served}
    drawn = {lane.name for lane in chart.lanes}
    assert min(width[user] for user in drawn) >= max(width[user] for user in set(width) - drawn)
    assert chart.title.endswith(f"drawn: the {MOST_USERS} with the largest bandwidth")


def test_an_intradp_chart_has_all_that_the_replay_has() -> None:
    instance, solution, chart = charted("intradp", "onnx-nine/densenet121-10MBps.json")
    assert isinstance(instance, IntradpInstance)
    assert isinstance(solution, IntradpSolution)
    replayed = replay(instance, solution)
    for lane, name in enumerate(("device", "uplink", "server", "downlink")):
        assert chart.lanes[lane].name == name
        expected = [
            (instance.operators[e.operator].name, 1e3 * e.start_s, 1e3 * e.end_s)
            for e in getattr(replayed, name)
            if e.end_s > e.start_s
        ]
        assert [(b.label, b.start, b.end) for b in chart.bars if b.lane == lane] == expected
    assert ("latency", 1e3 * replayed.latency_s) in [(mark.label, mark.at) for mark in chart.marks]


@pytest.mark.parametrize("seed", range(12))
def test_sides_are_busy_in_an_intradp_chart_for_as_long_as_the_plan_costs(seed: int) -> None:
    """Whatever optional fields there are, segments among them: bars of a side do not overlap, and lose no second."""
    instance = with_fields(tiny_network(seed, 3_000), seed)
    result = wnpopt.solve(instance, "layer-cut" if seed % 2 else "de", isolate=False)
    assert isinstance(result.solution, IntradpSolution)
    chart = gantt(instance, result.solution)
    replayed = replay(instance, result.solution)
    for lane, side, messages in ((0, "device", replayed.uplink), (2, "server", replayed.downlink)):
        cost, cut = 0.0, getattr(instance.segment_s, side)
        for operator, end, begin in zip(
            instance.operators, result.solution.device_end, result.solution.server_begin, strict=True
        ):
            rows, part = (end if lane == 0 else operator.units - begin), getattr(operator, side)
            if rows:
                split = part.partial_s if rows < operator.units else 0.0
                cost += part.fixed_s + split + (part.full_s - part.fixed_s) * rows / operator.units
        received = replayed.downlink if lane == 0 else replayed.uplink
        cost += cut * (len(messages) + len(received))
        bars = sorted((bar.start, bar.end) for bar in chart.bars if bar.lane == lane)
        assert sum(end - start for start, end in bars) == pytest.approx(1e3 * cost)
        assert all(end <= start * (1 + 1e-12) for (_, end), (start, _) in pairwise(bars))
    cuts = [bar for bar in chart.bars if chart.groups[bar.group].name == "cut at a message"]
    assert (not cuts) == (not any((replayed.device_segments, replayed.server_segments)))


@given(st.lists(st.none() | st.integers(0, 3), max_size=30))
def test_run_lengths_give_the_cells_back(cells: list[int | None]) -> None:
    runs = run_lengths(cells)
    back = [value for length, value in runs for _ in range(length)]
    assert back + [None] * (len(cells) - len(back)) == cells
    assert all(a[1] != b[1] for a, b in pairwise(runs))
    assert not runs or runs[-1][1] is not None


@pytest.mark.parametrize("family", METHOD)
def test_the_page_form_keeps_times_texts_and_cells(family: str) -> None:
    _, _, chart = charted(family, f"tiny/{tiny(family, 1)[0].name}")
    compact = page_chart(chart)
    assert len(set(compact.texts)) == len(compact.texts)
    for bar, (lane, track, group, start, end, label, detail) in zip(chart.bars, compact.bars, strict=True):
        assert (bar.lane, bar.track, bar.group) == (lane, track, group)
        assert (bar.label, bar.detail) == (compact.texts[label], "\n".join(compact.texts[line] for line in detail))
        assert (start, end) == pytest.approx((bar.start, bar.end), abs=2e-6 * chart.end)
    assert sorted(mark.at for mark in chart.marks) == pytest.approx(sorted(at for at, *_ in compact.marks), rel=1e-5)
