"""Twelve networks as exporters write them: their graphs, the suites made of them, and the rig that tries files."""

from __future__ import annotations

import json
import runpy
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.samples import ordinarily
from wnpopt.domain.files.graph import load_graph

ROOT = Path(__file__).parents[2]
STORED = ROOT / "instances/graphs/exports"
TABLES = ROOT / "scripts/recipes/exports"
NETWORKS = (
    "bert-small", "convnext-tiny", "efficientnet-b0", "keyword-1d", "mobilenet-v2-int8", "mobilenet-v3", "resnet-50",
    "speech-lstm", "swin-tiny", "text-detector", "unet", "vit-b-16",
)  # fmt: skip


def rows(table: str) -> list[dict[str, object]]:
    files: list[dict[str, object]] = json.loads((TABLES / table).read_text(encoding="utf-8"))["files"]
    return files


def test_the_index_says_what_the_graphs_are() -> None:
    entries = json.loads((STORED / "index.json").read_text(encoding="utf-8"))["graphs"]
    assert sorted(entry["file"] for entry in entries) == [f"{network}.json" for network in NETWORKS]
    suite = [row for row in rows("made.json") if "about" in row]
    told = {f"{row.get('suite', str(row['file'])[:-5])}.json": row["about"] for row in suite}
    for entry in entries:
        graph = load_graph(STORED / entry["file"])
        assert graph.name == Path(entry["file"]).stem
        assert graph.source == entry["source"] == told[entry["file"]]
        for total in ("macs", "flop", "parameters", "parameter_bytes", "activation_bytes"):
            assert getattr(graph, total) == entry[total]
        assert len(graph.operators) == entry["operators"]


@pytest.mark.parametrize(
    ("network", "gmac"),
    [
        # In torchvision's table of weights, which counts convolutions and products.
        ("convnext-tiny", 4.456), ("efficientnet-b0", 0.386), ("resnet-50", 4.089), ("mobilenet-v3", 0.057),
        ("mobilenet-v2-int8", 0.301), ("vit-b-16", 17.564), ("swin-tiny", 4.491),
    ],
)  # fmt: skip
def test_multiplications_are_those_that_torchvision_publishes(network: str, gmac: float) -> None:
    assert load_graph(STORED / f"{network}.json").macs / 1e9 == pytest.approx(gmac, rel=0.01)


def test_four_skips_of_the_u_net_are_live_at_once() -> None:
    graph = load_graph(STORED / "unet.json")
    place = {tensor: number for number, operator in enumerate(graph.operators) for tensor in operator.outputs}
    last: dict[str, int] = {}
    for number, operator in enumerate(graph.operators):
        last |= dict.fromkeys(operator.inputs, number)
    live = [sum(start < at < last.get(tensor, at) for tensor, start in place.items()) for at in range(len(place))]
    assert max(live) >= 4


@pytest.mark.parametrize("family", ordinarily(1, ["intradp", "wnp"]))
def test_the_instances_are_made_bit_for_bit(family: str) -> None:
    command = [sys.executable, "scripts/suites.py", family, "--check", "--suites", "real-exports"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 files differ\n", "")


def test_every_network_is_in_both_suites() -> None:
    for family in ("wnp", "intradp"):
        files = sorted((ROOT / "instances" / family / "real-exports").glob("*.json"))
        sources = [json.loads(path.read_text())["source"] for path in files if path.name != "index.json"]
        assert len(sources) == 12
        if family == "wnp":
            assert all(any(network in source for source in sources) for network in NETWORKS)


def test_the_page_tells_of_every_file() -> None:
    page = (ROOT / "docs/onnx-files.md").read_text(encoding="utf-8")
    public, made = rows("public.json"), rows("made.json")
    assert len(public) >= 22
    assert len({row["sha256"] for row in public}) == len(public)
    for row in public + made:
        assert f"| {str(row['file']).removesuffix('.onnx')} |" in page
    for row in public:
        assert f"{row['package']} {row['version']}" in page
        assert row["licence"]
        assert len(str(row["sha256"])) == 64


@pytest.fixture
def tried_onnx() -> dict[str, Any]:
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    return runpy.run_path(str(ROOT / "scripts/tried_onnx.py"))


def saved(path: Path, nodes: list[Any], columns: list[int], weights: Sequence[Any] = ()) -> Path:
    """A model of one input and one output."""
    onnx = pytest.importorskip("onnx")
    value = onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, columns)
    result = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)
    graph = onnx.helper.make_graph(nodes, path.stem, [value], [result], weights)
    opset = [onnx.helper.make_opsetid("", 17)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opset, ir_version=9), path)
    return path


def relu(path: Path) -> Path:
    onnx = pytest.importorskip("onnx")
    return saved(path, [onnx.helper.make_node("Relu", ["x"], ["y"])], [1, 3, 8, 8])


def test_files_are_tried_one_by_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tried_onnx: dict[str, Any]
) -> None:
    relu(tmp_path / "small.onnx")
    (tmp_path / "torn.onnx").write_bytes(b"\x08\x09torn")
    assert tried_onnx["main"]([str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("| small |  | 0.0 | yes | yes |")
    assert lines[3].startswith("| torn |  | 0.0 | no (2) | no (2) |")
    assert "torn.onnx" in lines[3]
    assert lines[-1] == "1 of 2 files import for both families."


def test_the_peak_is_of_the_import_alone(tmp_path: Path, tried_onnx: dict[str, Any]) -> None:
    """However large the process is that asks: an import takes some 200 MiB, this process has half a gigabyte more."""
    ballast = bytearray(b"x") * (1 << 29)
    trial = tried_onnx["attempt"](relu(tmp_path / "small.onnx"), "intradp", [])
    assert trial.code == 0
    assert 16 < trial.peak_mib < len(ballast) / 2**20


def test_an_import_that_takes_too_long_is_stopped(tmp_path: Path, tried_onnx: dict[str, Any]) -> None:
    attempt = tried_onnx["attempt"]
    attempt.__globals__["PATIENCE_S"] = 0.01
    assert attempt(relu(tmp_path / "small.onnx"), "intradp", []).code == -signal.SIGKILL


def test_weights_in_external_data_are_not_read(tmp_path: Path, tried_onnx: dict[str, Any]) -> None:
    """A weight of 1.6 GB beside the file, all holes on disk: an import takes 0.2 GB, so it cannot have read it."""
    onnx = pytest.importorskip("onnx")
    weight = onnx.TensorProto(name="w", data_type=onnx.TensorProto.FLOAT, dims=[20000, 20000])
    weight.data_location = onnx.TensorProto.EXTERNAL
    for key, value in (("location", "w.data"), ("offset", "0"), ("length", str(4 * 20000**2))):
        weight.external_data.add(key=key, value=value)
    with (tmp_path / "w.data").open("wb") as data:
        data.truncate(4 * 20000**2)
    transpose = onnx.helper.make_node("Transpose", ["w"], ["t"], perm=[1, 0])
    product = onnx.helper.make_node("MatMul", ["x", "t"], ["y"])
    wide = saved(tmp_path / "wide.onnx", [transpose, product], [1, 20000], [weight])
    for family in tried_onnx["FAMILIES"]:
        trial = tried_onnx["attempt"](wide, family, [])
        assert trial.code == 0, trial.printed
        assert trial.peak_mib < 1024
