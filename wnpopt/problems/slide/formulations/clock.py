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
    """Raises :class:`OutOfTime` from within a model's building once the ``budget`` (None: endless) is exhausted."""

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget
        self._count = 0

    def look(self) -> None:
        """Called often; looks at the time now and then."""
        self._count += 1
        if self._budget is not None and self._count % _EVERY == 1 and self._budget.exhausted():
            raise OutOfTime

    def each(self, items: Iterable[T]) -> Iterator[T]:
        """The ``items``, one by one, with a look at the time for each."""
        for item in items:
            self.look()
            yield item
