"""What the report's page says, gathered from a store; the page's scripts read it as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from wnpopt.bench.analysis.runs import Runs, State, StoredRun, finder, state_of
from wnpopt.bench.analysis.table import Column, Table
from wnpopt.bench.store.record import Record

Cells = tuple[int, int, str, float | None, float | None, float | None, float | None, str, str]
"""A run: label (an index), seed, status, objective, bound, gap to the best bound, seconds, failure, message."""


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """An instance in the page's list; ``figure`` is the number of its figure, None if it has none."""

    hash: str
    name: str
    family: str
    suite: str
    state: State
    best: float | None
    found_by: str
    bound: float | None
    gap: float | None
    unit: str
    proved: int
    failed: int
    contradiction: str
    files: tuple[str, ...]
    runs: tuple[Cells, ...]
    figure: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The page's head: counts, and when and with what the runs were made.

    ``instances`` counts the valid ones, ``invalid`` the files that are none. ``failures`` has each kind with its number
    of runs, ``first`` and ``last`` are when the first and the last run ended (None: there is no run).
    """

    instances: int
    invalid: int
    runs: int
    proved: int
    contradictions: int
    failures: tuple[tuple[str, int], ...]
    first: str | None
    last: str | None
    versions: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def failed(self) -> int:
        """Runs without an answer that counts."""
        return sum(count for _, count in self.failures)


def overview_of(runs: Runs) -> Overview:
    """The head of the page."""
    records = [run.record for run in runs.all]
    ended = sorted({record.finished for record in records})
    failures = Counter(str(record.failure) for record in records if record.failure is not None)
    invalid = {a.record.key.instance_hash for a in runs.all if a.known is None}
    states = Counter(state_of(runs.known[key], group) for key, group in runs.by_instance.items())
    return Overview(
        instances=len(runs.by_instance),
        invalid=len(invalid),
        runs=len(records),
        proved=states["proved"],
        contradictions=states["contradiction"],
        failures=tuple(sorted(failures.items())),
        first=ended[0] if ended else None,
        last=ended[-1] if ended else None,
        versions=_versions(records),
    )


def _versions(records: Sequence[Record]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each program with the versions that made these runs; most runs carry the same text, which is read once."""
    seen: dict[str, set[str]] = {}
    for raw in {bytes(record.result.versions) for record in records}:
        for name, version in msgspec.json.decode(raw, type=dict[str, str]).items():
            seen.setdefault(name, set()).add(version)
    for package in {record.package for record in records if record.package is not None}:
        seen.setdefault(package.name, set()).add(package.version)
    return tuple((name, tuple(sorted(seen[name]))) for name in sorted(seen))


def suite_table(runs: Runs) -> Table:
    """A row a suite: instances and what is known of them, runs and how many of them failed."""
    suites: dict[str, list[Counter[str]]] = {}
    for run in runs.all:
        counts = suites.setdefault(run.suite, [Counter(), Counter()])[1]
        counts["runs"] += 1
        counts["proved"] += run.proved
        counts["failed"] += run.record.failure is not None
    for key, group in runs.by_instance.items():
        suites[runs.known[key].suite][0][state_of(runs.known[key], group)] += 1
    columns = (
        Column("suite", "suite", help="The last two folders of the instances' files."),
        Column("instances", "instances", "count", "Different instances, by content."),
        Column("proved", "proved", "count", "Instances whose best value meets a proven bound, or proved infeasible."),
        Column("open", "open", "count", "Instances with a solution and a gap, or without a bound."),
        Column("unsolved", "no answer", "count", "Instances for which no run found a solution or proved anything."),
        Column("contradictions", "contradictions", "count", "Instances of which two runs say what cannot both hold."),
        Column("runs", "runs", "count", "Runs, each with its own method, seed and limits."),
        Column("runs_proved", "runs that prove", "count", "Runs that proved their own answer."),
        Column("runs_failed", "runs that failed", "count", "Runs without an answer that counts."),
    )
    rows = []
    for suite in sorted(suites):
        states, counts = suites[suite]
        answerless = states["unsolved"] + states["failed"]
        of_instances = (states.total(), states["proved"], states["open"], answerless, states["contradiction"])
        rows.append((suite, *of_instances, counts["runs"], counts["proved"], counts["failed"]))
    return Table("suites", "Suites", columns, tuple(rows))


def with_figures(runs: Runs, most: int | None) -> tuple[str, ...]:
    """The hashes of at most ``most`` instances (None: of all): contradictory ones first, then by gap, largest first.

    A gap that is not known counts as the largest. Of equal gaps each suite has its turn, so that none is left out.
    """
    met: Counter[tuple[str, float]] = Counter()
    keyed = []
    for key in runs.by_instance:
        known = runs.known[key]
        # None is no number; a share of at least 0 is never below 0 when negated.
        size = -2.0 if known.contradiction is not None else -1.0 if known.gap is None else 1.0 / (2.0 + known.gap)
        turn = met[known.suite, size]
        met[known.suite, size] += 1
        keyed.append((size, turn, known.suite, key))
    keyed.sort()
    return tuple(key for *_, key in keyed[:most])


def instance_rows(runs: Runs, figures: Mapping[str, int], units: Mapping[str, str]) -> tuple[InstanceRow, ...]:
    """The page's list; ``figures`` and ``units`` are by instance hash and may lack instances."""
    place = {label: index for index, label in enumerate(runs.labels)}
    rows = []
    for key, group in runs.by_instance.items():
        known = runs.known[key]
        rows.append(
            InstanceRow(
                hash=key,
                name=known.name,
                family=known.family,
                suite=known.suite,
                state=state_of(known, group),
                best=known.best,
                found_by=finder(known, group) or "",
                bound=known.bound,
                gap=known.gap,
                unit=units.get(key, ""),
                proved=sum(run.proved for run in group),
                failed=sum(run.record.failure is not None for run in group),
                contradiction=known.contradiction or "",
                files=tuple(sorted({run.record.file for run in group})),
                runs=tuple(_cells(run, place[run.label]) for run in group),
                figure=figures.get(key),
            )
        )
    return tuple(rows)


def _cells(run: StoredRun, label: int) -> Cells:
    key, result = run.record.key, run.record.result
    failure = "" if run.record.failure is None else str(run.record.failure)
    values = (run.objective, result.bound, run.gap, result.runtime_s)
    return (label, key.seed, result.status, *values, failure, result.message)
