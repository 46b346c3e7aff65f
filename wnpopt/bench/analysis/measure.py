"""What a sweep shows: values read from the runs on one of its instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


Values = Mapping[str, tuple[float, ...]]
"""Values by the label of their line: several where several runs have that label."""


@dataclass(frozen=True)
class Measure:
    """A quantity of a chart of its own; ``values`` has no entry for what is not known of a trial."""

    name: str
    title: str
    y_label: str
    values: Callable[[Trial], Values]


def by_label(trial: Trial, value: Callable[[Attempt], float | None]) -> dict[str, tuple[float, ...]]:
    """``value`` of every solved run, under the run's label."""
    found: dict[str, tuple[float, ...]] = {}
    for attempt in trial.solved:
        number = value(attempt)
        if number is not None:
            found[attempt.label] = (*found.get(attempt.label, ()), number)
    return found
