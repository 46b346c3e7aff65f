"""Operator classes and row windows of a network's graph: what makes an operator local, and which rows it reads.

Every tensor has a local dimension or none. The input's is its rows (axis 2 of an image, axis 1 of a sequence, axis 0
of a matrix); it is followed through the operators. An operator whose output has none is global.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from wnpopt.domain.graph import Graph, Operator

OperatorClass = Literal["element-wise", "block-wise", "row-wise", "global"]

ELEMENTWISE = frozenset(
    {
        "Relu", "LeakyRelu", "PRelu", "Elu", "Selu", "Celu", "Sigmoid", "HardSigmoid", "HardSwish", "Swish", "Tanh",
        "Gelu", "Erf", "Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Abs", "Clip", "Softplus", "Softsign", "Mish",
        "Identity", "Dropout", "Cast", "BatchNormalization", "LRN", "Add", "Sub", "Mul", "Div", "Pow", "Min", "Max",
        "Sum", "Mean", "Where", "Not", "And", "Or", "Equal", "Less", "Greater", "Floor", "Ceil", "Round", "Sign",
        "QuantizeLinear", "DequantizeLinear",
    }
)  # fmt: skip
"""One row of output from the same row of every input. LRN normalises over channels, which no row split touches."""

ROWWISE = frozenset({"MatMul", "Gemm", "LayerNormalization", "RMSNormalization"})

WINDOWED = frozenset({"Conv", "MaxPool", "AveragePool", "LpPool", "ConvTranspose"})


@dataclass(frozen=True, slots=True)
class RowWindow:
    """The window of one input, as an instance spells it."""

    kernel: int = 1
    stride: int = 1
    padding: int = 0
    upsample: int = 1


Reads = Literal["all"] | RowWindow


@dataclass(frozen=True)
class Locality:
    """``axis[tensor]``: its local dimension, None for none. ``operators``: class and windows by input tensor."""

    axis: Mapping[str, int | None]
    operators: tuple[tuple[OperatorClass, Mapping[str, Reads]], ...]

    def counts(self) -> tuple[int, int]:
        """Number of (local, global) operators."""
        globals_ = sum(kind == "global" for kind, _ in self.operators)
        return len(self.operators) - globals_, globals_


def classify(graph: Graph) -> Locality:
    """Follow the local dimension through ``graph``."""
    shape = {tensor.name: tensor.shape for tensor in graph.tensors}
    axis: dict[str, int | None] = {}
    for name in graph.inputs:
        found = {4: 2, 3: 1, 2: 0}.get(len(shape[name]))
        axis[name] = found if found is not None and shape[name][found] > 1 and len(graph.inputs) == 1 else None
    kinds: list[tuple[OperatorClass, Mapping[str, Reads]]] = []
    for operator in graph.operators:
        out, kind, reads = _operator(operator, shape, axis)
        if out is None:
            kind, reads = "global", dict.fromkeys(operator.inputs, "all")
        for name in operator.outputs:
            axis[name] = out if out is not None and out < len(shape[name]) else None
        kinds.append((kind, reads))
    return Locality(axis, tuple(kinds))


def _operator(
    op: Operator, shape: Mapping[str, tuple[int, ...]], axis: Mapping[str, int | None]
) -> tuple[int | None, OperatorClass, Mapping[str, Reads]]:
    """(local dimension of the output, class, windows); the dimension is None for a global operator."""
    nothing: tuple[None, OperatorClass, dict[str, Reads]] = (None, "global", {})
    first = op.inputs[0] if op.inputs else None
    if first is None or (axis[first] is None and op.op_type not in ELEMENTWISE):
        return nothing
    out = shape[op.outputs[0]]
    if op.op_type in ELEMENTWISE:
        return _elementwise(op, out, shape, axis)
    where = axis[first]
    assert where is not None
    if op.op_type in WINDOWED:
        window = _window(op)
        if where != 2 or len(shape[first]) != 4 or window is None or len(op.inputs) > 1:
            return nothing
        return 2, "block-wise", {first: window}
    if op.op_type in ROWWISE:
        return _rowwise(op, where, out, shape)
    if op.op_type == "Concat":
        return _concat(op, where, shape, axis)
    if op.op_type == "Split" and op.attribute("axis") is not None:
        along = op.attribute("axis")
        assert isinstance(along, int)
        return (where, "element-wise", {first: RowWindow()}) if along % len(out) != where else nothing
    if op.op_type == "Transpose":
        perm = op.attribute("perm")
        order = perm if isinstance(perm, tuple) else tuple(reversed(range(len(out))))
        return [int(p) for p in order].index(where), "element-wise", {first: RowWindow()}
    if op.op_type in ("Reshape", "Flatten", "Squeeze", "Unsqueeze"):
        behind = len(shape[first]) - where
        if len(out) >= behind and out[len(out) - behind :] == shape[first][where:]:
            return len(out) - behind, "element-wise", {first: RowWindow()}
        return nothing
    if op.op_type in ("Resize", "Upsample"):
        return _resize(op, first, where, out, shape)
    if op.op_type == "Slice":
        return _slice(op, first, where, out, shape)
    if op.op_type == "Pad":
        pads = op.attribute("pads")
        if not isinstance(pads, tuple) or len(pads) != 2 * len(out) or op.attribute("mode") not in (None, "constant"):
            return nothing
        return where, "block-wise", {first: RowWindow(padding=int(pads[where]))}
    return nothing


def _elementwise(
    op: Operator, out: tuple[int, ...], shape: Mapping[str, tuple[int, ...]], axis: Mapping[str, int | None]
) -> tuple[int | None, OperatorClass, Mapping[str, Reads]]:
    # Broadcasting aligns shapes at the end, and so local dimensions.
    found = {axis[name] - len(shape[name]) for name in op.inputs if axis[name] is not None}  # type: ignore[operator]
    if len(found) != 1:
        return None, "global", {}
    behind = found.pop()
    where = len(out) + behind
    reads: dict[str, Reads] = {}
    for name in op.inputs:
        same = axis[name] is not None and shape[name][behind] == out[where]
        reads[name] = RowWindow() if same else "all"
    if all(window == "all" for window in reads.values()):
        return None, "global", {}
    return where, "element-wise", reads


def _window(op: Operator) -> RowWindow | None:
    window = op.window
    if window is None or len(window.kernel) != 2:
        return None
    kernel = window.dilations[0] * (window.kernel[0] - 1) + 1
    stride, pad = window.strides[0], window.pads_begin[0]
    if not window.transposed:
        return RowWindow(kernel, stride, pad)
    if window.dilations[0] != 1:
        return None
    return RowWindow(kernel - stride + 1, 1, kernel - stride - pad, stride)


def _rowwise(
    op: Operator, where: int, out: tuple[int, ...], shape: Mapping[str, tuple[int, ...]]
) -> tuple[int | None, OperatorClass, Mapping[str, Reads]]:
    first = op.inputs[0]
    dims = len(shape[first])
    if op.op_type in ("LayerNormalization", "RMSNormalization"):
        along = op.attribute("axis")
        norm = (along if isinstance(along, int) else -1) % dims
        return (where, "row-wise", {first: RowWindow()}) if norm > where else (None, "global", {})
    if op.op_type == "Gemm" and (op.attribute("transA") or where != 0):
        return None, "global", {}
    second_is_data = len(op.inputs) > 1
    if not second_is_data and not _constant_on_the_right(op, out, shape):
        return None, "global", {}
    # With constant rows on the right; or the product of two activations, of which the right is read whole.
    if where != dims - 2 or len(out) != dims:
        return None, "global", {}
    reads: dict[str, Reads] = {first: RowWindow()}
    if second_is_data:
        if op.inputs[1] == first:
            return None, "global", {}
        reads.update(dict.fromkeys(op.inputs[1:], "all"))
    return where, "row-wise", reads


def _constant_on_the_right(op: Operator, out: tuple[int, ...], shape: Mapping[str, tuple[int, ...]]) -> bool:
    """True if the constant factor can only be the right one: on the left it mixes the rows of what it multiplies.

    An operator keeps its activations and constants apart, so the shapes have to tell; where they leave both, False.
    """
    rows, inner = shape[op.inputs[0]][-2:]
    factor = next((shape[name] for name in op.weights if len(shape[name]) > 1), None)
    if factor is None:
        return False
    above, below = factor[-2:]
    if op.attribute("transB"):
        on_the_right = inner == below and out[-2:] == (rows, above)
        on_the_left = below == inner and out[-2:] == (above, rows)
    else:
        on_the_right = inner == above and out[-2:] == (rows, below)
        on_the_left = below == rows and out[-2:] == (above, inner)
    return on_the_right and not on_the_left


def _concat(
    op: Operator, where: int, shape: Mapping[str, tuple[int, ...]], axis: Mapping[str, int | None]
) -> tuple[int | None, OperatorClass, Mapping[str, Reads]]:
    along = op.attribute("axis")
    if not isinstance(along, int) or any(axis[name] != where for name in op.inputs):
        return None, "global", {}
    if along % len(shape[op.inputs[0]]) != where:
        return where, "element-wise", dict.fromkeys(op.inputs, RowWindow())
    if len(set(op.inputs)) < len(op.inputs):
        return None, "global", {}
    reads: dict[str, Reads] = {}
    before = 0
    for name in op.inputs:
        reads[name] = RowWindow(padding=before)
        before += shape[name][where]
    return where, "element-wise", reads


def _resize(
    op: Operator, first: str, where: int, out: tuple[int, ...], shape: Mapping[str, tuple[int, ...]]
) -> tuple[int | None, OperatorClass, Mapping[str, Reads]]:
    factor, rest = divmod(out[where], shape[first][where])
    if rest or factor < 1:
        return None, "global", {}
    if factor == 1:
        return where, "block-wise", {first: RowWindow()}
    exact = op.op_type == "Upsample" or op.attribute("coordinate_transformation_mode") in (None, "half_pixel")
    floors = op.attribute("nearest_mode") == "floor" and op.attribute("coordinate_transformation_mode") == "asymmetric"
    if op.attribute("mode") in (None, "nearest") and (exact or floors):
        return where, "block-wise", {first: RowWindow(upsample=factor)}
    if op.attribute("mode") == "cubic" or op.attribute("coordinate_transformation_mode") == "align_corners":
        return None, "global", {}
    # Interpolation, or another way to round: the row before and the row after as well, which is never too few.
    return where, "block-wise", {first: RowWindow(2 * factor + 1, 1, factor, factor)}


def _slice(
    op: Operator, first: str, where: int, out: tuple[int, ...], shape: Mapping[str, tuple[int, ...]]
) -> tuple[int | None, OperatorClass, Mapping[str, Reads]]:
    starts, axes, steps = op.attribute("starts"), op.attribute("axes"), op.attribute("steps")
    if not isinstance(starts, tuple):
        return None, "global", {}
    along = [int(a) % len(out) for a in axes] if isinstance(axes, tuple) else list(range(len(starts)))
    if where not in along:
        return where, "element-wise", {first: RowWindow()}
    at = along.index(where)
    step = int(steps[at]) if isinstance(steps, tuple) else 1
    start, rows = int(starts[at]), shape[first][where]
    start = max(0, start + rows) if start < 0 else min(start, rows)
    if step < 1:
        return None, "global", {}
    return where, "block-wise", {first: RowWindow(stride=step, padding=-start)}
