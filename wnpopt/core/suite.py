"""Named suites: families of instances that differ in one parameter, with the methods and limits to run on them.

A family describes its suites; what was measured on one of their instances is handed to it as a :class:`Trial`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from wnpopt.core.errors import InputError

if TYPE_CHECKING:
    from wnpopt.core.document import Instance, Solution


class Solved(Protocol):
    """A run on an instance of a suite."""

    @property
    def label(self) -> str:
        """What the line in a chart is called that it belongs to."""

    @property
    def method(self) -> str:
        """The method that ran."""

    @property
    def objective(self) -> float | None:
        """The verified objective, if it found a solution."""


A_co = TypeVar("A_co", bound=Solved, covariant=True)


class Trial(Protocol[A_co]):
    """One instance of a suite with the runs on it."""

    @property
    def instance(self) -> Instance:
        """The instance."""

    @property
    def bound(self) -> float | None:
        """The best bound that is known of it."""

    @property
    def solved(self) -> Sequence[A_co]:
        """The runs that have a verified solution."""

    @property
    def solutions(self) -> Sequence[tuple[A_co, Solution]]:
        """These runs with their solutions, as far as those are kept."""

    def value(self, method: str) -> float | None:
        """The verified objective of ``method``; None if no run of it has one. Of several runs the best."""


Values = Mapping[str, tuple[float, ...]]
"""Values by the label of their line: several where several runs have that label."""


@dataclass(frozen=True)
class Measure:
    """A quantity of a chart of its own; ``values`` has no entry for what is not known of a trial."""

    name: str
    title: str
    y_label: str
    values: Callable[[Trial[Solved]], Values]


def by_label(trial: Trial[Solved], value: Callable[[Solved], float | None]) -> dict[str, tuple[float, ...]]:
    """``value`` of every solved run, under the run's label."""
    found: dict[str, tuple[float, ...]] = {}
    for attempt in trial.solved:
        number = value(attempt)
        if number is not None:
            found[attempt.label] = (*found.get(attempt.label, ()), number)
    return found


@dataclass(frozen=True)
class Preset:
    """How much of a suite: values of the parameter, instance seeds, seconds a run for the searches, if any."""

    x: tuple[float, ...]
    seeds: tuple[int, ...]
    time_limit: float | None


@dataclass(frozen=True)
class Point:
    """A place in a suite: the parameter's value, the instance's seed, the variant (None where there is only one)."""

    x: float
    seed: int
    variant: str | None


@dataclass(frozen=True)
class Suite:
    """A sweep over one parameter.

    ``make`` gives the instance of a point; it depends on nothing else, so that presets share the points that they have
    in common. ``heuristics`` need no time limit, ``searches`` get the preset's. ``unit`` is that of the parameter.
    """

    name: str
    title: str
    family: str
    parameter: str
    unit: str
    presets: Mapping[str, Preset]
    heuristics: tuple[str, ...]
    searches: tuple[str, ...]
    make: Callable[[Point], Instance]
    measures: tuple[Measure, ...]
    variants: tuple[str | None, ...] = (None,)

    @property
    def methods(self) -> tuple[str, ...]:
        """All methods, in the order in which charts show them."""
        return self.heuristics + self.searches

    def preset(self, name: str) -> Preset:
        """The preset called ``name``; raises :class:`InputError` naming those that exist."""
        if name not in self.presets:
            raise InputError(f"found {name!r}; one of {', '.join(self.presets)} is needed", where="preset")
        return self.presets[name]

    def points(self, preset: str) -> Iterator[Point]:
        """The points of a preset: variants, then values, then seeds."""
        chosen = self.preset(preset)
        for variant in self.variants:
            for x in chosen.x:
                for seed in chosen.seeds:
                    yield Point(x, seed, variant)

    def instance(self, point: Point) -> Instance:
        """The instance of ``point``, under the name that it has in the suite, and with a source that tells of it."""
        parts = [self.name, point.variant, f"{point.x:g}", f"s{point.seed}"]
        name = "-".join(part for part in parts if part is not None)
        made = self.make(point)
        # What the generator was given is not all: some suites take a part of what it makes, or scale it.
        source = f"{made.source}; suite {self.name}, {self.parameter} {point.x:g}"
        return made.model_copy(update={"name": name, "source": source})
