"""Multicast with a free choice as a choice of rectangles: at most one transmission a model, most value covered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wnpopt.backends.stopping import Flag
from wnpopt.problems.slide.columnar.columns import BoolArray, FloatArray, IntArray
from wnpopt.problems.slide.kernels.link import bands_at
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.kernels.rectangle import price_blocks, price_mixed
from wnpopt.problems.slide.selection.plan import Assignment

_MOST_KEPT = 100_000_000
"""Bytes of coverage that are remembered."""
STRATA = 6
"""Parts of the rates of each of which pricing returns the best rectangle."""


class Rectangle(NamedTuple):
    """A transmission: place of its model among the reaches, rate in bit/s, weakest link's strength, cost."""

    place: int
    rate: float
    strength: float
    cost: float


class Priced(NamedTuple):
    """Best rectangles with what they are worth, best first; the survivors' bounding box, 0 where there are none."""

    best: list[tuple[float, Rectangle]]
    hull: FloatArray
    survivors: int


Box = tuple[float, float, float, float]
"""Least and greatest rate, least and greatest strength."""
WHOLE: Box = (0.0, math.inf, -math.inf, math.inf)


@dataclass(frozen=True, eq=False)
class Reach:
    """Whom transmissions of one model can serve: users (n,) by falling strength, with their least rates."""

    model: int
    bits: float
    users: IntArray
    rate: FloatArray
    strength: FloatArray
    levels: FloatArray
    rank: IntArray
    starts: IntArray
    by_level: IntArray
    linear: bool
    mixed: bool


