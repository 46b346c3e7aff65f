"""Two stores against each other: what of gap, time and proofs has changed in the runs that both have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from wnpopt.bench.analysis.gap import SHIFT_S
from wnpopt.bench.analysis.means import mean, median, shifted_geometric_mean
from wnpopt.bench.analysis.runs import Known, Runs, StoredRun, labels_of
from wnpopt.bench.analysis.table import Cell, Column, Table
from wnpopt.bench.store.record import Key
from wnpopt.bench.store.store import Store
from wnpopt.core.bound import Sense
from wnpopt.core.result import relative_gap
from wnpopt.core.verdict import Verdict, better, compare

_COLUMNS = (
    Column("suite", "suite"),
    Column("label", "method"),
    Column("pairs", "pairs", "count", "Runs of the same instance, method, seed and settings in both stores."),
    Column("gap_old", "gap before", "percent", "Mean gap of the baseline's runs, of the pairs that both have one."),
    Column("gap_new", "gap now", "percent", "Mean gap of the new runs, of the same pairs."),
    Column("gap_change", "change", "percent", "Mean change of the gap; below 0 is better."),
    Column("gap_least", "least", "percent", "The least change."),
    Column("gap_median", "median", "percent", "The median change."),
    Column("gap_most", "most", "percent", "The greatest change."),
    Column("values_better", "better", "count", "Pairs whose value became better, or that have one now."),
    Column("values_worse", "worse", "count", "Pairs whose value became worse, or is gone."),
    Column("time_old_s", "time before", "seconds", "Shifted geometric mean of the baseline's times, shift 1 s."),
    Column("time_new_s", "time now", "seconds", "Shifted geometric mean of the new times."),
    Column("time_ratio", "ratio", "ratio", "Now over before, of the two means shifted by 1 s."),
    Column("ratio_least", "least", "ratio", "The least ratio of a pair's times, both shifted by 1 s."),
    Column("ratio_median", "median", "ratio", "The median ratio."),
    Column("ratio_most", "most", "ratio", "The greatest ratio."),
    Column("proved_old", "proved before", "count", "Pairs that the baseline proved."),
    Column("proved_new", "proved now", "count", "Pairs that the new runs proved."),
    Column("proofs_gained", "gained", "count", "Proved now, and not before."),
    Column("proofs_lost", "lost", "count", "Proved before, and not now."),
    Column("failed_old", "failed before", "count", "Failed runs of the baseline."),
    Column("failed_new", "failed now", "count", "Failed new runs."),
)

_VIEWS = {
    "Quality": (
        "pairs", "gap_old", "gap_new", "gap_change", "gap_least", "gap_median", "gap_most", "values_better",
        "values_worse",
    ),
    "Time": ("pairs", "time_old_s", "time_new_s", "time_ratio", "ratio_least", "ratio_median", "ratio_most"),
    "Proofs": (
        "pairs", "proved_old", "proved_new", "proofs_gained", "proofs_lost", "failed_old", "failed_new",
    ),
}  # fmt: skip

_NOTE = (
    "Pairs are runs of the same instance, method, seed, limit, threads and parameters. Gaps are to the best bound that "
    "either store knows, so that a better bound alone changes none; least, median and most are over the pairs. A run "
    "that failed or found nothing counts with its time limit. Times are comparable where the machine was the same and "
    "as busy."
)


@dataclass(frozen=True)
class StoreComparison:
    """What :func:`compare_stores` returns: the table, and what could not be compared.

    ``only_new`` and ``only_old`` are the numbers of runs without a partner; ``contradictions`` are instances on which a
    value in one store beats a bound of the other: nothing counts as proved there.
    """

    table: Table
    only_new: int
    only_old: int
    contradictions: tuple[str, ...]

    def views(self) -> tuple[Table, ...]:
        """The table in three that fit a page: quality, time, proofs."""
        return tuple(
            self.table.select(("suite", "label", *keys), f"{self.table.name}-{name.lower()}", name)
            for name, keys in _VIEWS.items()
        )

    def to_data(self) -> dict[str, object]:
        """The comparison as JSON data."""
        return {
            "rows": self.table.records(),
            "only_new": self.only_new,
            "only_old": self.only_old,
            "contradictions": list(self.contradictions),
            "note": self.table.note,
        }


def compare_stores(new: Store, old: Store) -> StoreComparison:
    """A row a suite and label of what the two stores both ran; the suites are those of the new store's files."""
    return compare_runs(Runs.in_store(new), Runs.in_store(old))


