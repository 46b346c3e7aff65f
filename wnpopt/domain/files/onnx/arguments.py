"""Arguments of an operator: activations, constants that it works on, and those that only say how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wnpopt.domain.files.onnx.known import KnownTensor
from wnpopt.domain.network.graph import UNREAD, AttributeValue, Role, Tensor
from wnpopt.domain.network.quantised import stored_in

_DATA_ARGUMENTS: Mapping[str, int] = {
    "Reshape": 1, "Slice": 1, "Resize": 1, "Upsample": 1, "Pad": 1, "Expand": 1, "Tile": 1, "Squeeze": 1,
    "Unsqueeze": 1, "Split": 1, "Clip": 1, "TopK": 1, "Dropout": 1, "CumSum": 1, "ReduceSum": 1, "ReduceMean": 1,
    "ReduceMax": 1, "ReduceMin": 1, "ReduceProd": 1, "ReduceL1": 1, "ReduceL2": 1, "ReduceSumSquare": 1,
    "ReduceLogSum": 1, "ReduceLogSumExp": 1, "Trilu": 1, "OneHot": 1, "CenterCropPad": 1,
}  # fmt: skip
"""How many leading arguments are data; the rest say how to treat it and become attributes."""

_BUFFER_ARGUMENTS: Mapping[str, frozenset[int]] = {
    "BatchNormalization": frozenset({3, 4}),  # running mean and variance
    "QuantizeLinear": frozenset({1, 2}),
    "DequantizeLinear": frozenset({1, 2}),
    "QLinearConv": frozenset({1, 2, 4, 5, 6, 7}),
    "QLinearMatMul": frozenset({1, 2, 4, 5, 6, 7}),
    "com.microsoft:QLinearAdd": frozenset({1, 2, 4, 5, 6, 7}),
    "com.microsoft:QLinearMul": frozenset({1, 2, 4, 5, 6, 7}),
    "com.microsoft:QGemm": frozenset({1, 2, 4, 5, 7, 8}),
    "com.microsoft:DynamicQuantizeLSTM": frozenset({8, 9, 10, 11}),
}
"""Arguments that are constants but not learnt."""

_WIDE_BIASES: Mapping[str, int] = {"QLinearConv": 8, "com.microsoft:QGemm": 6}
"""Where biases stand that are learnt, although they are held in 32-bit integers."""

_LEARNT_TYPES = frozenset(
    {"float64", "float32", "float16", "bfloat16", "float8", "float4", "int8", "uint8", "int4", "uint4"}
)

_FEW = 64
"""Arguments of more elements say how in a way that no attribute can hold."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """``inputs`` are activations, ``weights`` constants, ``order`` both as they stand, "" for what is neither."""

    inputs: list[str]
    weights: list[Tensor]
    order: list[str]


def sort_arguments(
    op_type: str,
    arguments: Sequence[KnownTensor | None],
    attributes: dict[str, AttributeValue],
    name_of: Callable[[int], str],
) -> Arguments:
    """The arguments by what they are; constants that only say how go into ``attributes``, called ``name_of`` place."""
    data = _DATA_ARGUMENTS.get(op_type, len(arguments))
    buffers = _BUFFER_ARGUMENTS.get(op_type, frozenset())
    sorted_ = Arguments([], [], [])
    for position, argument in enumerate(arguments):
        sorted_.order.append("")
        if argument is None:
            continue
        if not argument.constant:
            sorted_.inputs.append(argument.tensor.name)
            sorted_.order[-1] = argument.tensor.name
        elif position < data:
            bias = _WIDE_BIASES.get(op_type) == position
            constant = _as_constant(argument.tensor, buffer=position in buffers, learnt=bias)
            sorted_.weights.append(constant if argument.stored is None else stored_in(constant, argument.stored))
            sorted_.order[-1] = argument.tensor.name
        else:
            value = argument.value if argument.value is not None and argument.value.size <= _FEW else None
            if value is not None and value.dtype == bool:
                value = value.astype(int)
            attributes[name_of(position)] = UNREAD if value is None else tuple(value.ravel().tolist())
    while sorted_.order and not sorted_.order[-1]:
        sorted_.order.pop()
    return sorted_


def _as_constant(tensor: Tensor, *, buffer: bool, learnt: bool) -> Tensor:
    learnt = learnt or (not buffer and tensor.dtype in _LEARNT_TYPES and tensor.elements > 1)
    role: Role = "weight" if learnt else "buffer"
    return Tensor(tensor.name, tensor.shape, tensor.bytes, tensor.dtype, role)
