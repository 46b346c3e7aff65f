"""Arithmetic of one operator from its type and shapes.

Convention: a multiply-accumulate is 2 FLOP; an addition, multiplication, division, comparison or elementary
function (exp, log, sqrt, tanh, erf) is 1; moving data is 0. Costs of composed functions are those of their
usual definition, counted per element and listed in the tables below, so that anybody can recount them.

Operator names and semantics: ONNX operator specification (https://onnx.ai/onnx/operators/).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import MappingProxyType

from wnpopt.core.errors import InputError
from wnpopt.domain.network.graph import AttributeValue, Window

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """What the arithmetic of an operator depends on.

    ``inputs`` are the shapes of all arguments, constants included, None for an absent optional one.
    """

    op_type: str
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape, ...]
    window: Window | None
    attributes: Mapping[str, AttributeValue]

    def input(self, position: int) -> Shape:
        """Shape of a required argument; raises :class:`InputError` if it is absent."""
        shape = self.optional(position)
        if shape is None:
            raise InputError(f"operator {self.op_type} lacks its argument {position}")
        return shape

    def optional(self, position: int) -> Shape | None:
        return self.inputs[position] if position < len(self.inputs) else None

    def integer(self, name: str, default: int) -> int:
        value = self.attributes.get(name, default)
        return value if isinstance(value, int) else default

    def text(self, name: str, default: str = "") -> str:
        value = self.attributes.get(name, default)
        return value if isinstance(value, str) else default

    @property
    def result(self) -> int:
        """Elements of the first output."""
        return prod(self.outputs[0])


@dataclass(frozen=True, slots=True)
class Cost:
    """Arithmetic of an operator: ``flop`` includes 2 for each of ``macs``."""

    flop: int
    macs: int = 0


def cost(call: Call) -> Cost:
    """The arithmetic of ``call``; raises :class:`InputError` if its operator is not known."""
    if call.op_type in PER_OUTPUT:
        return Cost(PER_OUTPUT[call.op_type] * call.result)
    if call.op_type in PER_INPUT:
        return Cost(PER_INPUT[call.op_type] * prod(call.input(0)))
    if call.op_type in _RULES:
        try:
            return _RULES[call.op_type](call)
        except (IndexError, ValueError, ZeroDivisionError):  # too few extents, unequal ranks, no heads
            shapes = ", ".join(str(list(shape)) for shape in call.inputs if shape is not None)
            raise InputError(f"its shapes do not fit: {shapes}") from None
    raise InputError(f"operator {call.op_type!r} is not known; known are {', '.join(known_operators())}")


def known_operators() -> tuple[str, ...]:
    """All operator types that have a cost, sorted."""
    return tuple(sorted({*PER_OUTPUT, *PER_INPUT, *_RULES}))


_MOVING = (
    "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout", "Transpose", "Concat", "Split", "Slice",
    "Gather", "GatherElements", "GatherND", "Scatter", "ScatterElements", "ScatterND", "Expand", "Tile", "Pad",
    "Cast", "CastLike", "Shape", "Size", "DepthToSpace", "SpaceToDepth", "Constant", "ConstantOfShape", "OneHot",
    "EyeLike", "ReverseSequence", "Compress", "Trilu", "TensorScatter", "MaxUnpool",
)  # fmt: skip

_SINGLE = (
    "Add", "Sub", "Mul", "Div", "Pow", "Mod", "BitShift", "Max", "Min", "Equal", "Less", "LessOrEqual", "Greater",
    "GreaterOrEqual", "And", "Or", "Xor", "Not", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot", "Where",
    "Relu", "Abs", "Neg", "Sign", "Floor", "Ceil", "Round", "Sqrt", "Exp", "Log", "Sin", "Cos", "Tan", "Asin",
    "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh", "Erf", "Reciprocal", "IsNaN", "IsInf",
    "Range", "ThresholdedRelu", "Shrink",
)  # fmt: skip

_REDUCING = (
    "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ArgMax", "ArgMin", "GlobalAveragePool",
    "GlobalMaxPool", "CumSum", "CumProd", "TopK", "NonZero",
)  # fmt: skip

PER_OUTPUT: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(_MOVING, 0)
    | dict.fromkeys(_SINGLE, 1)
    | {
        "Clip": 2,  # two comparisons
        "LeakyRelu": 2,  # comparison, multiplication
        "PRelu": 2,
        "Elu": 3,  # exp, subtraction, multiplication
        "Selu": 4,  # as Elu, and a scale
        "Celu": 4,
        "Sigmoid": 4,  # negation, exp, addition, division
        "HardSigmoid": 4,  # multiplication, addition, two comparisons
        "HardSwish": 5,  # HardSigmoid and a multiplication
        "Swish": 5,  # Sigmoid and a multiplication
        "Softplus": 3,  # exp, addition, log
        "Softsign": 3,  # absolute value, addition, division
        "Mish": 5,  # Softplus, tanh, multiplication
        "Gelu": 5,  # scale, erf, addition, multiplication, scale
        "Softmax": 5,  # maximum, subtraction, exp, sum, division
        "LogSoftmax": 5,
        "Hardmax": 1,
        "BatchNormalization": 2,  # scale and shift: mean and variance are constants at inference
        "InstanceNormalization": 8,  # mean 1, variance 3, normalise 2, scale and shift 2
        "LayerNormalization": 8,
        "GroupNormalization": 8,
        "RMSNormalization": 4,  # square, sum, division, scale
        "LpNormalization": 3,  # square, sum, division
        "MeanVarianceNormalization": 6,
        "QuantizeLinear": 3,  # division, rounding, addition
        "DequantizeLinear": 2,  # subtraction, multiplication
        "DynamicQuantizeLinear": 5,  # minimum, maximum, and as QuantizeLinear
        "RotaryEmbedding": 3,  # two multiplications, one addition
    }
)
"""FLOP for each element of the first output."""

PER_INPUT: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(_REDUCING, 1)
    | {
        "ReduceL1": 2,
        "ReduceL2": 2,
        "ReduceSumSquare": 2,
        "ReduceLogSum": 1,
        "ReduceLogSumExp": 2,
        "GlobalLpPool": 2,
    }
)
"""FLOP for each element of the first input."""


def _convolution(call: Call) -> Cost:
    window = _window(call)
    weight = call.input(_WEIGHT_POSITION.get(call.op_type, 1))
    before = call.input(0)
    channels = weight[0] if window.transposed else weight[1] * window.groups
    if channels != before[1] or weight[2:] != window.kernel:
        raise InputError(
            f"its shapes do not fit: an input of {list(before)}, a weight of {list(weight)}, "
            f"{window.groups} groups and a kernel of {list(window.kernel)}"
        )
    # weight: (out, in / groups, kernel…), so one output element takes in / groups * kernel products; transposed it is
    # (in, out / groups, kernel…), applied once to each input element.
    macs = (prod(before) if window.transposed else call.result) * prod(weight[1:])
    return Cost(2 * macs + _bias(call), macs)


_WEIGHT_POSITION = {"QLinearConv": 3}
_BIAS_POSITION = {"Conv": 2, "ConvTranspose": 2, "QLinearConv": 8, "Gemm": 2}


def _bias(call: Call) -> int:
    position = _BIAS_POSITION.get(call.op_type)
    return call.result if position is not None and call.optional(position) is not None else 0


def _window(call: Call) -> Window:
    if call.window is None:
        raise InputError(f"operator {call.op_type} lacks its window")
    return call.window


def _gemm(call: Call) -> Cost:
    left = call.input(0)
    inner = left[0] if call.integer("transA", 0) else left[-1]
    macs = call.result * inner
    return Cost(2 * macs + _bias(call), macs)


def _matmul(call: Call) -> Cost:
    macs = call.result * call.input(0)[-1]
    return Cost(2 * macs, macs)


def _pool(call: Call) -> Cost:
    # A window of k elements takes k-1 additions (and the division) or comparisons.
    return Cost(call.result * prod(_window(call).kernel))


def _lrn(call: Call) -> Cost:
    # size squares and additions, then scale, offset, power, division.
    return Cost(call.result * (2 * call.integer("size", 1) + 4))


def _nary(call: Call) -> Cost:
    terms = sum(shape is not None for shape in call.inputs)
    return Cost(call.result * (terms if call.op_type == "Mean" else max(0, terms - 1)))


def _resize(call: Call) -> Cost:
    mode = call.text("mode", "nearest")
    taps = {"linear": 2, "bilinear": 2, "cubic": 4}.get(mode)
    if taps is None:
        return Cost(0)
    before, after = call.input(0), call.outputs[0]
    resized = sum(a != b for a, b in zip(before, after, strict=True))
    return Cost(call.result * 2 * taps**resized if resized else 0)


def _grid_sample(call: Call) -> Cost:
    taps = {"nearest": 0, "cubic": 4, "bicubic": 4}.get(call.text("mode", "linear"), 2)
    return Cost(call.result * 2 * taps ** (len(call.outputs[0]) - 2))


def _attention(call: Call) -> Cost:
    """Scaled dot-product attention (ONNX ``Attention``, opset 23): (B, H, L, D) or (B, L, H*D) arguments."""
    query, key, value = call.input(0), call.input(1), call.input(2)
    if len(query) == 4:
        batch, heads, rows, depth = query
        columns, value_depth = key[2], value[3]
    else:
        heads = call.integer("q_num_heads", 1)
        value_heads = call.integer("kv_num_heads", heads)
        batch, rows, depth = query[0], query[1], query[2] // heads
        columns, value_depth = key[1], value[2] // value_heads
    past = call.optional(4)
    columns += past[2] if past is not None else 0
    scores = batch * heads * rows * columns
    macs = scores * (depth + value_depth)
    return Cost(2 * macs + (PER_OUTPUT["Softmax"] + 1) * scores, macs)  # softmax and scale


def _recurrent(call: Call) -> Cost:
    # Besides the products, a hidden unit takes two bias additions a gate, its activations (sigmoid 4, tanh 1)
    # and
    # the mixing: LSTM 8 + 3*4 + 2*1 + 4, GRU 6 + 2*4 + 1 + 5, RNN 2 + 1.
    gates, mixing = {"LSTM": (4, 26), "GRU": (3, 20), "RNN": (1, 3)}[call.op_type]
    first, weights = call.input(0), call.input(1)
    units = first[0] * first[1] * weights[0] * (weights[1] // gates)  # steps, batch, directions, hidden
    macs = units * gates * (weights[2] + weights[1] // gates)
    return Cost(2 * macs + mixing * units, macs)


def _einsum(call: Call) -> Cost:
    """One multiply-accumulate for each point of the joint index space when indices are summed over."""
    equation = call.text("equation").replace(" ", "")
    left, explicit, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(call.inputs):
        raise InputError(f"the einsum equation {equation!r} does not fit its arguments")
    extents: dict[str, int] = {}
    kept = {letter for letter in left if left.count(letter) == 1} if not explicit else set(right)
    for term, shape in zip(terms, call.inputs, strict=True):
        indices = _indices(term, len(shape or ()))
        if shape is None or len(indices) != len(shape):
            raise InputError(f"the einsum equation {equation!r} does not fit its arguments")
        for index, extent in zip(indices, shape, strict=True):
            extents[index] = max(extent, extents.get(index, 0))
        kept.update(index for index in indices if len(index) > 1 and (not explicit or "..." in right))
    points = prod(extents.values())
    if len(terms) < 2:
        return Cost(points if set(extents) - kept else 0)
    macs = points * (len(terms) - 1)
    return Cost(2 * macs, macs) if set(extents) - kept else Cost(macs)


def _indices(term: str, rank: int) -> list[str]:
    """The indices of an einsum's argument; those that an ellipsis stands for are numbered from the last."""
    head, ellipsis, tail = term.partition("...")
    if not ellipsis:
        return list(term)
    return [*head, *(f"...{i}" for i in range(rank - len(head) - len(tail), 0, -1)), *tail]


_RULES: Mapping[str, Callable[[Call], Cost]] = MappingProxyType(
    dict.fromkeys(("Conv", "ConvTranspose", "ConvInteger", "QLinearConv"), _convolution)
    | dict.fromkeys(("MatMul", "MatMulInteger", "QLinearMatMul"), _matmul)
    | dict.fromkeys(("MaxPool", "AveragePool", "LpPool"), _pool)
    | dict.fromkeys(("Sum", "Mean"), _nary)
    | dict.fromkeys(("Resize", "Upsample"), _resize)
    | dict.fromkeys(("LSTM", "GRU", "RNN"), _recurrent)
    | {
        "Gemm": _gemm,
        "LRN": _lrn,
        "GridSample": _grid_sample,
        "Attention": _attention,
        "Einsum": _einsum,
    }
)

WINDOWED: Sequence[str] = (
    "Conv", "ConvTranspose", "ConvInteger", "QLinearConv", "MaxPool", "AveragePool", "LpPool",
)  # fmt: skip
"""Operators that have a :class:`~wnpopt.domain.network.graph.Window`."""