def compare_runs(new: Runs, old: Runs) -> StoreComparison:
    """The same of runs that were read already."""
    ours, theirs = _by_key(new), _by_key(old)
    shared = [key for key in ours if key in theirs]
    labels = labels_of(shared)
    bounds, told = _bounds(new.known, old.known, {key.instance_hash for key in shared})
    pairs = [
        _Pair(
            ours[key].suite,
            labels[key],
            ours[key],
            theirs[key],
            bounds.get(key.instance_hash),
            key.instance_hash not in told,
        )
        for key in shared
    ]
    pairs.sort(key=lambda pair: (pair.suite, pair.label))
    rows = [
        _row(suite, label, list(group))
        for (suite, label), group in groupby(pairs, lambda pair: (pair.suite, pair.label))
    ]
    table = Table("baseline", "Against the baseline", _COLUMNS, tuple(rows), _NOTE)
    return StoreComparison(table, len(ours) - len(shared), len(theirs) - len(shared), tuple(told.values()))


@dataclass(frozen=True)
class _Pair:
    """A run now and before, the best bound that is known of their instance, and whether nothing contradicts it."""

    suite: str
    label: str
    new: StoredRun
    old: StoredRun
    bound: float | None
    believed: bool

    def gaps(self) -> tuple[float, float] | None:
        """The gaps before and now; None where one of them is not known."""
        before, now = (relative_gap(run.objective, self.bound) for run in (self.old, self.new))
        return None if before is None or now is None else (before, now)

    def times(self) -> tuple[float, float] | None:
        """Seconds before and now; None where one of them is not known."""
        before, now = _time(self.old), _time(self.new)
        return None if before is None or now is None else (before, now)

    def proved(self) -> tuple[bool, bool]:
        """Whether the runs before and now proved their answer."""
        return self.believed and self.old.proved, self.believed and self.new.proved

    def value(self) -> int:
        """1 if the value became better, -1 if it became worse."""
        before, now = self.old.objective, self.new.objective
        if before is None or now is None:
            return (now is not None) - (before is not None)
        known = self.new.known
        assert known is not None
        close = abs(now - before) <= (0.0 if known.integral else 1e-9 * max(abs(before), 1e-12))
        return 0 if close else 1 if better(now, before, known.sense) else -1


def _by_key(runs: Runs) -> dict[Key, StoredRun]:
    return {run.record.key: run for run in runs.all if run.known is not None}


def _time(run: StoredRun) -> float | None:
    answered = run.record.failure is None and (run.objective is not None or run.proved)
    return run.record.result.runtime_s if answered else run.record.key.time_limit_s


def _bounds(
    new: Mapping[str, Known], old: Mapping[str, Known], hashes: Iterable[str]
) -> tuple[dict[str, float], dict[str, str]]:
    """The best bound of each instance in either store; and of which instances what contradicts it."""
    bounds: dict[str, float] = {}
    told: dict[str, str] = {}
    for key in sorted(hashes):
        both = [known[key] for known in (new, old)]
        reason = next((known.contradiction for known in both if known.contradiction is not None), None)
        best = _best([known.best for known in both if known.best is not None], both[0].sense)
        # A bound above all others is the tightest of a minimum, one below them that of a maximum.
        bound = _best([k.bound for k in both if k.bound is not None], "max" if both[0].sense == "min" else "min")
        if reason is None and compare(best, bound, both[0].sense, both[0].integral).verdict is Verdict.CONTRADICTED:
            reason = f"the bound {bound:.12g} of one store is contradicted by the value {best:.12g} of the other"
        if reason is not None:
            told[key] = f"{both[0].suite}, {both[0].name}: {reason}"
        elif bound is not None:
            bounds[key] = bound
    return bounds, told


def _best(values: Sequence[float], sense: Sense) -> float | None:
    return (min if sense == "min" else max)(values, default=None)


def _row(suite: str, label: str, pairs: Sequence[_Pair]) -> tuple[Cell, ...]:
    gaps = [gaps for pair in pairs if (gaps := pair.gaps()) is not None]
    changes = [now - before for before, now in gaps]
    times = [times for pair in pairs if (times := pair.times()) is not None]
    ratios = [(now + SHIFT_S) / (before + SHIFT_S) for before, now in times]
    values = [pair.value() for pair in pairs]
    before, now = (shifted_geometric_mean(column, SHIFT_S) for column in ([t[0] for t in times], [t[1] for t in times]))
    proofs = [pair.proved() for pair in pairs]
    return (
        suite,
        label,
        len(pairs),
        mean([gap for gap, _ in gaps]),
        mean([gap for _, gap in gaps]),
        mean(changes),
        min(changes, default=None),
        median(changes),
        max(changes, default=None),
        values.count(1),
        values.count(-1),
        before,
        now,
        None if before is None or now is None else (now + SHIFT_S) / (before + SHIFT_S),
        min(ratios, default=None),
        median(ratios),
        max(ratios, default=None),
        sum(one for one, _ in proofs),
        sum(two for _, two in proofs),
        sum(two and not one for one, two in proofs),
        sum(one and not two for one, two in proofs),
        sum(pair.old.record.failure is not None for pair in pairs),
        sum(pair.new.record.failure is not None for pair in pairs),
    )
