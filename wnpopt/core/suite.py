"""Named suites: families of instances that differ in one parameter, with the methods and limits to run on them.

A family describes its suites; what was measured on one of their instances is handed to it as a :class:`Trial`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from wnpopt.core.errors import InputError
from wnpopt.core.lazy import resolve

if TYPE_CHECKING:
    from wnpopt.core.bound import Sense
    from wnpopt.core.document import Instance, Solution

PRESETS = ("quick", "full")
Values = Mapping[str, tuple[float, ...]]
"""Values by the label of their line: several where several runs have that label."""


@dataclass(frozen=True)
class SolvedRun:
    """A run with a verified solution: the label of its line in a chart, its method, the verified objective."""

    label: str
    method: str
    objective: float
    read_solution: Callable[[], Solution | None]

    @cached_property
    def solution(self) -> Solution | None:
        """The solution, read when it is asked for; None if it is not kept. Raises :class:`InputError` if it is gone."""
        return self.read_solution()


@dataclass(frozen=True)
class Trial:
    """One instance of a suite with the ``solved`` runs on it; ``bound`` is the best bound that is known of it."""

    sense: Sense
    bound: float | None
    solved: tuple[SolvedRun, ...]
    read_instance: Callable[[], Instance]

    @cached_property
    def instance(self) -> Instance:
        """The instance, read when it is asked for; raises :class:`InputError` if it is gone."""
        return self.read_instance()

    def value(self, method: str) -> float | None:
        """The verified objective of ``method``; None if no run of it has one. Of several runs the best."""
        values = [run.objective for run in self.solved if run.method == method]
        return (min if self.sense == "min" else max)(values, default=None)

    def by_label(self, value: Callable[[SolvedRun], float | None]) -> dict[str, tuple[float, ...]]:
        """``value`` of every solved run that has one, under the run's label."""
        values: dict[str, tuple[float, ...]] = {}
        for run in self.solved:
            number = value(run)
            if number is not None:
                values[run.label] = (*values.get(run.label, ()), number)
        return values

    def objectives(self, scale: float) -> Values:
        """Every run's objective times ``scale``, and so the best bound, as a line of its own."""
        values = self.by_label(lambda run: scale * run.objective)
        return values if self.bound is None else values | {"best bound": (scale * self.bound,)}

    def against(self, method: str, compare: Callable[[float, float], float], bound: str | None = None) -> Values:
        """``compare(objective, reference)`` of every run of another method; the reference is the value of ``method``.

        ``bound`` is the label under which the best bound is compared too. Nothing where the reference is not above 0.
        """
        reference = self.value(method)
        if reference is None or reference <= 0:
            return {}
        values = self.by_label(lambda run: None if run.method == method else compare(run.objective, reference))
        compared = {f"{label} against {method}": numbers for label, numbers in values.items()}
        if bound is not None and self.bound is not None:
            compared[bound] = (compare(self.bound, reference),)
        return compared


@dataclass(frozen=True)
class Measure:
    """A quantity of a chart of its own; ``values`` has no entry for what is not known of a trial."""

    name: str
    title: str
    y_label: str
    values: Callable[[Trial], Values]


@dataclass(frozen=True)
class SuitePreset:
    """How much of a suite: values of the parameter, instance seeds, seconds a run for the searches, if any."""

    x: tuple[float, ...]
    seeds: tuple[int, ...]
    time_limit: float | None


def presets(
    quick: tuple[float, ...],
    full: tuple[float, ...],
    seeds: tuple[int, int],
    limits: tuple[float | None, float | None] = (None, None),
) -> Mapping[str, SuitePreset]:
    """The presets quick and full: values of the parameter, how many seeds each, and how many seconds a search has."""
    made = (SuitePreset(x, tuple(range(n)), limit) for x, n, limit in zip((quick, full), seeds, limits, strict=True))
    return MappingProxyType(dict(zip(PRESETS, made, strict=True)))


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
    presets: Mapping[str, SuitePreset]
    heuristics: tuple[str, ...]
    searches: tuple[str, ...]
    make: Callable[[Point], Instance]
    measures: tuple[Measure, ...]
    variants: tuple[str | None, ...] = (None,)

    @property
    def methods(self) -> tuple[str, ...]:
        """All methods, in the order in which charts show them."""
        return self.heuristics + self.searches

    def preset(self, name: str) -> SuitePreset:
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


class Suites(Mapping[str, Suite]):
    """Suites by name; each is imported from where its reference (``package.module:NAME``) says when it is asked for."""

    def __init__(self, references: Mapping[str, str]) -> None:
        self._references = references

    def __getitem__(self, name: str) -> Suite:
        return cast(Suite, resolve(self._references[name]))

    def __contains__(self, name: object) -> bool:
        return name in self._references

    def __iter__(self) -> Iterator[str]:
        return iter(self._references)

    def __len__(self) -> int:
        return len(self._references)
