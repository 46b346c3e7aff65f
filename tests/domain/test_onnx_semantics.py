"""What the ONNX reader makes of single operators: shapes, arithmetic, windows, constants."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.domain.onnx_models import INT64, integers, model, node, saved, zeros
from wnpopt.core.errors import InputError
from wnpopt.domain.files.graph import graph_from_data, graph_to_data
from wnpopt.domain.files.onnx.reader import read_onnx
from wnpopt.domain.network.graph import UNREAD, UNSPECIFIED, Window

onnx = pytest.importorskip("onnx", reason="the extra onnx is not installed")


def single(folder, op_type, shapes, constants=None, outputs=("y",), opset=17, types=None, **attributes):  # type: ignore[no-untyped-def]
    """The graph of one operator on inputs of these shapes, constants last."""
    names = [f"x{i}" for i in range(len(shapes))]
    constants = constants or {}
    proto = model(
        [node(op_type, [*names, *constants], outputs, **attributes)],
        dict(zip(names, shapes, strict=True)),
        outputs[:1],
        constants,
        opset=opset,
        types=types,
    )
    return read_onnx(saved(proto, folder))


def test_a_convolution_with_everything(tmp_path: Path) -> None:
    graph = single(
        tmp_path,
        "Conv",
        [(2, 8, 20, 30)],
        {"w": zeros(12, 4, 3, 5), "b": zeros(12)},
        strides=[2, 1],
        pads=[1, 0, 2, 4],
        dilations=[1, 2],
        group=2,
    )
    (conv,) = graph.operators
    height, width = (20 + 3 - 3) // 2 + 1, 30 + 4 - 9 + 1
    assert graph.tensor("y").shape == (2, 12, height, width)
    assert conv.window == Window((3, 5), (2, 1), (1, 0), (2, 4), (1, 2), 2)
    elements = 2 * 12 * height * width
    assert conv.macs == elements * 4 * 15
    assert conv.flop == 2 * conv.macs + elements
    assert conv.parameters == 12 * 4 * 15 + 12
    assert conv.inputs == ("x0",)
    assert conv.weights == ("w", "b")


@pytest.mark.parametrize(("auto", "begin", "end"), [("SAME_UPPER", 0, 1), ("SAME_LOWER", 1, 0), ("VALID", 0, 0)])
def test_automatic_padding_is_made_explicit(tmp_path: Path, auto: str, begin: int, end: int) -> None:
    graph = single(tmp_path, "Conv", [(1, 1, 8, 8)], {"w": zeros(1, 1, 3, 3)}, strides=[2, 2], auto_pad=auto)
    window = graph.operators[0].window
    assert window is not None
    assert (window.pads_begin, window.pads_end) == ((begin,) * 2, (end,) * 2)


def test_a_depthwise_convolution(tmp_path: Path) -> None:
    (conv,) = single(tmp_path, "Conv", [(1, 16, 10, 10)], {"w": zeros(16, 1, 3, 3)}, group=16).operators
    assert conv.macs == 16 * 8 * 8 * 9


def test_a_transposed_convolution(tmp_path: Path) -> None:
    graph = single(
        tmp_path, "ConvTranspose", [(1, 6, 5, 5)], {"w": zeros(6, 4, 4, 4)}, strides=[2, 2], pads=[1, 1, 1, 1], group=2
    )
    (conv,) = graph.operators
    assert graph.tensor("y").shape == (1, 8, 10, 10)
    assert conv.macs == 6 * 5 * 5 * 4 * 16
    assert conv.window == Window((4, 4), (2, 2), (1, 1), (1, 1), (1, 1), 2, transposed=True)


def test_a_transposed_convolution_of_given_size(tmp_path: Path) -> None:
    graph = single(
        tmp_path, "ConvTranspose", [(1, 1, 5, 5)], {"w": zeros(1, 1, 3, 3)}, strides=[2, 2], output_shape=[10, 10]
    )
    window = graph.operators[0].window
    assert window is not None
    # total padding = stride (in - 1) + kernel - out = 8 + 3 - 10
    assert [b + e for b, e in zip(window.pads_begin, window.pads_end, strict=True)] == [1, 1]


def test_one_dimension(tmp_path: Path) -> None:
    graph = single(tmp_path, "Conv", [(1, 3, 100)], {"w": zeros(7, 3, 5)}, strides=[3])
    assert graph.tensor("y").shape == (1, 7, 32)
    assert graph.operators[0].macs == 7 * 32 * 15


def test_matrix_products(tmp_path: Path) -> None:
    gemm = single(tmp_path, "Gemm", [(4, 6)], {"w": zeros(5, 6), "b": zeros(5)}, transB=1)
    assert gemm.macs == 4 * 5 * 6
    assert gemm.flop == 2 * gemm.macs + 20
    turned = single(tmp_path, "Gemm", [(6, 4)], {"w": zeros(6, 5)}, transA=1)
    assert turned.macs == 4 * 5 * 6
    assert single(tmp_path, "MatMul", [(2, 3, 4, 5), (3, 5, 6)]).macs == 2 * 3 * 4 * 5 * 6
    einsum = single(tmp_path, "Einsum", [(2, 3, 4), (2, 4, 5)], equation="bij,bjk->bik")
    assert einsum.macs == 2 * 3 * 4 * 5


def test_pooling(tmp_path: Path) -> None:
    graph = single(tmp_path, "MaxPool", [(1, 4, 9, 9)], kernel_shape=[3, 3], strides=[2, 2])
    assert graph.tensor("y").shape == (1, 4, 4, 4)
    assert graph.flop == 4 * 16 * 9
    assert graph.operators[0].window is not None
    assert graph.operators[0].window.groups == 4
    rounded = single(tmp_path, "MaxPool", [(1, 4, 10, 10)], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    assert rounded.tensor("y").shape == (1, 4, 5, 5)
    assert single(tmp_path, "GlobalAveragePool", [(1, 4, 9, 9)]).flop == 4 * 81


@pytest.mark.parametrize("opset", [11, 22])
@pytest.mark.parametrize(
    ("rows", "kernel", "stride", "pads", "after"),
    [
        (4, 1, 2, (0, 0), 2),  # a third window would begin behind the image
        (5, 2, 3, (0, 1), 2),
        (6, 2, 4, (1, 1), 2),
        (7, 2, 2, (1, 1), 4),  # a fifth would begin in the padding at the end
        (10, 3, 2, (0, 0), 5),
        (9, 3, 4, (1, 1), 3),
    ],
)
def test_windows_that_begin_behind_the_image_do_not_count(
    tmp_path: Path, opset: int, rows: int, kernel: int, stride: int, pads: tuple[int, int], after: int
) -> None:
    graph = single(
        tmp_path, "MaxPool", [(1, 2, rows, 3)], opset=opset, kernel_shape=[kernel, 1], strides=[stride, 1],
        pads=[pads[0], 0, pads[1], 0], ceil_mode=1,
    )  # fmt: skip
    assert graph.tensor("y").shape == (1, 2, after, 3)
    assert graph.flop == 2 * after * 3 * kernel


@pytest.mark.parametrize(
    ("attributes", "rows", "begin", "end"),
    [
        ({"output_shape": [12, 5]}, 12, 1, 0),
        ({"output_shape": [12, 5], "auto_pad": "SAME_UPPER"}, 12, 0, 1),
        ({"output_shape": [12, 5], "auto_pad": "VALID", "output_padding": [1, 0]}, 12, 1, 1),
        ({"auto_pad": "SAME_LOWER"}, 12, 1, 0),
        ({"auto_pad": "SAME_UPPER", "output_padding": [1, 0]}, 12, 1, 1),
        ({"output_padding": [1, 0]}, 14, 0, 0),
        ({"pads": [2, 0, 1, 0]}, 10, 2, 1),
    ],
)
def test_the_padding_of_a_transposed_convolution(
    tmp_path: Path, attributes: dict[str, object], rows: int, begin: int, end: int
) -> None:
    """The larger half of an odd padding stands at the start, with SAME_UPPER at the end."""
    graph = single(tmp_path, "ConvTranspose", [(1, 1, 6, 5)], {"w": zeros(1, 1, 3, 1)}, strides=[2, 1], **attributes)
    window = graph.operators[0].window
    assert window is not None
    assert graph.tensor("y").shape == (1, 1, rows, 5)
    assert (window.pads_begin[0], window.pads_end[0]) == (begin, end)


@pytest.mark.parametrize(
    ("op_type", "shape", "attributes"),
    [
        ("MaxPool", (1, 1, 9, 9), {"kernel_shape": [3, 3], "dilations": [2, 2], "auto_pad": "SAME_UPPER"}),
        ("AveragePool", (1, 1, 9, 9), {"kernel_shape": [1, 1], "strides": [6, 6], "auto_pad": "SAME_LOWER"}),
        ("ConvTranspose", (1, 1, 5, 5), {"strides": [4, 4], "auto_pad": "SAME_UPPER"}),
        ("ConvTranspose", (1, 1, 5, 5), {"strides": [1, 1], "output_shape": [9, 9]}),
    ],
)
def test_what_implementations_read_differently_is_refused(
    tmp_path: Path, op_type: str, shape: tuple[int, ...], attributes: dict[str, object]
) -> None:
    constants = {"w": zeros(1, 1, 3, 3)} if op_type == "ConvTranspose" else {}
    with pytest.raises(InputError, match=f"{op_type}.*implementations"):
        single(tmp_path, op_type, [shape], constants, opset=22, **attributes)


@pytest.mark.parametrize(("rows", "scale", "after"), [(20, 0.7, 14), (10, 1.7, 17), (40, 0.35, 14), (7, 2.5, 17)])
def test_scales_are_of_single_precision(tmp_path: Path, rows: int, scale: float, after: int) -> None:
    proto = model(
        [node("Resize", ["x", "", "s"], ["y"])], {"x": (1, 2, rows, 3)}, ["y"],
        {"s": np.array([1, 1, scale, 1], dtype=np.float32)},
    )  # fmt: skip
    assert read_onnx(saved(proto, tmp_path)).tensor("y").shape == (1, 2, after, 3)


def test_a_slope_is_not_larger_than_what_it_multiplies(tmp_path: Path) -> None:
    assert single(tmp_path, "PRelu", [(2, 3, 4)], {"s": zeros(3, 1)}).tensor("y").shape == (2, 3, 4)
    with pytest.raises(InputError, match="slope"):
        single(tmp_path, "PRelu", [(1, 4)], {"s": zeros(3, 4)})


def test_arguments_keep_their_order(tmp_path: Path) -> None:
    def order(op_type: str, arguments: list[str], shape: tuple[int, ...], **attributes: object) -> tuple[str, ...]:
        constants = {name: zeros(*shape) for name in arguments if name.startswith("c")}
        proto = model([node(op_type, arguments, ["y"], **attributes)], {"x": shape}, ["y"], constants)
        graph = read_onnx(saved(proto, tmp_path))
        (operator,) = graph.operators
        assert [name for name in operator.ordered if name] == [name for name in arguments if name]
        assert graph_from_data(graph_to_data(graph)) == graph
        return operator.arguments

    assert order("Add", ["x", "c"], (2, 3)) == ()
    assert order("Sub", ["c", "x"], (2, 3)) == ("c", "x")
    assert order("Concat", ["c", "x", "c1"], (2, 3), axis=0) == ("c", "x", "c1")
    assert order("Concat", ["x", "c"], (2, 3), axis=0) == ("x", "c")  # by itself the order that is left out elsewhere
    assert order("Concat", ["x", "x"], (2, 3), axis=0) == ()
    assert order("MatMul", ["x", "c"], (3, 3)) == ("x", "c")  # the shapes do not tell


def test_arguments_are_inputs_and_weights(tmp_path: Path) -> None:
    graph = single(tmp_path, "Concat", [(2, 3)], {"c": zeros(2, 3)}, axis=0)
    data = graph_to_data(graph)
    for wrong in (["x0"], ["x0", "c", "c"], ["x0", "x0"], ["x0", "other"]):
        data["operators"][0]["arguments"] = wrong  # type: ignore[index]
        with pytest.raises(InputError, match="arguments") as caught:
            graph_from_data(data)
        assert caught.value.where == "operators[0].arguments"
    data["operators"][0]["arguments"] = ["c", "", "x0"]  # type: ignore[index]
    assert graph_from_data(data).operators[0].ordered == ("c", "", "x0")


def test_what_opsets_say_differently_is_spelled_out(tmp_path: Path) -> None:
    scales = {"s": np.array([1, 1, 2, 2], dtype=np.float32)}
    old = single(tmp_path, "Resize", [(1, 1, 4, 4)], scales, opset=10).operators[0]
    assert old.attribute("coordinate_transformation_mode") == "asymmetric"
    assert old.attribute("nearest_mode") == UNSPECIFIED
    proto = model([node("Resize", ["x", "", "s"], ["y"])], {"x": (1, 1, 4, 4)}, ["y"], scales)
    new = read_onnx(saved(proto, tmp_path)).operators[0]
    assert new.attribute("coordinate_transformation_mode") == "half_pixel"
    assert new.attribute("nearest_mode") == "round_prefer_floor"
    together = single(tmp_path, "Softmax", [(2, 3, 4)], opset=11).operators[0]
    assert (together.attribute("axis"), together.attribute("coerced")) == (1, 1)
    assert single(tmp_path, "Softmax", [(2, 3, 4)], opset=11, axis=2).operators[0].attribute("coerced") is None
    assert single(tmp_path, "Softmax", [(2, 3, 4)], opset=13).operators[0].attribute("coerced") is None


def test_a_constant_argument_that_is_not_read_is_told(tmp_path: Path) -> None:
    many = np.zeros(65, dtype=np.int64)
    (op,) = single(tmp_path, "Squeeze", [(1, 3)], {"axes": integers(0)}).operators
    assert op.attribute("axes") == (0,)
    proto = model(
        [node("Relu", ["x"], ["r"]), node("OneHot", ["r", "depth", "values"], ["y"])], {"x": (2,)}, ["y"],
        {"depth": integers(4), "values": many[:2]},
    )  # fmt: skip
    assert read_onnx(saved(proto, tmp_path)).operators[-1].attribute("values") == (0, 0)
    proto = model(
        [node("Relu", ["x"], ["r"]), node("CumSum", ["r", "axis"], ["y"])], {"x": (2,)}, ["y"], {"axis": integers(0)}
    )
    proto.graph.initializer[0].ClearField("raw_data")  # the data were stripped from the file
    assert read_onnx(saved(proto, tmp_path)).operators[-1].attribute("axis") == UNREAD


def test_attention_of_opset_23(tmp_path: Path) -> None:
    graph = single(tmp_path, "Attention", [(2, 4, 10, 16), (2, 4, 12, 16), (2, 4, 12, 8)], opset=23)
    assert graph.tensor("y").shape == (2, 4, 10, 8)
    assert graph.macs == 2 * 4 * 10 * 12 * (16 + 8)
    flat = single(
        tmp_path, "Attention", [(2, 10, 64), (2, 12, 64), (2, 12, 64)], opset=23, q_num_heads=4, kv_num_heads=4
    )
    assert flat.macs == 2 * 4 * 10 * 12 * 32


def test_recurrence(tmp_path: Path) -> None:
    graph = single(tmp_path, "LSTM", [(7, 2, 5)], {"w": zeros(1, 24, 5), "r": zeros(1, 24, 6)}, hidden_size=6)
    assert graph.macs == 7 * 2 * 24 * (5 + 6)
    assert graph.parameters == 24 * 11


@pytest.mark.parametrize(
    ("op_type", "flop", "attributes"),
    [
        ("Relu", 60, {}),
        ("Sigmoid", 240, {}),
        ("Softmax", 300, {}),
        ("LeakyRelu", 120, {}),
        ("Transpose", 0, {}),
        ("Flatten", 0, {}),
        ("LRN", 60 * 14, {"size": 5}),
    ],
)
def test_arithmetic_of_single_operators(tmp_path: Path, op_type: str, flop: int, attributes: dict[str, object]) -> None:
    assert single(tmp_path, op_type, [(1, 3, 4, 5)], **attributes).flop == flop


def test_layer_normalisation(tmp_path: Path) -> None:
    graph = single(tmp_path, "LayerNormalization", [(2, 7, 16)], {"scale": zeros(16), "bias": zeros(16)}, axis=-1)
    assert graph.flop == 8 * 2 * 7 * 16
    assert graph.parameters == 32


def test_batch_normalisation_learns_half_of_its_constants(tmp_path: Path) -> None:
    constants = {name: zeros(6) for name in ("scale", "bias", "mean", "var")}
    (norm,) = single(tmp_path, "BatchNormalization", [(1, 6, 4, 4)], constants).operators
    assert norm.parameters == 12
    assert norm.parameter_bytes == 4 * 24
    assert norm.flop == 2 * 96


def test_resizing(tmp_path: Path) -> None:
    proto = model(
        [node("Resize", ["x", "", "s"], ["y"], mode="linear")],
        {"x": (1, 3, 8, 8)},
        ["y"],
        {"s": np.array([1, 1, 2, 2], dtype=np.float32)},
    )
    graph = read_onnx(saved(proto, tmp_path))
    assert graph.tensor("y").shape == (1, 3, 16, 16)
    assert graph.flop == 3 * 256 * 2 * 4
    assert graph.operators[0].attribute("scales") == (1.0, 1.0, 2.0, 2.0)
    assert not graph.operators[0].weights


def test_shape_arguments_are_attributes_not_weights(tmp_path: Path) -> None:
    graph = single(
        tmp_path,
        "Slice",
        [(1, 8, 10)],
        {"starts": integers(2), "ends": integers(7), "axes": integers(1), "steps": integers(2)},
    )
    (op,) = graph.operators
    assert graph.tensor("y").shape == (1, 3, 10)
    assert (op.attribute("starts"), op.attribute("ends"), op.attribute("axes")) == ((2,), (7,), (1,))
    assert op.weights == ()
    assert graph.parameters == 0


def test_shapes_computed_in_the_graph_are_folded(tmp_path: Path) -> None:
    """Reshape to (batch, -1) as exporters write it: Shape, Gather, Unsqueeze, Concat."""
    proto = model(
        [
            node("Relu", ["x"], ["r"]),
            node("Shape", ["r"], ["shape"]),
            node("Gather", ["shape", "zero"], ["first"], axis=0),
            node("Unsqueeze", ["first", "axes"], ["front"]),
            node("Concat", ["front", "rest"], ["target"], axis=0),
            node("Reshape", ["r", "target"], ["y"]),
        ],
        {"x": ("batch", 3, 4, 5)},
        ["y"],
        {"zero": np.array(0, dtype=np.int64), "axes": integers(0), "rest": integers(-1)},
    )
    graph = read_onnx(saved(proto, tmp_path), dims={"batch": 6})
    assert [operator.op_type for operator in graph.operators] == ["Relu", "Reshape"]
    assert graph.tensor("y").shape == (6, 60)


def test_constants_are_folded_and_dead_operators_dropped(tmp_path: Path) -> None:
    proto = model(
        [
            node("Constant", [], ["half"], value_floats=[0.5] * 4),
            node("Unsqueeze", ["half", "axes"], ["column"]),
            node("Mul", ["x", "column"], ["y"]),
            node("Relu", ["y"], ["nobody"]),
        ],
        {"x": (4, 3)},
        ["y"],
        {"axes": integers(1)},
    )
    graph = read_onnx(saved(proto, tmp_path))
    assert [operator.op_type for operator in graph.operators] == ["Mul"]
    assert graph.operators[0].weights == ("column",)
    assert graph.parameters == 4


def test_a_file_out_of_order_is_sorted(tmp_path: Path) -> None:
    nodes = [node("Relu", ["a"], ["y"]), node("Relu", ["x"], ["a"])]
    graph = read_onnx(saved(model(nodes, {"x": (2,)}, ["y"]), tmp_path))
    assert [operator.outputs for operator in graph.operators] == [("a",), ("y",)]


def test_an_output_that_nothing_reads_is_dropped(tmp_path: Path) -> None:
    proto = model([node("Dropout", ["x"], ["y", "mask"])], {"x": (2, 3)}, ["y"])
    (op,) = read_onnx(saved(proto, tmp_path)).operators
    assert op.outputs == ("y",)
    assert op.is_view


def test_bytes_follow_the_element_type(tmp_path: Path) -> None:
    graph = single(tmp_path, "Cast", [(10,)], to=10)
    assert (graph.tensor("x0").bytes, graph.tensor("y").bytes, graph.tensor("y").dtype) == (40, 20, "float16")


def test_integer_inputs(tmp_path: Path) -> None:
    proto = model(
        [node("Gather", ["table", "ids"], ["y"])], {"ids": ("n", 7)}, ["y"], {"table": zeros(100, 16)},
        types={"ids": INT64},
    )  # fmt: skip
    graph = read_onnx(saved(proto, tmp_path), dims={"n": 2})
    assert graph.tensor("ids").bytes == 2 * 7 * 8
    assert graph.tensor("y").shape == (2, 7, 16)
    assert graph.parameters == 1600
    assert graph.operators[0].memory_bytes == 2 * 2 * 7 * 16 * 4


def test_functions_of_the_model_are_expanded(tmp_path: Path) -> None:
    from onnx import helper

    proto = model([node("Relu", ["x"], ["r"])], {"x": (2, 3)}, ["y"])
    call = helper.make_node("Twice", ["r"], ["y"], domain="own")
    proto.graph.node.append(call)
    body = [helper.make_node("Add", ["a", "a"], ["b"]), helper.make_node("Relu", ["b"], ["c"])]
    opset = [helper.make_opsetid("", 17)]
    proto.functions.append(helper.make_function("own", "Twice", ["a"], ["c"], body, opset))
    proto.opset_import.append(helper.make_opsetid("own", 1))
    graph = read_onnx(saved(proto, tmp_path))
    assert [operator.op_type for operator in graph.operators] == ["Relu", "Add", "Relu"]


def test_names_are_unique_even_where_the_file_has_none(tmp_path: Path) -> None:
    nodes = [node("Relu", ["x"], ["a"]), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["c"])]
    for entry, name in zip(nodes, ("same", "same", ""), strict=True):
        entry.name = name
    graph = read_onnx(saved(model(nodes, {"x": (1,)}, ["c"]), tmp_path))
    assert [operator.name for operator in graph.operators] == ["same", "same#2", "c"]


def test_inference_agrees_with_the_onnx_package(light_path) -> None:  # type: ignore[no-untyped-def]
    """Shapes of all activations against whole-model inference."""
    for name in ("densenet121", "shufflenet", "inception_v2"):
        graph = read_onnx(light_path(name))
        inferred = onnx.shape_inference.infer_shapes(onnx.load(light_path(name)), data_prop=True)
        compared = 0
        for value in inferred.graph.value_info:
            dims = value.type.tensor_type.shape.dim
            if value.name in graph.producer and all(d.WhichOneof("value") == "dim_value" for d in dims):
                assert graph.tensor(value.name).shape == tuple(d.dim_value for d in dims)
                compared += 1
        assert compared > 100


@pytest.mark.parametrize("bad", [0, -3, 1.5, True])
def test_dimensions_must_be_positive_integers(tmp_path: Path, bad: object) -> None:
    path = saved(model([node("Relu", ["x"], ["y"])], {"x": ("n", 3)}, ["y"]), tmp_path)
    with pytest.raises(InputError, match="at least 1"):
        read_onnx(path, dims={"n": bad})  # type: ignore[dict-item]


def test_missing_and_unknown_dimensions_are_named(tmp_path: Path) -> None:
    path = saved(model([node("Relu", ["x"], ["y"])], {"x": ("batch", 3, None)}, ["y"]), tmp_path)  # type: ignore[list-item]
    with pytest.raises(InputError, match=r"give dims for batch, x\[2\]"):
        read_onnx(path)
    with pytest.raises(InputError, match=r"there are batch, x\[1\], x\[2\]"):
        read_onnx(path, dims={"batch": 1, "x[2]": 4, "length": 3})
    assert read_onnx(path, dims={"batch": 1, "x[2]": 4}).tensor("y").shape == (1, 3, 4)
