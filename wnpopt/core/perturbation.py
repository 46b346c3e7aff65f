"""Small random changes of an instance: what the families' ``perturb`` functions are made of.

A family names what may change by its path, ``*`` standing for any entry of a list, and how often it is drawn; all of a
``perturb`` for jobs with a release date and a duration is::

    from wnpopt.core.perturbation import NumberMove, change

    def perturb(instance, rng, origin):
        return change(instance, rng, origin, {NumberMove("jobs.*.release"): 1, NumberMove("jobs.*.duration"): 2})

and its :class:`~wnpopt.core.family.Family` names it: ``perturb="my_package.perturb:perturb"``. Integers stay integers,
what is None stays None, and values stay within a range around those at the same path in ``origin``, the instance that
the changes began with: a thousand changes later it is still one of the same kind and order of magnitude.
:class:`Exchange`, :class:`Removal` and :class:`Addition` are further moves; one that is peculiar to a family is a
function of a :class:`Walk`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.place import Place, values_at

I = TypeVar("I", bound=Instance)  # noqa: E741

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


def count_range(count: int) -> tuple[int, int]:
    """The least and the greatest number of entries that a list may have that began with ``count``: a quarter off."""
    slack = max(1, count // 4)
    return max(0, count - slack), count + slack


def _is_set(value: object) -> bool:
    return value is not None


@dataclass(frozen=True)
class Walk(Generic[I]):
    """A random walk that has come from ``origin`` to ``instance``; ``rng`` draws where it goes."""

    instance: I
    rng: np.random.Generator
    origin: I

    def pick(self, path: str, suits: Callable[[Any], bool] = _is_set) -> tuple[Place, Any]:
        """One of the places of ``path`` whose value ``suits``, all alike, with the value.

        Raises :class:`InputError` where there is none.
        """
        suiting = [(place, value) for place, value in values_at(self.instance, path) if suits(value)]
        if not suiting:
            raise InputError("there is nothing to change", where=path)
        return suiting[pick(len(suiting), self.rng)]

    def known(self, path: str, suits: Callable[[Any], bool] = _is_set, within: Place = ()) -> list[Any]:
        """The values of the origin at ``path`` that suit; those below the place ``within`` alone."""
        values = values_at(self.origin, path)
        return [value for place, value in values if place[: len(within)] == within and suits(value)]

    def put(self, changes: Mapping[Place, object]) -> I:
        """The instance with other values at these places, validated anew."""
        return self.instance.put(changes)


Move = Callable[[Walk[I]], I | None]
"""A kind of change. Where it does not apply it returns None, or raises what :meth:`Walk.pick` or validation raises."""


def change(instance: I, rng: np.random.Generator, origin: I, moves: Mapping[Move[I], int]) -> I:
    """What the first of ``moves`` that applies makes of ``instance``; they are tried at random, with repetition.

    The number of a move is its weight. Returns ``instance`` itself if no move changes it.
    """
    walk = Walk(instance, rng, origin)
    weighted = [move for move, weight in moves.items() for _ in range(weight)]
    for _ in range(_TRIES):
        try:
            changed = weighted[pick(len(weighted), rng)](walk)
        except InputError:
            continue  # sums may leave the exact integers or overflow: then another change is drawn
        if changed is not None and changed.instance_hash != instance.instance_hash:
            return changed
    return instance


@dataclass(frozen=True)
class NumberMove:
    """Another value for one of the numbers at ``path``, within :data:`FACTOR` of the range of the origin's.

    ``within`` the path "models.*" the range is that of the same model. ``whole``: real numbers that are whole in all of
    the origin stay whole, at least 1, as their sums do.
    """

    path: str
    within: str = ""
    whole: bool = False

    def __call__(self, walk: Walk[I]) -> I | None:
        place, value = walk.pick(self.path)
        known = walk.known(self.path, within=place[: len(self.within.split("."))] if self.within else ())
        if not known:
            return None
        allowed = Range.around(known)
        if isinstance(value, int):
            return walk.put({place: allowed.integer(value, walk.rng)})
        if self.whole and all(other.is_integer() for other in known):
            return walk.put({place: float(allowed.integer(int(value), walk.rng, least=1))})
        return walk.put({place: allowed.real(value, walk.rng)})


def moves_of_optional(origin: Instance, defaults: Mapping[str, object]) -> dict[Move[Any], int]:
    """A :class:`NumberMove` for each path of an optional field that ``origin`` sets to other than its default.

    So nothing is drawn for fields that an instance does without, and its changes stay what they were without them.
    """
    given = (path for path, usual in defaults.items() if any(value != usual for _, value in values_at(origin, path)))
    return {NumberMove(path): 1 for path in given}


@dataclass(frozen=True)
class Exchange:
    """Two of the values at ``path`` change places; None is a value, too."""

    path: str

    def __call__(self, walk: Walk[I]) -> I | None:
        (first, mine), (second, other) = (walk.pick(self.path, lambda _value: True) for _ in range(2))
        return walk.put({first: other, second: mine})


@dataclass(frozen=True)
class Removal:
    """An entry less in the list ``field`` of the instance, within :func:`count_range` of the origin's number."""

    field: str

    def __call__(self, walk: Walk[I]) -> I | None:
        entries = getattr(walk.instance, self.field)
        if len(entries) <= count_range(len(getattr(walk.origin, self.field)))[0]:
            return None
        removed = pick(len(entries), walk.rng)
        return walk.put({(self.field,): entries[:removed] + entries[removed + 1 :]})


@dataclass(frozen=True)
class Addition:
    """An entry more in the list ``field``: what ``make`` makes, or None; within :func:`count_range`, too."""

    field: str
    make: Callable[[Walk[Any]], object]

    def __call__(self, walk: Walk[I]) -> I | None:
        entries = getattr(walk.instance, self.field)
        if len(entries) >= count_range(len(getattr(walk.origin, self.field)))[1]:
            return None
        added = self.make(walk)
        return None if added is None else walk.put({(self.field,): (*entries, added)})
