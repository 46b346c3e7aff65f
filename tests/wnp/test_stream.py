"""Streams: what is executed is what the family's verifier accepts, in order, and never better than the optimum."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import wnpopt
from tests.wnp.tiny import tiny_data
from wnpopt.cli.main import main
from wnpopt.core import registry
from wnpopt.core.errors import InputError
from wnpopt.problems.wnp import WnpInstance
from wnpopt.problems.wnp.runtime.stream.as_instance import as_instance, as_solution
from wnpopt.problems.wnp.runtime.stream.capacity import capacity_per_s
from wnpopt.problems.wnp.runtime.stream.check import violations
from wnpopt.problems.wnp.runtime.stream.document import StreamLimits, WnpStream
from wnpopt.problems.wnp.runtime.stream.measures import percentile
from wnpopt.problems.wnp.runtime.stream.policies import STREAM_POLICIES
from wnpopt.problems.wnp.runtime.stream.requests import requests_of
from wnpopt.problems.wnp.runtime.stream.results import StreamSimulation
from wnpopt.problems.wnp.runtime.stream.schedule import StreamSchedule
from wnpopt.problems.wnp.runtime.stream.templates import templates_of
from wnpopt.problems.wnp.verify import verify

POLICIES = tuple(STREAM_POLICIES)


def template_data(name: str, payload: int, ticks: list[list[int | None]], **fields: Any) -> dict[str, Any]:
    """Two modalities that are fused, on two cores; the rates of six slots alternate between two blocks."""
    return {
        "kind": "wnp",
        "schema_version": 1,
        "name": name,
        "radio": {
            "slot_ticks": 10,
            "slots": 6,
            "block_slots": 3,
            "bits_per_slot": [[[40, 10], [20, 30]], [[5, 50], [30, 20]]],
        },
        "modalities": [{"name": "eye", "payload_bits": payload}, {"name": "ear", "payload_bits": 60}],
        "chip": {
            "cores": [{"name": "a", "x": 0, "y": 0}, {"name": "b", "x": 1, "y": 0}],
            "hop_ticks": 2,
            "bytes_per_tick": 8,
        },
        "subgraphs": [
            {"name": "see", "modality": "eye", "ticks": ticks[0]},
            {"name": "hear", "modality": "ear", "ticks": ticks[1]},
            {"name": "fuse", "modality": None, "ticks": ticks[2]},
        ],
        "edges": [{"from": "see", "to": "fuse", "bytes": 20}, {"from": "hear", "to": "fuse", "bytes": 5}],
        **fields,
    }


BIG = template_data("big", 100, [[14, 17], [9, None], [6, 5]])
SMALL = template_data("small", 30, [[4, 5], [3, 3], [0, 2]])
HEAD = {"kind": "wnp-stream", "schema_version": 1, "name": "lines"}
POISSON = {"kind": "poisson", "rate_per_s": 30000.0}


def stream_of(*instances: dict[str, Any], **fields: Any) -> WnpStream:
    entries = [{"name": data["name"], "instance": data} for data in instances]
    return WnpStream.from_data({**HEAD, "templates": entries, "arrivals": POISSON, "requests": 12, **fields})


def run(stream: WnpStream, policies: tuple[str, ...] = POLICIES, **options: Any) -> StreamSimulation:
    return wnpopt.simulate(stream=stream, policies=policies, **options)


def schedule_of(simulation: StreamSimulation, policy: str) -> StreamSchedule:
    schedule = simulation.outcome(policy).schedule
    assert schedule is not None
    return schedule


def accepted(schedule: StreamSchedule) -> WnpInstance:
    """The stream as an instance, once the family's verifier has accepted the schedule with the same latencies."""
    instance = as_instance(schedule, "all")
    certificate = verify(instance, as_solution(schedule, "all"))
    assert certificate.violations == ()
    assert certificate.objective == int(schedule.latency.sum())
    return instance


