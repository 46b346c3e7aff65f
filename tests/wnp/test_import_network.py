"""``wnpopt import onnx`` and ``wnpopt import profile``: networks, chips, channels and measurements as instances."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import wnpopt
from tests.refusals import refused_with
from wnpopt.cli.main import main
from wnpopt.domain.files.chip import load_chip
from wnpopt.domain.files.composition import load_composition
from wnpopt.domain.files.network import load_network
from wnpopt.domain.files.radio import load_radio
from wnpopt.problems.wnp.imports.network import build_instance
from wnpopt.problems.wnp.instance import WnpInstance

pytestmark = pytest.mark.usefixtures("files")
GRAPHS = Path(__file__).resolve().parents[2] / "instances/graphs"
COMPOSITION = {
    "kind": "composition", "schema_version": 1, "name": "patrol",
    "branches": [
        {"modality": "camera", "graph": "squeezenet.json", "payload_bits": 9000},
        {"modality": "thermal", "graph": "network:vgg-19", "dims": {"image": 96}, "payload_bits": 4000},
    ],
    "fusion": {"kind": "late", "classes": 5},
}  # fmt: skip
RADIO = {
    "kind": "radio", "schema_version": 1, "name": "hall", "environment": "InF-DH", "carrier_hz": 3.7e9,
    "spacing_khz": 30, "resource_blocks": 6, "slots": 50, "block_slots": 8, "rate": "cqi-2",
    "links": {"spare": {"distance_m": 10}, "thermal": {"distance_m": 90, "power_dbm": -15},
              "camera": {"distance_m": 90, "power_dbm": -10, "speed_m_s": 2}},
}  # fmt: skip
CHIP = {
    "kind": "chip", "schema_version": 1, "name": "pair", "hop_s": 3e-9, "bytes_per_s": 1.6e10,
    "cores": [{"name": "a", "x": 0, "y": 0, "type": "systolic-64"},
              {"name": "b", "x": 1, "y": 0, "type": "vector-dsp"}],
}  # fmt: skip


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, made the current one, with everything that an import reads."""
    for name, data in (("patrol", COMPOSITION), ("hall", RADIO), ("chip", CHIP)):
        (tmp_path / f"{name}.json").write_text(json.dumps(data))
    (tmp_path / "squeezenet.json").write_bytes((GRAPHS / "squeezenet.json").read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def onnx(*more: str, file: str = "patrol.json", out: str = "out.json") -> WnpInstance:
    assert main(["import", "onnx", file, "--subgraphs", "12", "-o", out, *more]) == 0
    instance = wnpopt.load(out)
    assert isinstance(instance, WnpInstance)
    return instance


def test_it_is_the_instance_that_the_library_builds() -> None:
    radio = load_radio("hall.json")
    links = {link.name: link for link in radio.links}
    built = build_instance(
        "patrol", load_composition("patrol.json"), load_chip("chip.json"), radio.scenario,
        [links["camera"], links["thermal"]], subgraphs=12, seed=7,
    )  # fmt: skip
    imported = onnx("--chip", "chip.json", "--radio", "hall.json", "--seed", "7")
    assert imported.instance_hash == built.instance_hash
    assert imported.source == "imported: network patrol, chip pair, radio hall.json, seed 7"
    assert [m.name for m in imported.modalities] == ["camera", "thermal"]
    assert imported.rates.shape == (2, 6, 7)
    assert wnpopt.solve(imported, "pacs", threads=1).verified


def test_the_seed_moves_the_channel_alone() -> None:
    one, same, other = (onnx("--chip", "chip.json", "--radio", "hall.json", "--seed", s) for s in ("1", "1", "2"))
    assert one.instance_hash == same.instance_hash
    assert (one.subgraphs, one.edges, one.chip) == (other.subgraphs, other.edges, other.chip)
    assert (one.rates != other.rates).any()


@pytest.mark.slow
def test_hash_seed_and_folder_change_nothing(files: Path) -> None:
    written = []
    for seed in ("1", "2"):
        folder = files / seed
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-m", "wnpopt", "import", "onnx", "../patrol.json", "--chip", "edge-2x2", "--radio",
             "../hall.json", "-o", "out.json"],
            cwd=folder, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "out.json\n"), done.stderr
        written.append((folder / "out.json").read_bytes())
    assert written[0] == written[1]


