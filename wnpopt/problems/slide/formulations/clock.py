"""Building a model takes seconds in Python: it looks at the time while it does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from wnpopt.core.budget import Budget

T = TypeVar("T")

_EVERY = 256


class OutOfTime(Exception):  # noqa: N818 -- no error: the reason why there is no model
    """The budget was exhausted before the model was built."""


class Clock:
    """Tells whoever builds a model when the ``budget`` (None: endless) is exhausted.

    Pyomo logs what a rule raises as an error: rules ask :meth:`over` and leave their constraint out, and
    :meth:`check` raises :class:`OutOfTime` once they are through.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget
        self._count = 0
        self._over = False

    def over(self) -> bool:
        """True once the time is over; looks at it now and then."""
        self._count += 1
        if self._budget is not None and self._count % _EVERY == 0 and not self._over:
            self._over = self._budget.exhausted()
        return self._over

    def check(self) -> None:
        """Raise :class:`OutOfTime` if the time is over."""
        if self._budget is not None and (self._over or self._budget.exhausted()):
            raise OutOfTime

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """The ``items``, one by one, until the time is over: then :class:`OutOfTime` is raised. Not for rules."""
        for item in items:
            if self.over():
                raise OutOfTime
            yield item
