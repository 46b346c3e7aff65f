"""One instance of a suite with the runs on it, as a store has them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from wnpopt.bench.analysis.runs import Attempt, Known
from wnpopt.bench.store.store import Store
from wnpopt.core.document import Instance, Solution


@dataclass(frozen=True)
class Trial:
    """One instance of a sweep with the runs on it; instance and solutions are read from ``store`` when asked for."""

    store: Store
    known: Known
    attempts: tuple[Attempt, ...]

    @cached_property
    def instance(self) -> Instance:
        """The instance; raises :class:`InputError` if the store does not have it."""
        return self.store.instance(self.attempts[0].record)

    @property
    def bound(self) -> float | None:
        """The best bound that is known of the instance."""
        return self.known.bound

    @cached_property
    def solved(self) -> tuple[Attempt, ...]:
        """The runs that have a verified solution."""
        return tuple(attempt for attempt in self.attempts if attempt.objective is not None)

    @cached_property
    def solutions(self) -> tuple[tuple[Attempt, Solution], ...]:
        """The runs whose verified solution the store has, with it; raises :class:`InputError` if its file is gone."""
        read = [(attempt, self.store.solution(attempt.record)) for attempt in self.solved]
        return tuple((attempt, solution) for attempt, solution in read if solution is not None)

    def value(self, method: str) -> float | None:
        """The verified objective of ``method``; None if no run of it has one. Of several runs the best."""
        found = [a.objective for a in self.solved if a.record.key.method == method and a.objective is not None]
        return (min if self.known.sense == "min" else max)(found, default=None)
