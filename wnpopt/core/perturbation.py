"""Small random changes of an instance's numbers: what the families' ``perturb`` functions have in common.

Values stay within a range around those of the instance that the changes began with, so that a thousand changes later
it is still an instance of the same kind and order of magnitude.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from pydantic import ValidationError

from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError

I = TypeVar("I", bound=Instance)  # noqa: E741
T = TypeVar("T")

FACTOR = 5.0
"""Values stay between the least one of the original instance over this factor and its greatest one times it."""

_SPREAD = 0.5
"""Standard deviation of a change's logarithm: two changes of three are by less than a factor of 1.65."""

_JUMP = 0.15
"""Chance of any value of the range instead of one nearby."""

_TRIES = 50


@dataclass(frozen=True)
class Range:
    """The values from ``low`` to ``high``, both included."""

    low: float
    high: float

    @classmethod
    def around(cls, values: Iterable[float], factor: float = FACTOR) -> Range:
        """From the least of ``values`` (not negative) over ``factor`` to the greatest times ``factor``.

        Without values the range is 0 alone.
        """
        known = list(values)
        return cls(min(known) / factor, min(max(known) * factor, sys.float_info.max)) if known else cls(0.0, 0.0)

    def real(self, value: float, rng: np.random.Generator) -> float:
        """A number of the range near ``value``, now and then one from anywhere in it."""
        if value <= 0 or rng.random() < _JUMP:
            # Evenly in the logarithm, as changes nearby are; from 0 there is no logarithm to begin with.
            drawn = 0.0
            if self.high > 0 and (self.low > 0 or rng.random() >= _JUMP):
                high = math.log(self.high)
                low = math.log(self.low) if self.low > 0 else high - 2 * math.log(FACTOR)
                drawn = math.exp(low + rng.random() * (high - low))
        else:
            drawn = value * math.exp(_SPREAD * rng.standard_normal())
        return self.clip(drawn)

    def integer(self, value: int, rng: np.random.Generator, least: int = 0) -> int:
        """An integer of the range, at least ``least``, near ``value``; another one than ``value`` if there is one."""
        low, high = max(least, math.floor(self.low)), math.ceil(self.high)
        drawn = min(max(round(self.real(float(value), rng)), low), high)
        if drawn == value:
            drawn += 1 if rng.random() < 0.5 else -1
            if not low <= drawn <= high:
                drawn = 2 * value - drawn
        return drawn if low <= drawn <= high else value

    def clip(self, value: float) -> float:
        """The value of the range that is nearest to ``value``."""
        return min(max(value, self.low), self.high)


def pick(count: int, rng: np.random.Generator) -> int:
    """One of 0 to ``count`` - 1, all alike."""
    return int(rng.integers(count))


def replaced(entries: Sequence[T], index: int, entry: T) -> tuple[T, ...]:
    """``entries`` with another one at ``index``."""
    return (*entries[:index], entry, *entries[index + 1 :])


def change(instance: I, rng: np.random.Generator, moves: Sequence[Callable[[], I | None]]) -> I:
    """What the first of ``moves`` that applies makes of ``instance``; they are tried at random, with repetition.

    A move returns None where it does not apply, and raises what validation raises where its copy is no valid
    instance. Returns ``instance`` itself if no move changes it.
    """
    for _ in range(_TRIES):
        try:
            changed = moves[pick(len(moves), rng)]()
        except (InputError, ValidationError):
            continue  # sums may leave the exact integers or overflow: then another change is drawn
        if changed is not None and changed.instance_hash != instance.instance_hash:
            return changed
    return instance