def random_stream(seed: int) -> WnpStream:
    """Tiny random templates on one chip and radio, with releases, forbidden cores and payloads of 0 bits."""
    rng = np.random.default_rng(seed)
    first: dict[str, Any] | None = None
    entries: list[dict[str, Any]] = []
    for number in range(400):
        data = cast(dict[str, Any], json.loads(json.dumps(tiny_data(1000 * seed + number))))
        if first is not None:
            same = len(data["chip"]["cores"]) == len(first["chip"]["cores"])
            width = len(data["radio"]["bits_per_slot"][0]) if data["modalities"] else 0
            same &= width == len(first["radio"]["bits_per_slot"][0])
            if not same:
                continue
            data["chip"] = first["chip"]
            data["radio"]["slot_ticks"] = first["radio"]["slot_ticks"]
        elif not data["modalities"]:
            continue
        data["subgraphs"][0]["release_ticks"] = int(rng.integers(0, 9))
        for modality in data["modalities"]:
            modality["release_slot"] = int(rng.integers(0, 3))
        try:
            candidate = {"name": f"t{len(entries)}", "instance": data, "weight": 1.0 + len(entries)}
            templates_of(stream_of(data))
        except InputError:  # a modality that no slot brings a bit of
            continue
        first = data if first is None else first
        entries.append(candidate)
        if len(entries) == 2:
            break
    assert len(entries) == 2
    fields = {"templates": entries, "requests": 14, "window": 1 + seed % 4}
    return stream_of(BIG, **fields, arrivals={"kind": "periodic", "period_ticks": 17, "jitter_ticks": 23})


@pytest.mark.parametrize("seed", range(12))
def test_the_verifier_accepts_every_executed_stream(seed: int) -> None:
    simulation = run(random_stream(seed), seed=seed)
    for policy in POLICIES:
        schedule = schedule_of(simulation, policy)
        assert violations(schedule) == []
        accepted(schedule)
        assert (schedule.latency >= 0).all()
    assert schedule_of(simulation, "serial").end[:-1].tolist() == sorted(schedule_of(simulation, "serial").end[:-1])


def test_one_at_a_time_is_one_at_a_time() -> None:
    schedule = schedule_of(run(stream_of(BIG, SMALL), ("serial",)), "serial")
    begin = [int(starts.min()) for starts in schedule.start]
    assert all(begin[r] >= schedule.end[r - 1] for r in range(1, 12))
    slot, block = np.nonzero(schedule.carried >= 0)
    request = schedule.carried[slot, block] // schedule.kinds
    assert all(slot[request == r].min() * 10 >= schedule.end[r - 1] for r in range(1, 12))


@pytest.mark.parametrize("policy", ["fifo", "rtfs"])
def test_who_comes_later_delays_nobody(policy: str) -> None:
    """In the order of arrival: the first requests are executed alike whatever comes after them."""
    whole = schedule_of(run(stream_of(BIG, SMALL), (policy,)), policy)
    for count in (1, 5, 9):
        part = schedule_of(run(stream_of(BIG, SMALL, requests=count), (policy,)), policy)
        assert part.end.tolist() == whole.end[:count].tolist()
        assert all((part.start[r] == whole.start[r]).all() for r in range(count))


