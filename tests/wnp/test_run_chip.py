"""Plans of a chip on processes of this machine: outputs equal the unsplit network's, and what is wrong shows."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wnpopt
from tests.refusals import refused
from wnpopt.cli.main import main
from wnpopt.core.errors import InputError
from wnpopt.execution.child import ExecutionError
from wnpopt.execution.composition import ComposedNetwork
from wnpopt.execution.machine import processors
from wnpopt.problems.wnp.execution.emulation import ChipEmulation, emulated, shares
from wnpopt.problems.wnp.execution.program import ChipProgram, program
from wnpopt.problems.wnp.execution.report import ChipReport, calibrated_instance, calibrated_layers
from wnpopt.problems.wnp.layers import WnpLayers

pytest.importorskip("onnx", reason="the extra run is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

PATIENCE_S = 120.0
CORE = {"peak_flop_per_s": 1e9, "memory_bytes_per_s": 1e9, "launch_s": 1e-4}


def branch_file(folder: Path, name: str, opset: int, channels: int) -> None:
    from onnx import ValueInfoProto, helper, numpy_helper, save

    rng = np.random.default_rng(channels)
    shapes = {"w1": (4, channels, 3, 3), "w2": (4, 4, 3, 3), "w3": (4, 6)}
    nodes = [
        helper.make_node("Conv", ["x", "w1"], ["a"], name="c1", pads=[1] * 4),
        helper.make_node("Relu", ["a"], ["b"], name="r1"),
        helper.make_node("Conv", ["b", "w2"], ["c"], name="c2", pads=[1] * 4),
        helper.make_node("Add", ["b", "c"], ["d"], name="add"),
        helper.make_node("GlobalAveragePool", ["d"], ["g"], name="pool"),
        helper.make_node("Flatten", ["g"], ["f"], name="flat"),
        helper.make_node("Gemm", ["f", "w3"], ["y"], name="fc"),
    ]
    constants = [numpy_helper.from_array(rng.normal(size=shapes[w]).astype(np.float32), w) for w in shapes]
    inputs = [helper.make_tensor_value_info("x", 1, (1, channels, 8, 8))]
    graph = helper.make_graph(nodes, name, inputs, [ValueInfoProto(name="y")], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    save(model, folder / f"{name}.onnx")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two branches of different versions of the operators, three compositions of them, a chip of two cores, a radio."""
    return site(tmp_path_factory.mktemp("chip"))


def site(made: Path) -> Path:
    branch_file(made, "camera", 17, 3)
    branch_file(made, "radar", 12, 1)
    branches = [
        {"modality": name, "graph": f"{name}.onnx", "payload_bits": bits}
        for name, bits in (("camera", 200_000), ("radar", 50_000))
    ]
    for kind in ("late", "mid", "attention"):
        fusion = {"kind": kind, "classes": 5, "width": 8, "heads": 2}
        whole = {"kind": "composition", "schema_version": 1, "name": kind, "branches": branches, "fusion": fusion}
        (made / f"{kind}.json").write_text(json.dumps(whole))
    cores = [{"name": "a", "x": 0, "y": 0, **CORE}, {"name": "b", "x": 1, "y": 0, **CORE}]
    chip = {"kind": "chip", "schema_version": 1, "name": "duo", "hop_s": 1e-6, "bytes_per_s": 1e9, "cores": cores}
    (made / "chip.json").write_text(json.dumps(chip))
    radio = {
        "kind": "radio", "schema_version": 1, "name": "hall", "environment": "InF-DH", "carrier_hz": 3.7e9,
        "spacing_khz": 30, "bandwidth_mhz": 20, "slots": 200, "block_slots": 20, "rate": "cqi-2",
        "links": {"camera": {"distance_m": 40}, "radar": {"distance_m": 30}},
    }  # fmt: skip
    (made / "radio.json").write_text(json.dumps(radio))
    return made


def prepared(folder: Path, kind: str) -> tuple[Path, Path]:
    """An instance, and a plan on both cores."""
    instance, plan = folder / f"{kind}-i.json", folder / f"{kind}-plan.json"
    if not plan.exists():
        asked = ["import", "onnx", folder / f"{kind}.json", "--chip", folder / "chip.json", "--subgraphs", 6]
        asked += ["--radio", folder / "radio.json", "--layers", folder / f"{kind}-i.layers.json", "-o", instance]
        assert main([str(part) for part in asked]) == 0
        loaded = wnpopt.load(instance)
        result = wnpopt.solve(loaded, "pacs")
        assert result.solution is not None
        wnpopt.save(result.solution, plan)
    return instance, plan


