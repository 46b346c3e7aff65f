"""Times as cost / speed: the best fit of a matrix by the product of a column and a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """``cost`` (R,) and ``slowness`` (C,), not negative, with ``cost[r] * slowness[c]`` as near as can be to a matrix.

    ``error`` is what remains, relatively: the root of the summed squares of the differences over that of the matrix.
    """

    cost: FloatArray
    slowness: FloatArray
    error: float


def fit(times: npt.NDArray[np.int64]) -> Fit:
    """The least-squares fit of ``times`` (R, C), not negative; the slownesses have the mean 1 (or are all 0).

    It is the first pair of singular vectors (Eckart and Young, Psychometrika 1, 1936), which have no negative entry
    for a matrix that has none (Perron and Frobenius).
    """
    matrix = times.astype(np.float64)
    if not matrix.any():
        return Fit(np.zeros(matrix.shape[0]), np.zeros(matrix.shape[1]), 0.0)
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    slowness = np.abs(right[0])
    mean = float(slowness.mean())
    cost = np.abs(left[:, 0]) * (values[0] * mean)
    slowness = slowness / mean
    error = float(np.linalg.norm(matrix - np.outer(cost, slowness)) / np.linalg.norm(matrix))
    return Fit(cost, slowness, error)
