"""Models streamed to clients on this machine: outputs equal the unsplit network's, and what is wrong shows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wnpopt
from tests.refusals import refused
from wnpopt.cli.main import main
from wnpopt.core.errors import InputError
from wnpopt.domain.files.graph import load_graph
from wnpopt.execution.child import ExecutionError
from wnpopt.execution.machine import processors
from wnpopt.execution.network import RunnableNetwork
from wnpopt.problems.slide.execution.command import MOST_PER_PROCESSOR
from wnpopt.problems.slide.execution.layered import LayeredNetwork
from wnpopt.problems.slide.execution.prediction import arrivals, streamed
from wnpopt.problems.slide.execution.report import StreamReport, calibrated_instance
from wnpopt.problems.slide.execution.station import MODES, ClientPlan, Station, opened
from wnpopt.problems.slide.imports.layers import layers_of
from wnpopt.problems.slide.networks import layer_table

pytest.importorskip("onnx", reason="the extra run is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

PATIENCE_S = 120.0
GRAPHS = Path(__file__).resolve().parents[2] / "instances" / "graphs"


def network_file(folder: Path, name: str = "net") -> Path:
    """Convolutions with a branch around one, a classifier, and a softmax that would hide errors."""
    from onnx import ValueInfoProto, helper, numpy_helper, save

    rng = np.random.default_rng(0)
    shapes = {"w1": (4, 3, 3, 3), "b1": (4,), "w2": (4, 4, 3, 3), "w3": (4, 5)}
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["a"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "w2"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["b", "c"], ["d"]),
        helper.make_node("GlobalAveragePool", ["d"], ["g"]),
        helper.make_node("Flatten", ["g"], ["f"]),
        helper.make_node("Gemm", ["f", "w3"], ["y"]),
        helper.make_node("Softmax", ["y"], ["z"]),
    ]
    constants = [numpy_helper.from_array(rng.normal(size=shapes[w]).astype(np.float32), w) for w in shapes]
    inputs = [helper.make_tensor_value_info("x", 1, (1, 3, 16, 8))]
    graph = helper.make_graph(nodes, name, inputs, [ValueInfoProto(name="z")], constants)
    path = folder / f"{name}.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return network_file(tmp_path_factory.mktemp("stream"))


@pytest.fixture(scope="module")
def layered(file: Path) -> LayeredNetwork:
    return LayeredNetwork.of(RunnableNetwork.read(file))


PLANS = (
    ClientPlan("slow", "net", 2e4, 2.0, 0.2, 1.0),
    ClientPlan("fast", "net", 1e5, 1.0, 0.1, 1.0),
)


@pytest.fixture(scope="module")
def station(layered: LayeredNetwork) -> Iterator[Station]:
    with opened({"net": layered}, PLANS) as made:
        yield made


def test_layers_are_those_of_the_tables() -> None:
    """What is sent together here is what the packaged tables of real networks have as a layer."""
    found = layers_of(load_graph(GRAPHS / "squeezenet.json"))
    assert sum(len(layer.operators) for layer in found) == len(load_graph(GRAPHS / "squeezenet.json").operators)
    graph = load_graph(GRAPHS / "mobilenet-v2.json")
    assert [(layer.elements, layer.flop) for layer in layers_of(graph)] == list(layer_table("mobilenet-v2").layers)


def test_a_layer_begins_where_a_weight_comes(layered: LayeredNetwork) -> None:
    assert [layer.weights for layer in layered.layers] == [("w1", "b1"), ("w2",), ("w3",)]
    assert [layer.bytes for layer in layered.layers] == [448, 576, 80]
    assert [part.outputs for part in layered.parts] == [("b",), ("f",), ("y", "z")]  # what is before the softmax, too
    assert sum(map(len, layered.pieces())) == layered.bytes == 1104
    assert layered.compared == ("z", "y")


def test_quantised_weights_are_sent_as_they_are_stored(tmp_path: Path) -> None:
    """A weight of 8 bits that the file dequantises takes 8 bits on the link, and the client dequantises it."""
    from onnx import ValueInfoProto, helper, numpy_helper, save

    rng = np.random.default_rng(1)
    stored = rng.integers(-100, 100, (6, 5)).astype(np.int8)
    constants = {"q": stored, "scale": np.array(0.02, np.float32), "zero": np.array(3, np.int8)}
    nodes = [
        helper.make_node("DequantizeLinear", ["q", "scale", "zero"], ["w"]),
        helper.make_node("MatMul", ["x", "w"], ["y"]),
        helper.make_node("MatMul", ["v", "w"], ["u"]),
    ]
    inputs = [helper.make_tensor_value_info(name, 1, (2, 6)) for name in "xv"]
    kept = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "q", inputs, [ValueInfoProto(name="y"), ValueInfoProto(name="u")], kept)
    file = tmp_path / "q.onnx"
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), file)
    layered = LayeredNetwork.of(RunnableNetwork.read(file))
    assert layered.bytes == 30
    assert bytes(b"".join(layered.pieces())) == stored.tobytes()
    network, plan = layered.network, ClientPlan("u", "q", 1e6, 1.0, 1.0, 1.0)
    with opened({"q": layered}, [plan]) as station:
        for loading in ("inputs", "create"):
            assert station.run("stream", loading, PATIENCE_S)[0].deviation <= 1e-4
    assert {node.op_type for body in network.bodies for node in body.before} == {"DequantizeLinear"}


def test_the_recursion() -> None:
    assert arrivals([10, 0, 30], 10) == [1, 1, 4]
    assert streamed([1, 1, 4], [2, 0.5, 1]) == 5
    assert streamed([1, 1, 4], [2, 2, 1]) == 6


@pytest.mark.parametrize("loading", ["inputs", "create"])
def test_every_way_is_right(station: Station, layered: LayeredNetwork, loading: str) -> None:
    """Weights are overwritten before every run: nothing but what came over the link can make these outputs."""
    for mode in MODES:
        for plan, run in zip(PLANS, station.run(mode, loading, PATIENCE_S), strict=True):
            assert run.deviation <= 1e-4
            due = arrivals([layer.bytes for layer in layered.layers], plan.bytes_per_s)
            assert all(there >= planned for there, planned in zip(run.arrived, due, strict=True))
            first = run.arrived[0] if mode == "stream" else run.arrived[-1]
            assert run.start[0] >= first
            assert list(run.start) == sorted(run.start)
            if mode != "whole":
                assert len(run.end) == 3
                assert all(start >= there for start, there in zip(run.start, run.arrived, strict=True))


def test_what_layers_cost_is_measured(station: Station, layered: LayeredNetwork) -> None:
    costs = station.calibrated(PATIENCE_S)
    assert set(costs) == {"net"}
    assert [len(costs["net"][way]) for way in ("inputs", "create", "whole")] == [3, 3, 2]
    assert all(time > 0 for way in costs["net"].values() for time in way)
    instance = wnpopt.slide.instance(
        "own",
        bandwidth_hz=1e6,
        models=[wnpopt.slide.model("net", 1.0, bits=[3584, 4608, 640], flop=[1e6, 1e6, 1e3])],
        users=wnpopt.slide.users(["slow", "fast"], deadline_s=1.0, spectral_efficiency=1.0, frequency_hz=(1e8, 1e9),
                                 flop_per_cycle=1.0, energy_per_flop_hz2=0.0),
    )  # fmt: skip
    layered.check(instance.models[0], "models[0]")
    report = StreamReport(instance, PLANS, {"net": layered}, costs, "create")
    for mode in MODES:
        report.add(mode, station.run(mode, "create", PATIENCE_S))
    made = calibrated_instance(report)
    speed = made.users[0].flop_per_cycle * made.users[0].frequency_hz[1]
    assert [layer.flop / speed for layer in made.models[0].layers] == pytest.approx(costs["net"]["create"])
    assert made.models[0].flop == pytest.approx(instance.models[0].flop)
    told = report.to_data()
    assert told["deviation"] <= 1e-4
    slow = told["clients"][0]
    assert slow["stream"]["recursion_s"] <= slow["late"]["recursion_s"]
    assert len(list(report.lines(None))) == 6


@pytest.mark.parametrize(
    "weight", ["w1", pytest.param("b1", marks=pytest.mark.slow), pytest.param("w3", marks=pytest.mark.slow)]
)
def test_a_wrong_layer_shows(layered: LayeredNetwork, weight: str) -> None:
    """The comparison can fail: another layer than the file's is sent, and the outputs are not the network's."""
    wrong = replace(layered, values=layered.values | {weight: np.roll(layered.values[weight], 1, 0).copy()})
    with opened({"net": wrong}, [replace(PLANS[1], bytes_per_s=1e6)]) as station:
        (run,) = station.run("stream", "inputs", PATIENCE_S)
    assert run.deviation > 1e-4


def test_a_client_that_is_gone(layered: LayeredNetwork) -> None:
    with opened({"net": layered}, PLANS[1:]) as station:
        os.kill(station.clients[0].pid, signal.SIGKILL)
        with pytest.raises(ExecutionError, match="the client of fast ended"):
            station.run("stream", "inputs", PATIENCE_S)


PARENT = """
import sys, time
from wnpopt.execution.network import RunnableNetwork
from wnpopt.problems.slide.execution.layered import LayeredNetwork
from wnpopt.problems.slide.execution.station import ClientPlan, opened
layered = LayeredNetwork.of(RunnableNetwork.read(sys.argv[1]))
with opened({"net": layered}, [ClientPlan("u", "net", 1.0, 1.0, 1.0, 1.0)]) as station:
    print(station.clients[0].pid, flush=True)
    station.run("stream", "inputs", 600.0)
