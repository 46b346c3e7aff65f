"""Values of small constant tensors in an ONNX graph.

Exported graphs compute the arguments of Reshape, Slice, Expand and Resize from the shapes of other tensors.
The few operators that such computations use are evaluated here, on arrays of at most :data:`MAX_ELEMENTS`
elements: nothing that a file says can make this slow or large.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from wnpopt.domain.network.graph import AttributeValue

Value = NDArray[np.generic]
Attributes = Mapping[str, AttributeValue]

MAX_ELEMENTS = 4096
"""Larger constants keep their shape only."""

NUMPY_TYPES: Mapping[str, type[np.generic]] = MappingProxyType(
    {
        "float64": np.float64, "float32": np.float32, "float16": np.float16, "int64": np.int64, "int32": np.int32,
        "int16": np.int16, "int8": np.int8, "uint64": np.uint64, "uint32": np.uint32, "uint16": np.uint16,
        "uint8": np.uint8, "bool": np.bool_,
    }
)  # fmt: skip


def fold(
    op_type: str, arguments: Sequence[Value | None], attributes: Attributes, out: tuple[int, ...], dtype: str
) -> Value | None:
    """The value of the first output, of shape ``out`` and type ``dtype``; None where it cannot be told.

    An operator with an attribute that is not looked at here has none (``broadcast`` before opset 7, say).

    ``arguments`` are values, None for an absent optional argument. The result may be wrong-shaped where the
    file contradicts the operator's definition: the caller compares.
    """
    rule = _RULES.get(op_type)
    wanted = NUMPY_TYPES.get(dtype)
    if rule is None or wanted is None or any(name not in _ATTRIBUTES.get(op_type, ()) for name in attributes):
        return None
    try:
        with np.errstate(all="ignore"):
            result = np.asarray(rule(arguments, attributes))
        if result.size != int(np.prod(out, dtype=np.int64)):
            return None
        value = result.reshape(out).astype(wanted)
    except (ValueError, TypeError, IndexError, ZeroDivisionError, OverflowError):
        return None
    value.flags.writeable = False
    return value


def _first(arguments: Sequence[Value | None], position: int = 0) -> Value:
    value = arguments[position]
    if value is None:
        raise ValueError("an argument is absent")
    return value


def _axis(attributes: Attributes, default: int) -> int:
    axis = attributes.get("axis", default)
    if not isinstance(axis, int):
        raise TypeError("axis is no integer")
    return axis


def _gather(arguments: Sequence[Value | None], attributes: Attributes) -> Value:
    return np.take(_first(arguments), _first(arguments, 1).astype(np.int64), axis=_axis(attributes, 0))


def _concat(arguments: Sequence[Value | None], attributes: Attributes) -> Value:
    return np.concatenate([_first(arguments, i) for i in range(len(arguments))], axis=_axis(attributes, 0))


def _slice(arguments: Sequence[Value | None], attributes: Attributes) -> Value:
    data = _first(arguments)

    def bounds(name: str, position: int) -> list[int] | None:
        given = arguments[position] if position < len(arguments) else None
        if given is not None:
            return [int(x) for x in given.ravel()]
        attribute = attributes.get(name)
        return [int(x) for x in attribute] if isinstance(attribute, tuple) else None

    starts, ends = bounds("starts", 1), bounds("ends", 2)
    if starts is None or ends is None:
        raise ValueError("a slice has starts and ends")
    axes = bounds("axes", 3) or list(range(len(starts)))
    steps = bounds("steps", 4) or [1] * len(starts)
    index: list[slice] = [slice(None)] * data.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        # A negative step runs down to the front: an end before the first element is Python's None.
        stop = None if step < 0 and end < -data.shape[axis] else end
        index[axis] = slice(start, stop, step)
    return data[tuple(index)]


def _divide(arguments: Sequence[Value | None], _: Attributes) -> Value:
    left, right = _first(arguments), _first(arguments, 1)
    if not np.all(right):
        raise ZeroDivisionError
    ratio = np.true_divide(left.astype(np.float64), right.astype(np.float64))
    return np.trunc(ratio) if np.issubdtype(left.dtype, np.integer) else ratio


def _modulo(arguments: Sequence[Value | None], attributes: Attributes) -> Value:
    remainder = np.fmod if attributes.get("fmod", 0) else np.mod  # the sign of the dividend, or of the divisor
    return np.asarray(remainder(_first(arguments), _first(arguments, 1)))


def _range(arguments: Sequence[Value | None], _: Attributes) -> Value:
    start, limit, delta = (_first(arguments, i).item() for i in range(3))
    if abs(limit - start) > abs(delta) * MAX_ELEMENTS:
        raise ValueError("too long")
    return np.arange(start, limit, delta)


def _filled(arguments: Sequence[Value | None], attributes: Attributes) -> Value:
    value = attributes.get("value", (0.0,))
    return np.full([int(x) for x in _first(arguments).ravel()], value[0] if isinstance(value, tuple) else value)


def _reduce(function: Callable[..., object]) -> Callable[[Sequence[Value | None], Attributes], Value]:
    def rule(arguments: Sequence[Value | None], _: Attributes) -> Value:
        data = _first(arguments)
        if data.ndim > 1:
            raise ValueError("only vectors are reduced here")
        return np.asarray(function(data))

    return rule


def _same(arguments: Sequence[Value | None], _: Attributes) -> Value:
    return _first(arguments)


def _expand(arguments: Sequence[Value | None], _: Attributes) -> Value:
    data = _first(arguments)
    return np.broadcast_to(data, np.broadcast_shapes(data.shape, tuple(int(x) for x in _first(arguments, 1))))


def _elementwise(function: Callable[..., object]) -> Callable[[Sequence[Value | None], Attributes], Value]:
    def rule(arguments: Sequence[Value | None], _: Attributes) -> Value:
        return np.asarray(function(*(_first(arguments, i) for i in range(len(arguments)))))

    return rule


_ATTRIBUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    dict.fromkeys(
        ("ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin"), ("axes", "keepdims", "noop_with_empty_axes")
    )
    | {
        "Gather": ("axis",), "Concat": ("axis",), "Slice": ("starts", "ends", "axes"), "ConstantOfShape": ("value",),
        "Mod": ("fmod",), "Unsqueeze": ("axes",), "Squeeze": ("axes",), "Reshape": ("allowzero", "shape"),
        "Flatten": ("axis",), "Cast": ("to", "saturate"),
    }
)  # fmt: skip
"""Attributes that are looked at, or that the shape of the output says all about."""

_RULES: Mapping[str, Callable[[Sequence[Value | None], Attributes], Value]] = MappingProxyType(
    {
        "Gather": _gather,
        "Concat": _concat,
        "Slice": _slice,
        "Div": _divide,
        "Range": _range,
        "ConstantOfShape": _filled,
        "Expand": _expand,
        "ReduceProd": _reduce(np.prod),
        "ReduceSum": _reduce(np.sum),
        "ReduceMax": _reduce(np.max),
        "ReduceMin": _reduce(np.min),
        "Add": _elementwise(np.add),
        "Sub": _elementwise(np.subtract),
        "Mul": _elementwise(np.multiply),
        "Mod": _modulo,
        "Pow": _elementwise(np.power),
        "Neg": _elementwise(np.negative),
        "Abs": _elementwise(np.abs),
        "Floor": _elementwise(np.floor),
        "Ceil": _elementwise(np.ceil),
        "Round": _elementwise(np.round),
        "Sqrt": _elementwise(np.sqrt),
        "Equal": _elementwise(np.equal),
        "Greater": _elementwise(np.greater),
        "Less": _elementwise(np.less),
        "Not": _elementwise(np.logical_not),
        "And": _elementwise(np.logical_and),
        "Or": _elementwise(np.logical_or),
        "Where": _elementwise(np.where),
    }
    # The element order does not change; the caller gives the new shape.
    | dict.fromkeys(("Unsqueeze", "Squeeze", "Reshape", "Flatten", "Cast", "Identity"), _same)
)
