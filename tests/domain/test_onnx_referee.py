"""Control flow, folding, functions and operators of other domains are read as onnxruntime runs them."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.domain.onnx_models import FLOAT, INT64, integers, model, node, saved
from tests.domain.onnx_referee import differences
from wnpopt.core.errors import InputError
from wnpopt.domain.files.graph import graph_from_data, graph_to_data
from wnpopt.domain.files.onnx.reader import read_noted, read_onnx

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

BOOL = 9
OPSETS = (11, 13, 17, 21)


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def weight(*shape: int) -> np.ndarray:
    return rng().normal(size=shape).astype(np.float32)


def body(nodes: list[NodeProto], inputs: dict[str, int], outputs: list[str], **constants: np.ndarray) -> GraphProto:
    from onnx import helper, numpy_helper

    return helper.make_graph(
        nodes,
        "body",
        [helper.make_tensor_value_info(name, kind, None if kind == FLOAT else ()) for name, kind in inputs.items()],
        [helper.make_empty_tensor_value_info(name) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )


def axes(opset: int, *axes: int) -> tuple[list[str], dict[str, Any], dict[str, np.ndarray]]:
    """How an opset takes the axes of Unsqueeze and Squeeze: more inputs, attributes, constants."""
    return ([], {"axes": list(axes)}, {}) if opset < 13 else (["axes"], {}, {"axes": integers(*axes)})


def padded(opset: int) -> ModelProto:
    """torch.nn.functional.pad to a multiple of 8, as the TorchScript exporter computes it."""
    more, attributes, constants = axes(opset, 0)
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "two"], ["h"], axis=0),
        node("Mod", ["h", "eight"], ["rest"]),
        node("Sub", ["eight", "rest"], ["lack"]),
        node("Mod", ["lack", "eight"], ["pad"]),
        node("Unsqueeze", ["pad", *more], ["one"], **attributes),
        node("Concat", ["zero", "zero", "zero", "one"], ["given"], axis=0),
        node("ConstantOfShape", ["four"], ["rest_of_it"], value=onnx_tensor(np.array([0]))),
        node("Concat", ["given", "rest_of_it"], ["all"], axis=0),
        node("Reshape", ["all", "pairs"], ["table"]),
        node("Slice", ["table", "last", "far", "first", "back"], ["turned"]),
        node("Transpose", ["turned"], ["columns"], perm=[1, 0]),
        node("Reshape", ["columns", "flat"], ["vector"]),
        node("Cast", ["vector"], ["pads"], to=INT64),
        node("Pad", ["x", "pads"], ["p"], mode="constant"),
        node("Conv", ["p", "w"], ["y"], strides=[8, 8]),
    ]
    return model(
        nodes,
        {"x": (1, 2, 13, 16)},
        ["y"],
        constants
        | {
            "two": np.array(2), "eight": np.array(8), "zero": integers(0), "four": integers(4),
            "pairs": integers(-1, 2), "last": integers(-1), "far": integers(-(2**63) + 1), "first": integers(0),
            "back": integers(-1), "flat": integers(-1), "w": weight(3, 2, 8, 8),
        },
        opset=opset,
    )  # fmt: skip


def onnx_tensor(value: np.ndarray) -> Any:
    from onnx import numpy_helper

    return numpy_helper.from_array(value)


def branches(opset: int) -> ModelProto:
    """An If within an If: the outer one is decided by an input, the inner one by a shape; both branches differ."""
    inner = node(
        "If", ["small"], ["z"],
        then_branch=body([node("Relu", ["r"], ["t"])], {}, ["t"]),
        else_branch=body([node("MatMul", ["r", "v"], ["t"])], {}, ["t"], v=weight(4, 4)),
    )  # fmt: skip
    then = body(
        [
            node("MatMul", ["x", "w"], ["r"]),
            node("Shape", ["r"], ["s"]),
            node("Gather", ["s", "i"], ["rows"], axis=0),
            node("Less", ["rows", "limit"], ["small"]),
            inner,
        ],
        {}, ["z"], w=weight(6, 4), i=np.array(0), limit=np.array(2),
    )  # fmt: skip
    otherwise = body([node("Identity", ["x"], ["r"])], {}, ["r"])
    nodes = [
        node("Greater", ["rate", "low"], ["fast"]),
        node("If", ["fast"], ["chosen"], then_branch=then, else_branch=otherwise),
        node("Sigmoid", ["chosen"], ["y"]),
    ]
    return model(
        nodes, {"x": ("batch", 6), "rate": ()}, ["y"], {"low": np.array(8000)}, opset=opset, types={"rate": INT64}
    )


def loop(opset: int) -> ModelProto:
    """As many trips as the input has columns; the carried tensor grows, each trip hands out a row."""
    trip = body(
        [
            node("Concat", ["h", "x"], ["joined"], axis=0),
            node("MatMul", ["joined", "w"], ["next"]),
            node("ReduceMax", ["next"], ["top"], axes=[0], keepdims=0)
            if opset < 18
            else node("ReduceMax", ["next", "first"], ["top"], keepdims=0),
            node("Identity", ["going"], ["still"]),
        ],
        {"trip": INT64, "going": BOOL, "h": FLOAT}, ["still", "next", "top"], w=weight(3, 3), first=integers(0),
    )  # fmt: skip
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "i"], ["count"], axis=0),
        node("Loop", ["count", "", "x"], ["last", "rows"], body=trip),
        node("Relu", ["rows"], ["y"]),
        node("Relu", ["last"], ["z"]),
    ]
    return model(nodes, {"x": (2, 3)}, ["y", "z"], {"i": np.array(1)}, opset=opset)


def while_loop(opset: int) -> ModelProto:
    """A Loop that ends by its condition, which depends on the trip's number."""
    trip = body(
        [
            node("Less", ["trip", "limit"], ["still"]),
            node("MatMul", ["h", "w"], ["next"]),
        ],
        {"trip": INT64, "going": BOOL, "h": FLOAT}, ["still", "next"], w=weight(3, 3), limit=np.array(2),
    )  # fmt: skip
    nodes = [node("Loop", ["", "yes", "x"], ["y"], body=trip)]
    return model(nodes, {"x": (2, 3)}, ["y"], {"yes": np.array(True)}, opset=opset)


