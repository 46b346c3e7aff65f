"""Operators on real tensors, computed for some rows of their output from just the rows that these need.

Plain NumPy; each function gets input tensors that are cut along the local dimension and says what it got of them. An
operator with an attribute that is not looked at here is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from wnpopt.core.errors import InputError
from wnpopt.domain.network.graph import Operator
from wnpopt.problems.intradp.imports.resize_rows import ACCOUNTED, resized_spans

Array = npt.NDArray[np.floating]

_UNARY: dict[str, Callable[[Array], Array]] = {
    "Relu": lambda x: np.maximum(x, 0),
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Tanh": np.tanh,
    "Exp": np.exp,
    "Sqrt": np.sqrt,
    "Identity": lambda x: x,
    "Dropout": lambda x: x,
    "Neg": np.negative,
    "Abs": np.abs,
}
_MANY = {
    "Add": np.add, "Sum": np.add, "Sub": np.subtract, "Mul": np.multiply, "Div": np.divide,
    "Max": np.maximum, "Min": np.minimum,
}  # fmt: skip


def windowed(
    op: Operator,
    x: Array,
    have: tuple[int, int],
    rows: tuple[int, int],
    shape: Sequence[int],
    out: Sequence[int],
    weights: Sequence[Array],
) -> Array:
    """Rows ``rows`` of a window operator; x holds rows ``have`` of an input of ``shape``; ``out`` its own shape."""
    window = op.window
    assert window is not None
    _check(op)
    if window.transposed:
        return _transposed(op, x, have, rows, out, weights)
    fill = -np.inf if op.op_type == "MaxPool" else 0.0
    spans = [_span(window, 0, rows), _span(window, 1, (0, out[3]))]
    padded = _cut(x, have, shape, spans, fill)
    counted = None
    if op.op_type == "AveragePool":
        around = int(bool(op.attribute("count_include_pad")))
        inside = [
            (np.arange(*spans[d]) >= -around * window.pads_begin[d])
            & (np.arange(*spans[d]) < shape[2 + d] + around * window.pads_end[d])
            for d in range(2)
        ]
        counted = np.outer(*inside).astype(x.dtype)[None, None]
    steps, dilations = window.strides, window.dilations
    reach = [d * (k - 1) + 1 for k, d in zip(window.kernel, dilations, strict=True)]
    if op.op_type == "Conv":
        return _convolve(_views(padded, reach, steps, dilations), weights, window.groups)
    views = _views(padded, reach, steps, dilations)
    if op.op_type == "MaxPool":
        found: Array = views.max(axis=(4, 5))
        return found
    if op.op_type == "LpPool":
        power = op.attribute("p")
        p = power if isinstance(power, int | float) else 2
        return np.asarray((np.abs(views) ** p).sum(axis=(4, 5)) ** (1 / p), x.dtype)
    if op.op_type != "AveragePool":
        raise InputError(f"operator {op.op_type!r} cannot be executed here", where=op.name)
    assert counted is not None
    average: Array = views.sum(axis=(4, 5)) / _views(counted, reach, steps, dilations).sum(axis=(4, 5))
    return average


def _span(window: object, dim: int, rows: tuple[int, int]) -> tuple[int, int]:
    kernel, strides = window.kernel[dim], window.strides[dim]  # type: ignore[attr-defined]
    reach = window.dilations[dim] * (kernel - 1) + 1  # type: ignore[attr-defined]
    pad = window.pads_begin[dim]  # type: ignore[attr-defined]
    return rows[0] * strides - pad, (rows[1] - 1) * strides - pad + reach


def _cut(x: Array, have: tuple[int, int], shape: Sequence[int], spans: Sequence[tuple[int, int]], fill: float) -> Array:
    """Rows and columns ``spans`` of a tensor of ``shape`` of which x holds rows ``have``; ``fill`` outside of it."""
    (top, bottom), (left, right) = spans
    first, last = max(0, top), min(shape[2], bottom)
    if first < last and (first < have[0] or last > have[1]):
        raise InputError(f"rows {first} to {last} are needed, rows {have[0]} to {have[1]} are there")
    inner = x[:, :, first - have[0] : max(first, last) - have[0], max(0, left) : max(0, min(shape[3], right))]
    out = np.full((x.shape[0], x.shape[1], bottom - top, right - left), fill, x.dtype)
    out[:, :, max(0, -top) : max(0, -top) + inner.shape[2], max(0, -left) : max(0, -left) + inner.shape[3]] = inner
    return out


def _views(x: Array, reach: Sequence[int], steps: Sequence[int], dilations: Sequence[int]) -> Array:
    views = np.lib.stride_tricks.sliding_window_view(x, tuple(reach), axis=(2, 3))
    found: Array = views[:, :, :: steps[0], :: steps[1], :: dilations[0], :: dilations[1]]
    return found


def _convolve(views: Array, weights: Sequence[Array], groups: int) -> Array:
    kernel = weights[0]
    n, channels, height, width = views.shape[:4]
    inside, outside = channels // groups, kernel.shape[0] // groups
    parts = []
    for g in range(groups):
        columns = views[:, g * inside : (g + 1) * inside].transpose(0, 2, 3, 1, 4, 5).reshape(n * height * width, -1)
        part = columns @ kernel[g * outside : (g + 1) * outside].reshape(outside, -1).T
        parts.append(part.reshape(n, height, width, outside).transpose(0, 3, 1, 2))
    found: Array = np.concatenate(parts, axis=1)
    return found + weights[1].reshape(1, -1, 1, 1) if len(weights) > 1 else found


def _transposed(
    op: Operator, x: Array, have: tuple[int, int], rows: tuple[int, int], out: Sequence[int], weights: Sequence[Array]
) -> Array:
    window = op.window
    assert window is not None
    kernel = weights[0]
    (kh, kw), (sh, sw), (ph, pw) = window.kernel, window.strides, window.pads_begin
    outside = kernel.shape[1]
    result = np.zeros((x.shape[0], outside * window.groups, rows[1] - rows[0], out[3]), x.dtype)
    inside = x.shape[1] // window.groups
    for g in range(window.groups):
        here = x[:, g * inside : (g + 1) * inside]
        weight = kernel[g * inside : (g + 1) * inside]
        for i in range(x.shape[2]):
            for a in range(kh):
                row = (have[0] + i) * sh - ph + a * window.dilations[0]
                if not rows[0] <= row < rows[1]:
                    continue
                for b in range(kw):
                    columns = np.arange(x.shape[3]) * sw - pw + b * window.dilations[1]
                    inner = (columns >= 0) & (columns < out[3])
                    value = np.einsum("ncw,co->now", here[:, :, i, inner], weight[:, :, a, b])
                    result[:, g * outside : (g + 1) * outside, row - rows[0], columns[inner]] += value
    return result + weights[1].reshape(1, -1, 1, 1) if len(weights) > 1 else result


def plain(op: Operator, inputs: Sequence[Array], weights: Sequence[Array], out: Sequence[int]) -> Array:
    """Any operator that treats rows alike, on aligned rows of its inputs; ``out`` is the shape of what it makes."""
    kind = op.op_type
    _check(op)
    x = inputs[0]
    if kind in _UNARY:
        return np.asarray(_UNARY[kind](x), x.dtype)
    if kind in _MANY:
        values = _ordered(op, inputs, weights)
        found = values[0]
        for value in values[1:]:
            found = _MANY[kind](found, value)
        return found
    if kind == "Clip":
        lo, hi = op.attribute("min"), op.attribute("max")
        bounds = [v[0] if isinstance(v, tuple) else v for v in (lo, hi)]
        if len(inputs) > 1:
            raise InputError("a Clip whose bounds are computed cannot be executed here", where=op.name)
        return x if bounds == [None, None] else np.clip(x, bounds[0], bounds[1])
    if kind == "BatchNormalization":
        scale, shift, mean, variance = (w.reshape(1, -1, *[1] * (x.ndim - 2)) for w in weights)
        epsilon = op.attribute("epsilon")
        small = epsilon if isinstance(epsilon, float) else 1e-5
        return np.asarray((x - mean) / np.sqrt(variance + small) * scale + shift, x.dtype)
    if kind == "LRN":
        return _local_response(op, x)
    if kind == "Concat":
        axis = op.attribute("axis")
        assert isinstance(axis, int)
        return np.concatenate(_ordered(op, inputs, weights), axis=axis)
    if kind == "Transpose":
        perm = op.attribute("perm")
        return x.transpose(tuple(int(p) for p in perm) if isinstance(perm, tuple) else None)
    if kind in ("Reshape", "Flatten", "Squeeze", "Unsqueeze"):
        return x.reshape(tuple(out))
    if kind == "GlobalAveragePool":
        return np.asarray(x.mean(axis=tuple(range(2, x.ndim)), keepdims=True), x.dtype)
    if kind == "Softmax":
        axis = op.attribute("axis")
        along: int | tuple[int, ...] = axis if isinstance(axis, int) else -1
        if op.attribute("coerced") and isinstance(axis, int):
            along = tuple(range(axis % x.ndim, x.ndim))
        raised = np.exp(x - x.max(axis=along, keepdims=True))
        return np.asarray(raised / raised.sum(axis=along, keepdims=True), x.dtype)
    if kind == "MatMul":
        return np.asarray(np.matmul(*_ordered(op, inputs, weights)), x.dtype)
    if kind == "Gemm":
        first, second, *third = _ordered(op, inputs, weights)
        left = first.T if op.attribute("transA") else first
        right = second.T if op.attribute("transB") else second
        product: Array = _number(op, "alpha", 1.0) * (left @ right)
        return product + _number(op, "beta", 1.0) * third[0] if third else product
    raise InputError(f"operator {kind!r} cannot be executed here", where=op.name)


_LOOKED_AT = {
    "Dropout": ("ratio", "seed", "is_test"), "Clip": ("min", "max"), "LRN": ("alpha", "beta", "bias", "size"),
    "BatchNormalization": ("epsilon", "momentum"), "Concat": ("axis",), "Transpose": ("perm",),
    "Reshape": ("shape", "allowzero"), "Flatten": ("axis",), "Squeeze": ("axes",), "Unsqueeze": ("axes",),
    "Softmax": ("axis", "coerced"), "Gemm": ("alpha", "beta", "transA", "transB"), "ConvTranspose": ("output_padding",),
    "MaxPool": ("ceil_mode",),
    "AveragePool": ("ceil_mode", "count_include_pad"), "LpPool": ("ceil_mode", "p"),
    "Slice": ("starts", "ends", "axes", "steps"), "Pad": ("pads", "axes", "mode", "value", "constant_value"),
    "Resize": tuple(ACCOUNTED), "Upsample": ("mode", "scales"),
}  # fmt: skip


def _check(op: Operator) -> None:
    other = next((name for name, _ in op.attributes if name not in _LOOKED_AT.get(op.op_type, ())), None)
    if other is not None:
        raise InputError(f"operator {op.op_type!r} with {other!r} cannot be executed here", where=op.name)
    if op.window is not None and (op.ordered[:1] != op.inputs or len(op.window.kernel) != 2):
        raise InputError(
            f"operator {op.op_type!r} with a computed kernel or not on images cannot be executed here", where=op.name
        )


def _number(op: Operator, name: str, default: float) -> float:
    value = op.attribute(name)
    return float(value) if isinstance(value, int | float) else default


def _ordered(op: Operator, inputs: Sequence[Array], weights: Sequence[Array]) -> list[Array]:
    """Activations and constants in the order in which the operator takes them."""
    constants = set(op.weights)
    moving, fixed = iter(inputs), iter(weights)
    return [next(fixed if name in constants else moving) for name in op.ordered if name]


def _local_response(op: Operator, x: Array) -> Array:
    size = int(_number(op, "size", 1))
    before, after = (size - 1) // 2, size - 1 - (size - 1) // 2
    padded = np.pad(x**2, ((0, 0), (before, after), (0, 0), (0, 0)))
    squares = sum(padded[:, i : i + x.shape[1]] for i in range(size))
    return np.asarray(
        x / (_number(op, "bias", 1.0) + _number(op, "alpha", 1e-4) / size * squares) ** _number(op, "beta", 0.75),
        x.dtype,
    )


def indexed(
    op: Operator,
    x: Array,
    before: Sequence[int],
    after: Sequence[int],
    axis: int | None = None,
    rows: tuple[int, int] = (0, 0),
    first: int = 0,
) -> Array:
    """A crop, a padding with a constant or a resizing to the nearest neighbour, from ``before`` to ``after``.

    With ``axis``, x begins at row ``first`` of that dimension, and only ``rows`` of the result are made.
    """
    _check(op)
    fill = _fill(op) if op.op_type == "Pad" else 0.0
    for dim in range(len(after)):
        index = np.arange(after[dim]) if dim != axis else np.arange(*rows)
        index = _source(op, dim, before, after, index)
        outside = (index < 0) | (index >= before[dim])
        index = np.where(outside, 0, index - (first if dim == axis else 0))
        if x.shape[dim] == 0:
            x = np.zeros((*x.shape[:dim], 1, *x.shape[dim + 1 :]), x.dtype)
        x = np.take(x, index, axis=dim)
        if outside.any():
            x = np.where(outside.reshape(-1, *[1] * (x.ndim - dim - 1)), fill, x)
    return x


def _source(
    op: Operator, dim: int, before: Sequence[int], after: Sequence[int], index: npt.NDArray[np.int_]
) -> npt.NDArray[np.int_]:
    """What each ``index`` of the output along ``dim`` is a copy of, an index of the input; beyond it: of nothing."""
    if op.op_type == "Slice":
        start, step = _slice_of(op, dim, before[dim], len(before))
        return index * step + start
    if op.op_type == "Pad":
        return index - _padding_of(op, dim, len(before))
    spans = resized_spans(op, dim, tuple(before), tuple(after))
    if spans is None or any(last - start != 1 for start, last in spans):
        raise InputError(f"operator {op.op_type!r} cannot be executed here but for the nearest row", where=op.name)
    return np.array([start for start, _ in spans], np.int_)[index]


def _fill(op: Operator) -> float:
    if op.attribute("mode") not in (None, "constant"):
        raise InputError(f"operator 'Pad' with mode {op.attribute('mode')!r} cannot be executed here", where=op.name)
    value = op.attribute("value") or op.attribute("constant_value") or 0.0
    value = value[0] if isinstance(value, tuple) else value
    if isinstance(value, str) or len(op.inputs) > 1:
        raise InputError("a Pad whose constant is not known cannot be executed here", where=op.name)
    return float(value)


def _padding_of(op: Operator, dim: int, rank: int) -> int:
    pads, axes = op.attribute("pads"), op.attribute("axes")
    if not isinstance(pads, tuple):
        raise InputError("a Pad whose amounts are not known cannot be executed here", where=op.name)
    along = [int(a) % rank for a in axes] if isinstance(axes, tuple) else list(range(rank))
    return int(pads[along.index(dim)]) if dim in along else 0


def _slice_of(op: Operator, dim: int, extent: int, rank: int) -> tuple[int, int]:
    """(first index, step) along one dimension."""
    starts, axes, steps = op.attribute("starts"), op.attribute("axes"), op.attribute("steps")
    if not isinstance(starts, tuple):
        raise InputError("a Slice whose starts are not known cannot be executed here", where=op.name)
    along = [int(a) % rank for a in axes] if isinstance(axes, tuple) else list(range(len(starts)))
    if dim not in along:
        return 0, 1
    at = along.index(dim)
    step = int(steps[at]) if isinstance(steps, tuple) else 1
    start = int(starts[at])
    start = start + extent if start < 0 else start
    return (min(max(start, 0), extent) if step > 0 else min(max(start, -1), extent - 1)), step


INDEXED = ("Slice", "Resize", "Upsample", "Pad")

ELEMENTWISE = frozenset(_MANY)
"""Operators whose arguments are spread over each other."""
