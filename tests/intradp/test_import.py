"""``wnpopt import onnx --device --server``: a network between two cores of the library."""

from __future__ import annotations

from pathlib import Path

import pytest

import wnpopt
from wnpopt.cli.main import main
from wnpopt.domain.chip.devices import device
from wnpopt.domain.files.graph import load_graph
from wnpopt.problems.intradp.imports.fuse import fuse
from wnpopt.problems.intradp.imports.graph import from_graph
from wnpopt.problems.intradp.instance import IntradpInstance

GRAPHS = Path(__file__).resolve().parents[2] / "instances/graphs"
CORES = ("--device", "jetson-xavier-nx-fp32", "--server", "rtx-3080")


@pytest.fixture
def squeezenet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A graph file in a folder of its own, made the current one."""
    (tmp_path / "squeezenet.json").write_bytes((GRAPHS / "squeezenet.json").read_bytes())
    monkeypatch.chdir(tmp_path)
    return "squeezenet.json"


def imported(*arguments: str) -> IntradpInstance:
    assert main(["import", "onnx", *arguments, "-o", "out.json"]) == 0
    instance = wnpopt.load("out.json")
    assert isinstance(instance, IntradpInstance)
    return instance


def test_it_is_the_instance_that_the_library_builds(squeezenet: str, capsys: pytest.CaptureFixture[str]) -> None:
    graph = load_graph(squeezenet)
    built = from_graph(graph, device(CORES[1]), device(CORES[3]), uplink_bytes_per_s=1e7)
    plain = imported(squeezenet, *CORES)
    assert capsys.readouterr().out == "out.json\n"
    assert (plain.operators, plain.link, plain.objective) == (built.operators, built.link, "latency")
    assert plain.name == graph.name
    assert plain.source == (f"imported: network {graph.name}, device jetson-xavier-nx-fp32, server rtx-3080, 10 MB/s")
    fused = imported(squeezenet, *CORES, "--fuse", "--bandwidth", "2.5", "--objective", "energy", "--name", "other")
    assert fused.operators == fuse(built).instance.operators
    assert len(fused.operators) < len(plain.operators)
    assert (fused.link.uplink_bytes_per_s, fused.link.downlink_bytes_per_s) == (2.5e6, 2.5e6)
    assert (fused.name, fused.objective) == ("other", "energy")
    assert fused.source is not None
    assert fused.source.endswith("2.5 MB/s, fused")
    assert imported(squeezenet, *CORES, "--no-fuse").instance_hash == plain.instance_hash


def test_an_onnx_file_with_dims(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")
    from onnx import TensorProto, helper

    monkeypatch.chdir(tmp_path)
    shape = [1, 3, "side", 8]
    graph = helper.make_graph(
        [helper.make_node("Relu", ["image"], ["y"], name="relu")], "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), "tiny.onnx")
    instance = imported("tiny.onnx", *CORES, "--dim", "side=12")
    assert [(operator.name, operator.units) for operator in instance.operators] == [
        ("input", 12), ("relu", 12), ("output", 12),
    ]  # fmt: skip


BAD: dict[str, tuple[list[str], list[str]]] = {
    "neither kind": ([], ["--chip", "--device", "--server"]),
    "both kinds": ([*CORES, "--chip", "edge-2x2"], ["--device", "--chip"]),
    "chip with an option of the other kind": (["--chip", "edge-2x2", "--no-fuse"], ["--fuse", "--chip"]),
    "an option of the chip": ([*CORES, "--seed", "0"], ["--seed", "--server"]),
    "no server": (list(CORES[:2]), ["--server", "--device"]),
    "no device": (list(CORES[2:]), ["--device", "--server"]),
    "unknown core": (["--device", "abacus", *CORES[2:]], ["--device", "'abacus'", "rtx-3080"]),
    "core that cannot run an operator": (["--device", "eyeriss", "--server", "rtx-3080"], ["eyeriss", "Softmax"]),
    "no bandwidth": ([*CORES, "--bandwidth", "0"], ["--bandwidth", "above 0"]),
    "bandwidth of NaN": ([*CORES, "--bandwidth", "nan"], ["--bandwidth", "nan"]),
    "bandwidth in words": ([*CORES, "--bandwidth", "much"], ["--bandwidth", "much"]),
    "another objective": ([*CORES, "--objective", "beauty"], ["--objective", "beauty"]),
    "dim of a graph": ([*CORES, "--dim", "batch=1"], ["batch", "graph"]),
    "a name that is none": ([*CORES, "--name", ""], ["name"]),
    "no place for the file": ([*CORES, "-o", "nowhere/out.json"], ["nowhere"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case: str, squeezenet: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, words = BAD[case]
    code = main(["import", "onnx", squeezenet, "-o", "out.json", *arguments])
    told = capsys.readouterr()
    assert (code, told.out, told.err.count("\n")) == (2, "", 1), told
    for word in words:
        assert word in told.err, told.err
    assert not Path("out.json").exists()


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "onnx", str(tmp_path / "none.json"), *CORES, "-o", str(tmp_path / "out.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