def scan(opset: int) -> ModelProto:
    """A recurrence backwards over the second axis, its steps stacked along the last one."""
    step = body(
        [
            node("MatMul", ["entry", "w"], ["a"]),
            node("Add", ["a", "h"], ["b"]),
            node("Tanh", ["b"], ["next"]),
            node("Identity", ["next"], ["out"]),
        ],
        {"h": FLOAT, "entry": FLOAT}, ["next", "out"], w=weight(4, 5),
    )  # fmt: skip
    nodes = [
        node(
            "Scan", ["start", "x"], ["last", "y"], body=step, num_scan_inputs=1, scan_input_axes=[1],
            scan_input_directions=[1], scan_output_axes=[-1], scan_output_directions=[1],
        ),
        node("Relu", ["last"], ["z"]),
    ]  # fmt: skip
    return model(nodes, {"x": (2, 3, 4)}, ["y", "z"], {"start": weight(2, 5)}, opset=opset)


def sequences(opset: int) -> ModelProto:
    nodes = [
        node("SplitToSequence", ["x", "two"], ["parts"], axis=1),
        node("SequenceAt", ["parts", "last"], ["end"]),
        node("Relu", ["end"], ["r"]),
        node("SequenceInsert", ["parts", "r"], ["more"]),
        node("SequenceErase", ["more", "first"], ["less"]),
        node("SequenceLength", ["less"], ["count"]),
        node("ConcatFromSequence", ["less"], ["joined"], axis=1),
        node("SplitToSequence", ["joined"], ["rows"], axis=0, keepdims=0),
        node("ConcatFromSequence", ["rows"], ["again"], axis=2, new_axis=1),
        node("Cast", ["count"], ["factor"], to=FLOAT),
        node("Mul", ["again", "factor"], ["y"]),
    ]
    constants = {"two": np.array(2), "last": np.array(-1), "first": np.array(0)}
    return model(nodes, {"x": (2, 5, 3)}, ["y"], constants, opset=opset)


