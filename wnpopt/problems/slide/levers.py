"""Levers: for users who are not served, what binds and what would serve them beside those who are, as data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wnpopt.problems.slide.columnar.columns import SlideColumns
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.problems.slide.selection.plan import Assignment

_FURTHEST = 1024.0
"""A limit is raised to so many times of what it is, at most."""
_PRECISION = 1e-4
"""Relative, to which the least change is looked for."""
_MOST_USERS = 20


@dataclass(frozen=True, slots=True)
class Lever:
    """A change of one limit that serves ``user`` with ``model`` while all who are served remain so.

    ``field`` is the instance's field (its own path for a user's: ``users[3].deadline_s``), ``now`` and ``needed`` its
    values: within 1e-4 the least change. Checked: the changed instance with the user added is accepted by the verifier.
    """

    user: str
    field: str
    now: float
    needed: float
    model: str


@dataclass(frozen=True, slots=True)
class Unserved:
    """A user who is not served. ``binds``: ``user`` (alone, with the whole band and no cache limit, no model is in
    reach), ``cache`` (no model in reach fits in it alone), or ``band`` (it is a matter of who shares it).
    """

    user: str
    binds: str
    levers: tuple[Lever, ...]


def levers(
    instance: SlideInstance, solution: SlideSolution, users: Iterable[str] | None = None
) -> tuple[Unserved, ...]:
    """What would serve ``users`` (the first 20 who are not served, by default), one limit changed at a time.

    The limits are deadline, energy, greatest frequency and least accuracy of the user, the band, and the cache. A
    lever that no change up to 1,024 times serves by is left out.
    """
    from wnpopt.problems.slide.columnar.allocation import allocation_of
    from wnpopt.problems.slide.selection.plan import Assignment

    columns = instance.columns
    handed = allocation_of(columns, solution)
    served = Assignment(handed.user, handed.model)
    names = {user.name: number for number, user in enumerate(instance.users)}
    missing = sorted(set(names.values()) - set(served.user.tolist()))
    asked = missing[:_MOST_USERS] if users is None else [names[name] for name in users if names[name] in set(missing)]
    return tuple(_Case(instance, served, user).unserved() for user in asked)


class _Case:
    """One user to be served beside those who are."""

    def __init__(self, instance: SlideInstance, served: Assignment, user: int) -> None:
        self.instance, self.columns, self.served, self.user = instance, instance.columns, served, user

    def unserved(self) -> Unserved:
        """What binds, and all levers."""
        from wnpopt.problems.slide.kernels.needs import Needs

        needs = Needs.of(self.columns)
        able = np.isfinite(needs.costs[self.user])
        binds = "band"
        if not able.any():
            binds = "user"
        elif not (able & (self.columns.model_bits <= needs.cache)).any():
            binds = "cache"
        tried = [self._own("deadline_s"), self._own("energy_j"), self._frequency(), self._accuracy()]
        tried += [self._shared("bandwidth_hz"), self._shared("cache_bits")]
        name = self.instance.users[self.user].name
        return Unserved(name, binds, tuple(lever for lever in tried if lever is not None))

    def _serves(self, columns: SlideColumns) -> int | None:
        """The model with which the user is served too, by the verifier's judgement; None if there is none."""
        from wnpopt.problems.slide.columnar.verify import verify_columns
        from wnpopt.problems.slide.kernels.needs import Needs
        from wnpopt.problems.slide.selection.plan import Assignment, allocate, fits

        needs = Needs.of(columns)
        at = int(np.searchsorted(self.served.user, self.user))
        for model in np.argsort(needs.costs[self.user], kind="stable").tolist():
            if not math.isfinite(needs.costs[self.user, model]):
                break
            plan = Assignment(np.insert(self.served.user, at, self.user), np.insert(self.served.model, at, model))
            if fits(needs, plan) and verify_columns(columns, allocate(needs, plan)).accepted:
                return int(model)
        return None

    def _lever(self, field: str, now: float, change: Callable[[float], SlideColumns]) -> Lever | None:
        """The least value from ``now`` on that serves, by bisection: more of a limit never hurts."""
        if not math.isfinite(now) or now <= 0:
            return None
        low, high = now, now * _FURTHEST
        model = self._serves(change(high))
        if model is None:
            return None
        while high > low * (1 + _PRECISION):
            middle = math.sqrt(low * high)
            found = self._serves(change(middle))
            if found is None:
                low = middle
            else:
                high, model = middle, found
        return self._made(field, now, high, model)

    def _made(self, field: str, now: float, needed: float, model: int) -> Lever:
        name = self.instance.users[self.user].name
        return Lever(name, field, now, needed, self.instance.models[model].name)

    def _with(self, array: str, value: float) -> SlideColumns:
        changed = np.array(getattr(self.columns, array))
        changed[self.user] = value
        return _replaced(self.columns, array, changed)

    def _own(self, array: str) -> Lever | None:
        now = float(getattr(self.columns, array)[self.user])
        return self._lever(f"users[{self.user}].{array}", now, lambda value: self._with(array, value))

    def _frequency(self) -> Lever | None:
        now = float(self.columns.frequency_max_hz[self.user])
        return self._lever(
            f"users[{self.user}].frequency_hz[1]", now, lambda value: self._with("frequency_max_hz", value)
        )

    def _accuracy(self) -> Lever | None:
        now = float(self.columns.min_accuracy[self.user])
        for accuracy in sorted({float(a) for a in self.columns.accuracy if a < now}, reverse=True):
            model = self._serves(self._with("min_accuracy", accuracy))
            if model is not None:
                return self._made(f"users[{self.user}].min_accuracy", now, accuracy, model)
        return None

    def _shared(self, field: str) -> Lever | None:
        now = getattr(self.columns, field)
        if now is None:
            return None
        return self._lever(field, float(now), lambda value: _replaced(self.columns, field, value))


def _replaced(columns: SlideColumns, field: str, value: object) -> SlideColumns:
    changes: dict[str, Any] = {field: value}
    return replace(columns, **changes)
