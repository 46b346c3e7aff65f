"""Named suites: families of instances that differ in one parameter, with the methods and limits to run on them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wnpopt.bench.analysis.measure import Measure
from wnpopt.bench.store.manifest import Entry, Manifest, SuiteEntry, read_manifest, write_if_other, write_manifest
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import format_json

FOLDER = "suite"
PRESETS = ("quick", "full")


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


def suites() -> dict[str, Suite]:
    """All suites by name."""
    from wnpopt.bench.suites import intradp, owin, slide

    return {suite.name: suite for suite in (*owin.SUITES, *slide.SUITES, *intradp.SUITES)}


def suite(name: str) -> Suite:
    """The suite called ``name``; raises :class:`InputError` naming those that exist."""
    known = suites()
    if name not in known:
        raise InputError(f"found {name!r}; the suites are {', '.join(known)}", where="suite")
    return known[name]


def materialise(suite: Suite, preset: str, out: str | os.PathLike[str]) -> tuple[Path, ...]:
    """Write the preset's instances into ``out``/suite/<name>, and add them to ``out``/suite.json.

    Returns the files in the order of :meth:`Suite.points`. What is there already is left alone, so this may be repeated
    after it was interrupted, and another preset adds its points to those of the first. Raises :class:`InputError` for
    an unknown preset, an unreadable manifest or a folder that cannot be written to.
    """
    store = Path(out)
    manifest = read_manifest(store) or Manifest()
    points = list(suite.points(preset))
    files, entries = [], []
    for point in points:
        instance = suite.instance(point)
        path = store / FOLDER / suite.name / f"{instance.name}.json"
        write_if_other(path, (format_json(instance.to_data()) + "\n").encode())
        files.append(path)
        relative = path.relative_to(store).as_posix()
        entries.append(Entry(relative, instance.instance_hash, float(point.x), point.seed, point.variant))
    described = SuiteEntry(suite.name, suite.title, suite.family, suite.parameter, suite.unit, tuple(entries))
    # Last: what the manifest names is there.
    write_manifest(store, manifest.with_suite(described))
    return tuple(files)
