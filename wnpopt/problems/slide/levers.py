"""Levers: for users who are not served, what binds and what would serve them beside those who are, as data."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

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

    ``levers`` serve each alone. Where none does as several limits bind, ``together`` are levers that serve when all are
    applied: no set of fewer of them does, and none can be less while the others stay.
    """

    user: str
    binds: str
    levers: tuple[Lever, ...]
    together: tuple[Lever, ...] = ()


def levers(
    instance: SlideInstance, solution: SlideSolution, users: Iterable[str] | None = None
) -> tuple[Unserved, ...]:
    """What would serve ``users`` (the first 20 who are not served, by default), one limit changed at a time.

    The limits are deadline, energy, greatest frequency and least accuracy of the user, the band, and the cache. A
    lever that no change up to 1,024 times serves by is left out; who needs several changes at once is told them.
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


class _Limit(NamedTuple):
    """A limit: its place in the instance, its field among the columns, what it is."""

    path: str
    field: str
    now: float


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
        limits = self._limits()
        tried = [lever for limit in limits if (lever := self._lever(self.columns, limit)) is not None]
        name = self.instance.users[self.user].name
        return Unserved(name, binds, tuple(tried), () if tried else self._together(limits))

    def _limits(self) -> list[_Limit]:
        """Those that are there and can be raised."""
        user, columns = f"users[{self.user}]", self.columns
        fields = (
            (f"{user}.deadline_s", "deadline_s"),
            (f"{user}.energy_j", "energy_j"),
            (f"{user}.frequency_hz[1]", "frequency_max_hz"),
            (f"{user}.min_accuracy", "min_accuracy"),
            ("bandwidth_hz", "bandwidth_hz"),
            ("cache_bits", "cache_bits"),
        )
        limits = []
        for path, field in fields:
            held = getattr(columns, field)
            if held is None:
                continue
            now = float(held) if field in ("bandwidth_hz", "cache_bits") else float(held[self.user])
            if now > 0 and math.isfinite(now * _FURTHEST):
                limits.append(_Limit(path, field, now))
        return limits

    def _with(self, columns: SlideColumns, limit: _Limit, value: float) -> SlideColumns:
        if limit.field == limit.path:
            return _replaced(columns, limit.field, value)
        changed = np.array(getattr(columns, limit.field))
        changed[self.user] = value
        return _replaced(columns, limit.field, changed)

    def _furthest(self, columns: SlideColumns, limit: _Limit) -> SlideColumns:
        return self._with(columns, limit, 0.0 if limit.field == "min_accuracy" else limit.now * _FURTHEST)

    def _together(self, limits: list[_Limit]) -> tuple[Lever, ...]:
        """All limits far away, then as many as may stay as they are, then the others back as far as they can be."""
        columns = self.columns
        for limit in limits:
            columns = self._furthest(columns, limit)
        if self._serves(columns) is None:
            return ()
        needed: list[_Limit] = []
        for limit in reversed(limits):  # what all share stays first
            without = self._with(columns, limit, limit.now)
            if self._serves(without) is None:
                needed.insert(0, limit)
            else:
                columns = without
        made = []
        for limit in needed:
            lever = self._lever(columns, limit)
            if lever is None:
                return ()
            made.append(lever)
            columns = self._with(columns, limit, lever.needed)
        model = self._serves(columns)
        if model is None:
            return ()
        return tuple(replace(lever, model=self.instance.models[model].name) for lever in made)

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

    def _lever(self, columns: SlideColumns, limit: _Limit) -> Lever | None:
        """The least change of a limit of ``columns`` that serves, by bisection: more of a limit never hurts."""
        if limit.field == "min_accuracy":
            for accuracy in sorted({float(a) for a in columns.accuracy if a < limit.now}, reverse=True):
                model = self._serves(self._with(columns, limit, accuracy))
                if model is not None:
                    return self._made(limit, accuracy, model)
            return None
        low, high = limit.now, limit.now * _FURTHEST
        model = self._serves(self._with(columns, limit, high))
        if model is None:
            return None
        while high > low * (1 + _PRECISION):
            middle = math.sqrt(low) * math.sqrt(high)
            found = self._serves(self._with(columns, limit, middle))
            if found is None:
                low = middle
            else:
                high, model = middle, found
        return self._made(limit, high, model)

    def _made(self, limit: _Limit, needed: float, model: int) -> Lever:
        name = self.instance.users[self.user].name
        return Lever(name, limit.path, limit.now, needed, self.instance.models[model].name)


def _replaced(columns: SlideColumns, field: str, value: object) -> SlideColumns:
    changes: dict[str, Any] = {field: value}
    return replace(columns, **changes)
