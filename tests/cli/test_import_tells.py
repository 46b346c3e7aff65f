"""What an import tells of the network, of what runs where, and of names that are not known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from tests.cli.test_hostile_names import WIDTHS, width
from wnpopt.domain.chip.devices import CHIPS, DEVICES
from wnpopt.domain.files.graph import save_graph
from wnpopt.domain.network.builder import GraphBuilder
from wnpopt.domain.network.graph import Graph

WNP = ("--chip", "edge-2x2", "--subgraphs", "5")
INTRADP = ("--device", "jetson-xavier-nx-fp32", "--server", "rtx-3080")


def network() -> Graph:
    """Conv 3x3 of 4 to 8 channels on 16x16, relu, softmax over the flattened rest."""
    builder = GraphBuilder("small")
    image = builder.input("image", (1, 4, 16, 16))
    conv = builder.conv("conv", image, 8, 3, padding=1)
    relu = builder.unary("relu", "Relu", conv)
    flat = builder.reshape("flat", relu, (1, 2048))
    return builder.build([builder.unary("softmax", "Softmax", flat, axis=1)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    save_graph(network(), path)
    return path


def told(cli: Any, file: Path, *options: str) -> dict[str, Any]:
    out = file.with_name("out.json")
    code, text, _err = cli("import", "onnx", file, *options, "-o", out, "--json")
    assert code == 0
    data: dict[str, Any] = json.loads(text)
    assert data["out"] == str(out)
    return data


@pytest.mark.parametrize("options", [WNP, INTRADP], ids=["wnp", "intradp"])
def test_the_networks_numbers(options: tuple[str, ...], cli, file: Path) -> None:
    data = told(cli, file, *options)
    instance = wnpopt.load(data["out"])
    assert (data["name"], data["kind"], data["instance_hash"]) == ("small", instance.kind, instance.instance_hash)
    macs = 16 * 16 * 8 * 4 * 3 * 3
    assert (data["network"], data["operators"], data["macs"]) == ("small", 4, macs)
    graph = network()
    assert (data["parameters"], data["parameter_bytes"]) == (graph.parameters, graph.parameter_bytes)
    assert data["input_bytes"] == 4 * 16 * 16 * 4
    assert data["tensor_bytes"] == 4 * 8 * 16 * 16 * 4
    assert data["operator_types"] == {"Conv": 1, "Relu": 1, "Reshape": 1, "Softmax": 1}
    assert sum(data["precision"].values()) == 1  # of the one with multiply-accumulates


def test_what_each_core_can_run(cli, file: Path, tmp_path: Path) -> None:
    bare = {"name": "systolic-64.0.0", "x": 0, "y": 0, "peak_flop_per_s": 5e12, "memory_bytes_per_s": 1e10}
    cores = [bare | {"unsupported": ["Softmax"]}, {"name": "vector-dsp.1.1", "x": 1, "y": 1, "type": "vector-dsp"}]
    chip = {"kind": "chip", "schema_version": 1, "name": "two", "hop_s": 1e-9, "bytes_per_s": 1e12, "cores": cores}
    (tmp_path / "chip.json").write_text(json.dumps(chip))
    data = told(cli, file, "--chip", str(tmp_path / "chip.json"), "--subgraphs", "5")
    support = {row["core"]: row for row in data["core_support"]}
    instance = wnpopt.load(data["out"]).to_data()
    assert list(support) == [core["name"] for core in instance["chip"]["cores"]]  # type: ignore[index]
    vector, matrix = support["vector-dsp.1.1"], support["systolic-64.0.0"]
    assert (vector["operators"], vector["cannot_run"]) == (4, {})
    assert (matrix["operators"], matrix["cannot_run"]) == (3, {"Softmax": 1})
    subgraphs: Any = instance["subgraphs"]
    for m, row in enumerate(support.values()):
        assert row["subgraphs"] == sum(s["ticks"][m] is not None for s in subgraphs)
    single = sum(sum(t is not None for t in s["ticks"]) == 1 for s in subgraphs)
    assert sum(row["only_here"] for row in support.values()) == single == 1
    (warning,) = data["warnings"]
    assert warning.startswith(f"1 subgraph of {len(subgraphs)} can run on one core only (1 on vector-dsp.1.1)")


def test_no_warning_where_every_core_runs_everything(cli, file: Path, tmp_path: Path) -> None:
    chip = {"kind": "chip", "schema_version": 1, "name": "two", "hop_s": 1e-9, "bytes_per_s": 1e9,
            "cores": [{"name": name, "x": x, "y": 0, "type": "vector-dsp"} for x, name in enumerate("ab")]}  # fmt: skip
    (tmp_path / "chip.json").write_text(json.dumps(chip))
    data = told(cli, file, "--chip", str(tmp_path / "chip.json"))
    assert "warnings" not in data
    assert all(row["operators"] == 4 and row["cannot_run"] == {} for row in data["core_support"])


def test_what_is_local(cli, file: Path) -> None:
    data = told(cli, file, *INTRADP)
    rows = {row["operator_type"]: row for row in data["locality"]}
    assert (rows["Conv"]["local"], rows["Relu"]["local"], rows["Softmax"]["global"]) == (1, 1, 1)
    assert data["local_operators"] == sum(row["local"] for row in rows.values())
    assert data["global_operators"] == sum(row["global"] for row in rows.values())
    assert sum(row["macs"] for row in rows.values()) == data["macs"]
    assert data["instance_operators"] == data["operators"]
    fused = told(cli, file, *INTRADP, "--fuse")
    assert fused["instance_operators"] < fused["operators"] == data["operators"]


@pytest.mark.parametrize("options", [WNP, INTRADP], ids=["wnp", "intradp"])
def test_people_read_it_on_stderr(options: tuple[str, ...], cli, file: Path, tmp_path: Path, monkeypatch) -> None:
    data = told(cli, file, *options)
    out = tmp_path / "out.json"
    for columns in WIDTHS:
        width(monkeypatch, columns)
        code, text, err = cli("import", "onnx", file, *options, "-o", out)
        assert (code, text) == (0, f"{out}\n")
        assert str(data["macs"]) in err
        assert "…" not in err
        assert all(line.isprintable() for line in err.split("\n"))


def test_times_that_were_measured(cli, file: Path, tmp_path: Path) -> None:
    rows = ["operator,core,time_s"]
    for operator in network().operators:
        rows += [f"{operator.name},fast,1e-3", f"{operator.name},slow,{'' if operator.op_type == 'Softmax' else 2e-3}"]
    (tmp_path / "times.csv").write_text("\n".join(rows) + "\n")
    out = tmp_path / "out.json"
    code, text, _ = cli("import", "profile", tmp_path / "times.csv", "--network", file, "-o", out, "--json")
    assert code == 0
    support = {row["core"]: row for row in json.loads(text)["core_support"]}
    assert (support["fast"]["operators"], support["slow"]["operators"]) == (4, 3)
    assert support["slow"]["cannot_run"] == {"Softmax": 1}


def test_a_task_graph_tells_of_its_instance_alone(cli, tmp_path: Path) -> None:
    (tmp_path / "g.stg").write_text("1\n0 0 0\n1 5 1 0\n2 0 1 1\n")
    code, text, err = cli("import", "stg", tmp_path / "g.stg", "--cores", "2", "-o", tmp_path / "o.json", "--json")
    assert (code, err) == (0, "")
    assert json.loads(text)["kind"] == "wnp"


def test_names_that_are_not_known(cli, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    code, text, err = cli("import", "onnx", file, "--chip", "edge2x2", "-o", out)
    assert (code, text) == (2, "")
    assert all(name in err for name in CHIPS)
    assert 'did you mean "edge-2x2"' in err
    code, text, err = cli("import", "onnx", file, "--device", "Phone-NPU", "--server", "rtx-3080", "-o", out)
    assert (code, text) == (2, "")
    assert all(name in err for name in DEVICES)
    assert 'did you mean "phone-npu"' in err
    code, _, err = cli("import", "onnx", file, "--device", "qqqqq", "--server", "rtx-3080", "-o", out)
    assert code == 2
    assert "did you mean" not in err
    assert not out.exists()


def test_what_reading_did_is_told() -> None:
    from wnpopt.domain.files.network import Network
    from wnpopt.domain.files.onnx.notes import ImportNotes
    from wnpopt.domain.files.told import network_told

    notes = ImportNotes(
        opsets=(("ai.onnx", 17), ("com.microsoft", 1)), dims=(("batch", 1),), values=(("sr", (16000,)),),
        folded=(("Gather", 3), ("Shape", 2)), unneeded=4, branches=(("if.1", "then"),), loops=(("loop", 6),),
        functions=2, opaque=("relu", "softmax"),
    )  # fmt: skip
    graph = network()
    operators = tuple(replace(o, opaque=o.name in notes.opaque) for o in graph.operators)
    network_read = Network("small", replace(graph, operators=operators), {"input": 8}, notes)
    told_of_it = network_told(network_read).to_data()
    wanted = {
        "opsets": {"ai.onnx": 17, "com.microsoft": 1}, "folded": {"Gather": 3, "Shape": 2}, "unneeded": 4,
        "functions": 2, "dims": {"batch": 1}, "values": {"sr": [16000]}, "branches": {"if.1": "then"},
        "loops": {"loop": 6}, "opaque": ["relu", "softmax"],
    }  # fmt: skip
    assert {key: told_of_it[key] for key in wanted} == wanted
    (warning,) = told_of_it["warnings"]
    assert (
        warning
        == "2 opaque operators: only the bytes that they move are costed; --times gives their times (relu, softmax)"
    )
    assert "warnings" not in network_told(network_read, measured=True).to_data()
    assert "opsets" not in network_told(Network("small", network(), {})).to_data()
    plain = network_told(Network("small", network(), {}, ImportNotes())).facts
    assert {fact.label: fact.text for fact in plain if fact.key in ("folded", "opaque")} == {
        "folded": "none", "opaque": "none"
    }  # fmt: skip


def test_an_onnx_file_tells_its_opsets(cli, tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [helper.make_node("Relu", ["x"], ["y"], name="relu")], "tiny",
        [helper.make_tensor_value_info("x", kind, ["n", 4])], [helper.make_tensor_value_info("y", kind, None)],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), tmp_path / "t.onnx")
    data = told(cli, tmp_path / "t.onnx", "--chip", "edge-2x2", "--dim", "n=2")
    assert (data["opsets"], data["dims"], data["opaque"], data["folded"]) == ({"ai.onnx": 17}, {"n": 2}, [], {})


@pytest.mark.parametrize("dtype", ["float16", "float32", "int8"])
def test_the_precision_is_that_which_products_are_computed_in(dtype: str) -> None:
    from wnpopt.domain.network.facts import network_facts

    builder = GraphBuilder("typed", dtype)
    graph = builder.build([builder.unary("relu", "Relu", builder.conv("c", builder.input("x", (1, 2, 4, 4)), 3, 1))])
    (precision,) = [fact.value for fact in network_facts(graph) if fact.key == "precision"]
    assert precision == {dtype: 1}
