"""The row window of an input, and the narrowest one that holds given rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal


@dataclass(frozen=True, slots=True)
class RowWindow:
    """The window of one input, as an instance spells it.

    Rows [lo, hi) of the output need the input's rows [floor(x / upsample), ceil(y / upsample)), clipped to the tensor,
    with x = lo * stride - padding and y = (hi - 1) * stride - padding + kernel.
    """

    kernel: int = 1
    stride: int = 1
    padding: int = 0
    upsample: int = 1

    def rows(self, row: int, units: int) -> tuple[int, int]:
        """The rows [first, last) of ``units`` that one row of the output needs; first >= last for none."""
        x = row * self.stride - self.padding
        return max(0, x // self.upsample), min(units, -(-(x + self.kernel) // self.upsample))


Reads = Literal["all"] | RowWindow


def fit(spans: Sequence[tuple[int, int]], units: int, slopes: Iterable[Fraction]) -> Reads:
    """The narrowest window that holds ``spans[i]`` for every row i of the output; "all" where none is narrower.

    ``spans[i]`` are the first row and the one after the last that row i reads of ``units``; ``slopes`` are the numbers
    of input rows for one row of the output that are tried, in the order in which ties are broken.
    """
    best: Reads = "all"
    least = len(spans) * units
    for slope in dict.fromkeys(slopes):
        step, factor = slope.numerator, slope.denominator
        if step < 1:
            continue
        # floor((i s - p) / u) <= first and ceil((i s - p + k) / u) >= last, solved for the least p, then the least k.
        padding = max(i * step - (first + 1) * factor + 1 for i, (first, _) in enumerate(spans))
        kernel = padding + max((last - 1) * factor - i * step + 1 for i, (_, last) in enumerate(spans))
        window = RowWindow(kernel, step, padding, factor)
        total = 0
        for i in range(len(spans)):
            first, last = window.rows(i, units)
            total += last - first
        if total < least:
            best, least = window, total
    return best
