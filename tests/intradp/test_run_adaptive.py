"""Several plans over one connection: probes, traces, plans that follow the link, the guard; and nothing left open."""

from __future__ import annotations

import gc
import json
import math
import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.intradp.test_run import (
    KEY,
    PATIENT,
    certified,
    check,
    exchange,
    instance_for,
    network_file,
    running,
    serving,
)
from wnpopt.cli.main import main
from wnpopt.core.errors import InputError
from wnpopt.execution.urgent import make_urgent
from wnpopt.problems.intradp.execution.costs.plans import cut_plan, named_plan
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.remote import pace as pace_module
from wnpopt.problems.intradp.execution.remote.adaptive import AdaptiveRunner
from wnpopt.problems.intradp.execution.remote.channel import START, Head, PeerError
from wnpopt.problems.intradp.execution.remote.connection import client_tls, connect, server_tls
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner, RunInference
from wnpopt.problems.intradp.execution.remote.greeting import greet
from wnpopt.problems.intradp.execution.remote.guard import guard
from wnpopt.problems.intradp.execution.remote.job import SplitModel, job_of
from wnpopt.problems.intradp.execution.remote.link import Echo
from wnpopt.problems.intradp.execution.remote.overhead import critical_path, runtime_overhead
from wnpopt.problems.intradp.execution.remote.pace import Pace, Timed, goodput
from wnpopt.problems.intradp.execution.remote.precompiled import precompiled
from wnpopt.problems.intradp.execution.remote.server import PlanServer
from wnpopt.problems.intradp.execution.segments import Side, program
from wnpopt.problems.intradp.online.adaptive import Controller
from wnpopt.problems.intradp.online.simulate import BandwidthTrace
from wnpopt.problems.intradp.online.table import Entry, PlanTable
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

pytest.importorskip("onnx", reason="the extra run is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")


@pytest.fixture
def model(tmp_path: Path) -> SplitModel:
    network = ExecutableNetwork.read(network_file(tmp_path))
    return SplitModel(instance_for(network), network)


def table_of(model: SplitModel, plans: dict[float, IntradpSolution]) -> PlanTable:
    """A table in which the plans of greater bandwidths are better."""
    entries = tuple(
        Entry(megabytes_per_s=rate, latency_s=1e-9 / (1 + rate), energy_j=1.0, bound=None, found_by="test",
              device_end=plan.device_end, server_begin=plan.server_begin)
        for rate, plan in plans.items()
    )  # fmt: skip
    instance = model.instance
    return PlanTable(
        instance=instance.name, instance_hash=instance.instance_hash, objective="latency", plans=entries,
        network=instance,
    )  # fmt: skip


def test_plans_in_any_order(model: SplitModel) -> None:
    """Each inference by another plan, or alone, is right; nothing of the plan before is left over."""
    plans = [exchange(model.instance), cut_plan(model.instance, 4), named_plan(model.instance, "server-only")]
    with serving(model) as (server, _), running(model, plans, server.port) as runner:  # type: ignore[arg-type]
        for seed, plan in enumerate((0, 1, 0, 2, None, 1, 2, 0)):
            made = check_plan(model, runner, seed, plan)
            assert made.alone is None
            assert made.log is not None
            assert len(made.log["computing"]) == len(made.log["segments"])
            assert ("server" in made.log) == (plan is not None)


def check_plan(model: SplitModel, runner: DeviceRunner, seed: int, plan: int | None) -> RunInference:
    from wnpopt.execution.unsplit import UnsplitNetwork, largest_difference

    inputs = model.network.random_inputs(seed)
    made = runner.infer(inputs, plan)
    assert largest_difference(made.outputs, UnsplitNetwork(model.network).outputs(inputs)) < 1e-4
    return made