def test_rtfs_computes_once_all_of_a_request_has_arrived() -> None:
    schedule = schedule_of(run(stream_of(BIG, SMALL), ("rtfs",)), "rtfs")
    for r in range(12):
        slots = np.flatnonzero((schedule.carried // schedule.kinds == r) & (schedule.carried >= 0)) // 2
        assert schedule.start[r].min() >= 10 * (slots.max() + 1)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("seed", range(3))
def test_one_request_is_one_instance(policy: str, seed: int) -> None:
    """Alone at time 0 a stream is what the method of that name makes of the instance, and the verifier's value."""
    options = {"subgraphs": 8, "cores": 3, "modalities": 2, "resource_blocks": 4, "slots": 40}
    instance = cast(WnpInstance, registry.family("wnp").generate(options, seed))
    arrivals = {"kind": "trace", "times_ticks": [0]}
    stream = WnpStream.from_data(
        {**HEAD, "templates": [{"name": "it", "instance": instance.to_data()}], "arrivals": arrivals}
    )
    schedule = schedule_of(run(stream, (policy,)), policy)
    method = "rtfs" if policy == "rtfs" else "pacs"
    planned = wnpopt.solve(instance, method)
    assert schedule.latency.tolist() == [planned.objective]
    assert accepted(schedule).radio.slot_ticks == instance.radio.slot_ticks


@pytest.mark.parametrize("seed", range(4))
def test_no_policy_beats_the_optimum_of_the_joint_instance(seed: int) -> None:
    arrivals = {"kind": "periodic", "period_ticks": 15, "jitter_ticks": 10}
    simulation = run(stream_of(BIG, SMALL, requests=3, arrivals=arrivals), seed=seed)
    slots = max(schedule_of(simulation, policy).carried.shape[0] for policy in POLICIES)
    instance = as_instance(schedule_of(simulation, "fifo"), "all", slots=slots)
    best = wnpopt.solve(instance, "cpsat", time_limit=60, threads=1)
    assert best.status == "optimal"
    assert best.objective is not None
    sums = {policy: int(schedule_of(simulation, policy).latency.sum()) for policy in POLICIES}
    assert best.objective <= min(sums.values()), "the optimum is one over all schedules"
    assert sums["joint"] >= best.objective > 0


def test_what_the_judge_of_streams_is_for() -> None:
    """Each mutation breaks the rule that it should, for the stream's own judge and for the family's verifier alike."""
    good = schedule_of(run(stream_of(BIG, SMALL), ("fifo",)), "fifo")

    def rules(schedule: StreamSchedule) -> set[str]:
        own = {violation.rule for violation in violations(schedule)}
        named = verify(as_instance(good, "all"), as_solution(schedule, "all")).violations
        assert own == {violation.rule for violation in named}
        return own

    def changed(r: int, i: int, start: int) -> StreamSchedule:
        starts = [array.copy() for array in good.start]
        starts[r][i] = start
        return replace(good, start=tuple(starts))

    assert rules(good) == set()
    assert "arrival" in rules(changed(3, 0, int(good.requests.arrival[3])))
    assert "release" in rules(changed(5, 0, int(good.requests.arrival[5]) - 1))
    assert "precedence" in rules(changed(2, 2, int(good.ends(2)[0]) - 1))
    other, starts = good.core[4].copy(), good.start[4].copy()
    other[0], starts[0] = good.core[3][0], good.start[3][0]
    elsewhere = replace(good, core=(*good.core[:4], other, *good.core[5:]))
    assert "overlap" in rules(replace(elsewhere, start=(*good.start[:4], starts, *good.start[5:])))
    assert "delivery" in rules(replace(good, carried=np.where(good.carried == 6 * good.kinds, -1, good.carried)))
    first = good.carried.copy()
    slot, block = np.argwhere(first == 7 * good.kinds)[0]
    free = np.argwhere(first[: int(good.requests.arrival[7]) // 10] < 0)[0]
    first[slot, block], first[free[0], free[1]] = -1, 7 * good.kinds
    assert "rb-release" in rules(replace(good, carried=first))


def test_equal_arguments_give_equal_runs() -> None:
    stream = stream_of(BIG, SMALL)
    runs = [run(stream, seed=3).to_data() for _ in range(2)]
    for data in runs:
        del data["measured"]
    assert runs[0] == runs[1] == json.loads(json.dumps(runs[0], allow_nan=False))
    other = run(stream, seed=4)
    assert other.outcomes[0].requests.arrival.tolist() != runs[0]["runs"][0]["requests"]["arrival_ticks"]  # type: ignore[index]


def test_arrivals() -> None:
    stream = stream_of(BIG, SMALL, requests=4000)
    templates = templates_of(stream)
    once, twice = (requests_of(stream, templates, 0, load) for load in (1.0, 2.0))
    assert np.abs(once.arrival - 2 * twice.arrival).max() <= 2, "the same gaps, half as long"
    assert once.template.tolist() == twice.template.tolist()
    mean = once.arrival[-1] / 4000
    assert abs(mean - 1e6 / 30000) < 4 * mean / 4000**0.5
    assert abs((once.template == 0).mean() - 0.5) < 4 * 0.5 / 4000**0.5
    periodic = stream_of(BIG, arrivals={"kind": "periodic", "period_ticks": 50, "jitter_ticks": 7}, requests=200)
    late = requests_of(periodic, templates_of(periodic), 1).arrival - 50 * np.arange(200)
    assert set(late.tolist()) == set(range(8))
    until = stream_of(BIG, arrivals={"kind": "periodic", "period_ticks": 50}, requests=None, horizon_ticks=175)
    assert requests_of(until, templates_of(until), 0).arrival.tolist() == [0, 50, 100, 150]
    trace = {"kind": "trace", "times_ticks": [3, 3, 90], "templates": ["small", "big", "small"]}
    told = stream_of(BIG, SMALL, arrivals=trace, requests=None)
    read = requests_of(told, templates_of(told), 5)
    assert (read.arrival.tolist(), read.template.tolist()) == ([3, 3, 90], [1, 0, 1])


def test_percentiles_are_values_that_occurred() -> None:
    values = np.array([5, 1, 3, 2, 4])
    assert [percentile(values, q) for q in (1, 20, 21, 50, 95, 100)] == [1, 1, 2, 3, 5, 5]
    assert percentile(np.arange(1, 101), 95) == 95
    assert percentile(np.array([7]), 50) == 7


def test_measures_are_what_they_say() -> None:
    stream = stream_of(BIG, SMALL)
    due = {"templates": [{"name": "big", "instance": BIG, "deadline_ticks": 90}, {"name": "small", "instance": SMALL}]}
    stream = stream_of(BIG, **due)
    simulation = run(stream, ("fifo",))
    outcome, schedule = simulation.outcome("fifo"), schedule_of(simulation, "fifo")
    measures, latency = outcome.measures, schedule.latency
    big = schedule.requests.template == 0
    assert measures.missed == int((latency[big] > 90).sum())
    assert measures.missed_share is not None
    assert measures.missed_share == measures.missed / big.sum()
    span = schedule.end.max() - schedule.requests.arrival[0]
    assert measures.throughput_per_s == pytest.approx(12 / (span * 1e-6), rel=1e-12)
    assert measures.in_system == pytest.approx(latency.sum() / span, rel=1e-12)
    assert measures.mean == pytest.approx(latency.mean(), rel=1e-12)
    assert measures.worst == latency.max()
    assert measures.p50 == sorted(latency.tolist())[5]
    assert measures.breaks(StreamLimits(missed_share=measures.missed_share)) is False
    assert bool(simulation.frame.missed.sum() == measures.missed)
    assert len(simulation.summary) == 1


def test_overload_breaks_every_policy_and_the_capacity_is_a_bound() -> None:
    stream = stream_of(BIG, SMALL, requests=60)
    simulation = run(stream, loads=[0.01, 0.1, 100.0])
    assert simulation.capacity_per_s is not None
    for row in simulation.breaking:
        assert row.breaks is not None
        assert row.holds is not None
        assert row.holds < row.breaks <= 100.0
    served = [o.measures.throughput_per_s for o in simulation.outcomes if o.load == 100.0]
    assert all(rate is not None and rate < 1.1 * simulation.capacity_per_s for rate in served)
    slow = [simulation.outcome("serial", load).measures.mean for load in simulation.loads]
    assert slow[-1] > 3 * slow[0]


def test_a_request_may_take_more_slots_than_its_table_has() -> None:
    """The table repeats: what no plan of the instance delivers, a stream does."""
    data = template_data("heavy", 2000, [[14, 17], [9, None], [6, 5]])
    assert wnpopt.solve(WnpInstance.from_data(data), "rtfs").status == "infeasible"
    simulation = run(stream_of(data, requests=3))
    for policy in POLICIES:
        accepted(schedule_of(simulation, policy))


def test_streams_without_a_radio() -> None:
    data = template_data("chip", 0, [[14, 17], [9, None], [6, 5]], modalities=[])
    data["radio"]["bits_per_slot"] = []
    for subgraph in data["subgraphs"]:
        subgraph["modality"] = None
    simulation = run(stream_of(data, BIG))
    for policy in POLICIES:
        accepted(schedule_of(simulation, policy))
    alone = run(stream_of(data), ("fifo",)).outcome("fifo").measures
    assert alone.rb_utilisation is None
    assert alone.core_utilisation is not None


def test_a_chip_bounds_its_requests() -> None:
    """Two equal cores, 10 ticks of work a request, nothing to send: at most one request every 5 ticks."""
    data = template_data("chip", 0, [[4, 4], [3, 3], [3, 3]])
    data["modalities"] = [{"name": "eye", "payload_bits": 0}, {"name": "ear", "payload_bits": 0}]
    assert capacity_per_s(templates_of(stream_of(data))) == pytest.approx(1e6 / 5, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"arrivals": {"kind": "poisson", "rate_per_s": -1.0}}, "arrivals"),
        ({"arrivals": {"kind": "periodic", "period_ticks": 0}}, "arrivals"),
        ({"arrivals": {"kind": "trace", "times_ticks": [5, 3]}}, "times in order"),
        ({"arrivals": {"kind": "trace", "times_ticks": [5], "templates": ["huge"]}}, "no template"),
        ({"requests": None}, "requests or horizon_ticks is needed"),
        ({"requests": 0}, "requests"),
        ({"window": 0}, "window"),
        ({"colour": "red"}, "colour"),
        ({"templates": []}, "templates"),
        ({"templates": [{"name": "a", "instance": "nowhere.json"}]}, "nowhere.json"),
        ({"templates": [{"name": "a", "instance": {**BIG, "objective": "energy"}}]}, "objective"),
        ({"templates": [{"name": "a", "instance": {**BIG, "makespan_limit_ticks": 9}}]}, "makespan_limit_ticks"),
        ({"templates": [{"name": "a", "instance": {**BIG, "edges": 3}}]}, "templates[0].instance"),
        ({"arrivals": {"kind": "trace", "times_ticks": [0, 10**15]}}, "arrivals"),
        (
            {"templates": [{"name": "a", "instance": BIG}, {"name": "b", "instance": {**SMALL, "tick_s": 1e-3}}]},
            "tick_s",
        ),
        (
            {
                "templates": [
                    {"name": "a", "instance": BIG},
                    {"name": "b", "instance": {**SMALL, "chip": {**BIG["chip"], "hop_ticks": 3}}},
                ]
            },
            "one chip",
        ),
        (
            {"templates": [{"name": "a", "instance": {**BIG, "chip": {**BIG["chip"], "exclusive_bus": True}}}]},
            "exclusive_bus",
        ),
    ],
)
def test_bad_streams_are_one_line(
    change: dict[str, Any], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = {**HEAD, "templates": [{"name": "big", "instance": BIG}], "arrivals": POISSON, "requests": 3} | change
    file = tmp_path / "stream.json"
    file.write_text(json.dumps(data))
    assert main(["simulate", "--stream", str(file)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert told in printed.err
    assert "stream.json" in printed.err


def test_bad_arguments_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "stream.json"
    file.write_text(json.dumps(stream_of(BIG).to_data()))
    instance = tmp_path / "big.json"
    instance.write_text(json.dumps(BIG))
    for arguments, told in (
        (["--stream", str(file), "--policy", "fofi"], "serial, rtfs, fifo, joint"),
        (["--stream", str(file), "--policy", "fifo,fifo"], "--policy"),
        (["--stream", str(file), "--loads", "1,x"], "--loads"),
        (["--stream", str(file), "--loads", "0"], "--loads"),
        (["--stream", str(file), "--scenario", "rough"], "--scenario"),
        (["--stream", str(file), "--plot", "x.gif"], "--plot"),
        (["--stream", str(file), "--loads", "1,2", "--joint", str(tmp_path)], "--joint"),
        (["--stream", str(instance)], "wnp-stream"),
        ([str(instance), "--stream", str(file)], "INSTANCE"),
        ([str(instance), "--loads", "2"], "--loads"),
        ([], "INSTANCE"),
    ):
        assert main(["simulate", *arguments]) == 2, arguments
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1, printed.err
        assert told in printed.err, printed.err


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "big.json").write_text(json.dumps(BIG))
    data = {**HEAD, "templates": [{"name": "big", "instance": "big.json"}], "arrivals": POISSON, "requests": 8}
    file, out, joint = tmp_path / "stream.json", tmp_path / "runs.json", tmp_path / "joint"
    file.write_text(json.dumps(data))
    assert main(["simulate", "--stream", str(file), "-o", str(out), "--joint", str(joint)]) == 0
    printed = capsys.readouterr().out
    assert all(policy in printed for policy in POLICIES)
    written = json.loads(out.read_text())
    sums = {
        entry["policy"]: sum(entry["requests"]["end_ticks"]) - sum(entry["requests"]["arrival_ticks"])
        for entry in written["runs"]
    }
    for policy in POLICIES:
        assert main(["verify", str(joint / "instance.json"), str(joint / f"{policy}.json"), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["objective"] == sums[policy]
    assert main(["simulate", "--stream", str(file), "--policy", "fifo", "--loads", "0.01,50", "--json"]) == 0
    assert list(json.loads(capsys.readouterr().out)["breaking"]) == ["fifo"]


@pytest.mark.parametrize("ending", ["png", "svg", "html"])
@pytest.mark.parametrize("loads", [[1.0], [0.1, 1.0]])
def test_pictures(tmp_path: Path, ending: str, loads: list[float]) -> None:
    pytest.importorskip("matplotlib")
    pytest.importorskip("plotly")
    from wnpopt.problems.wnp.plots.stream import draw

    due = {"templates": [{"name": "big", "instance": BIG, "deadline_ticks": 90}]}
    simulation = run(stream_of(BIG, **(due if ending == "svg" else {})), ("fifo", "joint"), loads=loads)
    draw(simulation, tmp_path / f"a.{ending}")
    draw(simulation, tmp_path / f"b.{ending}")
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()