def test_without_a_radio_it_is_chip_only() -> None:
    alone = onnx("--chip", "chip.json")
    with_radio = onnx("--chip", "chip.json", "--radio", "hall.json")
    assert alone.modalities == ()
    assert all(s.modality is None for s in alone.subgraphs)
    assert [s.ticks for s in alone.subgraphs] == [s.ticks for s in with_radio.subgraphs]
    bound = wnpopt.solve(alone, "auto", threads=1, time_limit=10).objective
    assert bound is not None
    assert bound <= (wnpopt.solve(with_radio, "pacs", threads=1).objective or 0)


def test_a_single_graph_has_one_modality() -> None:
    text = json.dumps(RADIO | {"links": {"camera": {"distance_m": 20}}})
    Path("one.json").write_text(text)
    options = ("--chip", "edge-2x2", "--radio", "one.json", "--modality", "camera")
    instance = onnx(*options, file="squeezenet.json")
    assert [(m.name, m.payload_bits) for m in instance.modalities] == [("camera", 8 * 3 * 224 * 224)]
    assert {s.name.partition(".")[0] for s in instance.subgraphs} == {"camera"}
    fewer = onnx(*options, "--payload-bits", "0", "--name", "mine", file="squeezenet.json")
    assert (fewer.name, fewer.modalities[0].payload_bits) == ("mine", 0)


def test_an_onnx_file_with_symbolic_dimensions() -> None:
    write_onnx(Path("mine.onnx"))
    small, large = (
        onnx("--chip", "chip.json", "--dim", "batch=1", "--dim", f"side={side}", file="mine.onnx")
        for side in (32, 512)
    )  # fmt: skip
    assert sum(s.ticks[1] or 0 for s in large.subgraphs) > 10 * sum(s.ticks[1] or 0 for s in small.subgraphs)


