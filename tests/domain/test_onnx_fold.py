"""Constants folded by the reader have the values that onnxruntime computes; shapes and windows are made of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

from wnpopt.domain.files.onnx.fold import MAX_ELEMENTS, fold
from wnpopt.domain.files.onnx.types import dtype_name
from wnpopt.domain.network.graph import Tensor

pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

Folded = tuple[str, list[np.ndarray], dict[str, Any], int]


def arithmetic(rng: np.random.Generator) -> Iterator[Folded]:
    for real in (False, True):

        def some(*shape: int, real: bool = real) -> np.ndarray:
            return rng.normal(size=shape).astype(np.float32) * 4 if real else rng.integers(-6, 7, shape)

        shapes = (((4,), (4,)), ((3, 4), (4,)), ((3, 1), (1, 4)), ((), (4,)))
        for op, (left, right) in product(("Add", "Sub", "Mul", "Div", "Pow", "Equal", "Greater", "Less"), shapes):
            yield op, [some(*left), some(*right)], {}, 13
        for left, right in shapes:
            yield "Mod", [some(*left), np.abs(some(*right)) + 1], {"fmod": 1}, 13
            yield "Mod", [some(*left), -np.abs(some(*right)) - 1], {"fmod": 1}, 13
            if not real:
                yield "Mod", [some(*left), np.abs(some(*right)) + 1], {}, 13
                yield "Mod", [some(*left), -np.abs(some(*right)) - 1], {}, 13
        for op in ("Neg", "Abs", "Floor", "Ceil", "Round", "Sqrt", "Identity"):
            yield op, [some(2, 3)], {}, 17
        for op, keep in product(("ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin"), (0, 1)):
            yield op, [some(4)], {"keepdims": keep}, 11
            yield op, [some(4)], {"keepdims": keep, "axes": [0]}, 11
            yield op, [some(4)], {"keepdims": keep, "noop_with_empty_axes": 1}, 18
            yield op, [some(1), np.array([-1])], {"keepdims": keep}, 18
        for number in (1, 6, 7, 9, 11, 3):
            yield "Cast", [some(5)], {"to": number}, 13


def moving(rng: np.random.Generator) -> Iterator[Folded]:
    data = rng.integers(-50, 50, (4, 5))
    for axis in (0, 1, -1):
        yield "Gather", [data, np.array([1, -1, 0])], {"axis": axis}, 13
        yield "Concat", [data, data + 1], {"axis": axis}, 13
    for start, end, axis, step in product(
        (0, 2, -2, -9, 9), (0, 3, -1, 9, -9, 2**62, -(2**62)), (0, -1), (1, 2, -1, -2)
    ):
        yield "Slice", [data, np.array([start]), np.array([end]), np.array([axis]), np.array([step])], {}, 13
    yield "Slice", [data, np.array([1, 0]), np.array([3, 4]), np.array([1, 0])], {}, 11
    yield "Slice", [data], {"starts": [1], "ends": [3], "axes": [1]}, 9
    for target in ((3, 4, 5), (4, 1), (1,)):
        yield "Expand", [data, np.array(target)], {}, 13
    yield "Reshape", [data, np.array([0, -1, 1])], {}, 13
    yield "Flatten", [data], {"axis": 0}, 13
    yield "Unsqueeze", [data, np.array([0, -1])], {}, 13
    yield "Squeeze", [data[:1], np.array([0])], {}, 13
    yield "Where", [data > 0, data, np.array([7])], {}, 16
    for bounds in ((0, 5, 1), (5, 0, -2), (0, 7, 3), (3, 3, 1), (0, 5, -1)):
        yield "Range", [np.array(bound) for bound in bounds], {}, 13
    for op in ("And", "Or"):
        yield op, [data[0] > 0, data[1] > 0], {}, 13
    yield "Not", [data > 0], {}, 13
    yield "ConstantOfShape", [np.array([2, 3])], {}, 13


def old(rng: np.random.Generator) -> Iterator[Folded]:
    """What is an attribute in old opsets, an argument in new ones, and what exporters compute F.pad's amounts by."""
    data = rng.integers(-50, 50, (4, 5))
    for opset in (7, 11):
        yield "Unsqueeze", [data], {"axes": [0, 3]}, opset
        yield "Squeeze", [data[:1]], {"axes": [0]}, opset
        yield "Split", [data], {"axis": 0, "split": [4]}, opset
        yield "Reshape", [data, np.array([2, -1])], {}, opset
        yield "Transpose", [data], {}, opset
        yield "Cast", [data], {"to": 1}, opset
    yield "Pad", [data, np.array([1, 0, 0, 2])], {}, 13
    yield "Pad", [data, np.array([1, 2]), np.array(7), np.array([1])], {}, 18
    yield "Tile", [data, np.array([2, 1])], {}, 13
    yield "CumSum", [data.astype(np.float32), np.array(0)], {"reverse": 1}, 14
    yield "Trilu", [data], {"upper": 0}, 14
    yield "GatherND", [data, np.array([[0, 1], [2, 3]])], {}, 13
    yield "ScatterND", [data, np.array([[0, 1]]), np.array([9])], {}, 16
    yield "TopK", [np.array([3.0, 1.0, 2.0], np.float32), np.array([3])], {}, 11
    yield "Where", [np.array([True, False]), data[:1, :1], data[:2, :2]], {}, 16


