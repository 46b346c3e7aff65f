"""Measured operator times: every operator has one, and an instance takes them."""

from __future__ import annotations

import json
import math
from itertools import accumulate, chain, cycle
from pathlib import Path

import numpy as np
import pytest

from wnpopt.cli.main import main
from wnpopt.core import extras
from wnpopt.core.errors import InputError, MissingDependencyError
from wnpopt.domain.chip.devices import device
from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.problems.intradp.execution import measure
from wnpopt.problems.intradp.imports.graph import from_graph

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")


@pytest.fixture
def runtime() -> None:
    pytest.importorskip("onnxruntime", reason="the extra run is not installed")


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Convolution (weight made by a constant operator), Relu, Split of which one part is read, Reshape, Gemm."""
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(3)
    constants = [
        numpy_helper.from_array(np.array([4, 3, 3, 3], np.int64), "conv.shape"),
        numpy_helper.from_array(rng.normal(size=(64, 5)).astype(np.float32), "fc.w"),
        numpy_helper.from_array(np.array([1, 64], np.int64), "flat.shape"),
    ]
    one = helper.make_tensor("one", TensorProto.FLOAT, [1], [0.5])
    nodes = [
        helper.make_node("ConstantOfShape", ["conv.shape"], ["conv.w"], value=one),
        helper.make_node("Conv", ["image", "conv.w"], ["c"], name="conv", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["r"]),
        helper.make_node("Split", ["r"], ["left", "right"], name="split", axis=3),
        helper.make_node("Relu", ["left"], ["unread"]),
        helper.make_node("Reshape", ["right", "flat.shape"], ["f"], name="flat"),
        helper.make_node("Gemm", ["f", "fc.w"], ["y"], name="fc"),
    ]
    graph = helper.make_graph(
        nodes, "tiny", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, 8, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 5])], constants,
    )  # fmt: skip
    path = tmp_path / "tiny.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=9), path)
    return path


DIMS = {"batch": 1}


@pytest.mark.usefixtures("runtime")
def test_bodies_and_foreign_operators_are_measured_too(tmp_path: Path) -> None:
    """What stands in place of an If, and an operator whose arithmetic is not known: the times of an instance."""
    from onnx import TensorProto, helper

    def branch(op_type: str) -> onnx.GraphProto:
        inner = helper.make_node(op_type, ["x"], ["b"], name=op_type)
        return helper.make_graph([inner], "b", [], [helper.make_empty_tensor_value_info("b")])

    nodes = [
        helper.make_node("If", ["fast"], ["c"], then_branch=branch("Relu"), else_branch=branch("Exp")),
        helper.make_node("Trilu", ["c"], ["y"], name="odd", domain="com.microsoft"),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [8, 8]),
              helper.make_tensor_value_info("fast", TensorProto.BOOL, [])]  # fmt: skip
    graph = helper.make_graph(nodes, "g", inputs, [helper.make_tensor_value_info("y", TensorProto.FLOAT, [8, 8])])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    path = tmp_path / "foreign.onnx"
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=9), path)
    here = measure.measure_onnx(path, values={"fast": 0}, repeats=1)
    assert list(here) == ["Exp", "odd"]
    read = read_onnx(path, values={"fast": 0})
    assert [operator.opaque for operator in read.operators] == [False, True]
    instance = from_graph(read, device("rtx-3080"), device("rtx-3080"), uplink_bytes_per_s=1e7,
                          times={name: (seconds, seconds) for name, seconds in here.items()})  # fmt: skip
    assert {o.name: o.device.full_s for o in instance.operators if o.name in here} == here


@pytest.mark.usefixtures("runtime")
def test_an_instance_takes_measured_times(tiny: Path) -> None:
    graph = read_onnx(tiny, dims=DIMS)
    here = measure.measure_onnx(tiny, dims=DIMS, repeats=3, threads=1)
    assert list(here) == [operator.name for operator in graph.operators] == ["conv", "r", "split", "flat", "fc"]
    assert all(math.isfinite(seconds) and seconds >= 0 for seconds in here.values())
    assert here["flat"] == 0
    nano, server = device("jetson-xavier-nx-fp32"), device("rtx-3080")
    both = measure.times(graph, here, server)
    assert both["conv"] == (here["conv"], server.seconds(graph.operators[0]))
    instance = from_graph(graph, nano, server, uplink_bytes_per_s=1e7, times=both)
    cost = {operator.name: (operator.device.full_s, operator.server.full_s) for operator in instance.operators}
    assert {name: cost[name] for name in both} == both


@pytest.mark.usefixtures("runtime")
def test_it_is_the_median_of_the_repeats(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    durations = chain.from_iterable((0, spent) for spent in cycle((7, 1, 2)))  # a pause of 0 before each
    clock = accumulate(durations)
    monkeypatch.setattr(measure, "perf_counter", lambda: next(clock))
    found = measure.measure_onnx(tiny, dims=DIMS, repeats=3)
    assert found == {"conv": 2, "r": 2, "split": 2, "flat": 0, "fc": 2}


@pytest.mark.usefixtures("runtime")
def test_constants_in_a_file_of_their_own(tiny: Path) -> None:
    model = onnx.load(tiny)
    onnx.save_model(
        model, tiny, save_as_external_data=True, location="weights.bin", size_threshold=1000, convert_attribute=False
    )
    assert list(measure.measure_onnx(tiny, dims=DIMS, repeats=1)) == ["conv", "r", "split", "flat", "fc"]
    (tiny.parent / "weights.bin").unlink()
    with pytest.raises(InputError, match=r"fc\.w.*not there"):
        measure.measure_onnx(tiny, dims=DIMS)


@pytest.mark.usefixtures("runtime")
def test_what_onnxruntime_cannot_run(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    info = [helper.make_tensor_value_info(name, TensorProto.BFLOAT16, [2, 2]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Tan", ["x"], ["y"], name="angle")], "odd", info[:1], info[1:])
    path = tmp_path / "odd.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=9), path)
    with pytest.raises(InputError, match=r"odd\.onnx.*angle.*Tan") as caught:
        measure.measure_onnx(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bad", [{"repeats": 0}, {"threads": 0}])
def test_bad_numbers(tiny: Path, bad: dict[str, int]) -> None:
    with pytest.raises(InputError, match=f"{next(iter(bad))}.*at least 1"):
        measure.measure_onnx(tiny, dims=DIMS, **bad)  # type: ignore[arg-type]


def test_an_operator_without_a_time(tiny: Path) -> None:
    graph = read_onnx(tiny, dims=DIMS)
    with pytest.raises(InputError, match=r"conv.*no time on the server"):
        measure.times(graph, device("rtx-3080"), {})


def test_without_onnxruntime(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(module: str) -> None:
        raise ModuleNotFoundError(name=module)

    monkeypatch.setattr(extras, "import_module", absent)
    with pytest.raises(MissingDependencyError, match=r"onnxruntime.*wnpopt\[run\]"):
        measure.measure_onnx(tiny, dims=DIMS)


@pytest.mark.usefixtures("runtime")
def test_the_command_writes_a_profile_that_the_import_takes(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two machines, one after the other, into one table; every operator has a time on both."""

    def cli(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    here, there, out = tmp_path / "here.json", tmp_path / "there.json", tmp_path / "tiny.json"
    measured = ["--dim", "batch=1", "--repeats", "1"]
    assert cli("measure", tiny, "--core", "rtx-3080", "-o", here, *measured)[0] == 0
    code, stdout, _ = cli(
        "measure", tiny, "--core", "jetson-xavier-nx-fp32", "-o", there, "--beside", here, "--json", *measured
    )
    assert code == 0
    told = json.loads(stdout)
    rows = json.loads(there.read_text())["rows"]
    mine = [row["time_s"] for row in rows if row["core"] == "jetson-xavier-nx-fp32"]
    assert (len(rows), len(mine), told["operators"]) == (10, 5, 5)
    assert told["total_s"] == pytest.approx(sum(mine))
    arguments = ("--device", "jetson-xavier-nx-fp32", "--server", "rtx-3080", "--times", there, "--dim", "batch=1")
    assert cli("import", "onnx", tiny, *arguments, "-o", out)[0] == 0
    operators = json.loads(out.read_text())["operators"][1:-1]
    assert sorted(operator["device"]["full_s"] for operator in operators) == sorted(mine)
    code, stdout, stderr = cli("measure", tiny, "--core", "rtx-3080", "-o", out, "--beside", here, *measured)
    assert (code, stdout) == (2, "")
    assert "has times of 'rtx-3080' already" in stderr
