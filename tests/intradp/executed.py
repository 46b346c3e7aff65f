"""Networks written to files and executed under plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.domain.network.graph import Graph

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto


def random_tensors(graph: Graph, seed: int) -> dict[str, np.ndarray]:
    """Seeded random inputs and constants, scaled so that deep networks neither fade nor overflow (float64)."""
    rng = np.random.default_rng([seed, 0x77656967])
    tensors: dict[str, np.ndarray] = {}
    for name in graph.inputs:
        tensors[name] = rng.normal(size=graph.tensor(name).shape)
    for operator in graph.operators:
        for place, name in enumerate(operator.weights):
            shape = graph.tensor(name).shape
            if operator.op_type == "BatchNormalization":
                tensors[name] = rng.uniform(0.5, 1.5, shape) if place != 1 else rng.normal(size=shape)
            elif len(shape) > 1:
                fan = max(1, int(np.prod(shape)) // max(shape[0], 1))
                tensors[name] = rng.normal(size=shape) / np.sqrt(fan)
            else:
                tensors[name] = rng.normal(size=shape) * 0.5
    return tensors


def model_of(
    nodes: Sequence[NodeProto],
    inputs: Mapping[str, Sequence[int]],
    outputs: Sequence[str],
    constants: Mapping[str, Any] | None = None,
    opset: int = 17,
) -> ModelProto:
    """A model of floating-point inputs; constants that are not arrays are whole numbers."""
    from onnx import ValueInfoProto, helper, numpy_helper

    kept = [
        numpy_helper.from_array(value if isinstance(value, np.ndarray) else np.array(value, np.int64), name)
        for name, value in (constants or {}).items()
    ]
    graph = helper.make_graph(
        list(nodes),
        "made",
        [helper.make_tensor_value_info(name, 1, shape) for name, shape in inputs.items()],
        [ValueInfoProto(name=name) for name in outputs],
        kept,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def written(model: ModelProto, folder: Path) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path
