"""The requests of a stream: when each arrives and what it asks for, from the stream, a seed and a load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.stream.document import PeriodicArrivals, PoissonArrivals, WnpStream
from wnpopt.problems.wnp.runtime.stream.occupancy import MOST_RB_SLOTS
from wnpopt.problems.wnp.runtime.stream.templates import Template

_GAPS, _WHICH = 1, 2
_MOST = 10**6
_LAST_TICK = MAX_INT // 8


@dataclass(frozen=True)
class StreamRequests:
    """R requests in the order of their arrival: ``arrival`` ticks (R,) and the number of the ``template`` (R,)."""

    arrival: IntArray
    template: IntArray

    @property
    def count(self) -> int:
        """R."""
        return int(self.arrival.size)


def requests_of(stream: WnpStream, templates: Sequence[Template], seed: int, load: float = 1.0) -> StreamRequests:
    """The requests that follow from ``seed``, with all arrivals ``load`` times as frequent.

    Times of a load are those of load 1 divided by it and rounded down, and their templates are the same: loads are
    compared by the same random numbers. Raises :class:`InputError` where there are none, or too many.
    """
    arrivals = stream.arrivals
    horizon = stream.horizon_ticks
    limit = stream.requests
    if isinstance(arrivals, PoissonArrivals):
        rate = arrivals.rate_per_s * templates[0].instance.tick_s * load
        mean = min(1.0 / rate, 1e300) if rate > 0 else 1e300
        count = limit if limit is not None else _enough(horizon, mean)
        random = np.random.default_rng([seed, _GAPS])
        exact = np.cumsum(random.exponential(size=count)) * mean
    elif isinstance(arrivals, PeriodicArrivals):
        count = limit if limit is not None else _enough(horizon, arrivals.period_ticks / load)
        random = np.random.default_rng([seed, _GAPS])
        late = random.integers(0, arrivals.jitter_ticks + 1, size=count)
        exact = np.sort(np.arange(count) * float(arrivals.period_ticks) + late) / load
    else:
        exact = np.array(arrivals.times_ticks, dtype=np.float64) / load
    if exact.size and exact[-1] > _LAST_TICK:
        raise InputError("the last request arrives beyond tick 2^50; more frequent ones are needed", where="arrivals")
    ticks = np.floor(exact).astype(np.int64)
    names = getattr(arrivals, "templates", None)
    if names is None:
        weight = np.array([template.weight for template in templates])
        edges = np.cumsum(weight) / weight.sum()
        draws = np.random.default_rng([seed, _WHICH]).random(ticks.size)
        which = np.minimum(np.searchsorted(edges, draws, side="right"), len(templates) - 1)
    else:
        number = {template.name: j for j, template in enumerate(templates)}
        which = np.array([number[name] for name in names])
    keep = ticks.size if limit is None else min(limit, ticks.size)
    if horizon is not None:
        keep = min(keep, int(np.searchsorted(ticks, horizon, side="right")))
    if keep == 0:
        raise InputError("no request arrives by then", where="horizon_ticks")
    width = max(template.instance.resource_blocks for template in templates)
    slots = int(ticks[keep - 1]) // templates[0].instance.radio.slot_ticks
    if slots * width > MOST_RB_SLOTS:
        what = f"the last one is in slot {slots}; at most {MOST_RB_SLOTS} slots times resource blocks are possible"
        raise InputError(what, where="arrivals")
    return StreamRequests(ticks[:keep].astype(np.int64), which[:keep].astype(np.int64))


def _enough(horizon: int | None, mean: float) -> int:
    """So many gaps of this mean that the last request comes after ``horizon`` (but for one chance in 10^15)."""
    assert horizon is not None, "a stream has a number of requests or a horizon"
    expected = horizon / mean
    count = int(expected + 8.0 * expected**0.5 + 40) if expected <= _MOST else _MOST + 1
    if count > _MOST:
        raise InputError(f"some {expected:.3g} requests would arrive by then; at most 10^6 are", where="horizon_ticks")
    return count
