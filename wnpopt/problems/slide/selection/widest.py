"""Multicast: the transmission of a model that adds most within a bandwidth, by one sweep over the rates."""

from __future__ import annotations

import math

import numpy as np

from wnpopt.problems.slide.columnar.columns import BoolArray, FloatArray
from wnpopt.problems.slide.kernels.link import bands_at
from wnpopt.problems.slide.kernels.needs import EXACT, Needs
from wnpopt.problems.slide.selection.work import Work

_TIED = 16
"""Rates of equal value of which the cheapest is looked for."""
_STEPS_A_USER = 100
"""Elementary steps that a user takes: two sorts, two sums, some logarithms."""


def widest(
    needs: Needs, model: int, candidates: BoolArray, capacity: float, work: Work
) -> tuple[float, float, float] | None:
    """(value, cost, rate) of the transmission of ``model`` that adds most over the ``candidates`` (U,).

    A transmission at a rate serves those who need no more, and whose link carries it within ``capacity``: as the rate
    grows every user enters once and leaves once. None if nobody can be served.
    """
    columns = needs.columns
    users = np.flatnonzero(candidates & np.isfinite(needs.costs[:, model]))
    work.spend(_STEPS_A_USER * users.size)
    rate = 1.0 / needs.inverse_rate[users, model]
    efficiency, snr, value = columns.efficiency[users], columns.snr_hz[users], columns.values[users]
    enter, most = rate, _carried(_widest_hz(needs, capacity), efficiency, snr)
    stays = enter <= most
    levels, entered = _running(enter[stays], value[stays])
    left_at, left = _running(most[stays], value[stays])
    if levels.size == 0:
        return None
    gone = np.concatenate(([0.0], left))[np.searchsorted(left_at, levels, side="left")]
    total = entered - gone
    # The sums are off in their last digits, and so are the rates at which users leave: the best is computed anew.
    best: tuple[float, float, float] | None = None
    for index in np.flatnonzero(total >= total.max() * (1 - 1e-12))[:_TIED]:
        level = float(levels[index])
        cost = needs.in_units(bands_at(level, efficiency, snr))
        reached = (rate <= level) & (cost <= capacity)
        if not reached.any():
            continue
        found = (math.fsum(value[reached]), float(cost[reached].max()), level)
        if best is None or (found[0], -found[1]) > (best[0], -best[1]):
            best = found
    return best


def _widest_hz(needs: Needs, capacity: float) -> float:
    """The bandwidth in Hz that still costs ``capacity`` in its unit."""
    block = needs.columns.resource_block_hz
    return capacity if block is None else math.floor(capacity) * block * (1 + needs.slack) / (1 - EXACT)


def _carried(hz: float, efficiency: FloatArray, snr: FloatArray) -> FloatArray:
    """What each link carries in ``hz``, in bit/s."""
    return np.where(efficiency > 0, hz * efficiency, hz * np.log1p(snr / hz) / math.log(2))


def _running(at: FloatArray, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Distinct places by growing number, and the sum of all values up to each."""
    order = np.argsort(at, kind="stable")
    places, sums = at[order], np.cumsum(value[order])
    last = np.append(places[1:] != places[:-1], True) if places.size else np.zeros(0, dtype=np.bool_)
    return places[last], sums[last]