def test_plans_that_were_not_announced_or_are_too_many(model: SplitModel) -> None:
    plan = exchange(model.instance)
    with serving(model, memory_bytes=1) as (server, said):
        with closing(connect(("127.0.0.1", server.port), None)) as liar:
            greet(liar, KEY, job_of(model, [plan], PATIENT, None))
            liar.send(Head(START, 1, 7, 0), [], 20)
            with pytest.raises(PeerError):
                liar.head(60)
        two = [plan, cut_plan(model.instance, 4)]
        assert "MiB, of which the server has 0" in refusal(model, two, server.port)
        assert "65 plans; at most 64" in refusal(model, [plan] * 65, server.port)
    assert any("plan 7, which it did not announce" in line for line in said)


def refusal(model: SplitModel, plans: Sequence[IntradpSolution], port: int) -> str:
    """Why the server does not take these plans, once it is free."""
    for _ in range(100):
        try:
            DeviceRunner(model, plans, partial(connect, ("127.0.0.1", port), None), KEY).close()
        except InputError as error:
            if "busy" not in str(error):
                return str(error)
    raise AssertionError("they were taken, or the server is never free")


def test_a_pace_follows_a_trace() -> None:
    trace = BandwidthTrace(0.5, (1e6, 0.0, 4e6))
    pace = Pace(2e6, 0.01, trace, 100.0, 0.5)
    assert pace.finish(100.0, 100_000) == pytest.approx(100.2)  # half of 1 MB/s carries tensors
    assert pace.finish(100.4, 100_000) == pytest.approx(101.0 + 50_000 * 2 / 4e6 + 0.0)
    assert pace.finish(99.0, 100_000) == pytest.approx(100.2)  # before the trace there is nothing
    assert Pace(2e6).finish(7.0, 1_000_000) == 7.5
    assert Pace.from_data(json.loads(json.dumps(pace.to_data()))) == pace
    assert Pace.from_data(Pace(2e6, 0.1).to_data()) == Pace(2e6, 0.1)
    good = pace.to_data()
    for bad in (
        {}, {**good, "bytes_per_s": 0}, {**good, "latency_s": -1}, {**good, "latency_s": math.nan},
        {**good, "trace": [1.0]}, {**good, "trace": [0.0, [1.0], 0.0, 1.0]}, {**good, "trace": [1.0, ["x"], 0.0, 1.0]},
        {**good, "bytes_per_s": None}, {**good, "trace": [0.5, [1e6], 0.0, 0.0]},
    ):  # fmt: skip
        with pytest.raises(InputError):
            Pace.from_data(bad)