def functions(opset: int) -> ModelProto:
    from onnx import helper

    imports = [helper.make_opsetid("", opset), helper.make_opsetid("own", 1)]
    proto = model(
        [
            helper.make_node("Block", ["x", "w"], ["h"], domain="own", name="first"),
            helper.make_node("Block", ["h", "w"], ["y"], domain="own", name="second"),
        ],
        {"x": (2, 4)}, ["y"], {"w": weight(4, 4)}, opset=opset,
    )  # fmt: skip
    product = [helper.make_node("MatMul", ["a", "b"], ["p"]), helper.make_node("Act", ["p"], ["q"], domain="own")]
    proto.functions.append(helper.make_function("own", "Block", ["a", "b"], ["q"], product, imports))
    proto.functions.append(
        helper.make_function("own", "Act", ["a"], ["b"], [helper.make_node("Relu", "a", "b")], imports)
    )
    proto.opset_import.append(helper.make_opsetid("own", 1))
    return proto


def network(opset: int) -> ModelProto:
    """What changed from opset to opset: padding, slices, clipping, enlarging, reduction, splitting, softmax."""
    constants = {
        "w": weight(4, 3, 3, 3), "s": weight(4), "b": weight(4), "m": weight(4), "v": np.ones(4, np.float32),
        "shape": integers(0, -1), "scales": np.array([1, 1, 1.5, 2], np.float32),
        "pads": integers(0, 0, 1, 0, 0, 0, 0, 1), "from": integers(0), "to": integers(-1), "on": integers(2),
        "low": np.array(-1, np.float32), "high": np.array(1, np.float32), "halves": integers(2, 2),
        "third": integers(3), "roi": np.zeros(0, np.float32),
    }  # fmt: skip
    old = opset < 10
    nodes = [
        node("Pad", ["x"], ["p"], pads=[0, 0, 1, 0, 0, 0, 0, 1]) if opset < 11 else node("Pad", ["x", "pads"], ["p"]),
        node("Conv", ["p", "w"], ["c"], auto_pad="SAME_UPPER", strides=[2, 1]),
        node("BatchNormalization", ["c", "s", "b", "m", "v"], ["n"]),
        node("Clip", ["n"], ["k"], min=-1.0, max=1.0) if opset < 11 else node("Clip", ["n", "low", "high"], ["k"]),
        node("MaxPool", ["k"], ["q"], kernel_shape=[2, 2], strides=[1, 2]),
        node("Slice", ["q"], ["l"], starts=[0], ends=[-1], axes=[2])
        if old
        else node("Slice", ["q", "from", "to", "on"], ["l"]),
        node("Upsample", ["l"], ["u"], scales=[1.0, 1.0, 1.5, 2.0])
        if opset < 9
        else node("Upsample", ["l", "scales"], ["u"])
        if old
        else node("Resize", ["l", "scales"] if opset == 10 else ["l", "roi", "scales"], ["u"]),
        node("Split", ["u"], ["a", "d"], axis=1, split=[2, 2])
        if opset < 13
        else node("Split", ["u", "halves"], ["a", "d"], axis=1),
        node("Mul", ["a", "d"], ["e"]),
        node("ReduceMean", ["e"], ["r"], axes=[3]) if opset < 18 else node("ReduceMean", ["e", "third"], ["r"]),
        node("Concat", ["e", "r"], ["j"], axis=3),
        node("Reshape", ["j", "shape"], ["f"]),
        node("Softmax", ["f"], ["y"]),
    ]
    return model(nodes, {"x": (2, 3, 11, 10)}, ["y"], constants, opset=opset)


@pytest.mark.parametrize("opset", range(7, 24))
def test_every_opset(tmp_path: Path, opset: int) -> None:
    path = saved(network(opset), tmp_path)
    assert differences(path) == []
    other = read_onnx(saved(network(17), tmp_path, "other.onnx"))
    graph = read_onnx(path)
    assert (graph.macs, graph.parameters) == (other.macs, other.parameters)
    assert graph.tensor("y").shape == other.tensor("y").shape


MODELS: list[tuple[Callable[[int], ModelProto], dict[str, int], dict[str, int]]] = [
    (padded, {}, {}),
    (branches, {"batch": 1}, {"rate": 16000}),
    (branches, {"batch": 3}, {"rate": 16000}),
    (branches, {"batch": 3}, {"rate": 100}),
    (loop, {}, {}),
    (while_loop, {}, {}),
    (scan, {}, {}),
    (sequences, {}, {}),
    (functions, {}, {}),
]


