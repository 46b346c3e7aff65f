"""Shapes of single operators that onnxruntime knows and the onnx package does not (com.microsoft, ai.onnx.ml).

A model of the one operator is opened, not run: onnxruntime infers shapes when it opens one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wnpopt.core.extras import installed
from wnpopt.domain.files.onnx.known import KnownTensor

if TYPE_CHECKING:
    from onnx import NodeProto

Inferred = tuple[tuple[int, ...] | None, str]
"""Shape, None where it is not known, and element type; "" for what is no tensor."""

_TYPES: Mapping[str, str] = {"float": "float32", "double": "float64"}


def inferred_by_runtime(
    node: NodeProto, arguments: Sequence[KnownTensor | None], opsets: Mapping[str, int], ir_version: int
) -> list[Inferred] | None:
    """What onnxruntime says of the node's named outputs, None where it is not installed or refuses the node."""
    if not installed("onnxruntime"):
        return None
    import onnxruntime
    from onnx import ValueInfoProto, helper

    inputs, constants = {}, {}
    for argument in arguments:
        if argument is None:
            continue
        if argument.value is not None:
            constants[argument.tensor.name] = argument.value_proto()
        else:
            inputs[argument.tensor.name] = ValueInfoProto(name=argument.tensor.name, type=argument.type_proto())
    outputs = [ValueInfoProto(name=name) for name in node.output if name]
    graph = helper.make_graph([node], "one", list(inputs.values()), outputs, list(constants.values()))
    known = {"": 17} | dict(opsets)
    imports = [helper.make_opsetid(domain, version) for domain, version in known.items()]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        alone = helper.make_model(graph, opset_imports=imports, ir_version=ir_version).SerializeToString()
        session = onnxruntime.InferenceSession(alone, options, providers=["CPUExecutionProvider"])
        return [_told(output.type, output.shape) for output in session.get_outputs()]
    except Exception:  # onnxruntime raises many kinds, for unknown operators and for shapes that do not fit alike
        return None


def _told(kind: str, shape: Sequence[object]) -> Inferred:
    tensor = re.fullmatch(r"tensor\((\w+)\)", kind)
    if tensor is None:
        return None, ""
    dims = tuple(dim for dim in shape if isinstance(dim, int) and dim >= 0)
    dtype = _TYPES.get(tensor[1], tensor[1])
    # No dimensions are told of a scalar, and of a tensor of which nothing is known.
    return (dims if dims and len(dims) == len(shape) else None), dtype
