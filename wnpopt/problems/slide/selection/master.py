"""The linear relaxation over known rectangles: which fractions of them cover most, and prices for the next ones."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.problems.slide.columnar.columns import BoolArray, FloatArray, IntArray
from wnpopt.problems.slide.selection.rectangles import Box, Rectangle, Rectangles

_IDLE = 8
"""Relaxations in a row without a share of it after which a rectangle is forgotten."""
_ODD, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
"""Of a hash that mixes 64 bits at a time."""


@dataclass(frozen=True, eq=False)
class Prices:
    """Of each user's place (U,), of a unit of the band, of a bit of the cache; any non-negative ones give a bound."""

    place: FloatArray
    band: float
    bit: float

    def mean(self, other: Prices) -> Prices:
        """Half way to ``other``."""
        place = (self.place + other.place) / 2
        return Prices(place, (self.band + other.band) / 2, (self.bit + other.bit) / 2)


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The relaxation's value, the share (K,) of each rectangle, and its prices."""

    value: float
    share: FloatArray
    prices: Prices
    missing: float


@dataclass
class Pool:
    """The rectangles known so far, and whom they cover."""

    rectangles: list[Rectangle] = field(default_factory=list)
    covers: list[BoolArray] = field(default_factory=list)
    idle: list[int] = field(default_factory=list)
    _known: set[Rectangle] = field(default_factory=set)

    def add(self, problem: Rectangles, rectangle: Rectangle) -> bool:
        """False if it is known."""
        if rectangle in self._known:
            return False
        self._known.add(rectangle)
        self.rectangles.append(rectangle)
        self.covers.append(problem.covered(rectangle))
        self.idle.append(0)
        return True

    def inside(self, boxes: list[Box]) -> list[int]:
        """Numbers of those in their model's box."""
        found = []
        for number, (place, rate, strength, _cost) in enumerate(self.rectangles):
            low, high, weak, strong = boxes[place]
            if low <= rate <= high and weak <= strength <= strong:
                found.append(number)
        return found

    def used(self, numbers: list[int], share: FloatArray) -> None:
        """Note which of ``numbers`` a relaxation had a ``share`` of, and which were idle once more."""
        for number, part in zip(numbers, share.tolist(), strict=True):
            self.idle[number] = 0 if part > 1e-9 else self.idle[number] + 1

    def forget(self) -> None:
        """Those that have been idle for long: where one is needed again, pricing brings it back."""
        numbers = [number for number, idle in enumerate(self.idle) if idle < _IDLE]
        if len(numbers) < len(self.idle):
            self.rectangles = [self.rectangles[k] for k in numbers]
            self.covers = [self.covers[k] for k in numbers]
            self.idle = [self.idle[k] for k in numbers]
            self._known = set(self.rectangles)


def _classes(covers: BoolArray) -> tuple[IntArray, IntArray]:
    """Users (n,) of equal coverage as classes: the first user of each, and each user's class.

    Coverage is compared by its hash: who is taken for another by chance, once in 10^10 runs, costs the relaxation and
    its prices some accuracy, and no bound its validity.
    """
    packed = np.packbits(covers, axis=0)
    missing = -len(packed) % 8
    words = np.concatenate((packed, np.zeros((missing, packed.shape[1]), dtype=np.uint8)))
    words = words.reshape(len(words) // 8, 8, packed.shape[1]).transpose(0, 2, 1)
    keys = np.zeros(packed.shape[1], dtype=np.uint64)
    for word in np.ascontiguousarray(words).view(np.uint64)[:, :, 0]:
        keys = (keys ^ word) * _ODD
        keys ^= keys >> _HALF
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return first, inverse.ravel()


def relax(problem: Rectangles, pool: Pool, numbers: list[int], forced: list[bool], budget: Budget) -> Relaxed:
    """Solve the relaxation over the pool's ``numbers``. Whatever HiGHS makes of it, the prices are valid ones."""
    from scipy import sparse

    from wnpopt.backends.simplex import solve_linear

    values, models, count = problem.values, len(problem.reaches), len(numbers)
    if not count:
        return Relaxed(0.0, np.zeros(0), Prices(values.copy(), 0.0, 0.0), float(any(forced)))
    covers = np.array([pool.covers[k] for k in numbers])
    users = np.flatnonzero(covers.any(axis=0))
    first, inverse = _classes(covers[:, users])
    weight = np.bincount(inverse, values[users], minlength=first.size)
    classes, scale = first.size, max(problem.total, 1e-300)
    chosen = [pool.rectangles[k] for k in numbers]
    places = np.array([rectangle.place for rectangle in chosen])
    cost = np.array([rectangle.cost for rectangle in chosen]) / problem.capacity
    must = np.array(forced, dtype=np.bool_)
    cached = math.isfinite(problem.needs.cache)
    # Columns: shares, what is served of each class, what is missing of each model that must be used. Rows: what is
    # served of a class is covered, one share a model, the band, the cache.
    share_of, class_of = np.nonzero(covers[:, users[first]])
    shares, served, missing = np.arange(count), count + np.arange(classes), count + classes + np.arange(models)
    entries = [
        (class_of, share_of, -np.ones(class_of.size)),
        (np.arange(classes), served, np.ones(classes)),
        (classes + places, shares, np.ones(count)),
        (classes + np.arange(models), missing, np.ones(models)),
        (np.full(count, classes + models), shares, cost),
    ]
    lower = [np.full(classes, -np.inf), np.where(must, 1.0, -np.inf), np.array([-np.inf])]
    upper = [np.zeros(classes), np.ones(models), np.ones(1)]
    if cached:
        bits = np.array([problem.reaches[p].bits for p in places]) / problem.needs.cache
        entries.append((np.full(count, classes + models + 1), shares, bits))
        lower.append(np.array([-np.inf]))
        upper.append(np.ones(1))
    row, column, entry = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    shape = (classes + models + 1 + cached, count + classes + models)
    matrix = sparse.csc_matrix((entry, (row, column)), shape=shape)
    solved = solve_linear(
        np.concatenate([np.zeros(count), -weight / scale, np.where(must, 2.0, 0.0)]),
        np.concatenate([np.full(count, np.inf), np.ones(classes), np.where(must, np.inf, 0.0)]),
        matrix,
        np.concatenate(lower),
        np.concatenate(upper),
        budget,
    )
    dual, share = -solved.duals * scale, solved.values
    place = values.copy()
    part = np.clip(dual[:classes], 0.0, weight) / np.maximum(weight, 1e-300)
    place[users] = np.minimum(values[users], values[users] * part[inverse])
    prices = Prices(
        place,
        max(0.0, dual[classes + models]) / problem.capacity,
        max(0.0, dual[classes + models + 1]) / problem.needs.cache if cached else 0.0,
    )
    value = float(weight @ share[count : count + classes])
    return Relaxed(value, share[:count], prices, float(share[count + classes :].sum()))
