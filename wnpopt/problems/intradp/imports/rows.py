"""Where the rows of a tensor lie: along one dimension, single indices of it or blocks of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd, prod

from wnpopt.problems.intradp.imports.row_window import RowWindow

Shape = tuple[int, ...]

ROW = RowWindow()
"""A row of the output reads its own row."""


@dataclass(frozen=True, slots=True)
class TensorRows:
    """Row u of U consists of the indices (o U + u) ``inner`` + i of dimension ``axis``, o < ``outer``, i < ``inner``.

    A dimension of single rows has both 1. Rows of an image that became one dimension of pixels have its width as
    ``inner``; with a batch in front of them, that is ``outer``.
    """

    axis: int
    inner: int = 1
    outer: int = 1

    def units(self, shape: Shape) -> int:
        """The number of rows of a tensor of ``shape``; 0 where they do not fill its dimension."""
        if not -len(shape) <= self.axis < len(shape):
            return 0
        extent, block = shape[self.axis], self.inner * self.outer
        return extent // block if extent % block == 0 else 0

    def moved(self, axis: int) -> TensorRows:
        """The same rows along another dimension."""
        return TensorRows(axis, self.inner, self.outer)


def in_blocks(window: RowWindow, before: int, after: int = 1) -> RowWindow:
    """``window`` of single indices as one of rows that are blocks of ``before`` of them, for blocks of ``after``.

    Exact: floor(floor(x / u) / b) = floor(x / (u b)), and so for ceilings; a block reads what lies between the first
    index of its first and the last of its last.
    """
    kernel = (after - 1) * window.stride + window.kernel
    stride, upsample = after * window.stride, window.upsample * before
    shared = gcd(gcd(kernel, stride), gcd(window.padding, upsample))
    return RowWindow(kernel // shared, stride // shared, window.padding // shared, upsample // shared)


def reshaped(rows: TensorRows, before: Shape, after: Shape) -> tuple[TensorRows, RowWindow] | None:
    """The rows of a tensor of another shape with the same entries in order, and which of the former ones they read.

    They are the former rows where one dimension holds these (and perhaps more: those of each of a batch, pixels within
    a row), and whole groups of them where the first of several dimensions does. None where rows do not stay rows, or
    lie scattered among more than the images of a batch (channels, when an image is made one vector): what comes after
    that takes all together.
    """
    units = rows.units(before)
    if units < 1 or prod(before) != prod(after) or 0 in before:
        return None
    if units == 1:
        return _single(rows, before, after)
    outside = prod(before[: rows.axis]) * rows.outer
    inside = prod(before[rows.axis + 1 :]) * rows.inner
    ahead = 1
    for axis, extent in enumerate(after):
        if outside % ahead:
            return None
        if ahead * extent > outside:
            if outside // ahead > max(1, before[0]):
                return None
            return _held(axis, after, outside // ahead, units, inside)
        ahead *= extent
    return None


def _held(axis: int, after: Shape, outer: int, units: int, inside: int) -> tuple[TensorRows, RowWindow] | None:
    """Dimension ``axis`` of ``after`` holds at least some of the former rows, of ``inside`` entries each."""
    behind = prod(after[axis + 1 :])
    if after[axis] % outer:
        return None
    if inside % behind == 0 and (after[axis] // outer) % units == 0:
        return TensorRows(axis, inside // behind, outer), ROW
    if after[axis] == outer:
        return None
    window = in_blocks(RowWindow(behind, behind), inside)
    return TensorRows(axis, 1, outer), window


def _single(rows: TensorRows, before: Shape, after: Shape) -> tuple[TensorRows, RowWindow] | None:
    """A single row is still told from no rows while it and all behind it stay as they are."""
    behind = before[rows.axis :]
    if after[len(after) - len(behind) :] != behind or len(after) < len(behind):
        return None
    return rows.moved(len(after) - len(behind)), ROW


def common(rows: Sequence[TensorRows]) -> TensorRows:
    """The finest of rows along one dimension that differ in their blocks."""
    return min(rows, key=lambda one: one.inner)
