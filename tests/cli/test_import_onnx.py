"""Importing ONNX files on the command line: values, times of opaque operators, what is said where one is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wnpopt
from tests.domain.onnx_models import INT64, model, node, saved

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")

WNP = ("--chip", "edge-2x2", "--subgraphs", "9")
INTRADP = ("--device", "jetson-xavier-nx-fp32", "--server", "rtx-3080")
BOTH = pytest.mark.parametrize("family", [WNP, INTRADP], ids=["wnp", "intradp"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An If on ``rate``, and an operator of ai.onnx.ml that keeps the shape."""
    from onnx import helper

    def branch(op_type: str) -> onnx.GraphProto:
        return helper.make_graph([node(op_type, ["x"], ["b"])], "b", [], [helper.make_empty_tensor_value_info("b")])

    nodes = [
        node("Greater", ["rate", "low"], ["fast"]),
        node("If", ["fast"], ["c"], then_branch=branch("Relu"), else_branch=branch("Tanh")),
        helper.make_node("Scaler", ["c"], ["y"], name="scaled", domain="ai.onnx.ml", offset=[0.0], scale=[2.0]),
    ]
    proto = model(nodes, {"x": ("?", 6), "rate": ()}, ["y"], {"low": np.array(8000)}, types={"rate": INT64})
    proto.opset_import.append(helper.make_opsetid("ai.onnx.ml", 1))
    return saved(proto, tmp_path)


def refused(cli: Any, *arguments: object) -> str:
    code, out, err = cli("import", "onnx", *arguments)
    assert (code, out) == (2, "")
    (line,) = err.splitlines()
    return str(line)


@BOTH
def test_a_value_decides(family: tuple[str, ...], cli, file: Path) -> None:
    out = file.with_name("out.json")
    code, _, err = cli("import", "onnx", file, *family, "--dim", "x[0]=4", "--value", "rate=16000", "-o", out)
    assert code == 0
    assert "1 opaque operator: only the bytes" in err
    assert wnpopt.load(out).kind in ("wnp", "intradp")
    line = refused(cli, file, *family, "--dim", "x[0]=4", "-o", out)
    assert "condition" in line
    assert "--value rate=V" in line
    line = refused(cli, file, *family, "--value", "rate=1", "-o", out)
    assert "give dims for x[0]" in line
    assert "--dim 'x[0]=1'" in line


@BOTH
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("rat=1", "no input 'rat'"), ("rate", "NAME=V"), ("rate=", "NAME=V"), ("rate=x", "NAME=V"),
        ("rate=1.5", "hold"), ("rate=1,2", "2 numbers"), ("rate=1e400", "hold"), ("rate=9223372036854775808", "hold"),
    ],
)  # fmt: skip
def test_values_that_are_none(family: tuple[str, ...], value: str, said: str, cli, file: Path) -> None:
    assert said in refused(cli, file, *family, "--dim", "x[0]=4", "--value", value, "-o", file.with_name("out.json"))


@BOTH
def test_a_table_of_the_opaque_operators_alone(family: tuple[str, ...], cli, file: Path) -> None:
    """They take the table's times, the others keep their rooflines; an operator that it misses is named."""
    out, table = file.with_name("out.json"), file.with_name("times.csv")
    given = (file, *family, "--dim", "x[0]=4", "--value", "rate=16000", "-o", out)
    cores = (
        family[1::2]
        if family == INTRADP
        else ("systolic-64.0.0", "systolic-32.0.1", "eyeriss-like-1024.1.0", "vector-dsp.1.1")
    )
    assert cli("import", "onnx", *given)[0] == 0
    plain = wnpopt.load(out)
    table.write_text("operator,core,time_s\n" + "".join(f"scaled,{core},0.25\n" for core in cores))
    code, _, err = cli("import", "onnx", *given, "--times", table)
    assert code == 0
    assert "only the bytes" not in err
    instance = wnpopt.load(out)
    assert "times of times.csv" in str(instance.source)
    if family == INTRADP:
        times = {operator.name: operator.device.full_s for operator in instance.operators}
        before = {operator.name: operator.device.full_s for operator in plain.operators}
        assert times == before | {"scaled": 0.25}
    else:
        assert [sum(s.ticks[m] for s in plain.subgraphs) < 250_000 for m in range(4)] == [True] * 4
        totals = [sum(s.ticks[m] for s in instance.subgraphs) for m in range(4)]
        assert [250_000 < total < 250_010 for total in totals] == [True] * 4
    table.write_text("operator,core,time_s\n" + "".join(f"Relu.b,{core},0.25\n" for core in cores))
    line = refused(cli, *given, "--times", table)
    assert "no time for the operator 'scaled'" in line
    assert "ai.onnx.ml:Scaler" in line
    table.write_text("operator,core,time_s\nscaled,abacus,0.25\n")
    assert "no time on the core" in refused(cli, *given, "--times", table)


def test_a_graph_file_has_no_inputs_to_give(cli, tmp_path: Path) -> None:
    graph = Path(__file__).resolve().parents[2] / "instances" / "graphs" / "squeezenet.json"
    for family in (WNP, INTRADP):
        line = refused(cli, graph, *family, "--value", "x=1", "-o", tmp_path / "out.json")
        assert "a graph file has no values to give" in line


def test_a_branch_of_a_composition_gives_values(cli, file: Path) -> None:
    """The branch's file is read with them, its opaque operators are warned of; no other branch has inputs to give."""
    branch = {"modality": "sound", "graph": file.name, "dims": {"x[0]": 1}, "values": {"rate": 1}}
    other = {"modality": "text", "graph": "network:bert-base", "dims": {"tokens": 8}}
    data = {"kind": "composition", "schema_version": 1, "name": "two", "branches": [branch, other],
            "fusion": {"kind": "late", "classes": 3}}  # fmt: skip
    both = file.with_name("two.json")
    both.write_text(json.dumps(data))
    code, _, err = cli("import", "onnx", both, *WNP, "-o", file.with_name("out.json"))
    assert code == 0, err
    assert "1 opaque operator: only the bytes" in err
    other["values"] = {"tokens": 1}
    both.write_text(json.dumps(data))
    line = refused(cli, both, *WNP, "-o", file.with_name("out.json"))
    assert "branches[1].values: only an ONNX file has inputs" in line