def program_of(folder: Path, kind: str) -> ChipProgram:
    instance, plan = prepared(folder, kind)
    composed = ComposedNetwork.read(folder / f"{kind}.json")
    layers = WnpLayers.from_data(json.loads((folder / f"{kind}-i.layers.json").read_text()))
    loaded: Any = wnpopt.load(instance)
    solution: Any = wnpopt.load_solution(plan)
    return program(loaded, solution, layers, composed)


@pytest.fixture(scope="module")
def mid(folder: Path) -> ChipProgram:
    return program_of(folder, "mid")


@pytest.fixture(scope="module")
def emulation(mid: ChipProgram) -> Iterator[ChipEmulation]:
    with emulated(mid) as made:
        yield made


def test_a_plan_as_a_program(mid: ChipProgram) -> None:
    """Every operator runs once, on the core of its subgraph; what crosses cores is on an edge of the instance."""
    assert set(mid.cores) == {"a", "b"}
    tasks = [task for own in mid.cores.values() for task in own]
    ran = [v for task in tasks for part in task.parts for v in part.operators]
    assert sorted(ran) == list(range(len(mid.composed.network.graph.operators)))
    for core, own in mid.cores.items():
        assert [task.start for task in own] == sorted(task.start for task in own)
        assert all(mid.home[task.name] == core for task in own)
    assert mid.makespan == wnpopt.verify(mid.instance, mid.solution).objective
    assert set(mid.modality.values()) == {"camera", "radar"}
    assert mid.delays
    for edge in mid.delays:
        assert mid.tensors[edge]


def test_inputs_arrive_as_planned(mid: ChipProgram) -> None:
    names = ["camera", "radar"]
    last: dict[int, tuple[int, float]] = {}
    for at, number, (part, whole) in shares(mid, names):
        assert (at, part / whole) >= last.get(number, (0, 0.0))
        last[number] = (at, part / whole)
    assert {names[k]: value for k, value in last.items()} == {name: (mid.arrivals[name], 1.0) for name in names}


def test_a_run_is_right(emulation: ChipEmulation, mid: ChipProgram) -> None:
    """Nothing runs before what it reads is there, and the outputs are the unsplit network's."""
    fast = emulation.run(0.0, PATIENCE_S)
    assert fast.deviation <= 1e-4
    tick_s = 2 * mid.instance.tick_s
    run = emulation.run(tick_s, PATIENCE_S)
    assert run.deviation <= 1e-4
    assert set(run.subgraphs) == set(mid.home)
    assert all(run.arrived[name] >= mid.arrivals[name] * tick_s for name in mid.arrivals)
    assert run.makespan_s >= max(run.arrived.values())
    for task in (task for own in mid.cores.values() for task in own):
        one = run.subgraphs[task.name]
        assert one.end - one.start >= task.ticks * tick_s * (1 - 1e-9)
        for edge in task.received:
            source = run.subgraphs[mid.instance.edges[edge].source]
            assert one.start >= source.end + mid.delays[edge] * tick_s - 1e-9
        for name in task.inputs:
            modality = mid.modality[name]
            assert modality is not None
            assert one.start >= run.arrived[modality] - 1e-9


def test_durations_are_measured(emulation: ChipEmulation, mid: ChipProgram) -> None:
    emulation.run(0.0, PATIENCE_S)
    seconds = emulation.calibrated(PATIENCE_S)
    assert set(seconds) == set(mid.home)
    assert all(time > 0 for time in seconds.values())
    made = calibrated_instance(mid, seconds)
    for subgraph in made.subgraphs:
        for ticks in subgraph.ticks:
            assert ticks is not None
            assert 0 <= ticks * made.tick_s - seconds[subgraph.name] <= made.tick_s * (1 + 1e-6)
    layers = calibrated_layers(mid.layers, made, seconds)
    layers.check(made)
    for name in seconds:
        own = [layer.seconds[0] or 0.0 for layer in layers.layers if layer.subgraph == name]
        assert sum(own) == pytest.approx(seconds[name])
    report = ChipReport(mid, seconds, 3.0, [emulation.run(3 * mid.instance.tick_s, PATIENCE_S)])
    told = report.to_data()
    assert told["planned_s"] == pytest.approx(3 * mid.makespan * mid.instance.tick_s)
    assert told["planned_s"] <= told["undisturbed_s"] * (1 + 1e-9)
    assert told["undisturbed_s"] <= told["median_s"] + 1e-3
    assert told["deviation"] <= 1e-4
    assert len(told["subgraphs"]) == len(mid.home)
    assert list(report.lines(None))[-1].startswith("outputs   equal")


@pytest.mark.parametrize("kind", ["late", "attention"])
@pytest.mark.slow
def test_other_fusions(folder: Path, kind: str) -> None:
    with emulated(program_of(folder, kind)) as made:
        assert made.run(0.0, PATIENCE_S).deviation <= 1e-4


