"""What the runs of a sweep came to, point by point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wnpopt.bench.analysis.table import Cell, Column, Table
from wnpopt.bench.store.record import Record
from wnpopt.bench.sweep.axes import Axis
from wnpopt.bench.sweep.points import SweepPoint
from wnpopt.core import registry
from wnpopt.core.document import Instance


@dataclass(frozen=True, slots=True)
class SweepRun:
    """A run at a point; ``record`` is None where there is none yet."""

    values: tuple[object, ...]
    method: str
    seed: int
    record: Record | None

    @property
    def objective(self) -> float | None:
        """The verified objective; None if the run has none that counts."""
        return None if self.record is None or self.record.failure is not None else self.record.result.objective

    @property
    def bound(self) -> float | None:
        """What the run proved."""
        return None if self.record is None or self.record.failure is not None else self.record.result.bound


@dataclass(frozen=True, slots=True)
class SweepRuns:
    """All runs of a sweep: points in the order of the grid, methods, then seeds."""

    runs: tuple[SweepRun, ...]

    @property
    def has_values(self) -> bool:
        """True if there is anything to draw."""
        return any(run.objective is not None for run in self.runs)

    def table(self, instance: Instance, axes: Sequence[Axis]) -> Table:
        """A row a run: the fields' values, then what the run says."""
        unit = registry.family(instance.kind).unit_of(instance)
        columns = tuple(Column(axis.field, axis.field, "number" if axis.numeric else "text") for axis in axes)
        columns += (
            Column("method", "method"),
            Column("seed", "seed", "count"),
            Column("status", "status"),
            Column("termination", "ended"),
            Column("objective", f"value [{unit}]" if unit else "value", "number"),
            Column("bound", "bound", "number"),
            Column("gap", "gap", "percent"),
            Column("runtime_s", "time", "seconds"),
        )
        return Table("sweep", f"{instance.name}: {', '.join(axis.field for axis in axes)}", columns,
                     tuple(_row(run) for run in self.runs))  # fmt: skip


def sweep_runs(
    made: Sequence[SweepPoint],
    methods: Sequence[str],
    seeds: Sequence[int],
    known: Mapping[str, Mapping[tuple[str, int], Record]],
) -> SweepRuns:
    """The runs at all points; ``known`` has the records by instance, method and seed."""
    runs = []
    for point in made:
        own = known.get(point.instance.instance_hash, {})
        runs += [
            SweepRun(point.values, method, seed, own.get((method, seed)))
            for method in dict.fromkeys(methods)
            for seed in dict.fromkeys(seeds)
        ]
    return SweepRuns(tuple(runs))


def _row(run: SweepRun) -> tuple[Cell, ...]:
    values: list[Cell] = [_cell(value) for value in run.values]
    if run.record is None:
        return (*values, run.method, run.seed, "not run", None, None, None, None, None)
    result, failure = run.record.result, run.record.failure
    status = str(result.status) if failure is None else str(failure)
    gap = None if failure is not None else result.gap
    return (*values, run.method, run.seed, status, result.termination, run.objective, run.bound, gap, result.runtime_s)


def _cell(value: object) -> Cell:
    from wnpopt.bench.sweep.points import shown

    return value if isinstance(value, int | float) and not isinstance(value, bool) else shown(value)
