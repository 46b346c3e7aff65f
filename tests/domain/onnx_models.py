"""Small ONNX models for the reader's tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

FLOAT, INT64 = 1, 7


def node(op_type: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: object) -> NodeProto:
    from onnx import helper

    return helper.make_node(op_type, list(inputs), list(outputs), name=f"{op_type}.{outputs[0]}", **attributes)


def model(
    nodes: Sequence[NodeProto],
    inputs: Mapping[str, Sequence[int | str]],
    outputs: Sequence[str],
    constants: Mapping[str, np.ndarray] | None = None,
    *,
    opset: int = 17,
    types: Mapping[str, int] | None = None,
) -> ModelProto:
    """A model with float inputs (or of the ``types`` given) and initializers."""
    from onnx import helper, numpy_helper

    graph = helper.make_graph(
        list(nodes),
        "small",
        [
            helper.make_tensor_value_info(name, (types or {}).get(name, FLOAT), list(shape))
            for name, shape in inputs.items()
        ],
        [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


def saved(proto: ModelProto, folder: Path, name: str = "model.onnx") -> Path:
    path = folder / name
    path.write_bytes(proto.SerializeToString())
    return path


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, dtype=np.float32)


def integers(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)
