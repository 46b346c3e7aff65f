"""The receptive window of an ONNX convolution or pooling, with its padding made explicit."""

from __future__ import annotations

from collections.abc import Mapping

from wnpopt.core.errors import InputError
from wnpopt.domain.graph import AttributeValue, Window

Shape = tuple[int, ...]


def window_of(
    op_type: str,
    attributes: Mapping[str, AttributeValue],
    before: Shape,
    weight: Shape | None,
    after: Shape,
) -> Window:
    """The window of an operator whose input, weight and output have these shapes (batch and channels first).

    ``auto_pad`` and a transposed convolution's ``output_shape`` become the padding that they mean (ONNX
    operator specification, Conv, ConvTranspose, MaxPool). Raises :class:`InputError` where lengths do not
    agree.
    """
    dimensions = len(before) - 2
    if dimensions < 1 or len(after) != len(before) or (weight is not None and len(weight) != len(before)):
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
    transposed = op_type == "ConvTranspose"
    begin, end = pads[:dimensions], pads[dimensions:]
    auto = attributes.get("auto_pad", "NOTSET")
    if auto != "NOTSET" or (transposed and "output_shape" in attributes):
        span = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True))
        if transposed:
            extra = _extents(attributes, "output_padding", (0,) * dimensions)
            total = tuple(
                s * (x - 1) + e + w - y
                for s, x, e, w, y in zip(strides, before[2:], extra, span, after[2:], strict=True)
            )
        else:
            total = tuple(
                0 if auto == "VALID" else max(0, (y - 1) * s + w - x)
                for s, x, w, y in zip(strides, before[2:], span, after[2:], strict=True)
            )
        lower = auto == "SAME_LOWER"
        begin = tuple((t + 1) // 2 if lower else t // 2 for t in total)
        end = tuple(t - b for t, b in zip(total, begin, strict=True))
    groups = attributes.get("group", 1)
    if not isinstance(groups, int) or groups < 1:
        raise InputError(f"{op_type} has {groups!r} groups; at least 1 is needed")
    if op_type in ("MaxPool", "AveragePool", "LpPool"):
        groups = before[1]  # each channel on its own
    return Window(kernel, strides, begin, end, dilations, groups, transposed)


def _extents(attributes: Mapping[str, AttributeValue], name: str, default: tuple[int, ...]) -> tuple[int, ...]:
    value = attributes.get(name)
    if not isinstance(value, tuple):
        return default
    return tuple(int(entry) for entry in value)
