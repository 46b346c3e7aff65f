"""Quantised and half-precision networks cost what they cost when they run: folded pairs, bytes by type, peak rates."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.devices import DEVICES, device
from wnpopt.domain.chip.hardware import Core
from wnpopt.domain.files.chip import load_chip
from wnpopt.domain.files.graph import graph_from_data, graph_to_data
from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.domain.network.coarsen import coarsen
from wnpopt.domain.network.graph import Graph, Tensor, make_operator
from wnpopt.domain.network.quantised import fold_quantisation

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

pytest.importorskip("onnx", reason="the extra onnx is not installed")

ROWS, CHANNELS = 12, 8
SHAPE = (1, CHANNELS, ROWS, ROWS)


def constants() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "scale": np.array(0.05, np.float32),
        "zero": np.array(128, np.uint8),
        "weight_scale": np.full(CHANNELS, 0.01, np.float32),
        "weight_zero": np.zeros(CHANNELS, np.int8),
        "bias_zero": np.array(0, np.int32),
        "bias_scale": np.array(0.0005, np.float32),
        "w_q": rng.integers(-100, 100, (CHANNELS, CHANNELS, 3, 3)).astype(np.int8),
        "b_q": rng.integers(-100, 100, CHANNELS).astype(np.int32),
        "w": rng.normal(size=(CHANNELS, CHANNELS, 3, 3)).astype(np.float32),
        "b": rng.normal(size=CHANNELS).astype(np.float32),
    }


def node(kind: str, reads: str, makes: str, **attributes: Any) -> NodeProto:
    from onnx import helper

    return helper.make_node(kind, reads.split(), makes.split(), **attributes)


def quantise(name: str) -> NodeProto:
    return node("QuantizeLinear", f"{name} scale zero", f"{name}_q")


def dequantise(name: str, makes: str | None = None) -> NodeProto:
    return node("DequantizeLinear", f"{name}_q scale zero", makes or f"{name}_d")


def read(nodes: list[NodeProto], outputs: str, folder: Path, kind: int = 1) -> tuple[Graph, ModelProto]:
    from onnx import helper, numpy_helper

    used = {name for entry in nodes for name in entry.input}
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", kind, SHAPE)],
        [helper.make_empty_tensor_value_info(name) for name in outputs.split()],
        [numpy_helper.from_array(value, name) for name, value in constants().items() if name in used],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return read_onnx(path), model


def weights() -> list[NodeProto]:
    return [
        node("DequantizeLinear", "w_q weight_scale weight_zero", "w_d", axis=0),
        node("DequantizeLinear", "b_q bias_scale bias_zero", "b_d"),
    ]


def quantised() -> list[NodeProto]:
    """x, a convolution, and itself added to what it makes, all in the form of pairs."""
    return [
        quantise("x"), dequantise("x"), *weights(),
        node("Conv", "x_d w_d b_d", "c", pads=[1, 1, 1, 1]), quantise("c"), dequantise("c", "c_1"),
        dequantise("c", "c_2"), node("Add", "c_1 x_d", "s"), quantise("s"), dequantise("s"),
        node("Mul", "s_d c_2", "y"),
    ]  # fmt: skip


def plain() -> list[NodeProto]:
    conv = node("Conv", "x w b", "c", pads=[1, 1, 1, 1])
    return [conv, node("Add", "c x", "s"), node("Mul", "s c", "y")]


def test_pairs_go_into_their_neighbours(tmp_path: Path) -> None:
    graph, _ = read(quantised(), "y", tmp_path)
    assert [operator.op_type for operator in graph.operators] == ["QuantizeLinear", "Conv", "Add", "Mul"]
    _, conv, add, mul = graph.operators
    assert (conv.inputs, conv.outputs) == (("x_q",), ("c_q",))
    assert add.inputs == ("c_q", "x_q")
    assert mul.inputs == ("s_q", "c_q")
    assert [operator.precision for operator in graph.operators] == ["float32", "int8", "int8", "float32"]
    elements = ROWS * ROWS * CHANNELS
    assert conv.memory_bytes == 2 * elements + CHANNELS * CHANNELS * 9 + 4 * CHANNELS  # bias in 32 bits
    assert add.memory_bytes == 3 * elements
    assert mul.memory_bytes == 2 * elements + 4 * elements
    assert {edge.bytes for edge in graph.edges} == {elements}
    assert {size for _, _, size in coarsen(graph, 4).edges} == {elements}
    floating, _ = read(plain(), "y", tmp_path)
    assert (graph.macs, graph.parameters) == (floating.macs, floating.parameters)
    assert graph_from_data(json.loads(json.dumps(graph_to_data(graph)))) == graph


def test_eight_bits_are_not_slower_than_thirty_two(tmp_path: Path) -> None:
    graph, _ = read(quantised(), "y", tmp_path)
    floating, _ = read(plain(), "y", tmp_path)
    for core in DEVICES.values():
        for name in ("Conv", "Add"):
            eight, full = (
                next(operator for operator in g.operators if operator.op_type == name) for g in (graph, floating)
            )
            a, b = core.seconds(eight), core.seconds(full)
            assert a is not None
            assert b is not None
            bias = 3 * CHANNELS  # 32 bits in an 8-bit network, those of the core in one of floating-point numbers
            assert a <= b + bias / core.memory_bytes_per_s, (core.name, name)
            assert core.bytes_moved(eight) <= core.bytes_moved(full) + bias


def test_what_others_read_stays_as_it_is(tmp_path: Path) -> None:
    """A tensor that somebody needs in floating point is made so, and quantised by an operator of its own."""
    conv = node("Conv", "x_d w_d b_d", "c", pads=[1, 1, 1, 1])
    begin = [quantise("x"), dequantise("x"), *weights(), conv, quantise("c"), dequantise("c")]
    shared, _ = read([*begin, node("Add", "c c_d", "y")], "y", tmp_path)
    assert [o.op_type for o in shared.operators] == ["QuantizeLinear", "Conv", "QuantizeLinear", "Add"]
    assert shared.operators[1].outputs == ("c",)
    assert shared.operators[1].precision == "int8"
    assert shared.operators[3].inputs == ("c", "c_q")
    shown, _ = read([*begin, node("Relu", "c_d", "y")], "y c", tmp_path)
    assert [o.op_type for o in shown.operators] == ["QuantizeLinear", "Conv", "QuantizeLinear", "Relu"]
    ends, _ = read(begin, "c_d", tmp_path)
    assert [o.op_type for o in ends.operators] == ["QuantizeLinear", "Conv", "DequantizeLinear"]


def test_scales_that_are_computed_are_not_merged(tmp_path: Path) -> None:
    nodes = [
        node("DynamicQuantizeLinear", "x", "x_q s z"),
        node("DequantizeLinear", "x_q s z", "d"),
        node("Relu", "d", "y"),
    ]
    graph, _ = read(nodes, "y", tmp_path)
    assert [o.op_type for o in graph.operators] == ["DynamicQuantizeLinear", "DequantizeLinear", "Relu"]


def test_weights_alone_in_eight_bits(tmp_path: Path) -> None:
    graph, _ = read([*weights(), node("Conv", "x w_d b_d", "y")], "y", tmp_path)
    (conv,) = graph.operators
    assert conv.precision == "float32"
    assert conv.parameter_bytes == CHANNELS * CHANNELS * 9 + 4 * CHANNELS
    assert conv.parameters == CHANNELS * CHANNELS * 9 + CHANNELS


def test_operators_on_integers(tmp_path: Path) -> None:
    conv = node("QLinearConv", "x scale zero w_q weight_scale weight_zero scale zero b_q", "y")
    graph, _ = read([conv], "y", tmp_path, kind=2)
    (operator,) = graph.operators
    assert operator.precision == "int8"
    assert graph.tensor("y").dtype == "uint8"
    graph, _ = read([node("ConvInteger", "x w_q zero", "y")], "y", tmp_path, kind=2)
    assert graph.operators[0].precision == "int8"
    assert graph.tensor("y").dtype == "int32"


def test_the_merged_network_makes_what_the_file_makes(tmp_path: Path) -> None:
    """Every tensor of the merged graph is one of the file's, of the type and shape that onnxruntime gives it."""
    runtime = pytest.importorskip("onnxruntime", reason="the extra run is not installed")
    from onnx import helper

    graph, model = read(quantised(), "y", tmp_path)
    made = [name for operator in graph.operators for name in operator.outputs]
    del model.graph.output[:]
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in made)
    session = runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    values = session.run(made, {"x": np.random.default_rng(1).normal(size=SHAPE).astype(np.float32)})
    for name, value in zip(made, values, strict=True):
        tensor = graph.tensor(name)
        assert (tensor.shape, tensor.dtype, tensor.bytes) == (value.shape, str(value.dtype), value.nbytes)


