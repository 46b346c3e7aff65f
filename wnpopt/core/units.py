"""From seconds and rates to whole ticks, always to the safe side."""

from __future__ import annotations

import math

_NOISE = 1e-9
"""Relative error that floating-point products like 0.5 ms / 1 us carry; what is this close to a whole number is one."""


def ticks_up(seconds: float, tick_s: float) -> int:
    """Whole ticks that ``seconds`` fit into: rounded up."""
    return _up(seconds / tick_s)


def ticks_down(seconds: float, tick_s: float) -> int:
    """Whole ticks within ``seconds``: rounded down, for deadlines."""
    return -_up(-seconds / tick_s)


def per_tick_down(per_second: float, tick_s: float) -> int:
    """Whole units a tick at a rate of ``per_second``: rounded down."""
    return -_up(-per_second * tick_s)


def _up(value: float) -> int:
    nearest = round(value)
    return nearest if abs(value - nearest) <= _NOISE * abs(value) else math.ceil(value)