def test_a_wrong_subgraph_shows(mid: ChipProgram) -> None:
    """The comparison can fail: one subgraph computes with other weights than the file's."""
    from onnx import numpy_helper

    network = mid.composed.network
    name = "radar/w2"
    rolled = numpy_helper.from_array(np.roll(network.constant(name), 1, 0).copy(), name)
    wrong = replace(mid.composed, network=replace(network, constants={**network.constants, name: rolled}))
    with emulated(replace(mid, composed=wrong)) as made:
        assert made.run(0.0, PATIENCE_S).deviation > 1e-4


@pytest.mark.slow
def test_a_core_that_is_gone(mid: ChipProgram) -> None:
    with emulated(mid) as made:
        os.kill(made.workers[0].pid, signal.SIGKILL)
        with pytest.raises(ExecutionError, match=r"ended before it was done|did not arrive|closed the connection"):
            made.run(0.0, 20.0)


@pytest.mark.slow
def test_on_the_command_line(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance, plan = prepared(folder, "mid")
    capsys.readouterr()
    made, picture = tmp_path / "made.json", tmp_path / "timeline.svg"
    asked = ["run", instance, plan, "--model", folder / "mid.json", "--emulate", "--share", "--repeat", 2, "--json"]
    assert main([str(part) for part in (*asked, "--calibrated", made, "--plot", picture)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["kind"] == "wnp-run"
    assert told["deviation"] <= 1e-4
    assert len(told["makespans_s"]) == 2
    assert told["cores"] == ["a", "b"]
    measured = wnpopt.load(made)
    again = tmp_path / "again.json"
    result = wnpopt.solve(measured, "pacs")
    assert result.solution is not None
    wnpopt.save(result.solution, again)
    asked = ["run", made, again, "--model", folder / "mid.json", "--emulate", "--share", "--repeat", 1]
    assert main([str(part) for part in (*asked, "--time-scale", 1)]) == 0
    assert "outputs   equal" in capsys.readouterr().out
    assert picture.read_bytes().startswith(b"<?xml")


def test_what_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, plan = prepared(folder, "mid")
    prepared(folder, "late")
    capsys.readouterr()
    asked: tuple[object, ...] = ("run", instance, plan, "--model", folder / "mid.json")
    assert "--emulate: is needed" in refused(capsys, *asked)
    asked = (*asked, "--emulate", "--share")
    own = folder / "mid-i.layers.json"
    told = refused(capsys, *asked, "--layers", own, "--calibrated", folder / "mid-i.xyz")
    assert "mid-i.layers.json: would be replaced by the map beside" in told
    assert "--loading: does not go with an instance of wnp" in refused(capsys, *asked, "--loading", "create")
    other = ("--layers", folder / "late-i.layers.json")
    assert "the map is of the instance late" in refused(capsys, *asked, *other)
    line = refused(capsys, "run", instance, plan, "--model", folder / "camera.onnx", "--emulate", "--share")
    assert "no operator of camera.onnx" in line
    line = refused(capsys, "run", instance, folder / "late-plan.json", "--model", folder / "mid.json", "--emulate")
    assert "is no plan of mid" in line
    assert "a composition says dimensions" in refused(capsys, *asked, "--dim", "N=1")
    moved = tmp_path / "plan.json"
    moved.write_text(plan.read_text())
    elsewhere = ("run", instance, moved, "--model", tmp_path / "mid.json", "--emulate")
    assert "no such file" in refused(capsys, *elsewhere)
    monkeypatch.setattr("wnpopt.problems.wnp.execution.command.processors", lambda: (0,))
    line = refused(capsys, "run", instance, plan, "--model", folder / "mid.json", "--emulate")
    assert "the plan uses 2 cores, this machine has 1 processor; wnpopt simulate" in line
    bus = json.loads(instance.read_text())
    bus["chip"]["exclusive_bus"] = True
    shared = tmp_path / "bus.json"
    shared.write_text(json.dumps(bus))
    line = refused(capsys, "run", shared, plan, "--model", folder / "mid.json", "--emulate")
    assert "chip.exclusive_bus: a shared bus does not run here; wnpopt simulate" in line


def test_without_onnxruntime(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    instance, plan = prepared(folder, "mid")
    capsys.readouterr()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    line = refused(capsys, "run", instance, plan, "--model", folder / "mid.json", "--emulate", "--share")
    assert "pip install 'wnpopt[run]'" in line


def test_a_network_without_weights(folder: Path, tmp_path: Path) -> None:
    data = json.loads((folder / "mid.json").read_text())
    data["branches"][0] = {"modality": "text", "graph": "network:bert-base", "dims": {"tokens": 8}}
    data["branches"][1]["graph"] = str(folder / "radar.onnx")
    file = tmp_path / "bert.json"
    file.write_text(json.dumps(data))
    with pytest.raises(InputError, match="only branches from ONNX files run"):
        ComposedNetwork.read(file)
    assert processors()
