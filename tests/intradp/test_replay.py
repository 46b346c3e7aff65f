"""Strategies on the same stretch of a trace, and the command."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.intradp.fields import with_fields
from wnpopt import save
from wnpopt.cli.main import main
from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.generate import generate
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.adaptive import random_trace
from wnpopt.problems.intradp.online.replay import Requests, Setup, replay_strategies
from wnpopt.problems.intradp.online.simulate import BandwidthTrace, simulate
from wnpopt.problems.intradp.online.table import PlanTable, at_bandwidth, build_table
from wnpopt.problems.intradp.online.trace_file import read_trace
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay


def network(fields: bool = False) -> IntradpInstance:
    instance = generate({"shape": "chain", "operators": 10, "units": 12}, 3)
    if not fields:
        return instance
    data: Any = instance.to_data()
    data["link"] |= {"efficiency": 0.8, "latency_s": 1e-3}
    data["power_w"]["launch"] = 6.1
    data["segment_s"] = {"device": 5e-4, "server": 1e-4}
    for operator in data["operators"][1:-1]:
        operator["device"] |= {"partial_s": 1e-4, "compute_w": 9.0}
        operator["server"]["partial_s"] = 2e-5
    return IntradpInstance.from_data(data)


def rate_of(instance: IntradpInstance) -> float:
    return instance.link.uplink_bytes_per_s / 1e6


def tables(instance: IntradpInstance, *methods: str) -> dict[str, PlanTable]:
    grid = [rate_of(instance) * f for f in (0.0, 0.1, 0.3, 1.0, 3.0)]
    return {method: build_table(instance, grid, method=method, time_limit=5) for method in methods}


@pytest.mark.parametrize("fields", [False, True])
def test_on_a_constant_trace_each_request_is_the_contracts(fields: bool) -> None:
    instance = network(fields)
    rate = rate_of(instance)
    made = tables(instance, "device-only", "layer-cut", "de", "spso-ga")
    trace = BandwidthTrace(0.05, (rate * 1e6,) * 7)
    runs = replay_strategies(instance, made, trace, Setup(Requests(seconds=3.0)))
    assert list(runs) == list(made)
    for name, run in runs.items():
        plan = made[name].at(rate).solution(instance.name)
        expected = replay(at_bandwidth(instance, rate), plan)
        assert run.latency_s == pytest.approx(expected.latency_s, rel=1e-9)
        assert run.energy_j == pytest.approx(expected.energy_j, rel=1e-9)
        # back to back, so many as begin within the stretch
        assert len(run.latency_s) == np.ceil(3.0 / expected.latency_s - 1e-9)
        assert run.response_s == pytest.approx(run.latency_s)
        told = run.summary()
        for what in ("mean", "p50", "p95", "p99", "worst"):
            assert told[f"latency_s_{what}"] == pytest.approx(expected.latency_s)
            assert told[f"energy_j_{what}"] == pytest.approx(expected.energy_j)
        spans = [(m.start_s, min(m.end_s, expected.latency_s)) for m in (*expected.uplink, *expected.downlink)]
        grid = np.linspace(0, expected.latency_s, 20001)
        covered = np.zeros(len(grid), np.bool_)
        for begin, end in spans:
            covered |= (grid >= begin) & (grid < end)
        assert told["sending_share"] == pytest.approx(float(covered.mean()), abs=2e-3)
        assert told["switches"] == 0
        assert told["misses"] is None
        assert told["total_energy_j"] == pytest.approx(float(run.energy_j.sum()))


def test_strategies_see_the_same_stretch() -> None:
    instance = network()
    rate = rate_of(instance)
    trace = random_trace(20, 1, mean_megabytes_per_s=rate)
    assert trace == random_trace(20, 1, mean_megabytes_per_s=rate)
    made = tables(instance, "device-only", "server-only", "layer-cut", "search")
    slow = float(replay(instance, made["device-only"].plans[0].solution(instance.name)).latency_s)
    runs = replay_strategies(instance, made, trace, Setup(Requests(count=30, period_s=2 * slow), deadline_s=slow / 2))
    for run in runs.values():
        assert run.released_s == pytest.approx(2 * slow * np.arange(30))
        assert run.misses == sum(run.response_s > slow / 2 * (1 + 1e-9))
        assert run.elapsed_s >= 60 * slow * (1 - 1e-12)
        idle = run.elapsed_s - run.latency_s.sum()
        assert run.standby_j == pytest.approx(instance.power_w.standby * idle)
    assert runs["device-only"].misses == 30
    assert runs["device-only"].summary()["sending_share"] == 0
    assert runs["search"].summary()["latency_s_mean"] < runs["device-only"].summary()["latency_s_mean"]  # type: ignore[operator]
    assert runs["layer-cut"].switches > 0
    calm = replay_strategies(instance, made, trace, Setup(Requests(count=30, period_s=2 * slow), hysteresis=9.0))
    assert calm["layer-cut"].switches < runs["layer-cut"].switches
    gaps = replay_strategies(instance, made, trace, Setup(Requests(seconds=40 * slow, gap_s=slow)))
    for run in gaps.values():
        ends = run.began_s + run.latency_s
        assert run.began_s[1:] == pytest.approx(ends[:-1] + slow)
        assert run.began_s[-1] < 40 * slow <= ends[-1] + slow


def test_requests_wait_for_each_other_and_switches_cost() -> None:
    instance = network(fields=True)
    rate = rate_of(instance)
    made = tables(instance, "layer-cut")
    table = made["layer-cut"]
    first, second = table.at(rate).solution(instance.name), table.at(rate / 10).solution(instance.name)
    assert first != second
    # the second step is slow: "last" changes to the plan of the slow rate there, and back again
    trace = BandwidthTrace(1.0, (rate * 1e6, rate * 1e5))
    setup = Setup(Requests(count=3, period_s=1.0), estimator="last", switch_s=0.25)
    run = replay_strategies(instance, made, trace, setup)["layer-cut"]
    expected = [simulate(instance, first, trace, 0.0), simulate(instance, second, trace, 1.25)]
    assert run.switches == 2
    assert run.latency_s[:2] == pytest.approx([expected[0][0], 0.25 + expected[1][0]])
    assert run.energy_j[:2] == pytest.approx([expected[0][1], 0.25 * 6.1 + expected[1][1]])
    single = replay_strategies(instance, {"one": first}, trace, Setup(Requests(count=4, period_s=1e-3)))["one"]
    assert single.switches == 0
    assert single.began_s[1:] == pytest.approx(single.began_s[:-1] + single.latency_s[:-1])
    assert single.response_s[3] == pytest.approx(single.began_s[3] + single.latency_s[3] - 3e-3)


def test_what_cannot_be_replayed() -> None:
    instance = network()
    trace = BandwidthTrace(1.0, (1e6,))
    requests: list[dict[str, Any]] = [
        {}, {"seconds": 1.0, "count": 2}, {"count": 3}, {"seconds": 0.0}, {"seconds": 1.0, "period_s": 0.0},
        {"seconds": 1.0, "gap_s": -1.0}, {"seconds": 1.0, "gap_s": 1.0, "period_s": 1.0}, {"count": 0, "period_s": 1.0},
        {"seconds": 1e9, "period_s": 1e-9},
    ]  # fmt: skip
    for wrong in requests:
        with pytest.raises(InputError):
            Requests(**wrong)
    with pytest.raises(InputError, match="a table or a plan"):
        replay_strategies(instance, {}, trace, Setup(Requests(seconds=1.0)))
    other = IntradpSolution(instance=instance.name, device_end=(1,), server_begin=(1,))
    with pytest.raises(InputError) as caught:
        replay_strategies(instance, {"mine": other}, trace, Setup(Requests(seconds=1.0)))
    assert caught.value.where == "mine"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = with_fields(network(), 0, ("link.efficiency",))
    rate = rate_of(instance)
    made = tables(instance, "de", "layer-cut")
    for name, table in made.items():
        save(table, tmp_path / f"{name}.json")
    trace = tmp_path / "trace.csv"
    trace.write_text("t_s,rate\n" + "".join(f"{0.5 * i},{rate * (1 + i % 3)}\n" for i in range(20)))
    outs = [tmp_path / name for name in ("runs.json", "runs.csv", "runs.png")]
    command = ["replay", str(tmp_path / "de.json"), str(tmp_path / "layer-cut.json"), "device-only"]
    command += ["--trace", str(trace)]
    writing = ["-o", str(outs[0]), "--csv", str(outs[1]), "--plot", str(outs[2])]
    fixed = ["--fixed", str(rate)]
    assert main([*command, "--requests", "20", "--period", "0.5", "--deadline", "0.1", *fixed, *writing, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert json.loads(outs[0].read_text()) == told
    assert list(told["strategies"]) == ["de", "layer-cut", "device-only", f"de@{rate:g}", f"layer-cut@{rate:g}"]
    runs = replay_strategies(
        instance, made, read_trace(trace), Setup(Requests(count=20, period_s=0.5), deadline_s=0.1)
    )  # fmt: skip
    for name, run in runs.items():
        assert told["strategies"][name] == run.summary()
    rows = list(csv.DictReader(outs[1].read_text().splitlines()))
    assert len(rows) == 5 * 20
    assert [float(row["latency_s"]) for row in rows[:20]] == runs["de"].latency_s.tolist()
    assert {row["planned_megabytes_per_s"] for row in rows if row["strategy"] == "device-only"} == {""}
    assert outs[2].read_bytes()[:4] == b"\x89PNG"
    before = outs[2].read_bytes()
    assert main([*command, "--seconds", "2", *writing]) == 0
    assert "p99" in capsys.readouterr().out
    assert outs[2].read_bytes() != before
    for wrong, what in (
        ([], "--seconds"), (["--requests", "3"], "--period"), (["--seconds", "1", "--requests", "3"], "--seconds"),
        (["--seconds", "1", "--gap", "1", "--period", "1"], "--gap"), (["--seconds", "1", "--fixed", "x"], "--fixed"),
        (["--seconds", "1", "--plot", "x.txt"], "--plot"),
        (["--seconds", "1", "--estimator", "psychic"], "--estimator"),
        (["--seconds", "1", "-o", str(tmp_path / "de.json")], "de.json"),
    ):  # fmt: skip
        assert main([*command, *wrong]) == 2
        told_wrong = capsys.readouterr()
        assert what in told_wrong.err
        assert not told_wrong.out
    save(made["de"].model_copy(update={"network": None}), tmp_path / "old.json")
    old = ["replay", str(tmp_path / "old.json"), "--trace", str(trace), "--seconds", "1"]
    assert main(old) == 2
    assert "--instance" in capsys.readouterr().err
    save(instance, tmp_path / "instance.json")
    assert main([*old, "--instance", str(tmp_path / "instance.json")]) == 0


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "", "at least 3"),
        ("t,r\n0,1\n", "", "at least 3"),
        ("t;r\n0;1\n1;2,5\n", "row 1", "separated by semicolons; commas"),
        ("t,r\n0,1\n1,1,1\n", "row 3", "found 3 values"),
        ("t,r\n0,1\n1,x\n", "row 3, column 2", "finite number"),
        ("t,r\n0,1\n1,-1\n", "row 3, column 2", "finite number"),
        ("t,r\n0,1\n0.5,2\n3.0,3\n", "row 4, column 1", "even steps"),
        ("t,r\n0,1\n0,2\n", "row 3, column 1", "even steps"),
        ("t,r\n0,0\n1,0\n", "", "no rate above 0"),
    ],
)
def test_bad_traces(tmp_path: Path, text: str, where: str, what: str) -> None:
    file = tmp_path / "trace.csv"
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        read_trace(file)
    assert (caught.value.file, caught.value.where) == (str(file), where)
    assert what in caught.value.what
    file.write_text("t_s,rate\n0.0,1\n0.5,2\n1.0,3\n")
    assert read_trace(file) == BandwidthTrace(0.5, (1e6, 2e6, 3e6))