def test_the_rate_comes_from_messages(model: SplitModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Probes and tensors tell the rate of the emulated link, each direction its own; short ones tell nothing."""
    assert goodput([Timed(100, 1e-9), Timed(40_000, 0.02), Timed(20_000, 0.01)]) == pytest.approx(2e6)
    assert goodput([Timed(100, 1e-9)]) is None
    paces = (Pace(1e6, 0.01), Pace(4e6, 0.02))
    with (
        serving(model, emulated=True) as (server, _),
        running(model, exchange(model.instance), server.port, paces=paces) as runner,
    ):
        runner.probe(20_000, 40_000)
        echo = runner.echo(60)
        assert echo is not None
        assert (echo.up.bytes, echo.down.bytes) == (20_000, 40_000)
        assert (echo.up.seconds, echo.down.seconds) == pytest.approx((0.02, 0.01))
        assert echo.round_trip_s >= 0.06
        assert runner.echo() is None  # told once
        assert runner.infer(model.network.random_inputs(1)).bytes_per_s is None
        monkeypatch.setattr(pace_module, "LEAST_TIMED", 1)
        rate = runner.infer(model.network.random_inputs(1)).bytes_per_s
        assert rate is not None
        assert 1e6 < rate < 4e6


class Scripted:
    """Stands for a runner: tells what it was asked for, and rates as they are given."""

    def __init__(self, efficiency: float = 1.0) -> None:
        self.model = SimpleNamespace(instance=SimpleNamespace(link=SimpleNamespace(efficiency=efficiency)))
        self.asked: list[int | None] = []
        self.rates: list[float | None] = []
        self.echoes: list[Echo | None] = []
        self.probes, self.probing = 0, False

    def probe(self, _size: int, _back: int) -> None:
        self.probes += 1
        self.probing = True

    def echo(self, _within: float | None = None) -> Echo | None:
        echo = self.echoes.pop(0) if self.echoes else None
        self.probing &= echo is None
        return echo

    def infer(self, _inputs: object, plan: int | None) -> RunInference:
        self.asked.append(plan)
        rate = self.rates.pop(0) if self.rates and plan is not None else None
        return RunInference({}, 0.1, None, None, rate)


def echo_of(bytes_per_s: float) -> Echo:
    return Echo(0.1, Timed(100_000, 1e5 / bytes_per_s), Timed(100_000, 1e5 / bytes_per_s))


def test_plans_follow_the_link(model: SplitModel) -> None:
    plans = {0.0: named_plan(model.instance, "device-only"), 5.0: cut_plan(model.instance, 4),
             20.0: exchange(model.instance)}  # fmt: skip
    table = table_of(model, plans)
    runner = Scripted(efficiency=0.5)
    runner.echoes = [echo_of(15e6)]  # 30 MB/s nominal
    adaptive = AdaptiveRunner(runner, Controller(table, "last"), {0.0: None, 5.0: 0, 20.0: 1}, 1e9)  # type: ignore[arg-type]
    runner.rates = [3e6, 1e6]
    assert [adaptive.infer({})[1] for _ in range(3)] == [20.0, 5.0, 0.0]
    assert runner.asked == [1, 0, None]
    assert adaptive.switches == 2
    # Alone, nothing tells the rate: the server is probed, and while the answer is out the device stays alone.
    adaptive._probe_s = 0.0
    asked = runner.probes
    assert adaptive.infer({})[1] == 0.0
    assert runner.probes > asked
    assert adaptive.infer({})[1] == 0.0
    runner.echoes = [echo_of(15e6)]
    adaptive._probe_s = 1e9
    assert adaptive.infer({})[1] == 20.0
    silent = Scripted()  # no answer to the first probe: alone
    assert AdaptiveRunner(silent, Controller(table, "last"), {0.0: None, 5.0: 0, 20.0: 1}).infer({})[1] == 0.0  # type: ignore[arg-type]


def test_plans_within_the_memory(model: SplitModel) -> None:
    """Device-only always; those first that cover most bandwidths; the one below stands in for what is left out."""
    alone, cut, shared = (
        named_plan(model.instance, "device-only"),
        cut_plan(model.instance, 4),
        exchange(model.instance),
    )
    table = table_of(model, {1.0: alone, 2.0: cut, 12.0: shared, 14.0: cut, 15.0: shared})
    made = precompiled(model, table)
    assert made.left_out == 0
    assert set(made.plans) == {cut, shared}
    assert made.place == {0.0: None, 1.0: None, 2.0: made.place[14.0], 12.0: made.place[15.0], 14.0: made.place[2.0],
                          15.0: made.place[12.0]}  # fmt: skip
    assert made.table.at(0.5).solution(model.instance.name) == alone
    assert made.needed_bytes > 0
    one = precompiled(model, table, memory_bytes=made.needed_bytes - 1)
    assert (one.left_out, len(one.plans)) == (1, 1)
    assert one.plans[0] == shared  # for all above 15
    assert one.table.at(13.0).megabytes_per_s == 12.0
    assert one.table.at(5.0).solution(model.instance.name) == alone
    none = precompiled(model, table, memory_bytes=0)
    assert (none.plans, none.left_out, set(none.place.values())) == ((), 2, {None})
    other = model.instance.changed(name="other")
    with pytest.raises(InputError, match="a table of small; one of other"):
        precompiled(SplitModel(other, model.network), table)
    wrong = cut.model_copy(update={"device_end": cut.device_end[:-1]})
    with pytest.raises(InputError, match="does not fit"):
        precompiled(model, table_of(model, {1.0: wrong}))


def test_the_guard_keeps_the_layer_cut() -> None:
    """Unless the split's measured gain is above the threshold; what the device did alone counts for neither."""

    def told(times: dict[int, Sequence[float | None]]) -> Any:
        turns: dict[int, Iterator[float | None]] = {plan: iter(values) for plan, values in times.items()}

        def infer(_inputs: object, plan: int) -> RunInference:
            seconds = next(turns[plan])
            return RunInference({}, 9.0 if seconds is None else seconds, None if seconds else "silent")

        return SimpleNamespace(infer=infer)

    runner = told({0: [50, 1.0, 1.0, 1.1], 1: [50, 0.95, None, 0.94]})
    gain = guard(runner, {}, 0, 1, threshold=0.05, trials=3)
    assert gain.gain == pytest.approx(0.055)
    assert gain.keeps_split
    assert not guard(told({0: [1, 1.0, 1.0], 1: [1, 0.96, 0.96]}), {}, 0, 1, threshold=0.05, trials=2).keeps_split
    assert not guard(told({0: [1, 1.0, 1.0], 1: [1, 1.2, 1.2]}), {}, 0, 1, trials=2).keeps_split
    with pytest.raises(InputError, match="no inference was shared"):
        guard(told({0: [1, 1.0], 1: [1, None]}), {}, 0, 1, trials=1)


def test_the_critical_path_is_that_of_the_contract(model: SplitModel) -> None:
    """With the seconds of the instance for segments it is the replay's latency."""
    instance = model.instance
    link = instance.link.model_copy(update={"latency_s": 3e-4})
    instance = instance.changed(link=link)
    model = SplitModel(instance, model.network)
    pace = Pace(link.uplink_bytes_per_s, link.latency_s)
    for plan in (exchange(instance), cut_plan(instance, 4), named_plan(instance, "server-only")):
        programs, spent = {}, {}
        sides: tuple[Side, ...] = ("device", "server")
        for side in sides:
            programs[side] = program(model.network, model.own, model.plan(plan), side)
            spent[side] = [sum(taken(model, plan, side, v) for v in s.operators) for s in programs[side].segments]
        assert critical_path(model, programs, spent, (pace, pace)) == pytest.approx(replay(instance, plan).latency_s)


def taken(model: SplitModel, plan: IntradpSolution, side: Side, v: int) -> float:
    operator = model.instance.operators[v]
    rows = plan.device_end[v] if side == "device" else operator.units - plan.server_begin[v]
    cost = operator.device if side == "device" else operator.server
    return cost.fixed_s + (cost.full_s - cost.fixed_s) * rows / operator.units if rows else 0.0


def test_the_overhead_of_an_emulated_inference(model: SplitModel) -> None:
    paces = (Pace(1e6, 0.01), Pace(1e6, 0.01))
    plan = exchange(model.instance)
    with (
        serving(model, emulated=True) as (server, _),
        running(model, plan, server.port, paces=paces) as runner,
    ):
        made = runner.infer(model.network.random_inputs(1))
        took = runtime_overhead(model, plan, made, paces)
        assert took is not None
        assert 0 <= took <= made.latency_s
        assert runtime_overhead(model, plan, runner.infer(model.network.random_inputs(1), None), paces) is None


def test_urgent_threads_work_on() -> None:
    done = []
    thread = threading.Thread(target=lambda: done.append(make_urgent()))
    thread.start()
    thread.join()
    assert done == [None]


def test_strategies_on_a_trace_on_the_command_line(
    model: SplitModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance, trace, table = tmp_path / "small.json", tmp_path / "trace.csv", tmp_path / "table.json"
    instance.write_text(json.dumps(model.instance.to_data()))
    trace.write_text("seconds,megabytes_per_s\n0,5\n0.1,1\n0.2,8\n")
    plans = {0.0: named_plan(model.instance, "device-only"), 0.5: exchange(model.instance)}
    table.write_text(json.dumps(table_of(model, plans).to_data()))

    def cli(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    run = ("run", instance, table, "--model", model.network.path)
    code, stdout, stderr = cli(*run, "--emulate", "--trace", trace, "--seconds", 0.3, "--grace", 100, "--json")
    assert code == 0, stderr
    report = json.loads(stdout)
    assert list(report["strategies"]) == ["device-only", "server-only", "layer-cut", "table"]
    for told in report["strategies"].values():
        assert told["requests"] == len(told["latencies_s"]) >= 1
        assert told["alone"] == 0
        assert told["deviation"] < 1e-4
        assert told["planned_mean_s"] > 0
    assert report["table"] == {"ready": 1, "left_out": 0, "bytes": report["table"]["bytes"]}
    assert report["strategies"]["table"]["plan_megabytes_per_s"][0] == 0.5
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(exchange(model.instance).to_data()))
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**json.loads(table.read_text()), "instance": "other", "network": None}))
    for arguments, words in (
        (("--connect", "127.0.0.1:1", "--trace", trace), "--trace: is for --emulate"),
        (("--connect", "127.0.0.1:1", "--latency", 0), "--latency: is for --emulate"),
        (("--emulate", "--compare", "best"), "--compare: found 'best'"),
        (("--emulate", "--compare", "de", "--compare", "de"), "--compare: found 'de' twice"),
        (("--emulate", "--plot", tmp_path / "x.png"), "--plot: is for a single plan"),
        (("--emulate", "--guard", 0.1), "--guard: is for a single plan"),
        (("--emulate", "--trace", plan), "plan.json"),
    ):
        code, stdout, stderr = cli(*run, *arguments)
        assert (code, stdout) == (2, ""), stderr
        assert words in stderr
        assert len(stderr.splitlines()) == 1
    code, _, stderr = cli("run", instance, other, "--model", model.network.path, "--emulate")
    assert (code, "one of small is needed" in stderr) == (2, True)


