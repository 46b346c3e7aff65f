"""Gap tables: how far from optimal each method was, how long it took, and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from wnpopt.bench.analysis.means import mean, median, shifted_geometric_mean
from wnpopt.bench.analysis.primal import normalised_integral
from wnpopt.bench.analysis.runs import Known, Runs, StoredRun, finder, state_of
from wnpopt.bench.analysis.table import Cell, Column, Table
from wnpopt.bench.store.record import Failure

SHIFT_S = 1.0
"""The shift of the geometric mean of times."""

_GAP_COLUMNS = (
    Column("suite", "suite"),
    Column("label", "method"),
    Column("runs", "runs", "count", "All runs, failed ones and invalid files too."),
    Column("time_mean_s", "mean time", "seconds", "Shifted geometric mean, shift 1 s."),
    Column("time_min_s", "min", "seconds", "The shortest time."),
    Column("time_median_s", "median", "seconds", "The median time."),
    Column("time_max_s", "max", "seconds", "The longest time."),
    Column("gap_mean", "mean gap", "percent", "Mean gap to the best bound known, of the runs that have one."),
    Column("gap_median", "median gap", "percent", "Median gap to the best bound known."),
    Column("gap_worst", "worst gap", "percent", "Worst gap to the best bound known."),
    Column("gap_unknown", "no gap", "count", "Runs without a gap: no answer, or no bound."),
    Column("proved", "proved", "percent", "Share of the runs that proved their answer themselves."),
    Column("best", "best", "percent", "Share of the runs that have the best known value."),
    Column("primal_integral", "integral", "ratio", "Mean primal integral over the time limit: 0 best, 1 worst."),
    Column("unsolved", "unsolved", "count", "Runs that ended well and found nothing: unknown, no failure."),
    *(Column(f"failed_{kind}", str(kind), "count", f"Runs that failed: {kind}.") for kind in Failure),
)

_VIEWS = {
    "Time": ("runs", "time_mean_s", "time_min_s", "time_median_s", "time_max_s"),
    "Quality": (
        "gap_mean", "gap_median", "gap_worst", "gap_unknown", "proved", "best", "primal_integral", "unsolved",
    ),
    "Failures": ("runs", *(f"failed_{kind}" for kind in Failure)),
}  # fmt: skip

_GAP_NOTE = (
    "Times are the shifted geometric mean (shift 1 s), and the least, median and longest; a run that failed or found "
    "nothing counts with its time limit, where there is no limit with the longest time of any run of that instance. "
    "Gaps are to the best bound known, over the runs that have one. Shares are of all runs, failed ones too. Primal "
    "integrals are divided by the time limit, of the runs that have one on instances with a known value; a run that "
    "failed or found nothing counts 1 there. A file that is no valid instance counts among the runs and the failures "
    "only."
)


def gap_table(runs: Runs) -> Table:
    """A row a suite and label: times, gaps to the best bound known, shares, and every kind of failure on its own."""
    longest = _longest(runs.all)
    ordered = sorted(runs.all, key=_suite_and_label)
    rows = [
        _gap_row(suite, label, list(group), longest) for (suite, label), group in groupby(ordered, key=_suite_and_label)
    ]
    count = len(_contradictions(runs))
    warning = f" CONTRADICTED: {count} instance(s), see the table of contradictions; nothing counts as proved there."
    changed = f" CHANGED: {runs.rewritten} file(s) held other instances before; what was run of these counts, too."
    note = _GAP_NOTE + (changed if runs.rewritten else "") + (warning if count else "")
    return Table("gaps", "Gaps", _GAP_COLUMNS, tuple(rows), note)


def gap_views(table: Table) -> tuple[Table, ...]:
    """The gap table in three that fit a page: times, quality, failures."""
    return tuple(
        table.select(("suite", "label", *keys), f"{table.name}-{name.lower()}", name) for name, keys in _VIEWS.items()
    )


def instance_table(runs: Runs, family: str | None = None) -> Table:
    """A row an instance (of ``family``; None: of all): what is known of it, and how near each label came.

    A label has the gap of its best run to the best bound, the median gap where it ran with several seeds, and the
    median time as in :func:`gap_table`.
    """
    longest = _longest(runs.all)
    chosen = {key: own for key, own in runs.by_instance.items() if family in (None, runs.known[key].family)}
    labels = sorted({run.label for own in chosen.values() for run in own})
    counts = [Counter(run.label for run in own) for own in chosen.values()]
    seeded = {label for count in counts for label in count if count[label] > 1}
    columns = [
        Column("suite", "suite"),
        Column("file", "file"),
        Column("instance", "instance"),
        Column("best", "best value", "number", "The best value of any run or index."),
        Column("bound", "best bound", "number", "The best bound of any run or index."),
        Column("gap", "gap", "percent", "Between the two."),
        Column("found_by", "found by", help="Whose run found the best value."),
        Column("state", "state", help="proved, infeasible (proved too), open, unsolved, failed, or contradiction."),
    ]
    for label in labels:
        columns.append(Column(f"{label}: gap", f"{label} gap", "percent", "Gap of its best run to the best bound."))
        if label in seeded:
            columns.append(Column(f"{label}: median gap", f"{label} median gap", "percent", "Median over the seeds."))
        columns.append(Column(f"{label}: time_s", f"{label} time", "seconds", "Median over the seeds."))
    rows: list[tuple[Cell, ...]] = []
    for key, group in chosen.items():
        known = runs.known[key]
        state = state_of(known, group)
        cells: list[Cell] = [
            known.suite, _file(known, group), known.name, known.best, known.bound, known.gap,
            finder(known, group), "infeasible" if state == "proved" and known.best is None else state,
        ]  # fmt: skip
        for label in labels:
            own = [run for run in group if run.label == label]
            gaps = [run.gap for run in own if run.gap is not None]
            cells.append(min(gaps, default=None))
            if label in seeded:
                cells.append(median(gaps))
            cells.append(median(_times(own, longest)))
        rows.append(tuple(cells))
    name, title = ("instances", "Instances") if family is None else (f"instances-{family}", f"Instances of {family}")
    note = "Gaps are to the best bound known; a dash: the method was not run, or has no answer, or there is no bound."
    return Table(name, title, tuple(columns), tuple(rows), note)


def seed_table(runs: Runs) -> Table:
    """A row an instance and label that ran with several seeds: the least, median and greatest time and value."""
    longest = _longest(runs.all)
    columns = (
        Column("suite", "suite"),
        Column("instance", "instance"),
        Column("label", "method"),
        Column("seeds", "seeds", "count"),
        Column("time_min_s", "min time", "seconds"),
        Column("time_median_s", "median", "seconds"),
        Column("time_max_s", "max", "seconds"),
        Column("answers", "answers", "count", "Runs that have a value."),
        Column("value_best", "best value", "number"),
        Column("value_median", "median", "number"),
        Column("value_worst", "worst", "number"),
    )
    groups: dict[tuple[str, str], list[StoredRun]] = {}
    for run in runs.all:
        if run.known is not None:
            groups.setdefault((run.record.key.instance_hash, run.label), []).append(run)
    rows: list[tuple[Cell, ...]] = []
    for (key, label), own in groups.items():
        if len(own) < 2:
            continue
        known = runs.known[key]
        times = _times(own, longest)
        values = sorted((run.objective for run in own if run.objective is not None), reverse=known.sense == "max")
        rows.append((
            known.suite, known.name, label, len(own), min(times, default=None), median(times), max(times, default=None),
            len(values), values[0] if values else None, median(values), values[-1] if values else None,
        ))  # fmt: skip
    note = "A run that failed or found nothing counts with its time limit, as in the gap table, and has no value."
    return Table("seeds", "Spread over seeds", columns, tuple(rows), note)


def failure_table(runs: Runs) -> Table:
    """Every failed run."""
    columns = (
        Column("file", "file"),
        Column("label", "method"),
        Column("seed", "seed", "count"),
        Column("kind", "failure"),
        Column("message", "message"),
    )
    rows = tuple(
        (a.record.file, a.label, a.record.key.seed, str(a.record.failure), a.record.result.message)
        for a in runs.all
        if a.record.failure is not None
    )
    return Table("failures", "Failed runs", columns, rows)


def contradiction_table(runs: Runs) -> Table:
    """Every instance of which two runs, or a run and an index, say what cannot both be true."""
    columns = (Column("suite", "suite"), Column("instance", "instance"), Column("hash", "hash"), Column("what", "what"))
    rows = tuple((known.suite, known.name, known.instance_hash, known.contradiction) for known in _contradictions(runs))
    note = "A verifier, a bound or a method has a defect, or an index is wrong. Nothing counts as proved there."
    return Table("contradictions", "Contradictions", columns, rows, note if rows else "")


def _contradictions(runs: Runs) -> list[Known]:
    found = [known for known in runs.known.values() if known.contradiction is not None]
    return sorted(found, key=lambda known: (known.suite, known.name, known.instance_hash))


def _suite_and_label(run: StoredRun) -> tuple[str, str]:
    return run.suite, run.label


def _gap_row(suite: str, label: str, group: Sequence[StoredRun], longest: Mapping[str, float]) -> tuple[Cell, ...]:
    valid = [run for run in group if run.record.failure is not Failure.INVALID]
    times = _times(valid, longest)
    gaps = [gap for run in valid if (gap := run.gap) is not None]
    integrals = [
        value
        for run in valid
        if run.known is not None
        and (value := normalised_integral(run.record, run.known.best)) is not None
    ]  # fmt: skip
    failures = [run.record.failure for run in group]
    proved = [float(run.proved) for run in valid]
    unsolved = sum(a.record.failure is None and not _answered(a) for a in valid)
    return (
        suite, label, len(group), shifted_geometric_mean(times, SHIFT_S), min(times, default=None), median(times),
        max(times, default=None), mean(gaps), median(gaps), max(gaps, default=None), len(valid) - len(gaps),
        mean(proved), mean([float(run.reaches_best) for run in valid]), mean(integrals), unsolved,
        *(failures.count(kind) for kind in Failure),
    )  # fmt: skip


def _answered(run: StoredRun) -> bool:
    return run.objective is not None or run.proved


def _longest(group: Iterable[StoredRun]) -> dict[str, float]:
    """The longest time of any run of each instance, by its hash."""
    longest: dict[str, float] = {}
    for run in group:
        key, time = run.record.key.instance_hash, run.record.result.runtime_s
        if time is not None:
            longest[key] = max(time, longest.get(key, 0.0))
    return longest


def _times(group: Iterable[StoredRun], longest: Mapping[str, float]) -> list[float]:
    """The time that each run counts with; runs of which none is known are left out."""
    found = (_time(run, longest) for run in group)
    return [time for time in found if time is not None]


def _time(run: StoredRun, longest: Mapping[str, float]) -> float | None:
    key, own = run.record.key, run.record.result.runtime_s
    if _answered(run) and own is not None:
        return own
    return longest.get(key.instance_hash) if key.time_limit_s is None else key.time_limit_s


def _file(known: Known, group: Sequence[StoredRun]) -> str:
    same = [run.record.file for run in group if run.suite == known.suite]
    return min(same or [run.record.file for run in group])
