"""Which rows a product with a constant needs: its own with the constant on the right, all with it on the left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wnpopt.problems.intradp.classify import classify


@pytest.mark.parametrize(
    ("operator", "constant", "left", "options", "expected"),
    [
        ("MatMul", (5, 7), False, {}, "row-wise"),
        ("MatMul", (6, 8), True, {}, "global"),  # a row of the product mixes all eight
        ("MatMul", (8, 8), True, {}, "global"),
        ("Gemm", (5, 7), False, {}, "row-wise"),
        ("Gemm", (7, 5), False, {"transB": 1}, "row-wise"),
        ("Gemm", (8, 8), True, {}, "global"),
        ("Gemm", (8, 5), True, {"transB": 1}, "global"),
    ],
)
def test_the_side_of_the_constant(
    tmp_path: Path, operator: str, constant: tuple[int, int], left: bool, options: dict[str, int], expected: str
) -> None:
    pytest.importorskip("onnx", reason="the extra onnx is not installed")
    from onnx import TensorProto, helper, numpy_helper, save

    from wnpopt.domain.readers.onnx import read_onnx

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
    kinds = {op.name: kind for op, (kind, _) in zip(read.operators, classify(read).operators, strict=True)}
    assert kinds == {"before": "element-wise", "product": expected}
