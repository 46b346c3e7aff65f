"""Robust least squares with intervals: few gross errors among the measurements do not move it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Residuals = Callable[[FloatArray], FloatArray]

STEP = 1e-4
"""Of differences, in coordinates: kinks (who waits for whom) are met by few of them."""

TUNING = 1.345
"""Residuals beyond so many standard deviations begin to count less (Huber's 95 % efficiency)."""


@dataclass(frozen=True)
class RobustFit:
    """Where the cost is least: ``x`` (P,), ``residuals`` (M,) and ``jacobian`` (M, P), in standard deviations."""

    x: FloatArray
    residuals: FloatArray
    jacobian: FloatArray
    cost: float

    def pull(self) -> FloatArray:
        """How much each residual counts (M,), with its sign: what is far off little more than what is off."""
        return _psi(self.residuals)[0]

    def variance(self) -> float:
        """The factor of the inverse normal matrix in the covariance of an M-estimate (Huber, 1981, section 7.6)."""
        count, free = self.jacobian.shape
        slope, curvature = _psi(self.residuals)
        mean = float(curvature.mean())
        return float((slope**2).sum()) / max(1, count - free) / mean**2 if mean > 0 else np.inf


def fitted(
    residuals: Residuals,
    start: FloatArray,
    limits: tuple[FloatArray, FloatArray],
    prior: tuple[FloatArray, FloatArray],
    *,
    evaluations: int = 60,
) -> RobustFit:
    """The fit from ``start`` on, within ``limits`` (low, high), by a trust region and the loss soft_l1.

    ``prior`` (centre, standard deviations) decides between fits that are about as good: nearer to the centre is better.
    """
    from scipy.optimize import least_squares

    low, high = limits
    count = len(residuals(start))

    def whole(x: FloatArray) -> FloatArray:
        return np.concatenate([residuals(x), (x - prior[0]) / prior[1]])

    def slopes(x: FloatArray) -> FloatArray:
        return jacobian(whole, x, low, high)

    x = np.clip(start, low, high)
    if len(x):
        made = least_squares(
            whole, x, jac=slopes, bounds=(low, high), loss="soft_l1", f_scale=TUNING, x_scale="jac",
            max_nfev=evaluations, xtol=1e-8, ftol=1e-8, gtol=1e-8,
        )  # fmt: skip
        x = np.asarray(made.x, dtype=np.float64)
    left = residuals(x)
    return RobustFit(x, left, slopes(x)[:count] if len(x) else np.zeros((count, 0)), _cost(whole(x)))


def jacobian(residuals: Residuals, x: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Slopes (M, P) by central differences; one-sided at the end of a range."""
    columns = []
    for k in range(len(x)):
        above, below = x.copy(), x.copy()
        above[k], below[k] = min(x[k] + STEP, high[k]), max(x[k] - STEP, low[k])
        columns.append((residuals(above) - residuals(below)) / (above[k] - below[k]))
    return np.stack(columns, axis=1)


def spread(values: FloatArray) -> float:
    """The standard deviation as the median tells it, half of the values may be wrong; at least 1e-4."""
    return max(1e-4, 1.4826 * float(np.median(np.abs(values)))) if len(values) else 1.0


def _cost(residuals: FloatArray) -> float:
    return float((TUNING**2 * (np.sqrt(1 + (residuals / TUNING) ** 2) - 1)).sum())


def _psi(residuals: FloatArray) -> tuple[FloatArray, FloatArray]:
    """First and second derivative of soft_l1."""
    root = np.sqrt(1 + (residuals / TUNING) ** 2)
    return residuals / root, root**-3.0
