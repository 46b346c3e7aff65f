"""The few layers of a model that can bind.

With D_l the bits through layer l and A_l the FLOP of layers l to L, the last layer is done at max_l (D_l*y + A_l*g/k)
for the inverse rate y and the inverse frequency g. All multipliers being at least 0, only vertices of the upper right
hull of the points (D_l, A_l) can be the maximum: 2 to 6 of 50. Proved in ``models/slide/unrolled.md``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from wnpopt.problems.slide.columnar.columns import FloatArray, IntArray, SlideColumns

_KEEP = 1e-13
"""Relative to the extents: a point this close to a chord is kept, so that rounding never drops a binding one."""


class Rows(NamedTuple):
    """Rows of all models: ``start`` (J + 1) delimits them in ``bits`` and ``flop``; total bits and FLOP (J,).

    Model j is done at max over its rows of bits*y + flop*g/k. ``inverse_bits`` (0 where there are none) and ``slope`` =
    flop/bits spare the kernels a division a row.
    """

    start: IntArray
    bits: FloatArray
    flop: FloatArray
    total_bits: FloatArray
    total_flop: FloatArray
    inverse_bits: FloatArray
    slope: FloatArray


@np.errstate(all="ignore")  # what overflows is infinite, and no plan
def hull_rows(columns: SlideColumns) -> Rows:
    """The hull rows of every model, by growing bits."""
    chosen = []
    for j in range(columns.models):
        bits, flop = _points(columns, j)
        keep = _upper_right(bits, flop)
        chosen.append((bits[keep], flop[keep]))
    return _rows(columns, chosen)


@np.errstate(all="ignore")  # what overflows is infinite, and no plan
def download_rows(columns: SlideColumns) -> Rows:
    """The one row of download-then-infer: all bits, then all FLOP."""
    points = [_points(columns, j) for j in range(columns.models)]
    return _rows(columns, [(bits[-1:], flop[:1]) for bits, flop in points])


def _points(columns: SlideColumns, j: int) -> tuple[FloatArray, FloatArray]:
    layers = slice(int(columns.layer_start[j]), int(columns.layer_start[j + 1]))
    bits = np.cumsum(columns.bits[layers])
    flop = np.cumsum(columns.flop[layers][::-1])[::-1]
    return bits, np.ascontiguousarray(flop)


def _rows(columns: SlideColumns, chosen: list[tuple[FloatArray, FloatArray]]) -> Rows:
    start = np.cumsum([0, *(bits.size for bits, _ in chosen)], dtype=np.int64)
    points = [_points(columns, j) for j in range(columns.models)]
    bits, flop = np.concatenate([bits for bits, _ in chosen]), np.concatenate([flop for _, flop in chosen])
    inverse = np.divide(1.0, bits, out=np.zeros_like(bits), where=bits > 0)
    return Rows(
        start,
        bits,
        flop,
        np.array([bits[-1] for bits, _ in points]),
        np.array([flop[0] for _, flop in points]),
        inverse,
        flop * inverse,
    )


def _upper_right(bits: FloatArray, flop: FloatArray) -> list[int]:
    """Indices of the upper right hull; ``bits`` grow, ``flop`` fall."""
    scale = max(float(bits[-1] * flop[0]), 1e-300)
    hull: list[int] = []
    for point in range(bits.size):
        while hull and flop[hull[-1]] <= flop[point]:
            hull.pop()  # no fewer bits and no fewer FLOP: the new point dominates
        while len(hull) >= 2:
            a, b = hull[-2], hull[-1]
            left_of_chord = (bits[b] - bits[a]) * (flop[point] - flop[a]) - (flop[b] - flop[a]) * (
                bits[point] - bits[a]
            )
            if left_of_chord < _KEEP * scale:
                break
            hull.pop()
        if hull and bits[point] == bits[hull[-1]]:
            continue  # no more bits and fewer FLOP: dominated
        hull.append(point)
    return hull
