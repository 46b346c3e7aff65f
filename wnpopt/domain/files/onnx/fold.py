"""Values of small constant tensors in an ONNX graph, computed by the onnx package's reference evaluator.

Exported graphs compute the arguments of Reshape, Slice, Pad, Expand and Resize from the shapes of other tensors, in
whatever way an exporter finds. The onnx package says what each operator means and evaluates it with NumPy, in every
opset, so no rules are kept here; only what may be asked of it: operators whose work is linear in what they read and
write, on tensors of at most :data:`MAX_ELEMENTS` elements. Nothing that a file says can make this slow or large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wnpopt.domain.network.graph import Tensor

if TYPE_CHECKING:
    from onnx import NodeProto

Value = NDArray[np.generic]

MAX_ELEMENTS = 4096
"""Larger constants keep their shape only."""

NUMPY_TYPES: Mapping[str, type[np.generic]] = MappingProxyType(
    {
        "float64": np.float64, "float32": np.float32, "float16": np.float16, "int64": np.int64, "int32": np.int32,
        "int16": np.int16, "int8": np.int8, "uint64": np.uint64, "uint32": np.uint32, "uint16": np.uint16,
        "uint8": np.uint8, "bool": np.bool_,
    }
)  # fmt: skip

_ELEMENTWISE = frozenset(
    {
        "Abs", "Add", "And", "BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor", "Ceil", "Cos", "Div",
        "Equal", "Erf", "Exp", "Floor", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Log",
        "Max", "Mean", "Min", "Mod", "Mul", "Neg", "Not", "Or", "Pow", "Reciprocal", "Relu", "Round", "Sigmoid", "Sign",
        "Sin", "Sqrt", "Sub", "Sum", "Tanh", "Where", "Xor",
    }
)  # fmt: skip

FOLDED = _ELEMENTWISE | frozenset(
    {
        "ArgMax", "ArgMin", "Cast", "CastLike", "Clip", "Compress", "Concat", "ConstantOfShape", "CumSum",
        "DepthToSpace", "Expand", "EyeLike", "Flatten", "Gather", "GatherElements", "GatherND", "Identity", "NonZero",
        "OneHot", "Pad", "Range", "ReduceL1", "ReduceL2", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd",
        "ReduceSum", "ReduceSumSquare", "Reshape", "ScatterElements", "ScatterND", "Slice", "SpaceToDepth", "Split",
        "Squeeze", "Tile", "TopK", "Transpose", "Trilu", "Unsqueeze",
    }
)  # fmt: skip
"""Operators that are evaluated: linear in the sizes of their arguments and outputs."""

_FLAGS = frozenset({"fmod", "direction", "min", "max", "to", "detect_negative", "detect_positive"})
"""Attributes that elementwise operators may have: before opset 7, ``axis`` and ``broadcast`` aligned their arguments
otherwise than the reference evaluator does.
"""


def fold(
    node: NodeProto, version: int, arguments: Sequence[Value | None], outputs: Sequence[Tensor]
) -> list[Value | None]:
    """The values of ``outputs``, which are what is told of the node's; None for each that cannot be told.

    ``arguments`` are values, None for an absent optional argument; ``version`` is that of the standard operators.
    """
    unknown: list[Value | None] = [None] * len(outputs)
    if node.op_type not in FOLDED or any(tensor.elements > MAX_ELEMENTS for tensor in outputs):
        return unknown
    if node.op_type in _ELEMENTWISE and any(attribute.name not in _FLAGS for attribute in node.attribute):
        return unknown
    if any(value is not None and value.size > MAX_ELEMENTS for value in arguments):
        return unknown
    try:
        made = _evaluated(node, version, arguments, [tensor.name for tensor in outputs])
    except Exception:  # whatever a contradictory node makes of NumPy: its value stays unknown
        return unknown
    return [_checked(value, tensor) for value, tensor in zip(made, outputs, strict=True)]


def _evaluated(
    node: NodeProto, version: int, arguments: Sequence[Value | None], outputs: Sequence[str]
) -> Sequence[object]:
    from onnx import ValueInfoProto, helper
    from onnx.reference import ReferenceEvaluator

    feeds = {name: value for name, value in zip(node.input, arguments, strict=True) if name and value is not None}
    graph = helper.make_graph(
        [node], "one", [ValueInfoProto(name=name) for name in feeds], [ValueInfoProto(name=name) for name in outputs]
    )
    with np.errstate(all="ignore"):
        made: Sequence[object] = ReferenceEvaluator(graph, opsets={"": version}).run(None, feeds)
    return made


def _checked(value: object, tensor: Tensor) -> Value | None:
    """The value if it is one of the tensor's shape; the reference evaluator's scalars may be NumPy's or Python's."""
    wanted = NUMPY_TYPES.get(tensor.dtype)
    array = np.asarray(value)
    if wanted is None or array.shape != tensor.shape or array.dtype.kind not in "biuf":
        return None
    array = array.astype(wanted)
    array.flags.writeable = False
    return array