@pytest.mark.parametrize("opset", OPSETS)
@pytest.mark.parametrize(("build", "dims", "values"), MODELS)
def test_read_as_it_runs(
    tmp_path: Path, build: Callable[[int], ModelProto], dims: dict[str, int], values: dict[str, int], opset: int
) -> None:
    assert differences(saved(build(opset), tmp_path), dims, values) == []


def test_what_is_left_of_a_chain_that_computes_padding(tmp_path: Path) -> None:
    graph, notes = read_noted(saved(padded(13), tmp_path))
    assert [operator.op_type for operator in graph.operators] == ["Pad", "Conv"]
    assert graph.tensor("p").shape == (1, 2, 16, 16)
    assert dict(notes.folded)["Concat"] == 2
    assert graph.macs == 3 * 2 * 2 * 2 * 64


def test_a_branch_stands_in_its_place(tmp_path: Path) -> None:
    path = saved(branches(17), tmp_path)
    graph, notes = read_noted(path, dims={"batch": 3}, values={"rate": 16000})
    assert [operator.op_type for operator in graph.operators] == ["MatMul", "MatMul", "Sigmoid"]
    assert graph.inputs == ("x",)
    assert graph.macs == 3 * 6 * 4 + 3 * 4 * 4
    assert graph.parameters == 6 * 4 + 4 * 4
    assert notes.branches == (("If.chosen", "then_branch"), ("If.z", "else_branch"))
    assert notes.values == (("rate", (16000,)),)
    assert [o.op_type for o in read_onnx(path, dims={"batch": 1}, values={"rate": 16000}).operators][1] == "Relu"
    with pytest.raises(InputError, match=r"graph\.node\[1\]: If .*condition depends .* rate; .*--value rate=V"):
        read_onnx(path, dims={"batch": 1})


def test_trips_share_their_weights(tmp_path: Path) -> None:
    graph, notes = read_noted(saved(loop(17), tmp_path))
    assert notes.loops == (("Loop.last", 3),)
    assert graph.parameters == 9
    assert graph.macs == (4 + 6 + 8) * 3 * 3
    assert graph.tensor(graph.outputs[0]).shape == (3, 3)


def test_a_trip_count_that_data_decide_is_refused(tmp_path: Path) -> None:
    trip = body([node("Identity", ["going"], ["still"]), node("Relu", ["h"], ["n"])],
                {"trip": INT64, "going": BOOL, "h": FLOAT}, ["still", "n"])  # fmt: skip
    nodes = [node("Loop", ["count", "", "x"], ["y"], body=trip)]
    proto = model(nodes, {"x": (2, 3), "count": ()}, ["y"], types={"count": INT64})
    path = saved(proto, tmp_path)
    with pytest.raises(InputError, match=r"trip count depends on the contents of count; give a value: --value count=V"):
        read_onnx(path)
    for five in (5, 5.0, [5], np.int64(5), np.array(5)):
        assert read_onnx(path, values={"count": five}).flop == 5 * 6  # type: ignore[dict-item]
    for wrong, said in ((-1.5, "cannot hold"), (2**70, "cannot hold"), ((1, 2), "found 2 numbers")):
        with pytest.raises(InputError, match=said):
            read_onnx(path, values={"count": wrong})  # type: ignore[dict-item]
    with pytest.raises(InputError, match=r"no input 'cuont'.*x, count"):
        read_onnx(path, values={"cuont": 5})
    with pytest.raises(InputError, match="more than 10000 operators"):
        read_onnx(path, values={"count": 10**12})


@pytest.mark.parametrize("sides", [{}, {"onesided": 0}, {"onesided": 1}])
@pytest.mark.parametrize(("window", "length"), [(16, None), (16, 16), (15, 15), (None, 15)])
def test_bins_of_a_transform(tmp_path: Path, sides: dict[str, int], window: int | None, length: int | None) -> None:
    constants = {"step": np.array(8)}
    if window is not None:
        constants["w"] = weight(window)
    if length is not None:
        constants["l"] = np.array(length)
    arguments = ["x", "step", "w" if window else "", "l" if length else ""]
    proto = model([node("STFT", arguments, ["y"], **sides)], {"x": (1, 128, 1)}, ["y"], constants)
    assert differences(saved(proto, tmp_path)) == []