def write_onnx(path: Path) -> None:
    helper = pytest.importorskip("onnx", reason="the extra onnx is not installed").helper
    numpy_helper = pytest.importorskip("onnx.numpy_helper")
    weights = [numpy_helper.from_array(np.zeros((8, 3, 3, 3), np.float32), "w")]
    graph = helper.make_graph(
        [helper.make_node("Conv", ["x", "w"], ["y"], name="conv"), helper.make_node("Relu", ["y"], ["z"], name="relu")],
        "mine",
        [helper.make_tensor_value_info("x", 1, ["batch", 3, "side", "side"])],
        [helper.make_tensor_value_info("z", 1, None)],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path.write_bytes(model.SerializeToString())


def write_times(factor: float, cores: tuple[str, ...] = ("a", "b")) -> None:
    """The roofline's times of the composition on the chip, times ``factor``."""
    chip = load_chip("chip.json")
    with Path("times.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["operator", "core", "time_us"])
        for operator in load_network("patrol.json").graph.operators:
            for name, placed in zip(cores, chip.cores, strict=True):
                time = placed.core.seconds(operator)
                table.writerow([operator.name, name, "" if time is None else repr(1e6 * factor * time)])


@pytest.mark.parametrize("columns", [("a", "b"), ("systolic-64", "vector-dsp")])
def test_measured_times_replace_the_roofline(columns: tuple[str, str]) -> None:
    """Three times the roofline is three times the work, by core name and by type."""
    roofline = onnx("--chip", "chip.json")
    write_times(3.0, columns)
    measured = onnx("--chip", "chip.json", "--times", "times.csv")
    for m in range(2):
        known = [sum(s.ticks[1] or 0 for s in i.subgraphs) for i in (roofline, measured)]
        assert known[1] == pytest.approx(3 * known[0], abs=4 * 12), m  # a subgraph is rounded up to a tick
    assert measured.source is not None
    assert "times of times.csv" in measured.source


def test_a_profile_alone_is_a_chip() -> None:
    write_times(1.0)
    command = ["import", "profile", "times.csv", "--network", "patrol.json", "--radio", "hall.json", "--seed", "3"]
    assert main([*command, "--columns", "1", "--subgraphs", "12", "-o", "profile.json"]) == 0
    instance = wnpopt.load("profile.json")
    assert isinstance(instance, WnpInstance)
    assert [(c.name, c.x, c.y) for c in instance.chip.cores] == [("a", 0, 0), ("b", 0, 1)]
    same = onnx("--chip", "chip.json", "--times", "times.csv", "--radio", "hall.json", "--seed", "3")
    assert instance.subgraphs == same.subgraphs
    assert instance.edges == same.edges
    assert (instance.rates == same.rates).all()


def test_a_channel_of_ones_own() -> None:
    """Its planes are the links of the radio file, in its order; links that no modality needs are passed over."""
    bits = np.arange(3 * 6 * 7).reshape(3, 6, 7)
    np.savez("own.npz", bits_per_slot=bits)
    instance = onnx("--chip", "chip.json", "--radio", "hall.json", "--channel", "own.npz")
    assert (instance.rates == bits[[2, 1]]).all()
    other = onnx("--chip", "chip.json", "--radio", "hall.json", "--channel", "own.npz", "--seed", "5")
    assert instance.instance_hash == other.instance_hash


def broken(**changes: object) -> str:
    return json.dumps(RADIO | changes)


BAD = {
    "no such file": (["none.json"], {}, ["none.json", "no such file"]),
    "another suffix": (["patrol.txt"], {}, ["patrol.txt", ".onnx or .json"]),
    "another kind": (["hall.json"], {}, ["hall.json", "radio", "composition or a graph"]),
    "not JSON": (["x.json"], {"x.json": "{"}, ["x.json", "not JSON"]),
    "deep": (["x.json"], {"x.json": "[" * 100000}, ["x.json", "nested"]),
    "no model": (["x.onnx"], {"x.onnx": "\x00\x01no model"}, ["x.onnx"]),
    "empty model": (["x.onnx"], {"x.onnx": ""}, ["x.onnx", "no operators"]),
    "no chip": (["patrol.json", "--chip", "nothing"], {}, ["nothing", "no such file"]),
    "a bad chip": (["patrol.json", "--chip", "hall.json"], {}, ["hall.json", "kind"]),
    "no such link": (["patrol.json", "--radio", "x.json"], {"x.json": broken(links={"sound": {"distance_m": 9}})},
                     ["x.json", "camera", "sound"]),
    "no link at all": (["patrol.json", "--radio", "x.json"], {"x.json": broken(links={})}, ["x.json", "camera"]),
    "distance": (["patrol.json", "--radio", "x.json"],
                 {"x.json": broken(links={"camera": {"distance_m": 1e9}, "thermal": {"distance_m": 1}})},
                 ["x.json", "links.camera.distance_m"]),
    "huge grid": (["patrol.json", "--radio", "x.json"], {"x.json": broken(resource_blocks=10**15)}, ["x.json"]),
    "huge time": (["patrol.json", "--radio", "x.json"], {"x.json": broken(slots=10**15, block_slots=1)}, ["x.json"]),
    "a channel without a radio": (["patrol.json", "--channel", "x.npz"], {}, ["--channel", "--radio"]),
    "no channel file": (["patrol.json", "--radio", "hall.json", "--channel", "x.npz"], {"x.npz": "PK"}, ["x.npz"]),
    "no subgraph": (["patrol.json", "--subgraphs", "0"], {}, ["--subgraphs"]),
    "too few subgraphs": (["patrol.json", "--subgraphs", "2"], {}, ["2", "at least"]),
    "seed": (["patrol.json", "--seed", "-1"], {}, ["--seed"]),
    "tick of nothing": (["patrol.json", "--tick-s", "0"], {}, ["--tick-s"]),
    "tick of NaN": (["patrol.json", "--tick-s", "nan"], {}, ["--tick-s"]),
    "tick too small": (["patrol.json", "--tick-s", "1e-320"], {}, ["2^53"]),
    "tick too small for the mesh": (["patrol.json", "--tick-s", "1e-12"], {}, ["bytes_per_s", "tick"]),
    "dim without value": (["squeezenet.json", "--dim", "batch"], {}, ["--dim", "batch"]),
    "dim of a graph": (["squeezenet.json", "--dim", "batch=2"], {}, ["batch", "graph"]),
    "modality of a composition": (["patrol.json", "--modality", "m"], {}, ["modality", "composition"]),
    "payload of a composition": (["patrol.json", "--payload-bits", "1"], {}, ["payload_bits", "composition"]),
    "negative payload": (["squeezenet.json", "--payload-bits", "-1"], {}, ["--payload-bits"]),
    "times of nothing": (["patrol.json", "--times", "x.csv"], {"x.csv": "operator,core,time_s\n"}, ["x.csv", "no row"]),
    "times of other cores": (["patrol.json", "--times", "x.csv"], {"x.csv": "operator,core,time_s\nconv,z,1\n"},
                             ["x.csv", "'a'", "z"]),
    "times of other operators": (["patrol.json", "--times", "x.csv"],
                                 {"x.csv": "operator,core,time_s\nconv,a,1\nconv,b,1\n"}, ["x.csv", "camera/"]),
    "times of NaN": (["patrol.json", "--times", "x.csv"], {"x.csv": "operator,core,time_s\nconv,a,nan\n"},
                     ["x.csv", "nan"]),
    "a name that is none": (["patrol.json", "--name", "a->b"], {}, ["name", "->"]),
    "no place for the file": (["patrol.json", "-o", "nowhere/out.json"], {}, ["nowhere"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, made, words = BAD[case]
    for name, content in made.items():
        Path(name).write_text(content)
    chip = [] if "--chip" in arguments else ["--chip", "chip.json"]
    refused_with(capsys, ["import", "onnx", *chip, "-o", "out.json", *arguments], words)
    assert not Path("out.json").exists()


@pytest.mark.parametrize(
    ("array", "words"),
    [
        ({"snr_db": np.full((3, 6, 7), np.nan)}, ["snr_db[0][0][0]", "nan"]),
        ({"snr_db": np.zeros((2, 6, 7))}, ["2 links", "3"]),
        ({"snr_db": np.zeros((3, 6, 5))}, ["5 coherence blocks", "7"]),
        ({"snr_db": np.zeros((6, 7))}, ["shape"]),
        ({"snr": np.full((3, 6, 7), -1.0)}, ["not negative"]),
        ({"bits_per_slot": np.full((3, 6, 7), 2**53)}, ["2^53"]),
        ({"bits": np.zeros((3, 6, 7))}, ["bits_per_slot"]),
        ({"snr": np.zeros(3), "snr_db": np.zeros(3)}, ["exactly one"]),
        ({"snr": np.array([object()])}, ["own.npz"]),
    ],
)
def test_bad_channels(array: dict[str, np.ndarray], words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    np.savez("own.npz", **array)  # type: ignore[arg-type]
    command = ["import", "onnx", "patrol.json", "--chip", "chip.json", "--radio", "hall.json", "--channel", "own.npz"]
    refused_with(capsys, [*command, "-o", "out.json"], words)


@pytest.mark.parametrize("time", ["1e300", "1.7e308"])
def test_times_beyond_all_ticks(time: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{op.name},{core},{time}" for op in load_network("patrol.json").graph.operators for core in "ab"]
    Path("times.csv").write_text("operator,core,time_s\n" + "\n".join(rows) + "\n")
    for command in (["onnx", "patrol.json", "--chip", "chip.json", "--times", "times.csv"],
                    ["profile", "times.csv", "--network", "patrol.json"]):  # fmt: skip
        refused_with(capsys, ["import", *command, "-o", "out.json"], [])


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--columns", "0"], ["--columns"]),
        (["--hop-s", "inf"], ["--hop-s"]),
        (["--hop-s", "1e300"], ["hop_s", "2^53"]),
        (["--bytes-per-s", "0"], ["--bytes-per-s"]),
        (["--bytes-per-s", "1"], ["bytes_per_s", "tick"]),
        (["--network", "hall.json"], ["hall.json"]),
    ],
)
def test_bad_profiles(more: list[str], words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    write_times(1.0)
    network = [] if "--network" in more else ["--network", "patrol.json"]
    refused_with(capsys, ["import", "profile", "times.csv", "-o", "out.json", *network, *more], words)
