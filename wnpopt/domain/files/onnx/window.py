"""The receptive window of an ONNX convolution or pooling: padding made explicit, and the extents that follow.

All of an operator's attributes go into both. Where the text of the standard and onnxruntime part ways, the operator is
refused by name rather than read in one of the two senses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wnpopt.core.errors import InputError
from wnpopt.domain.network.graph import AttributeValue, Window

Shape = tuple[int, ...]

POOLS = ("MaxPool", "AveragePool", "LpPool")

ABSORBED = ("kernel_shape", "strides", "pads", "dilations", "auto_pad", "group", "output_shape")
"""Attributes that a window says all about."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """One spatial dimension: extent of the input, span of the dilated kernel, stride, explicit padding."""

    extent: int
    kernel: int
    dilation: int
    stride: int
    begin: int
    end: int

    @property
    def span(self) -> int:
        return (self.kernel - 1) * self.dilation + 1


def window_of(
    op_type: str, attributes: Mapping[str, AttributeValue], before: Shape, weight: Shape | None
) -> tuple[Window, Shape]:
    """The window of an operator on an input and weight of these shapes (batch and channels first), and the extents of
    its output without batch and channels.

    ``auto_pad`` and a transposed convolution's ``output_shape`` become the padding that they mean (ONNX operator
    specification, Conv, ConvTranspose, MaxPool). Raises :class:`InputError` where lengths do not agree.
    """
    dimensions = len(before) - 2
    if dimensions < 1 or (weight is not None and len(weight) != len(before)):
        raise InputError(
            f"{op_type} has an input of {list(before)}; batch, channels and at least one extent are needed"
        )
    kernel = _extents(attributes, "kernel_shape", weight[2:] if weight is not None else ())
    strides = _extents(attributes, "strides", (1,) * dimensions)
    dilations = _extents(attributes, "dilations", (1,) * dimensions)
    pads = _extents(attributes, "pads", (0,) * (2 * dimensions))
    for what, values, length in (
        ("kernel_shape", kernel, dimensions),
        ("strides", strides, dimensions),
        ("dilations", dilations, dimensions),
        ("pads", pads, 2 * dimensions),
    ):
        if len(values) != length:
            raise InputError(f"{op_type} has {len(values)} entries in {what}; {length} are needed")
    if min(*kernel, *strides, *dilations) < 1:
        raise InputError(f"{op_type} has a kernel, stride or dilation below 1")
    groups = attributes.get("group", 1)
    if not isinstance(groups, int) or groups < 1:
        raise InputError(f"{op_type} has {groups!r} groups; at least 1 is needed")
    auto = attributes.get("auto_pad", "NOTSET")
    if auto not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
        raise InputError(f"{op_type} has the auto_pad {auto!r}; NOTSET, VALID, SAME_UPPER or SAME_LOWER is needed")
    assert isinstance(auto, str)
    explicit = auto == "NOTSET"
    axes = [
        _Axis(before[2 + i], kernel[i], dilations[i], strides[i],
              pads[i] if explicit else 0, pads[dimensions + i] if explicit else 0)
        for i in range(dimensions)
    ]  # fmt: skip
    transposed = op_type == "ConvTranspose"
    if transposed:
        placed = _transposed(attributes, auto, axes)
    else:
        ceil = op_type in POOLS and bool(attributes.get("ceil_mode", 0))
        placed = [_gathered(op_type, axis, auto, ceil) for axis in axes]
    if any(extent < 1 for _, _, extent in placed):
        raise InputError(f"its shapes do not fit: an input of {list(before)} leaves nothing of the output")
    if op_type in POOLS:
        groups = before[1]  # each channel on its own
    begin, end = tuple(b for b, _, _ in placed), tuple(e for _, e, _ in placed)
    window = Window(kernel, strides, begin, end, dilations, groups, transposed)
    return window, tuple(extent for _, _, extent in placed)


def _gathered(op_type: str, axis: _Axis, auto: str, ceil: bool) -> tuple[int, int, int]:
    """(padding at the start, at the end, extent of the output) of a convolution or pooling."""
    if auto.startswith("SAME"):
        if op_type in POOLS and axis.dilation > 1:
            raise InputError(
                f"{op_type} has auto_pad {auto} and dilations, which implementations read differently; "
                "explicit pads are needed"
            )
        extent = -(-axis.extent // axis.stride)
        total = (extent - 1) * axis.stride + axis.span - axis.extent
        if total < -1 and op_type in POOLS:
            raise InputError(
                f"{op_type} has auto_pad {auto} and a stride beyond its kernel, which implementations read "
                "differently; explicit pads are needed"
            )
        total = max(0, total)
        begin = (total + 1) // 2 if auto == "SAME_LOWER" else total // 2
        return begin, total - begin, extent
    room = axis.extent + axis.begin + axis.end - axis.span
    if room < 0:
        return axis.begin, axis.end, 0
    extent = room // axis.stride + 1
    if ceil and room % axis.stride and extent * axis.stride < axis.extent + axis.begin:
        extent += 1  # one more window, cut off at the end; it has to begin before the padding there
    return axis.begin, axis.end, extent


def _transposed(attributes: Mapping[str, AttributeValue], auto: str, axes: list[_Axis]) -> list[tuple[int, int, int]]:
    """As :func:`_gathered`, of a transposed convolution."""
    count = len(axes)
    extra = _extents(attributes, "output_padding", (0,) * count)
    given = _extents(attributes, "output_shape", ())
    if len(extra) != count:
        raise InputError(f"ConvTranspose has {len(extra)} entries in output_padding; {count} are needed")
    if given and len(given) != count:
        raise InputError(f"ConvTranspose has {len(given)} entries in output_shape; {count} are needed")
    wanted: list[int | None] = list(given) if given else [None] * count
    placed = []
    for axis, e, asked in zip(axes, extra, wanted, strict=True):
        full = axis.stride * (axis.extent - 1) + e + axis.span
        if asked is None and not auto.startswith("SAME"):
            placed.append((axis.begin, axis.end, full - axis.begin - axis.end))
            continue
        extent = axis.extent * axis.stride if asked is None else asked
        total = full - extent
        if total < 0:
            raise InputError(
                f"ConvTranspose is asked for an extent of {extent}, which is more than the {full} that it makes; "
                "implementations differ in what is beyond: output_padding is needed"
            )
        # The larger half of an odd padding stands at the start, with SAME_UPPER at the end.
        begin = total // 2 if auto == "SAME_UPPER" else total - total // 2
        placed.append((begin, total - begin, extent))
    return placed


def _extents(attributes: Mapping[str, AttributeValue], name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    value = attributes.get(name)
    if not isinstance(value, tuple):
        return default
    return tuple(int(entry) for entry in value)