CONTRIB: dict[str, tuple[list[tuple[int, ...]], dict[str, Any], int | None]] = {
    # shapes of activations and constants, attributes, multiply-accumulates
    "Gelu": ([(2, 5, 8)], {}, 0),
    "FusedMatMul": ([(2, 8, 5), (8, 3)], {"transA": 1}, 2 * 5 * 8 * 3),
    "BiasGelu": ([(2, 5, 8), (8,)], {}, 0),
    "SkipLayerNormalization": ([(2, 5, 8), (2, 5, 8), (8,), (8,)], {}, 0),
    "Attention": ([(2, 5, 8), (8, 24), (24,)], {"num_heads": 2}, 2 * (5 * 8 * 24 + 5 * 5 * 16)),
    "MultiHeadAttention": ([(2, 5, 8), (2, 7, 8), (2, 7, 8)], {"num_heads": 2}, 2 * 5 * 7 * 16),
    "Trilu": ([(4, 4)], {}, None),
}


@pytest.mark.parametrize("op_type", CONTRIB)
def test_operators_of_onnxruntime(tmp_path: Path, op_type: str) -> None:
    from onnx import helper

    shapes, attributes, macs = CONTRIB[op_type]
    names = [f"a{i}" for i in range(len(shapes))]
    entry = helper.make_node(op_type, names, ["y"], name="it", domain="com.microsoft", **attributes)
    proto = model([entry], dict(zip(names, shapes, strict=True)), ["y"])
    proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    path = saved(proto, tmp_path)
    assert differences(path) == []
    graph, notes = read_noted(path)
    assert [operator.op_type for operator in graph.operators] == [f"com.microsoft:{op_type}"]
    assert graph.operators[0].opaque == (macs is None)
    assert notes.opaque == (("it",) if macs is None else ())
    assert graph.macs == (macs or 0)


def test_a_dynamically_quantised_lstm(tmp_path: Path) -> None:
    """Its weights lie transposed; it has the products of an LSTM of the same sizes."""
    from onnx import helper, numpy_helper

    steps, batch, inputs, hidden = 6, 2, 5, 4
    constants = {
        "w": rng().integers(-9, 9, (1, inputs, 4 * hidden)).astype(np.int8),
        "r": rng().integers(-9, 9, (1, hidden, 4 * hidden)).astype(np.int8),
        "ws": np.full(1, 0.1, np.float32), "wz": np.zeros(1, np.int8),
        "rs": np.full(1, 0.1, np.float32), "rz": np.zeros(1, np.int8),
    }  # fmt: skip
    entry = helper.make_node(
        "DynamicQuantizeLSTM", ["x", "w", "r", "", "", "", "", "", "ws", "wz", "rs", "rz"], ["y"],
        domain="com.microsoft", hidden_size=hidden,
    )  # fmt: skip
    proto = model([entry], {"x": (steps, batch, inputs)}, ["y"])
    proto.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    path = saved(proto, tmp_path)
    assert differences(path) == []
    plain = model([node("LSTM", ["x", "w", "r"], ["y"], hidden_size=hidden)], {"x": (steps, batch, inputs)}, ["y"],
                  {"w": weight(1, 4 * hidden, inputs), "r": weight(1, 4 * hidden, hidden)})  # fmt: skip
    same = read_onnx(saved(plain, tmp_path, "plain.onnx"))
    graph = read_onnx(path)
    assert (graph.flop, graph.macs, graph.parameters) == (same.flop, same.macs, same.parameters)


def test_layer_normalisation_where_onnxruntime_writes_it(tmp_path: Path) -> None:
    proto = model([node("LayerNormalization", ["x", "s"], ["y"])], {"x": (2, 3, 4)}, ["y"], {"s": weight(4)}, opset=14)
    assert differences(saved(proto, tmp_path)) == []


def classifier() -> ModelProto:
    from onnx import helper

    entry = helper.make_node(
        "LinearClassifier", ["x"], ["label", "scores"], name="classes", domain="ai.onnx.ml",
        coefficients=[0.1] * 6, intercepts=[0.0] * 3, classlabels_ints=[0, 1, 2],
    )  # fmt: skip
    scaled = helper.make_node("Normalizer", ["scores"], ["y"], name="scaled", domain="ai.onnx.ml", norm="L2")
    proto = model([entry, scaled], {"x": (3, 2)}, ["y"])
    proto.opset_import.append(helper.make_opsetid("ai.onnx.ml", 1))
    return proto


