"""A linear model as an MPS file that every solver reads, with names of our own: columns C0, C1, …, rows R0, R1, …

Always a minimisation without a constant: solvers differ in how they read the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from wnpopt.backends.linear import FloatArray, LinearModel


def write_mps(linear: LinearModel, path: Path) -> None:
    """Write the model in free MPS; all numbers survive the way there and back."""
    path.write_text("\n".join(_lines(linear)) + "\n", encoding="ascii")


def sign_of(linear: LinearModel) -> float:
    """What the file's objective is to be multiplied with, to be the model's (without its constant)."""
    return -1.0 if linear.maximise else 1.0


def number_of(word: str) -> float | None:
    """The finite number that a solver wrote; None where it is none: what follows from it would be nothing."""
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def columns_of(linear: LinearModel, values: Mapping[str, float]) -> FloatArray:
    """The columns from their names in the file; those that a solver left out are 0."""
    return np.array([values.get(f"C{c}", 0.0) for c in range(linear.cost.size)], dtype=np.float64)


def _lines(linear: LinearModel) -> Iterator[str]:
    lower, upper = linear.row_lower.tolist(), linear.row_upper.tolist()
    kinds = ["E" if low == high else "G" if high == math.inf else "L" for low, high in zip(lower, upper, strict=True)]
    yield "NAME model"
    yield "ROWS"
    yield " N OBJ"
    for r, kind in enumerate(kinds):
        yield f" {kind} R{r}"
    yield "COLUMNS"
    yield from _columns(linear)
    yield "RHS"
    for r, kind in enumerate(kinds):
        right = upper[r] if kind == "L" else lower[r]
        if right != 0.0:
            yield f" RHS R{r} {right!r}"
    yield "BOUNDS"
    for c, (low, high) in enumerate(zip(linear.lower.tolist(), linear.upper.tolist(), strict=True)):
        yield from _bounds(f"C{c}", low, high)
    yield "ENDATA"


def _columns(linear: LinearModel) -> Iterator[str]:
    matrix, sign = linear.matrix, sign_of(linear)
    starts, rows, entries = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
    cost, integer = linear.cost.tolist(), linear.integer.tolist()
    within = False
    for c in range(len(cost)):
        if integer[c] != within:
            within = integer[c]
            yield f" MARKER{c} 'MARKER' '{'INTORG' if within else 'INTEND'}'"
        # Every column has an entry: one without would not be there.
        yield f" C{c} OBJ {sign * cost[c]!r}"
        for entry in range(starts[c], starts[c + 1]):
            yield f" C{c} R{rows[entry]} {entries[entry]!r}"
    if within:
        yield " MARKEREND 'MARKER' 'INTEND'"


def _bounds(name: str, low: float, high: float) -> Iterator[str]:
    if low == high:
        yield f" FX BND {name} {low!r}"
        return
    if low == -math.inf and high == math.inf:
        yield f" FR BND {name}"
        return
    yield f" MI BND {name}" if low == -math.inf else f" LO BND {name} {low!r}"
    if high == math.inf:
        yield f" PL BND {name}"
    else:
        yield f" UP BND {name} {high!r}"
