"""Simulated annealing: when a change for the worse is accepted (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983)."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Cooling:
    """A temperature that falls geometrically from ``first`` to ``last`` over ``steps`` steps.

    The scale is that of what is maximised; the defaults are for logarithms of ratios: at first a loss of 5 % is
    accepted with a chance of 1/e, at last one of 0.2 %.
    """

    steps: int
    first: float = 0.05
    last: float = 0.002

    def temperature(self, step: int) -> float:
        """The temperature at ``step``, 1 to ``steps``."""
        share = (step - 1) / max(1, self.steps - 1)
        return self.first * math.pow(self.last / self.first, share)

    def accepts(self, value: float, current: float, step: int, uniform: float) -> bool:
        """True if ``value`` replaces ``current``; ``uniform`` is a random number of [0, 1).

        Both may be minus infinity, which never replaces anything else.
        """
        if value >= current:
            return True
        return uniform < math.exp((value - current) / self.temperature(step))