def test_a_model_of_machine_learning_operators_alone(tmp_path: Path) -> None:
    proto = classifier()
    del proto.opset_import[0]
    path = saved(proto, tmp_path)
    graph, notes = read_noted(path)
    assert notes.opaque == ("classes", "scaled")
    assert graph.tensor("y").shape == (3, 3)
    assert differences(path, whole=False) == []


def test_an_operator_that_nobody_knows(tmp_path: Path) -> None:
    """It is global and opaque once its output's extents are given, by place or by what the file records."""
    from onnx import helper

    odd = helper.make_node("Odd", ["h"], ["o"], name="odd", domain="com.example")
    proto = model([node("Relu", ["x"], ["h"]), odd, node("Relu", ["o"], ["y"])], {"x": (2, 3)}, ["y"])
    proto.opset_import.append(helper.make_opsetid("com.example", 1))
    path = saved(proto, tmp_path)
    with pytest.raises(InputError, match=r"'Odd' of domain 'com\.example' is not known; .*--dim 'o\[0\]=N'"):
        read_onnx(path)
    graph = read_onnx(path, dims={"o[0]": 2, "o[1]": 7})
    assert graph.tensor("y").shape == (2, 7)
    assert [operator.opaque for operator in graph.operators] == [False, True, False]
    proto.graph.value_info.append(helper.make_tensor_value_info("o", FLOAT, ["rows", 5]))
    with pytest.raises(InputError, match=r"com\.example"):
        read_onnx(saved(proto, tmp_path))
    assert read_onnx(path, dims={"rows": 2}).tensor("y").shape == (2, 5)
    with pytest.raises(InputError, match="dimension 'h' is not in the file"):
        read_onnx(path, dims={"rows": 2, "h": 1})


def test_a_shape_that_depends_on_data_can_be_given(tmp_path: Path) -> None:
    nodes = [node("NonZero", ["x"], ["n"]), node("Cast", ["n"], ["y"], to=FLOAT)]
    path = saved(model(nodes, {"x": (2, 3)}, ["y"]), tmp_path)
    with pytest.raises(InputError, match=r"NonZero .*--dim 'n\[0\]=N'"):
        read_onnx(path)
    assert read_onnx(path, dims={"n[0]": 2, "n[1]": 6}).tensor("y").shape == (2, 6)
    proto = model([node("Reshape", ["x", "s"], ["y"])], {"x": (2, 3), "s": (1,)}, ["y"], types={"s": INT64})
    path = saved(proto, tmp_path)
    with pytest.raises(InputError, match="contents of s; give a value: --value s=V"):
        read_onnx(path)
    assert read_onnx(path, values={"s": -1}).tensor("y").shape == (6,)


def test_bodies_that_multiply_are_refused_quickly(tmp_path: Path) -> None:
    """Loops in loops, and functions that call others twice each: the file is small, what it comes to is not."""
    from onnx import helper

    inputs = {"trip": INT64, "going": BOOL, "h": FLOAT}
    inner = body([node("Relu", ["h"], ["n"]), node("Identity", ["going"], ["still"])], inputs, ["still", "n"])
    for _ in range(6):
        nested = [node("Loop", ["count", "", "h"], ["n"], body=inner), node("Identity", ["going"], ["still"])]
        inner = body(nested, inputs, ["still", "n"])
    proto = model([node("Loop", ["count", "", "x"], ["y"], body=inner)], {"x": (2,)}, ["y"], {"count": np.array(50)})
    with pytest.raises(InputError, match="more than 10000 operators"):
        read_onnx(saved(proto, tmp_path))
    opset = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    proto = model([helper.make_node("F0", ["x"], ["y"], domain="own")], {"x": (2,)}, ["y"])
    for i in range(40):
        twice = [helper.make_node(f"F{i + 1}", [a], [b], domain="own") for a, b in (("a", "b"), ("b", "c"))]
        proto.functions.append(helper.make_function("own", f"F{i}", ["a"], ["c"], twice, opset))
    last = [helper.make_node("Relu", ["a"], ["c"])]
    proto.functions.append(helper.make_function("own", "F40", ["a"], ["c"], last, opset))
    proto.opset_import.append(opset[1])
    with pytest.raises(InputError, match="functions come to more than"):
        read_onnx(saved(proto, tmp_path))