class Rectangles:
    """The reaches of all models that fit the cache, under ``needs``."""

    def __init__(self, needs: Needs) -> None:
        columns = needs.columns
        self.needs = needs
        self.values = np.asarray(columns.values, dtype=np.float64)
        self.capacity = float(needs.capacity)
        self.integral = columns.integral
        self.total = math.fsum(self.values)
        self._covers: dict[Rectangle, BoolArray] = {}
        able = np.isfinite(needs.costs)
        self.reaches = [
            self._reach(j, np.flatnonzero(able[:, j]))
            for j in range(columns.models)
            if columns.model_bits[j] <= needs.cache and able[:, j].any()
        ]

    def _reach(self, model: int, users: IntArray) -> Reach:
        columns = self.needs.columns
        efficiency = columns.efficiency[users]
        linear = bool((efficiency > 0).all())
        mixed = not linear and bool((efficiency > 0).any())
        strength = efficiency if linear else columns.snr_hz[users]
        order = np.argsort(-strength, kind="stable")
        users, strength = users[order], np.ascontiguousarray(strength[order])
        rate = 1.0 / self.needs.inverse_rate[users, model]
        levels, rank = np.unique(rate, return_inverse=True)
        rank = rank.ravel().astype(np.int64)
        starts = np.concatenate(([0], np.cumsum(np.bincount(rank, minlength=levels.size))))
        by_level = np.argsort(rank, kind="stable")
        arrays = (users, rate, strength, levels, rank, starts, by_level)
        return Reach(model, float(columns.model_bits[model]), *arrays, linear, mixed)

    def price(
        self,
        place: int,
        gain: FloatArray,
        price: float,
        capacity: float,
        flag: Flag,
        box: Box = WHOLE,
        *,
        floor: float = -math.inf,
        need: float = -math.inf,
        strata: int = 1,
    ) -> Priced:
        """The best transmissions of a model for ``gain`` (U,) a user and ``price`` a unit of the band."""
        reach, needs = self.reaches[place], self.needs
        bounds = np.array(box, dtype=np.float64)
        block = needs.columns.resource_block_hz or 0.0
        tail = (price, capacity, bounds, floor, need, strata, block, needs.slack, needs.least_hz, flag)
        gains = np.ascontiguousarray(gain[reach.users])
        if reach.mixed:
            efficiency, snr = needs.columns.efficiency[reach.users], needs.columns.snr_hz[reach.users]
            fixed = np.flatnonzero(efficiency == 0)
            linear = np.flatnonzero(efficiency > 0)
            linear = linear[np.argsort(-efficiency[linear], kind="stable")]
            best, hull, count = price_mixed(reach.rate, efficiency, snr, linear, fixed, gains, reach.levels, *tail)
        else:
            best, hull, count = price_blocks(
                reach.rank, reach.starts, reach.by_level, reach.strength, gains, reach.levels, reach.linear, *tail
            )
        rows = [(float(v), Rectangle(place, float(r), float(s), float(c))) for v, r, s, c in best if v > -math.inf]
        return Priced(sorted(rows, reverse=True), hull, int(count))

    def covered(self, rectangle: Rectangle) -> BoolArray:
        """The users whom a transmission serves, shape (U,)."""
        known = self._covers.get(rectangle)
        if known is not None:
            return known
        reach = self.reaches[rectangle.place]
        result = np.zeros(self.values.size, dtype=np.bool_)
        if reach.mixed:
            users = reach.users[reach.rate <= rectangle.rate]
            columns = self.needs.columns
            widths = bands_at(rectangle.rate, columns.efficiency[users], columns.snr_hz[users])
            result[users] = self.needs.in_units(widths) <= rectangle.cost
        else:
            strong = int(np.searchsorted(-reach.strength, -rectangle.strength, side="right"))
            result[reach.users[:strong][reach.rate[:strong] <= rectangle.rate]] = True
        if len(self._covers) * self.values.size > _MOST_KEPT:
            self._covers.clear()
        result.setflags(write=False)
        self._covers[rectangle] = result
        return result

    def value(self, chosen: list[Rectangle]) -> float:
        """What the transmissions serve together."""
        served = self.values[self._union(chosen)]
        return float(served.sum()) if self.integral else math.fsum(served)  # sums of integers are exact

    def _union(self, chosen: list[Rectangle]) -> BoolArray:
        served = np.zeros(self.values.size, dtype=np.bool_)
        for rectangle in chosen:
            served |= self.covered(rectangle)
        return served

    def cost(self, chosen: list[Rectangle]) -> float:
        """What they take of the band."""
        return math.fsum(rectangle.cost for rectangle in chosen)

    def bits(self, chosen: list[Rectangle]) -> float:
        """What their models take of the cache."""
        return math.fsum(self.reaches[rectangle.place].bits for rectangle in chosen)

    def fits(self, chosen: list[Rectangle]) -> bool:
        """True if band and cache hold them."""
        return self.cost(chosen) <= self.capacity and self.bits(chosen) <= self.needs.cache

    def respond(self, place: int, others: list[Rectangle], capacity: float, flag: Flag) -> Rectangle | None:
        """The transmission of a model that adds most beside ``others`` within ``capacity``, as cheap as it can be."""
        if capacity <= 0 or self.bits(others) + self.reaches[place].bits > self.needs.cache:
            return None
        gain = np.where(self._union(others), 0.0, self.values)
        # A speck of a price: of equal gains a cheap one.
        price = 1e-9 * self.total / self.capacity
        found = self.price(place, gain, price, capacity, flag, floor=0.0).best
        return None if not found else self._shrunk(found[0][1], gain)

    def _shrunk(self, rectangle: Rectangle, gain: FloatArray) -> Rectangle:
        """The cheapest transmission for those served who count."""
        reach, columns = self.reaches[rectangle.place], self.needs.columns
        counts = self.covered(rectangle)[reach.users] & (gain[reach.users] > 0)
        if not counts.any():
            return rectangle
        rate, users = float(reach.rate[counts].max()), reach.users[counts]
        cost = float(self.needs.in_units(bands_at(rate, columns.efficiency[users], columns.snr_hz[users])).max())
        return Rectangle(rectangle.place, rate, -cost if reach.mixed else float(reach.strength[counts].min()), cost)

    def plan(self, chosen: list[Rectangle]) -> Assignment:
        """Who is served by which model; who is reached by several takes the first."""
        model = np.full(self.values.size, -1, dtype=np.int64)
        for rectangle in sorted(chosen):
            model[self.covered(rectangle) & (model < 0)] = self.reaches[rectangle.place].model
        return Assignment.of(model >= 0, model)

    def of_plan(self, plan: Assignment) -> list[Rectangle]:
        """The cheapest transmissions that serve those of a plan who can be served under these needs."""
        columns, chosen = self.needs.columns, []
        for place, reach in enumerate(self.reaches):
            members = np.isin(reach.users, plan.user[plan.model == reach.model])
            if members.any():
                rate, users = float(reach.rate[members].max()), reach.users[members]
                widths = self.needs.in_units(bands_at(rate, columns.efficiency[users], columns.snr_hz[users]))
                cost = float(widths.max())
                strength = -cost if reach.mixed else float(reach.strength[members].min())
                chosen.append(Rectangle(place, rate, strength, cost))
        return chosen
