"""Rows that are blocks of a dimension: windows of blocks, and reshapes, against counting entries."""

from __future__ import annotations

from math import prod

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wnpopt.problems.intradp.imports.row_window import RowWindow
from wnpopt.problems.intradp.imports.rows import ROW, TensorRows, in_blocks, reshaped

EXTENT = st.sampled_from((1, 1, 2, 3, 4, 6, 12))


def row_of(rows: TensorRows, shape: tuple[int, ...]) -> np.ndarray:
    """The row of each entry of a tensor, in order."""
    units = rows.units(shape)
    index = np.indices(shape)[rows.axis].ravel()
    found: np.ndarray = index // rows.inner % units
    return found


@given(
    st.integers(-3, 5), st.integers(1, 3), st.integers(-4, 4), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4)
)
@settings(deadline=None, max_examples=300)
def test_windows_of_blocks(kernel: int, stride: int, padding: int, upsample: int, before: int, after: int) -> None:
    """A block of rows reads the blocks of what its rows read, and nothing between but what lies between them."""
    window = RowWindow(kernel, stride, padding, upsample)
    blocks = in_blocks(window, before, after)
    extent = 12 * before
    for block in range(6):
        spans = [window.rows(row, extent) for row in range(block * after, (block + 1) * after)]
        read = [(first, last) for first, last in spans if first < last]
        first, last = blocks.rows(block, 12)
        assert all(first * before <= f and end <= last * before for f, end in read)
        if kernel > 0 and len(read) == after:  # or else rows between those that are read count
            assert (first, last) == (min(f for f, _ in read) // before, -(-max(end for _, end in read) // before))


def test_a_row_of_its_own_stays_so() -> None:
    for size in range(1, 9):
        assert in_blocks(ROW, size, size) == ROW


@given(st.data())
@settings(deadline=None, max_examples=500)
def test_reshapes(data: st.DataObject) -> None:
    """Every row of the new tensor reads just the former rows that have its entries."""
    before = tuple(data.draw(st.lists(EXTENT, min_size=1, max_size=5)))
    axis = data.draw(st.integers(0, len(before) - 1))
    divisors = [d for d in range(1, before[axis] + 1) if before[axis] % d == 0]
    inner = data.draw(st.sampled_from(divisors))
    outer = data.draw(st.sampled_from([d for d in divisors if before[axis] // inner % d == 0]))
    rows = TensorRows(axis, inner, outer)
    size, after = prod(before), []
    while size > 1:
        extent = data.draw(st.sampled_from([d for d in range(1, size + 1) if size % d == 0]))
        after.append(extent)
        size //= extent
        if len(after) == 5:
            after.append(size)
            break
    made = reshaped(rows, before, tuple(after))
    if made is None:
        return
    found, window = made
    units, former = found.units(tuple(after)), rows.units(before)
    assert units >= 1
    of, read = row_of(found, tuple(after)), row_of(rows, before)
    for row in range(units):
        first, last = window.rows(row, former)
        assert sorted(set(read[of == row])) == list(range(first, last))


def test_reshapes_that_keep_rows_are_known() -> None:
    image, batch = (1, 8, 6, 10), (3, 12, 8, 16)
    for rows, before, after, expected in (
        (TensorRows(2), image, (1, 8, 60), (TensorRows(2, 10), ROW)),
        (TensorRows(2, 10), (1, 8, 60), image, (TensorRows(2), ROW)),
        (TensorRows(2), image, (1, 2, 4, 6, 10), (TensorRows(3), ROW)),
        (TensorRows(2), image, (1, 8, 2, 3, 10), (TensorRows(2), RowWindow(3, 3))),
        (TensorRows(1), batch, (3, 3, 4, 8, 16), (TensorRows(1), RowWindow(4, 4))),
        (TensorRows(1), (3, 3, 2, 64), (18, 64), (TensorRows(0, 2, 3), ROW)),
        (TensorRows(0, 2, 3), (18, 64), (3, 3, 2, 64), (TensorRows(1), ROW)),
        (TensorRows(2), image, (1, 480), None),
    ):
        assert reshaped(rows, before, after) == expected