"""


@pytest.mark.slow
def test_clients_end_with_their_parent(file: Path) -> None:
    """Whatever it ended by: here it is killed while a client waits for its first layer."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(file)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    try:
        child = int(parent.stdout.readline())
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    until = time.monotonic() + 60
    while _lives(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def prepared(file: Path, folder: Path, users: int) -> tuple[Path, Path]:
    """An instance of the file, and the plan that gives all users the same."""
    instance, plan = folder / "instance.json", folder / "plan.json"
    assert main(["import", "onnx", str(file), "--users", str(users), "--band-hz", "2e5", "-o", str(instance)]) == 0
    served = [{"user": f"u{u}", "model": "net", "bandwidth_hz": 2e5 / users, "frequency_hz": 1e9} for u in range(users)]
    plan.write_text(json.dumps({"kind": "slide-solution", "instance": "net", "served": served}))
    return instance, plan


@pytest.fixture
def planned(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Path, Path]:
    made = prepared(file, tmp_path, 2)
    capsys.readouterr()
    return made


@pytest.mark.slow
def test_on_the_command_line(
    planned: tuple[Path, Path], file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance, plan = planned
    made, picture = tmp_path / "made.json", tmp_path / "timeline.svg"
    asked = ["run", instance, plan, "--model", file, "--emulate", "--repeat", 1, "--clients", 1, "--json"]
    assert main([str(part) for part in (*asked, "--calibrated", made, "--plot", picture)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "slide-run"
    assert told["deviation"] <= 1e-4
    assert [client["user"] for client in told["clients"]] == ["u0"]
    assert told["models"]["net"]["layers"] == 3
    loaded: Any = wnpopt.load(made)
    assert [layer.bits for layer in loaded.models[0].layers] == [3584, 4608, 640]
    assert picture.read_bytes().startswith(b"<?xml")


def test_what_is_refused(
    planned: tuple[Path, Path], file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance, plan = planned
    asked: tuple[object, ...] = ("run", instance, plan, "--model", file)
    assert "--emulate: is needed" in refused(capsys, *asked)
    asked = (*asked, "--emulate")
    assert "--connect: does not go with an instance of slide" in refused(capsys, *asked, "--connect", "localhost:1")
    assert "--loading" in refused(capsys, *asked, "--loading", "magic")
    assert "--repeat takes fewer" in refused(capsys, *asked, "--time-limit", "1e-6")
    assert "--plot" in refused(capsys, *asked, "--plot", tmp_path / "x.txt")
    assert "no such file" in refused(capsys, "run", instance, plan, "--model", tmp_path / "no.onnx", "--emulate")
    data = json.loads(instance.read_text())
    other = tmp_path / "other.json"
    data["users"][0]["deadline_s"] = data["users"][1]["deadline_s"] = 100.0
    data["models"][0]["layers"][1]["bits"] += 8
    other.write_text(json.dumps(data))
    line = refused(capsys, "run", other, plan, "--model", file, "--emulate")
    assert "models[0].layers[1].bits: found 4616; 4608 bits are needed" in line
    del data["models"][0]["layers"][1]
    other.write_text(json.dumps(data))
    assert "has 2 layers; 3 are needed" in refused(capsys, "run", other, plan, "--model", file, "--emulate")
    spoilt = json.loads(plan.read_text())
    spoilt["served"][0]["bandwidth_hz"] *= 2
    spoilt["served"][1]["bandwidth_hz"] *= 2
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(spoilt))
    assert "total-bandwidth" in refused(capsys, "run", instance, bad, "--model", file, "--emulate")
    spoilt["served"] = []
    bad.write_text(json.dumps(spoilt))
    assert "serves nobody" in refused(capsys, "run", instance, bad, "--model", file, "--emulate")


def test_more_clients_than_the_machine_carries(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    most = MOST_PER_PROCESSOR * len(processors())
    instance, plan = prepared(file, tmp_path, most + 1)
    capsys.readouterr()
    line = refused(capsys, "run", instance, plan, "--model", file, "--emulate")
    assert f"serves {most + 1} users; this machine carries {most} clients" in line
    assert f"--clients {most}" in line


def test_networks_that_do_not_go_together(file: Path, tmp_path: Path) -> None:
    from wnpopt.problems.slide.imports.command import StreamRequest, from_networks

    with pytest.raises(InputError, match="same name"):
        from_networks(StreamRequest(file, 2, also=(str(file),)))
    other = network_file(tmp_path, "other")
    made: Any = from_networks(StreamRequest(file, 3, also=(str(other),), seed=1)).instance
    assert [user.models for user in made.users] == [("net",), ("other",), ("net",)]
    assert len({user.link.spectral_efficiency for user in made.users}) == 3
    with pytest.raises(InputError, match="at least 1"):
        from_networks(StreamRequest(file, 0))
    with pytest.raises(InputError, match="--user-core"):
        from_networks(StreamRequest(file, 1, user_core="abacus"))