def test_a_guarded_run(model: SplitModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance, plan = tmp_path / "small.json", tmp_path / "plan.json"
    instance.write_text(json.dumps(model.instance.to_data()))
    plan.write_text(json.dumps(exchange(model.instance).to_data()))
    arguments = ["run", instance, plan, "--model", model.network.path, "--emulate", "--grace", "100", "--json"]
    assert main([*map(str, arguments), "--guard", "1", "--repeat", "2"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["guard"]["kept"] == "layer-cut"  # nobody saves all of the time
    assert report["guard"]["threshold"] == 1
    assert report["planned_s"] == pytest.approx(
        replay(model.instance, named_plan(model.instance, "layer-cut")).latency_s
    )


def open_sockets() -> int:
    gc.collect()
    return sum(isinstance(one, socket.socket) and one.fileno() >= 0 for one in gc.get_objects())


def test_nothing_stays_open_when_something_fails(model: SplitModel, tmp_path: Path) -> None:
    """A server that never ran, a device whose body fails, refusals, handshakes that are none."""
    before = open_sockets()
    plan = exchange(model.instance)
    with PlanServer(model, KEY) as server:
        assert open_sockets() == before + 1
    assert open_sockets() == before
    with suppress(ZeroDivisionError), serving(model) as (server, _):
        reach = partial(connect, ("127.0.0.1", server.port), None)
        with pytest.raises(InputError, match="keys differ"):
            DeviceRunner(model, plan, reach, b"x" * 20)
        with DeviceRunner(model, plan, reach, KEY, patience=PATIENT) as runner:
            assert check(model, runner, 0) is None
            raise ZeroDivisionError
    if shutil.which("openssl") is not None:
        certificate, key = certified(tmp_path)
        trusting = client_tls("127.0.0.1", certificate)
        with serving(model) as (plain, _), pytest.raises(PeerError, match="no TLS connection"):
            connect(("127.0.0.1", plain.port), trusting)
        with serving(model, tls=server_tls("127.0.0.1", certificate, key)) as (server, said):
            for words in (b"hello, this is no handshake\r\n" * 8, b""):
                stranger = socket.create_connection(("127.0.0.1", server.port))
                stranger.sendall(words)
                stranger.close()
            with DeviceRunner(model, plan, partial(connect, ("127.0.0.1", server.port), trusting), KEY) as runner:
                assert runner.connected
        assert any("no TLS connection" in line for line in said)
    assert open_sockets() == before
