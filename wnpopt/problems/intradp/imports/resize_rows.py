"""Which rows Resize and Upsample read, from all of their attributes.

Coordinates and their rounding follow the ONNX operator specification of Resize (opsets 10 to 19). Implementations
compute coordinates in single precision: a row is counted on both sides where rounding could tip it, and the extents of
either reading where the specification leaves two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from wnpopt.domain.network.graph import UNSPECIFIED, Operator
from wnpopt.problems.intradp.imports.row_window import Reads, fit

Span = tuple[int, int]

ACCOUNTED = frozenset(
    {
        "mode", "nearest_mode", "coordinate_transformation_mode", "antialias", "axes", "cubic_coeff_a",
        "exclude_outside", "extrapolation_value", "keep_aspect_ratio_policy", "roi", "scales", "sizes",
    }
)  # fmt: skip
"""Attributes (and constant arguments) of Resize and Upsample that :func:`resized_spans` looks at."""

MOST_ROWS = 1 << 16
"""Rows are looked at one by one; larger tensors are read whole."""

_MODES = {"nearest": "nearest", "linear": "linear", "bilinear": "linear", "cubic": "cubic"}

_WAYS = frozenset(
    {
        "half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "tf_half_pixel_for_nn", "tf_crop_and_resize",
        "half_pixel_symmetric",
    }
)  # fmt: skip

_NEAREST = frozenset({"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})


@dataclass(frozen=True, slots=True)
class _Line:
    """One dimension: extents before and after, output over input, and the region of interest of tf_crop_and_resize."""

    before: int
    after: int
    scale: Fraction
    area: tuple[float, float] | None


def resized_spans(op: Operator, dim: int, before: tuple[int, ...], after: tuple[int, ...]) -> list[Span] | None:
    """For each index of dimension ``dim`` of the output, the span [first, last) of the input that it reads.

    None where the attributes do not say.
    """
    mode = _MODES.get(str(op.attribute("mode") or "nearest"))
    line = _line(op, dim, before, after)
    ways = _ways(op)
    if mode is None or line is None or not ways or not all(_roundings(op, way, line.scale) for way in ways):
        return None
    antialias = bool(op.attribute("antialias")) and mode != "nearest"
    spans: list[Span] = []
    for i in range(line.after):
        found = [
            span
            for way in ways
            for x in _sources(way, line, i)
            for span in _read(_roundings(op, way, line.scale), mode, antialias, line, x, exact=_exact(way, line.scale))
        ]
        if line.scale == 1:
            found.append((i, i + 1))  # onnxruntime then copies, whatever the region of interest says
        spans.append((min(first for first, _ in found), max(last for _, last in found)))
    return spans


def resized_window(op: Operator, dim: int, before: tuple[int, ...], after: tuple[int, ...]) -> Reads:
    """The window of a resized dimension; "all" where the attributes do not say."""
    spans = resized_spans(op, dim, before, after)
    line = _line(op, dim, before, after)
    if spans is None or line is None:
        return "all"
    slopes = [Fraction(line.before, line.after), (1 / line.scale).limit_denominator(max(1, line.after))]
    if line.after > 1:
        slopes.append(Fraction(line.before - 1, line.after - 1))
    if line.area is not None and line.after > 1:
        slope = Fraction(line.area[1] - line.area[0]) * (line.before - 1) / (line.after - 1)
        slopes.append(slope.limit_denominator(line.after))
    return fit(spans, line.before, slopes)


def _ways(op: Operator) -> tuple[str, ...]:
    way = op.attribute("coordinate_transformation_mode")
    if op.op_type == "Upsample":
        return ("asymmetric",) if way is None else ()
    if way is None:  # not read from an ONNX file: opset 10 says the one, later ones the other
        return ("half_pixel", "asymmetric")
    return (way,) if isinstance(way, str) and way in _WAYS else ()


def _roundings(op: Operator, way: str, scale: Fraction) -> tuple[str, ...]:
    """How a coordinate may become the nearest row."""
    told = op.attribute("nearest_mode")
    if told in _NEAREST:
        return (str(told),)
    if told is None and op.op_type == "Resize" and way != "asymmetric":
        return ("round_prefer_floor",)
    if told is None and op.attribute("coordinate_transformation_mode") is not None:
        return ("round_prefer_floor", "floor")
    if told in (None, UNSPECIFIED):  # Upsample, and Resize of opset 10
        return ("floor",) if scale >= 1 else ("floor", "ceil")
    return ()


def _line(op: Operator, dim: int, before: tuple[int, ...], after: tuple[int, ...]) -> _Line | None:
    rank = len(before)
    if len(after) != rank or 0 in (before[dim], after[dim]) or after[dim] > MOST_ROWS:
        return None
    if op.attribute("keep_aspect_ratio_policy") not in (None, "stretch"):
        return None
    axes = op.attribute("axes")
    if axes is None:
        along = list(range(rank))
    elif isinstance(axes, tuple) and all(isinstance(a, int) and -rank <= a < rank for a in axes):
        along = [int(a) % rank for a in axes]
    else:
        return None
    at = along.index(dim) if dim in along else None
    ratio = Fraction(after[dim], before[dim])
    scale, area = ratio, None
    scales, sizes, roi = (_numbers(op, name) for name in ("scales", "sizes", "roi"))
    if scales is None or sizes is None or roi is None:
        return None
    if at is None:
        return _Line(before[dim], after[dim], Fraction(1), None) if ratio == 1 else None
    if scales:
        if len(scales) != len(along) or not 0 < scales[at] < 1e6:
            return None
        scale = Fraction(float(np.float32(scales[at])))
        if not after[dim] - 0.001 < scale * before[dim] < after[dim] + 1:
            return None
    elif sizes and len(sizes) != len(along):
        return None
    if op.attribute("coordinate_transformation_mode") == "tf_crop_and_resize":
        if len(roi) != 2 * len(along) or not all(abs(x) < 1e6 for x in roi):
            return None
        area = (roi[at], roi[at + len(along)])
    return _Line(before[dim], after[dim], scale, area)


def _numbers(op: Operator, name: str) -> tuple[float, ...] | None:
    """The entries of an attribute, () where it is absent, None where it is not a list of numbers."""
    value = op.attribute(name)
    if value is None:
        return ()
    if not isinstance(value, tuple):
        return None
    numbers = tuple(float(entry) for entry in value if not isinstance(entry, str))
    return numbers if len(numbers) == len(value) else None


def _exact(way: str, scale: Fraction) -> bool:
    """True if single precision computes every coordinate without error, or never near where it is rounded.

    So it is for whole factors, (i + 1/2) / f - 1/2 being a whole number or at least 1 / (2 f) away from one and from a
    half, and for halves, quarters and so on.
    """
    up = scale.denominator == 1
    down = scale.numerator == 1 and scale.denominator & (scale.denominator - 1) == 0
    return (up or down) and way in ("half_pixel", "asymmetric", "pytorch_half_pixel", "tf_half_pixel_for_nn")


def _sources(way: str, line: _Line, i: int) -> Iterator[Fraction]:
    """The coordinates in the input of index ``i``: one, or two where the specification can be read in two ways."""
    half = Fraction(1, 2)
    scale, before, after = line.scale, line.before, line.after
    if way == "half_pixel":
        yield (i + half) / scale - half
    elif way == "asymmetric":
        yield i / scale
    elif way == "tf_half_pixel_for_nn":
        yield (i + half) / scale
    elif way == "pytorch_half_pixel":
        if after == 1:
            yield Fraction(0)
        if scale * before > 1:  # which of the two lengths is meant, rounded down or not, is left open
            yield (i + half) / scale - half
    elif way == "align_corners":
        for length in {Fraction(after), scale * before}:  # rounded down or not
            yield i * (before - 1) / (length - 1) if length != 1 else Fraction(0)
    elif way == "half_pixel_symmetric":
        shift = Fraction(before, 2) * (1 - after / (scale * before))
        yield shift + (i + half) / scale - half
    else:
        assert line.area is not None
        start, end = (Fraction(float(np.float32(x))) for x in line.area)
        if after > 1:
            yield start * (before - 1) + i * (end - start) * (before - 1) / (after - 1)
        else:
            yield (start + end) * (before - 1) / 2


def _read(
    roundings: tuple[str, ...], mode: str, antialias: bool, line: _Line, x: Fraction, *, exact: bool
) -> Iterator[Span]:
    """Spans that are read at the coordinate ``x``."""
    slack = Fraction(0) if exact else (abs(x) + 1) / 2**20
    if mode == "nearest":
        for rounding in roundings:
            for at in (x - slack, x + slack):
                kept = min(max(_nearest(rounding, at), 0), line.before - 1)
                yield kept, kept + 1
        return
    if mode == "linear" and exact and not antialias and line.scale == 1 and x.denominator == 1:
        yield min(max(int(x), 0), line.before - 1), min(max(int(x) + 1, 1), line.before)
        return
    taps = 1 if mode == "linear" else 2
    reach = Fraction(taps)
    if antialias:
        reach = taps / min(line.scale, Fraction(1)) + 1
    # The row at x itself has all the weight when x is whole; the one after it is counted as well.
    first = floor(x - slack - reach) + 1
    last = ceil(x + slack + reach) if reach > taps else floor(x + slack) + taps + 1
    yield min(max(first, 0), line.before - 1), max(min(last, line.before), 1)


def _nearest(rounding: str, x: Fraction) -> int:
    half = Fraction(1, 2)
    if rounding == "floor":
        return floor(x)
    if rounding == "ceil":
        return ceil(x)
    return ceil(x - half) if rounding == "round_prefer_floor" else floor(x + half)
