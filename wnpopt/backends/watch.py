"""What a solver of linear models tells while it works: solutions, kept and decoded, and bounds, weakened."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wnpopt.backends.linear import FloatArray, LinearModel
from wnpopt.core.document import Solution
from wnpopt.core.trace import Trace

Decoder = Callable[[tuple[float, ...]], tuple[float, Solution] | None]
_ENDLESS = 1e20  # what solvers say where there is no bound


@dataclass
class SolverWatch:
    """Bounds are weakened by ``error`` (in the model's unit) and told times ``unit``; incumbents go to ``trace``.

    ``best`` are the columns of the newest solution; ``trouble`` says what could not be decoded.
    """

    linear: LinearModel
    unit: float
    error: float
    trace: Trace | None
    decode: Decoder | None
    best: FloatArray | None = None
    trouble: str = ""

    def weakened(self, bound: float | None) -> float | None:
        """A bound that is proved, times the unit; None if there is none."""
        if bound is None or not math.isfinite(bound) or abs(bound) >= _ENDLESS or not math.isfinite(self.error):
            return None
        return (bound + self.error if self.linear.maximise else bound - self.error) * self.unit

    def objective(self, columns: FloatArray) -> float:
        """The value of a solution, times the unit."""
        return float(self.linear.cost @ columns + self.linear.offset) * self.unit

    def bounded(self, told: float | None) -> None:
        """The solver has this bound."""
        bound = self.weakened(told)
        if self.trace is not None and bound is not None:
            self.trace.bound(bound)

    def improved(self, columns: FloatArray) -> None:
        """A better solution was found. Never raises: solvers would pass it on to nobody."""
        self.best = np.array(columns, dtype=np.float64)
        if self.trace is None:
            return
        if self.decode is None:
            self.trace.incumbent(self.objective(self.best))
            return
        try:
            decoded = self.decode(self.linear.values(self.best))
        except Exception as error:
            self.trouble += f"\nan improving solution could not be decoded: {error!r}"
            return
        if decoded is not None:
            self.trace.incumbent(*decoded)