def test_external_data_in_a_body_stay_in_the_folder(tmp_path: Path) -> None:
    import onnx

    proto = branches(17)
    branch = next(entry.g for entry in proto.graph.node[1].attribute if entry.name == "then_branch")
    tensor = next(tensor for tensor in branch.initializer if tensor.name == "w")
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.append(onnx.StringStringEntryProto(key="location", value="../w.bin"))
    with pytest.raises(InputError, match="the model's own folder"):
        read_onnx(saved(proto, tmp_path), dims={"batch": 1}, values={"rate": 16000})


@pytest.mark.parametrize("build", [padded, branches, loop, scan, sequences, functions])
def test_random_damage_is_refused_or_read(tmp_path: Path, build: Callable[[int], ModelProto]) -> None:
    """Whatever bytes are changed: a graph or an InputError, nothing else."""
    raw = build(17).SerializeToString()
    path = tmp_path / "model.onnx"
    chance = random.Random(9)
    for _ in range(150):
        damaged = bytearray(raw)
        for _ in range(chance.randint(1, 3)):
            damaged[chance.randrange(len(raw))] = chance.randrange(256)
        path.write_bytes(bytes(damaged))
        try:
            said = read_onnx(path, dims={"batch": 2}, values={"rate": 16000} if build is branches else {}).name
        except InputError as error:
            said = str(error)
        assert said.isprintable()


def test_an_operator_without_inputs(tmp_path: Path) -> None:
    """Noise depends on no input and is no constant: an opaque operator, of which the sizes are known."""
    nodes = [node("RandomNormal", [], ["n"], shape=[2, 3]), node("Add", ["x", "n"], ["y"])]
    path = saved(model(nodes, {"x": (2, 3)}, ["y"]), tmp_path)
    graph = read_onnx(path)
    assert [(operator.op_type, operator.opaque) for operator in graph.operators] == [
        ("RandomNormal", True),
        ("Add", False),
    ]
    assert graph_from_data(graph_to_data(graph)) == graph


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the package's cases overflow on purpose
def test_operators_of_the_onnx_package(tmp_path: Path) -> None:
    """Every test case of an operator that the package has: those that are read have the sizes that they run with."""
    from onnx.backend.test.case.node import collect_testcases

    wrong, right = [], 0
    for case in collect_testcases(None):
        if case.model is None:
            continue
        path = saved(case.model, tmp_path)
        values = {
            declared.name: tuple(np.asarray(value).ravel().tolist())
            for declared, value in zip(case.model.graph.input[1:], case.data_sets[0][0][1:], strict=False)
            if isinstance(value, np.ndarray) and value.dtype.kind in "iub" and 0 < value.size <= 64
        }
        try:
            unlike = differences(path, {}, values, whole=False)
        except InputError:
            continue
        except Exception as error:
            if "NOT_IMPLEMENTED" in str(error) or "FAIL" in str(error) or "umpy" in str(error):
                continue  # no kernel, or no NumPy type, in onnxruntime
            raise
        right += not unlike
        wrong += [f"{case.name}: {what}" for what in unlike if "float8" not in what]
    assert wrong == []
    assert right > 1200


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # random inputs overflow in half precision
@pytest.mark.skipif("WNPOPT_ONNX_FILES" not in os.environ, reason="set WNPOPT_ONNX_FILES to a folder of ONNX files")
def test_files_of_a_folder() -> None:
    """Files of exporters and packages, with the options that scripts/recipes/exports has for them by name."""
    tables = Path(__file__).resolve().parents[2] / "scripts" / "recipes" / "exports"
    rows = {
        row["file"]: row
        for table in ("public", "made")
        for row in json.loads((tables / f"{table}.json").read_text())["files"]
    }
    wrong = {}
    for path in sorted(Path(os.environ["WNPOPT_ONNX_FILES"]).rglob("*.onnx")):
        row = rows.get(path.name, {})
        unlike = differences(path, row.get("dim", {}), row.get("value", {}))
        if unlike:
            wrong[path.name] = unlike[:3]
    assert wrong == {}