@pytest.mark.parametrize(
    ("dtype", "bits", "each"),
    [
        ("float32", None, 4), ("float32", 16, 2), ("float32", 8, 1), ("float16", None, 2), ("float16", 16, 2),
        ("float16", 8, 1), ("float16", 32, 2), ("int8", 16, 1), ("uint8", 8, 1), ("uint8", None, 1), ("int64", 8, 8),
        ("int32", 16, 4), ("bool", 8, 1), ("float64", 32, 4), ("bfloat16", 16, 2),
    ],
)  # fmt: skip
def test_bytes_follow_from_the_type_and_the_core(dtype: str, bits: int | None, each: float) -> None:
    x, y = Tensor.of("x", (5, 7), dtype), Tensor.of("y", (5, 7), dtype)
    relu = make_operator("r", "Relu", inputs=[x], outputs=[y], flop=35, macs=0)
    assert Core("c", 1e9, 1e9, element_bits=bits).bytes_moved(relu) == 2 * 35 * each


def test_peak_rates_by_precision(tmp_path: Path) -> None:
    core = Core("c", 1e9, 1e30, peaks=(("float16", 2e9), ("int8", 4e9)))
    for dtype, seconds in (("float32", 1.0), ("float16", 0.5), ("uint8", 0.25), ("int8", 0.25), ("int16", 1.0)):
        x, y = Tensor.of("x", (5, 7), dtype), Tensor.of("y", (5, 7), dtype)
        relu = make_operator("r", "Relu", inputs=[x], outputs=[y], flop=10**9, macs=0)
        assert core.seconds(relu) == pytest.approx(seconds, rel=1e-12)
    entry = {"name": "a", "x": 0, "y": 0, "peak_flop_per_s": 1e9, "memory_bytes_per_s": 1e9, "peaks": {"int8": 4e9}}
    path = tmp_path / "chip.json"
    whole = {"kind": "chip", "schema_version": 1, "name": "c", "hop_s": 0.0, "bytes_per_s": 1e9, "cores": [entry]}
    path.write_text(json.dumps(whole))
    assert load_chip(path).cores[0].core.peak("int8") == 4e9
    for wrong, told in (({"int7": 1e9}, "int7"), ({"uint8": 1e9}, "uint8"), ({"int8": 0.0}, "int8")):
        path.write_text(json.dumps({**whole, "cores": [{**entry, "peaks": wrong}]}))
        with pytest.raises(InputError, match=told):
            load_chip(path)
    assert device("phone-cpu").peak("int8") == 4 * device("phone-cpu").peak("float32")


def test_a_graph_without_pairs_is_the_same(tmp_path: Path) -> None:
    graph, _ = read(plain(), "y", tmp_path)
    assert fold_quantisation(graph) is graph
    folded, _ = read(quantised(), "y", tmp_path)
    assert fold_quantisation(folded) == folded
    assert fold_quantisation(replace(graph, name="h")).name == "h"


def test_an_operator_without_arguments_has_a_precision() -> None:
    y = Tensor.of("y", (2,), "float16")
    assert make_operator("r", "Range", inputs=[], outputs=[y], flop=2, macs=0).precision == "float16"
    assert make_operator("r", "Mine", inputs=[], outputs=[y], flop=2, macs=1).precision == "float16"
    assert make_operator("r", "Mine", inputs=[], outputs=[], flop=2, macs=1).precision == "float32"
