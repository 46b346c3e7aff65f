"""Rows of convolutions and pools: what is cut from the input, and the padding that is left at the border."""

from __future__ import annotations

from collections.abc import Sequence
from operator import ge
from typing import TYPE_CHECKING

from wnpopt.domain.files.onnx.window import POOLS
from wnpopt.domain.network.graph import Window
from wnpopt.problems.intradp.execution.partial_operator import NotByRowsError, PartialOperator

if TYPE_CHECKING:
    from onnx import NodeProto

_PADDED = ("pads", "auto_pad", "ceil_mode", "output_padding", "output_shape")


def windowed(part: PartialOperator) -> Sequence[str]:
    """The padding of the file where the rows reach the border, the neighbouring rows everywhere else."""
    window, where, source = part.operator.window, part.where, part.arguments[0]
    if window is None or where.axis == 1:
        raise NotByRowsError
    if any(name in part.operator.outputs for name in part.node.output[1:]):
        raise NotByRowsError  # a pool's indices count the entries of the whole tensor
    if where.axis == 0:
        return list(part.emit({0: part.axis_rows(source, 0)}).output)
    if where.outer != 1:
        raise NotByRowsError
    rows = part.rows[0] * where.inner, part.rows[1] * where.inner
    return _scattered(part, window, rows) if window.transposed else _gathered(part, window, rows)


def _gathered(part: PartialOperator, window: Window, rows: tuple[int, int]) -> Sequence[str]:
    axis, source = part.where.axis, part.arguments[0]
    before, after = part.shape(source), part.out
    begin, end = [], []
    for dim in range(len(window.kernel)):
        reach = window.dilations[dim] * (window.kernel[dim] - 1) + 1
        first, last = rows if dim == axis - 2 else (0, after[dim + 2])
        lower = first * window.strides[dim] - window.pads_begin[dim]
        upper = (last - 1) * window.strides[dim] - window.pads_begin[dim] + reach
        extent = before[dim + 2]
        if dim == axis - 2:
            span = (max(0, lower), min(extent, upper))
        begin.append(max(0, -lower))
        end.append(max(0, upper - extent))
        if upper - extent > window.pads_end[dim] and part.operator.attribute("count_include_pad"):
            raise NotByRowsError  # what hangs over the padding does not count, nor can it be told from padding
    if span[0] >= span[1]:
        raise NotByRowsError
    if part.operator.op_type in POOLS and any(map(ge, (*begin, *end), (*window.kernel, *window.kernel))):
        raise NotByRowsError  # onnxruntime takes no such padding, but windows that hang over by as much
    node = part.emit({0: part.indices(source, axis, span)})
    _padded(node, [*begin, *end])
    return list(node.output)


def _scattered(part: PartialOperator, window: Window, rows: tuple[int, int]) -> Sequence[str]:
    """A transposed convolution of the rows that reach into ``rows``, cut to them by its own padding."""
    axis, source = part.where.axis, part.arguments[0]
    dim = axis - 2
    stride, reach = window.strides[dim], window.dilations[dim] * (window.kernel[dim] - 1) + 1
    # Row x of the input reaches rows [x stride - padding, x stride - padding + reach) of the output.
    first = max(0, -(-(rows[0] + window.pads_begin[dim] - reach + 1) // stride))
    last = min(part.shape(source)[axis], (rows[1] - 1 + window.pads_begin[dim]) // stride + 1)
    if first >= last:
        raise NotByRowsError
    origin = first * stride - window.pads_begin[dim]
    top, bottom = rows[0] - origin, origin + (last - 1 - first) * stride + reach - rows[1]
    if top < 0 or -bottom >= stride:
        raise NotByRowsError  # rows that nothing reaches
    begin, end = list(window.pads_begin), list(window.pads_end)
    extra = part.operator.attribute("output_padding")
    spare = [int(entry) for entry in extra] if isinstance(extra, tuple) else [0] * len(window.kernel)
    begin[dim], end[dim], spare[dim] = top, max(0, bottom), max(0, -bottom)
    node = part.emit({0: part.indices(source, axis, (first, last))})
    _padded(node, [*begin, *end])
    if any(spare):
        from onnx import helper

        node.attribute.append(helper.make_attribute("output_padding", spare))
    return list(node.output)


def _padded(node: NodeProto, pads: Sequence[int]) -> None:
    from onnx import helper

    kept = [attribute for attribute in node.attribute if attribute.name not in _PADDED]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute("pads", [int(entry) for entry in pads])])
