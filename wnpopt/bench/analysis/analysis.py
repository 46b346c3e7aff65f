"""All that a store says: the one gathering from which the commands, the report and Python users take what they show."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.bench.analysis.gap import (
    contradiction_table,
    failure_table,
    gap_table,
    gap_views,
    instance_table,
    seed_table,
)
from wnpopt.bench.analysis.profile import (
    PerformanceProfile,
    Target,
    profile_labels,
    profile_table,
    quality_profile,
    steps_columns,
    steps_table,
    target_of,
    time_profile,
)
from wnpopt.bench.analysis.runs import Runs
from wnpopt.bench.analysis.sweep import SweepChart, charts, sweep_columns, sweep_table
from wnpopt.bench.analysis.table import FORMATS, Column, Table, write_tables
from wnpopt.bench.store.store import Store
from wnpopt.core import arguments

if TYPE_CHECKING:
    from pandas import DataFrame


def analyse(store: str | os.PathLike[str] | Store, *, profile_target: Target = "proved") -> Analysis:
    """The gap tables, performance profiles and sweeps of a store (a path or a :class:`wnpopt.Store`).

    ``profile_target`` is what the time profile waits for: "proved", or a share t of the best known value (see
    :func:`wnpopt.bench.analysis.profile.time_profile`). The store alone is read, and once: later runs are not in it.
    Lines that are no record, and what else in the store cannot be used, are skipped with a
    :class:`wnpopt.bench.store.store.StoreWarning`. Raises :class:`wnpopt.InputError` where there is no store, for a
    target that is none, and for an unreadable ``suite.json``.
    """
    target = target_of(profile_target, "profile_target")
    opened = Store.open(store.path if isinstance(store, Store) else arguments.path("store", store))
    runs = Runs.in_store(opened)
    return Analysis(runs, target, charts(opened, runs))


@dataclass(frozen=True)
class Analysis:
    """What :func:`analyse` returns: data frames, and the tables and profiles that the commands print and write.

    In all data frames times are in seconds (``*_s``), gaps and shares are fractions (0.05 is 5 %), objectives and
    bounds are in the instance's own unit, and what is not known is NaN, NA or None. ``charts`` are the sweeps of the
    store's suites, empty where it has none.
    """

    runs: Runs
    profile_target: Target = "proved"
    charts: tuple[SweepChart, ...] = ()

    @property
    def gaps(self) -> DataFrame:
        """A row a suite and label: times, gaps to the best bound, shares, failures (the columns of docs/bench.md)."""
        return self.tables["gaps"].frame()

    @property
    def instances(self) -> DataFrame:
        """A row an instance of any family: its best value and bound, its state, and the gap and time of each label."""
        frame = instance_table(self.runs).frame()
        frame.insert(0, "family", [self.runs.known[key].family for key in self.runs.by_instance])
        return frame

    @property
    def seeds(self) -> DataFrame:
        """A row an instance and label that ran with several seeds: least, median and greatest time and value."""
        return self.tables["seeds"].frame()

    @property
    def failures(self) -> DataFrame:
        """A row a failed run: file, label, seed, kind and message."""
        return self.tables["failures"].frame()

    @property
    def contradictions(self) -> DataFrame:
        """A row an instance of which two runs, or a run and an index, say what cannot both be true."""
        return self.tables["contradictions"].frame()

    @property
    def time_profile(self) -> DataFrame:
        """Every step of the time profiles: family, label, factor on the least time, share of the problems within it."""
        return _steps((time for time, _ in self._profiles), "factor")

    @property
    def quality_profile(self) -> DataFrame:
        """Every step of the value profiles: family, label, ratio to the best value, share of the problems within it."""
        return _steps((quality for _, quality in self._profiles), "ratio")

    @property
    def sweeps(self) -> DataFrame:
        """A row a chart, x and line: mean, least and greatest over the seeds, and how many values the mean is of.

        ``parameter`` and ``quantity`` name what x and the values are, with their units.
        """
        names = tuple(Column(name, name) for name in ("chart", "family", "parameter", "quantity"))
        rows = tuple(
            (chart.name, chart.family, chart.x_label, chart.y_label, *row)
            for chart in self.charts
            for row in sweep_table(chart).rows
        )
        return Table("sweeps", "Sweeps", names + sweep_columns("x", "value"), rows).frame()

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The tables by name: gaps, contradictions, failures, seeds, and one of the instances of each family."""
        made = [make(self.runs) for make in (gap_table, contradiction_table, failure_table, seed_table)]
        made += [instance_table(self.runs, family) for family in self.runs.families]
        return {table.name: table for table in made}

    @cached_property
    def _profiles(self) -> tuple[tuple[PerformanceProfile, PerformanceProfile], ...]:
        made = []
        for family in self.runs.families:
            labels = profile_labels(self.runs, family)
            time = time_profile(self.runs, family, target=self.profile_target, labels=labels)
            made.append((time, quality_profile(self.runs, family, labels=labels)))
        return tuple(made)

    @property
    def profiles(self) -> tuple[PerformanceProfile, ...]:
        """Family by family the time profile to the target, and the profile of the values."""
        return tuple(profile for pair in self._profiles for profile in pair)

    @cached_property
    def not_compared(self) -> Mapping[str, tuple[str, ...]]:
        """The labels of a family that ran on less than half of its instances, and so are in none of its profiles."""
        left = {
            family: {run.label for run in self.runs.of_family(family)} - set(profile_labels(self.runs, family))
            for family in self.runs.families
        }
        return {family: tuple(sorted(labels)) for family, labels in left.items() if labels}

    def drawn(self) -> Iterator[Table]:
        """The profiles as tables, each with its exact steps, and the sweeps."""
        for profile in self.profiles:
            yield profile_table(profile)
            yield steps_table(profile)
        yield from map(sweep_table, self.charts)

    def all_tables(self) -> Iterator[Table]:
        """Every table that :meth:`write` writes: the gap table as a whole and in three views, the others, the drawn."""
        gaps, *others = self.tables.values()
        yield from (gaps, *gap_views(gaps), *others, *self.drawn())

    def write(self, folder: str | os.PathLike[str], formats: Sequence[str] = tuple(FORMATS)) -> list[Path]:
        """Write every table into ``folder``, as ``wnpopt bench DIR --out`` does; see :func:`write_tables`."""
        return write_tables(self.all_tables(), folder, formats)

    def to_data(self) -> dict[str, object]:
        """The tables, profiles and sweeps as JSON data, as ``wnpopt bench DIR --json`` prints them."""
        return {
            "runs": len(self.runs.all),
            "tables": {
                name: {"title": table.title, "note": table.note, "rows": table.records()}
                for name, table in self.tables.items()
            },
            "profiles": [asdict(profile) | {"note": profile.note} for profile in self.profiles],
            "not_compared": dict(self.not_compared),
            "sweeps": [asdict(chart) for chart in self.charts],
        }


def _steps(profiles: Iterable[PerformanceProfile], factor: str) -> DataFrame:
    columns = (Column("family", "family"), *steps_columns(factor))
    rows = tuple((profile.family, *row) for profile in profiles for row in steps_table(profile).rows)
    return Table("steps", "Steps", columns, rows).frame()
