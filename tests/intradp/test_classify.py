"""Windows whose right values are known, and what makes an operator global."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from math import ceil, floor
from pathlib import Path

import numpy as np
import pytest

from tests.intradp.onnx_cases import Case, cases
from tests.intradp.onnx_rig import Read, usual
from wnpopt.domain.files.graph import graph_from_data, graph_to_data
from wnpopt.domain.network.graph import UNREAD, Graph
from wnpopt.problems.intradp.imports.classify import Locality, OperatorClass, classify
from wnpopt.problems.intradp.imports.row_rules import RULES
from wnpopt.problems.intradp.imports.row_window import Reads, RowWindow, fit

pytest.importorskip("onnx", reason="the extra onnx is not installed")


@pytest.mark.parametrize(
    ("operator", "constant", "left", "options", "expected"),
    [
        ("MatMul", (5, 7), False, {}, "row-wise"),
        ("MatMul", (6, 8), True, {}, "global"),  # a row of the product mixes all eight
        ("MatMul", (8, 8), True, {}, "global"),
        ("Gemm", (5, 7), False, {}, "row-wise"),
        ("Gemm", (7, 5), False, {"transB": 1}, "row-wise"),
        ("Gemm", (8, 8), True, {}, "global"),
        ("Gemm", (8, 5), True, {"transB": 1}, "row-wise"),  # a column of the product for each row
    ],
)
def test_the_side_of_the_constant(
    tmp_path: Path, operator: str, constant: tuple[int, int], left: bool, options: dict[str, int], expected: str
) -> None:
    from onnx import TensorProto, helper, numpy_helper, save

    from wnpopt.domain.files.onnx.reader import read_onnx

    data, weight = np.zeros((8, 5), np.float32), np.ones(constant, np.float32)
    first, second = (weight, data) if left else (data, weight)
    shape = (first @ (second.T if options else second)).shape
    graph = helper.make_graph(
        [
            helper.make_node("Relu", ["x"], ["r"], name="before"),
            helper.make_node(operator, ["W", "r"] if left else ["r", "W"], ["y"], name="product", **options),
        ],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, data.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)],
        [numpy_helper.from_array(weight, "W")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    save(model, tmp_path / "m.onnx")
    read = read_onnx(tmp_path / "m.onnx")
    kinds = {op.name: kind for op, (kind, _) in zip(read.operators, followed(read).operators, strict=True)}
    assert kinds == {"before": "element-wise", "product": expected}


def followed(graph: Graph) -> Locality:
    """With the rows where they usually are: what is asked here is not along which dimension they might be local."""
    return classify(graph, usual(graph))


def classified(case: Case, folder: Path) -> tuple[Read, OperatorClass, list[Reads]]:
    """What is read of a case: the class of its operator, and the windows of its activations in argument order."""
    read = Read.of(case.model(), folder)
    operator, (kind, reads) = read.graph.operators[-1], read.locality.operators[-1]
    assert operator.op_type == case.op
    return read, kind, [reads[name] for name in operator.inputs]


def token(rows: int) -> np.ndarray:
    return np.ones((2, rows, 6), np.float32)


ROI = np.array([0, 0, 0.25, 0, 1, 1, 0.75, 1], np.float32)
KERNEL = np.ones((4, 1, 3, 3), np.float32)

RIGHT: dict[str, tuple[Case, list[Reads]]] = {
    "a class token in front": (
        Case("Concat", (token(1), "x"), {"axis": 1}, shape=(2, 9, 6)), [RowWindow(padding=1)]),
    "constants before, between and after": (
        Case("Concat", (token(2), "a", token(3), "b", token(1)), {"axis": -2}, shape=(2, 9, 6)),
        [RowWindow(padding=2), RowWindow(padding=14)]),
    "nearest, as it is by default": (
        Case("Resize", ("x", "", np.array([1, 1, 3, 1], np.float32)), {}, 13), [RowWindow(upsample=3)]),
    "nearest, as PyTorch writes it": (
        Case("Resize", ("x", "", np.array([1, 1, 2, 2], np.float32)),
             {"nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"}, 13), [RowWindow(upsample=2)]),
    "enlarging of opset 10": (
        Case("Resize", ("x", np.array([1, 1, 2, 2], np.float32)), {}, 10), [RowWindow(upsample=2)]),
    "every other row": (
        Case("Resize", ("x", "", np.array([1, 1, 0.5, 1], np.float32)),
             {"coordinate_transformation_mode": "asymmetric"}, 13, shape=(1, 4, 8, 5)), [RowWindow(1, 2)]),
    # 2 * 5 + 3 - 12 = 1 of padding, which stands at the start: row j of the input makes rows 2 j - 1 to 2 j + 1.
    "a transposed convolution of given size": (
        Case("ConvTranspose", ("x", KERNEL), {"strides": [2, 2], "output_shape": [12, 12]}, shape=(1, 4, 6, 6)),
        [RowWindow(2, 1, 0, 2)]),
    "and with the odd row at the end": (
        Case("ConvTranspose", ("x", KERNEL), {"strides": [2, 2], "auto_pad": "SAME_UPPER"}, shape=(1, 4, 6, 6)),
        [RowWindow(2, 1, 1, 2)]),
    "a transposed convolution with auto_pad and output_padding": (  # 2 * 5 + 1 + 3 - 12 = 2: one at the start
        Case("ConvTranspose", ("x", KERNEL),
             {"strides": [2, 2], "auto_pad": "SAME_LOWER", "output_padding": [1, 1]}, shape=(1, 4, 6, 6)),
        [RowWindow(2, 1, 0, 2)]),
    "padding along permuted axes": (
        Case("Pad", ("x", np.array([0, 3, 0, 0, 0, 1, 0, 0]), "", np.array([3, 2, 1, 0])), {}, 18),
        [RowWindow(padding=3)]),
    "padding of columns by reflection": (
        Case("Pad", ("x", np.array([2, 2]), "", np.array([-1])), {"mode": "reflect"}, 18), [RowWindow()]),
    "a product of constants and what is added to it": (
        Case("Gemm", (np.ones((9, 4), np.float32), np.ones((4, 6), np.float32), "x"), shape=(9, 6)), [RowWindow()]),
    "a constant factor in front, and what is added": (
        Case("Gemm", (np.ones((9, 9), np.float32), "a", "b"), shape=(9, 9)), ["all", RowWindow()]),
    "a product of square matrices": (Case("MatMul", ("x", np.ones((9, 9), np.float32)), shape=(9, 9)), [RowWindow()]),
    "the same the other way round": (Case("MatMul", (np.ones((9, 9), np.float32), "x"), shape=(9, 9)), ["all"]),
    "a convolution whose kernel is computed": (Case("Conv", (np.ones((1, 4, 11, 7), np.float32), "x")), ["all"]),
    "channels that are the rows": (Case("LRN", ("x",), {"size": 3}, shape=(1, 9, 6)), ["all"]),
    "statistics over all rows": (
        Case("BatchNormalization", ("x", *[np.ones(4, np.float32)] * 4), {"training_mode": 1}, 15, outputs=3), ["all"]),
    "training, as it was before opset 7": (
        Case("BatchNormalization", ("x", *[np.ones(4, np.float32)] * 4), {}, 6), ["all"]),
    "and inference, as it was": (
        Case("BatchNormalization", ("x", *[np.ones(4, np.float32)] * 4), {"is_test": 1}, 6), [RowWindow()]),
    "spread along an axis, as before opset 7": (
        Case("Mul", ("x", np.ones(9, np.float32)), {"axis": 2, "broadcast": 1}, 6), ["all"]),
}  # fmt: skip


@pytest.mark.parametrize("what", RIGHT)
def test_windows_that_are_known(what: str, tmp_path: Path) -> None:
    case, expected = RIGHT[what]
    _, kind, windows = classified(case, tmp_path)
    assert windows == expected
    assert (kind == "global") == (set(expected) == {"all"})


NEAREST: dict[tuple[str, str, float], Callable[[float], float]] = {
    ("half_pixel", "floor", 2): lambda i: floor(i / 2 - 0.25),
    ("half_pixel", "ceil", 2): lambda i: ceil(i / 2 - 0.25),
    ("half_pixel", "ceil", 3): lambda i: ceil((i - 1) / 3),
    ("half_pixel", "round_prefer_floor", 1.5): lambda i: ceil((i + 0.5) / 1.5 - 1),
    ("asymmetric", "floor", 2.5): lambda i: floor(i / 2.5),
    ("asymmetric", "ceil", 0.75): lambda i: ceil(i / 0.75),
    ("asymmetric", "round_prefer_ceil", 0.5): lambda i: 2 * i,
}


@pytest.mark.parametrize(("way", "how", "factor"), NEAREST)
def test_the_nearest_row(way: str, how: str, factor: float, tmp_path: Path) -> None:
    """It is in the window, which holds one row more at most."""
    options = {"coordinate_transformation_mode": way, "nearest_mode": how}
    case = Case("Resize", ("x", "", np.array([1, 1, factor, 1], np.float32)), options, 13, shape=(1, 2, 16, 3))
    read, kind, (window,) = classified(case, tmp_path)
    assert kind == "block-wise"
    assert isinstance(window, RowWindow)
    count = read.graph.tensor("y").shape[2]
    assert count == int(16 * factor)
    for i in range(count):
        row = min(max(NEAREST[way, how, factor](i), 0), 15)
        first, last = window.rows(i, 16)
        assert first <= row < last
        assert last - first <= 2


def test_the_region_of_interest_counts(tmp_path: Path) -> None:
    """Rows 2 to 6 of 9, spread over 18: row i reads around 2 + 4 i / 17."""
    scales = np.array([1, 1, 2, 1], np.float32)
    case = Case("Resize", ("x", ROI, scales), {"coordinate_transformation_mode": "tf_crop_and_resize"}, 13)
    _, kind, (window,) = classified(case, tmp_path)
    assert kind == "block-wise"
    assert isinstance(window, RowWindow)
    for i in range(18):
        first, last = window.rows(i, 9)
        assert first <= round(2 + 4 * i / 17) < last
        assert last - first <= 3


@cache
def local_cases() -> dict[str, Case]:
    """A case of each operator in which it is local."""
    found: dict[str, Case] = {}
    for case in cases():
        if case.spare is not None and not case.refused:
            found.setdefault(case.op, case)
    return found


@pytest.mark.parametrize("name", sorted(RULES))
def test_an_attribute_that_nobody_accounts_for_makes_an_operator_global(name: str, tmp_path: Path) -> None:
    graph = Read.of(local_cases()[name].model(), tmp_path).graph
    assert followed(graph).operators[-1][0] != "global"
    last = graph.operators[-1]
    for surprise in (("surprise", 1), ("surprise", (1.5,)), ("surprise", UNREAD)):
        more = replace(last, attributes=(*last.attributes, surprise))
        changed = followed(replace(graph, operators=(*graph.operators[:-1], more)))
        assert changed.operators[-1] == ("global", dict.fromkeys(last.inputs, "all"))
        assert changed.axis[last.outputs[0]] is None


def test_a_graph_of_former_versions_does_not_say_where_the_constant_stands(tmp_path: Path) -> None:
    graph = Read.of(RIGHT["a class token in front"][0].model(), tmp_path).graph
    data = graph_to_data(graph)
    assert data["operators"][-1].pop("arguments") == ["c0", "x"]  # type: ignore[index]
    assert followed(graph_from_data(data)).operators[-1][0] == "global"


def test_rows_that_the_window_does_not_make_are_not_believed(tmp_path: Path) -> None:
    graph = Read.of(Case("Conv", ("x", KERNEL[:, :1].repeat(4, 1))).model(), tmp_path).graph
    data = graph_to_data(graph)
    assert followed(graph_from_data(data)).operators[0][0] == "block-wise"
    data["operators"][0]["window"]["strides"] = [2, 1]  # type: ignore[index]
    assert followed(graph_from_data(data)).operators[0][0] == "global"


@pytest.mark.parametrize("name", sorted(RULES))
def test_graph_files_may_say_anything(name: str, tmp_path: Path) -> None:
    """Shapes, attributes and orders that no operator has: an operator of any class, never another error."""
    graph = Read.of(local_cases()[name].model(), tmp_path).graph
    operators, last = graph.operators[:-1], graph.operators[-1]
    arguments = last.ordered
    for order in (("", *arguments), (arguments[0], "", *arguments[1:]), tuple(reversed(arguments))):
        followed(replace(graph, operators=(*operators, replace(last, arguments=order))))
    for shape in ((), (3,), (2, 3), (1, 2, 3, 4, 5)):
        for source in (last.outputs[0], *arguments[:2]):
            tensors = tuple(replace(t, shape=shape) if t.name == source else t for t in graph.tensors)
            followed(replace(graph, tensors=tensors))
    values = (-1, 2.5, "x", (), (0,), (7, -9, 2**40, 0), ("a",), (1.5, 1.5, 1.5, 1.5))
    for attribute in sorted(RULES[name].accounted):
        for value in values:
            attributes = {**dict(last.attributes), attribute: value}
            followed(replace(graph, operators=(*operators, replace(last, attributes=tuple(attributes.items())))))


@pytest.mark.parametrize("units", [3, 5, 9])
def test_the_narrowest_window(units: int) -> None:
    """Whatever rows are read: all of them are in the window, and no narrower one of that slope holds them."""
    rng = np.random.default_rng(units)
    for _ in range(50):
        window = RowWindow(
            int(rng.integers(1, 6)), int(rng.integers(1, 4)), int(rng.integers(-3, 4)), int(rng.integers(1, 4))
        )
        rows = [window.rows(i, units) for i in range(12)]
        rows = [(first, last) for first, last in rows if first < last]
        if len(rows) < 12:
            continue
        found = fit(rows, units, [Fraction(window.stride, window.upsample)])
        if found == "all":
            assert all(span == (0, units) for span in rows)
            continue
        for i, (first, last) in enumerate(rows):
            low, high = found.rows(i, units)
            assert low <= first
            assert last <= high
        total = sum(last - first for first, last in (found.rows(i, units) for i in range(12)))
        assert total <= sum(last - first for first, last in rows)
