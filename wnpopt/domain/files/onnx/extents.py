"""Extents of outputs where the onnx package infers others than come out of an execution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError
from wnpopt.domain.files.onnx.fold import Value
from wnpopt.domain.files.onnx.window import POOLS, Shape, window_of
from wnpopt.domain.network.graph import AttributeValue, Tensor, Window


def windowed(
    op_type: str, attributes: Mapping[str, AttributeValue], shapes: Sequence[Shape | None], outputs: Sequence[Tensor]
) -> tuple[Window, list[Tensor]]:
    """The window of an operator on arguments of these shapes, and its outputs with the extents that follow from it.

    The onnx package infers other ones for pools with ceil_mode before opset 22, and for transposed convolutions with
    both auto_pad and output_padding.
    """
    before = argument_shape(shapes, 0, op_type)
    weight = None if op_type in POOLS else argument_shape(shapes, 3 if op_type == "QLinearConv" else 1, op_type)
    window, extents = window_of(op_type, attributes, before, weight)
    return window, [Tensor.of(o.name, (*o.shape[:2], *extents), o.dtype) for o in outputs]


def resized(
    attributes: Mapping[str, AttributeValue], before: Shape, scales: Value | None, outputs: Sequence[Tensor]
) -> list[Tensor]:
    """The output with the extents that ``scales`` give in single precision, as they are used.

    The onnx package infers one less where the product is a whole number by rounding (0.7 of 20).
    """
    given = attributes.get("scales") if scales is None else tuple(scales.ravel().tolist())
    axes = attributes.get("axes", tuple(range(len(before))))
    if not isinstance(given, tuple) or not isinstance(axes, tuple) or len(given) != len(axes):
        return list(outputs)
    shape = list(outputs[0].shape)
    for axis, scale in zip(axes, given, strict=True):
        if not isinstance(axis, int) or isinstance(scale, str) or not -len(before) <= axis < len(before):
            raise InputError(f"its shapes do not fit: scales for the axes {list(axes)} of {list(before)}")
        dim = axis % len(before)
        with np.errstate(over="ignore"):
            extent = np.float32(before[dim]) * np.float32(scale)
        if not 0 < extent < MAX_INT:
            raise InputError(f"its shapes do not fit: an extent of {before[dim]} times {scale}")
        shape[dim] = int(extent)
    return [Tensor.of(output.name, shape, output.dtype) for output in outputs]


def halved(
    attributes: Mapping[str, AttributeValue], window: Shape | None, frame: Value | None, outputs: Sequence[Tensor]
) -> list[Tensor]:
    """The output of an STFT: one-sided, as it is by default, it has half of a frame's bins and one.

    The onnx package infers all bins unless ``onesided`` is spelled out. A frame is as long as the ``window`` if its
    length is not given.
    """
    if "onesided" in attributes or (frame is None and not window) or (frame is not None and frame.size != 1):
        return list(outputs)
    samples = (window or (0,))[0] if frame is None else int(frame.ravel()[0])
    return [Tensor.of(o.name, (*o.shape[:2], samples // 2 + 1, *o.shape[3:]), o.dtype) for o in outputs]


def check_slope(data: Shape, slope: Shape) -> None:
    """The slope of PRelu is spread over the data, never the other way; the onnx package does not check it."""
    behind = data[len(data) - len(slope) :] if len(slope) <= len(data) else ()
    if len(slope) > len(data) or any(s not in (1, d) for s, d in zip(slope, behind, strict=True)):
        raise InputError(f"its shapes do not fit: a slope of {list(slope)} for {list(data)}")


def argument_shape(shapes: Sequence[Shape | None], position: int, op_type: str) -> Shape:
    """The shape of a required argument; raises :class:`InputError` if it is absent."""
    shape = shapes[position] if position < len(shapes) else None
    if shape is None:
        raise InputError(f"operator {op_type} lacks its argument {position}")
    return shape