@pytest.mark.parametrize(("kind", "least"), [(arithmetic, 150), (moving, 250), (old, 12)])
def test_folded_as_onnxruntime_computes(kind, least) -> None:  # type: ignore[no-untyped-def]
    import onnxruntime
    from onnx import helper, numpy_helper

    told = 0
    for op, arguments, attributes, opset in kind(np.random.default_rng(3)):
        names = [f"a{i}" for i in range(len(arguments))]
        constants = [
            numpy_helper.from_array(np.asarray(value), name) for value, name in zip(arguments, names, strict=True)
        ]
        node = helper.make_node(op, names, ["y"], **attributes)
        graph = helper.make_graph([node], "g", [], [helper.make_empty_tensor_value_info("y")], constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        try:
            session = onnxruntime.InferenceSession(
                model.SerializeToString(), options, providers=["CPUExecutionProvider"]
            )
            (expected,) = session.run(None, {})
        except Exception:
            continue  # an element type that onnxruntime has no kernel for
        dtype = dtype_name(helper.np_dtype_to_tensor_dtype(expected.dtype), "")
        output = Tensor.of("y", expected.shape, dtype)
        (value,) = fold(node, opset, [np.asarray(value) for value in arguments], [output])
        if value is None:
            continue
        told += 1
        np.testing.assert_allclose(value, expected, rtol=1e-6, err_msg=f"{op} {arguments} {attributes}")
    assert told > least


def test_an_attribute_that_is_not_looked_at_leaves_the_value_open() -> None:
    from onnx import helper

    left, right = np.arange(6).reshape(2, 3), np.arange(3)
    output = Tensor.of("y", (2, 3), "int64")
    (value,) = fold(helper.make_node("Add", ["a", "b"], ["y"]), 7, [left, right], [output])
    assert value is not None
    assert value.tolist() == [[0, 2, 4], [3, 5, 7]]
    aligned = helper.make_node("Add", ["a", "b"], ["y"], axis=1, broadcast=1)
    assert fold(aligned, 6, [left, right], [output]) == [None]


def test_all_outputs_are_told() -> None:
    from onnx import helper

    node = helper.make_node("Split", ["a", "s"], ["y", "z"], axis=0)
    outputs = [Tensor.of("y", (1,), "int64"), Tensor.of("z", (3,), "int64")]
    values = fold(node, 17, [np.arange(4), np.array([1, 3])], outputs)
    assert [None if value is None else value.tolist() for value in values] == [[0], [1, 2, 3]]


def test_nothing_large_is_computed() -> None:
    """Neither what a node would make, nor what it reads, may be more than the limit; no value is a guess either."""
    from onnx import helper

    filled = helper.make_node("ConstantOfShape", ["s"], ["y"])
    shape = np.array([MAX_ELEMENTS + 1])
    assert fold(filled, 17, [shape], [Tensor.of("y", (MAX_ELEMENTS + 1,), "float32")]) == [None]
    total = helper.make_node("ReduceSum", ["a"], ["y"], keepdims=0)
    assert fold(total, 17, [np.ones(MAX_ELEMENTS + 1, np.float32)], [Tensor.of("y", (), "float32")]) == [None]
    assert fold(total, 17, [np.ones(3, np.float32)], [Tensor.of("y", (2,), "float32")]) == [None]
    random = helper.make_node("RandomNormal", [], ["y"], shape=[2])
    assert fold(random, 17, [], [Tensor.of("y", (2,), "float32")]) == [None]
