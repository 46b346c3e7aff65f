"""The runs of a store side by side: each under the name of what ran, against the best that is known of its instance."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Literal

from wnpopt.bench.store.integrality import Integrality
from wnpopt.bench.store.record import Key, Record
from wnpopt.bench.store.store import Store, StoreWarning
from wnpopt.core import registry
from wnpopt.core.bound import Sense
from wnpopt.core.result import relative_gap
from wnpopt.core.verdict import GAP_OPTIMAL, Verdict, compare, tighten

State = Literal["contradiction", "failed", "unsolved", "open", "proved"]
"""Of an instance: runs contradict each other; all runs failed; no run has an answer; a gap is left; none is left (or
it is proved infeasible)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What all runs of one instance, and the indices beside its files, know of it together.

    ``best`` is the best verified value, ``record`` the run that found it (None: only an index has it), ``bound`` the
    best bound, as it may be reported, and ``verdict`` what it says of the value. What a run had before it failed counts
    here: its value is verified and its bound proved like others. ``contradiction`` tells of a bound, or a proof of
    infeasibility, that a verified solution beats: then no bound is believed, and no proof.
    """

    instance_hash: str
    name: str
    family: str
    suite: str
    sense: Sense
    integral: bool
    best: float | None
    bound: float | None
    verdict: Verdict
    record: Record | None
    contradiction: str | None

    @property
    def gap(self) -> float | None:
        """The gap between the best value and the best bound."""
        return relative_gap(self.best, self.bound)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run with the ``label`` under which its like is compared, and what is known of its instance.

    ``known`` is None for a file that is no valid instance.
    """

    record: Record
    label: str
    suite: str
    known: Known | None

    @property
    def method(self) -> str:
        """The method that ran."""
        return self.record.key.method

    @property
    def objective(self) -> float | None:
        """The verified objective; None if the run has none that counts."""
        return None if self.record.failure is not None else self.record.result.objective

    @property
    def gap(self) -> float | None:
        """The gap to the best bound that anything proved, not only this run."""
        return None if self.known is None else relative_gap(self.objective, self.known.bound)

    @property
    def proved(self) -> bool:
        """True if this run itself proved its answer, optimal or infeasible, and no other run contradicts it."""
        result, known = self.record.result, self.known
        if self.record.failure is not None or known is None or known.contradiction is not None:
            return False
        if result.status == "infeasible":
            return result.objective is None
        verdict = compare(result.objective, result.bound, known.sense, known.integral).verdict
        return result.status == "optimal" and verdict is Verdict.PROVED

    @property
    def reaches_best(self) -> bool:
        """True if the run's value is the best known, or it proved that there is none."""
        if self.proved and self.record.result.status == "infeasible":
            return True
        if self.objective is None or self.known is None or self.known.best is None:
            return False
        return ties(self.objective, self.known.best, self.known.integral)


@dataclass(frozen=True)
class Runs:
    """All runs of a store, in the order of their suites, files, labels and seeds."""

    all: tuple[StoredRun, ...]
    known: Mapping[str, Known]

    @classmethod
    def in_store(cls, store: Store) -> Runs:
        """The runs of a store; records that cannot be compared are skipped with a :class:`StoreWarning`."""
        return cls.of(store.latest().values(), Integrality(store))

    @classmethod
    def of(cls, records: Iterable[Record], integral: Callable[[Record], bool] | None = None) -> Runs:
        """The runs of these records, one a key; ``integral`` tells of which the objective is an integer."""
        unique = _current(list({record.key: record for record in records}.values()))
        labels = labels_of([record.key for record in unique])
        groups: dict[str, list[Record]] = {}
        for record in unique:
            groups.setdefault(record.key.instance_hash, []).append(record)
        rule = integral or Integrality()
        known = {key: found for key, group in groups.items() if (found := _known(group, rule)) is not None}
        made = [
            StoredRun(record, labels[record.key], suite_of(record.file), known.get(record.key.instance_hash))
            for record in unique
        ]
        made.sort(key=lambda a: (a.suite, a.record.file, a.label, a.record.key.seed))
        return cls(tuple(made), known)

    @cached_property
    def rewritten(self) -> int:
        """How many files held another valid instance when some of these runs were made."""
        contents = {(run.record.file, run.record.key.instance_hash) for run in self.all if run.known is not None}
        return sum(count > 1 for count in Counter(file for file, _ in contents).values())

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """All labels, sorted."""
        return tuple(sorted({run.label for run in self.all}))

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The families of the valid instances, sorted."""
        return tuple(sorted({known.family for known in self.known.values()}))

    @cached_property
    def by_instance(self) -> Mapping[str, Sequence[StoredRun]]:
        """The runs on each valid instance, by its hash, instances in the order of their suites and files."""
        groups: dict[str, list[StoredRun]] = {}
        for run in self.all:
            if run.known is not None:
                groups.setdefault(run.known.instance_hash, []).append(run)
        return groups

    def of_family(self, family: str) -> tuple[StoredRun, ...]:
        """The runs on valid instances of ``family``."""
        return tuple(a for a in self.all if a.known is not None and a.known.family == family)


def suite_of(file: str) -> str:
    """The suite of an instance's file: the last two folders of its path."""
    return "/".join(part for part in PurePath(file).parent.parts[-2:] if part not in ("/", "..", ".")) or "."


def ties(value: float, best: float, integral: bool) -> bool:
    """True if two values are the same: exactly where they are integers, else within what counts as optimal."""
    return value == best if integral else abs(value - best) <= GAP_OPTIMAL * max(abs(best), 1e-12)


def state_of(known: Known, group: Sequence[StoredRun]) -> State:
    """What these runs, all that there are of an instance, come to."""
    if known.contradiction is not None:
        return "contradiction"
    if known.best is not None:
        return "proved" if known.verdict is Verdict.PROVED else "open"
    if any(run.proved for run in group):
        return "proved"
    return "failed" if all(run.record.failure is not None for run in group) else "unsolved"


def finder(known: Known, group: Sequence[StoredRun]) -> str | None:
    """The label of the run that found the best value, "the index" where only that has it; None without a value."""
    if known.best is None:
        return None
    return next((run.label for run in group if run.record is known.record), "the index")


def labels_of(keys: list[Key]) -> dict[Key, str]:
    """A method's name, with those of its settings that differ within the store."""
    settings = {key: _settings(key) for key in keys}
    varying: dict[str, set[str]] = {}
    for method in {key.method for key in keys}:
        own = [settings[key] for key in keys if key.method == method]
        varying[method] = {name for name in own[0] if len({s[name] for s in own}) > 1}
    return {
        key: " ".join([key.method, *(text for name, text in s.items() if name in varying[key.method])])
        for key, s in settings.items()
    }


def _settings(key: Key) -> dict[str, str]:
    """Each setting as it would stand in a label."""
    return {
        "time_limit": "no limit" if key.time_limit_s is None else f"{key.time_limit_s:g} s",
        "threads": f"{key.threads} threads" if key.threads > 1 else "1 thread",
        "warm_start": f"from {key.parameters.warm_start}",
        "deterministic": "deterministic" if key.parameters.deterministic else "free",
        "gap": "no gap limit" if key.parameters.gap is None else f"gap {key.parameters.gap:g}",
        "target": "no target" if key.parameters.target is None else f"target {key.parameters.target:g}",
        "no_improvement": "patient"
        if key.parameters.no_improvement is None
        else f"{key.parameters.no_improvement:g} s without improvement",
        "solver": key.parameters.solver or "own solver",
        "solver_options": ", ".join(f"{name}={value}" for name, value in key.parameters.solver_options) or "no options",
    }


def _current(records: list[Record]) -> list[Record]:
    """Without what was told of a file that was no valid instance, and holds something else since."""
    last: dict[str, Record] = {}
    for record in records:
        if record.file not in last or last[record.file].finished <= record.finished:
            last[record.file] = record
    return [r for r in records if r.result.family is not None or r.file_sha256 == last[r.file].file_sha256]


def _comparable(records: list[Record]) -> list[Record]:
    """Those that agree on what the instance is; one that was changed by hand shall not speak for the others."""
    valid = [r for r in records if r.result.family is not None and r.result.sense is not None]
    if not valid:
        return []
    names = registry.family_names()
    senses = {(r.result.family, r.result.sense) for r in valid}
    if len(senses) == 1 and all(family not in names or registry.family(family).sense == sense
                                for family, sense in senses if family is not None):  # fmt: skip
        return valid
    right = [r for r in valid if r.result.family in names and registry.family(r.result.family).sense == r.result.sense]
    ((family, sense), _), *_ = Counter((r.result.family, r.result.sense) for r in right or valid).most_common(1)
    kept = [r for r in (right or valid) if (r.result.family, r.result.sense) == (family, sense)]
    for record in valid:
        if record not in kept:
            told = f"{record.file}: the run of {record.key.method} is stored as {record.result.family}, "
            warnings.warn(f"{told}{record.result.sense}; the others are {family}, {sense}", StoreWarning, stacklevel=2)
    return kept


def _known(records: list[Record], integrality: Callable[[Record], bool]) -> Known | None:
    """What these runs of one instance know together; None of a file that is no instance."""
    valid = _comparable(records)
    if not valid:
        return None
    first = valid[0].result
    assert first.family is not None
    assert first.sense is not None
    sign = 1.0 if first.sense == "min" else -1.0
    integral = integrality(next((record for record in valid if record.integral is not None), valid[0]))
    scored = [(sign * r.result.objective, r) for r in valid if r.result.verified and r.result.objective is not None]
    value, record = min(scored, key=lambda pair: (pair[0], pair[1].failure is not None), default=(None, None))
    bounds = [(sign * r.result.bound, r.result.bound_by or r.key.method) for r in valid if r.result.bound is not None]
    for reference in (r.reference for r in valid):
        if reference is not None and reference.bound is not None:
            bounds.append((sign * reference.bound, "the index"))
        if reference is not None and reference.best is not None and (value is None or sign * reference.best < value):
            value, record = sign * reference.best, None
    bound, source = max(bounds, default=(None, ""))
    best = None if value is None else sign * value
    judged = compare(best, None if bound is None else sign * bound, first.sense, integral)
    found = record.key.method if record is not None else "the index"
    contradiction = None
    if judged.verdict is Verdict.CONTRADICTED:
        assert bound is not None
        shown = sign * bound if not integral else tighten(sign * bound, first.sense)
        contradiction = f"the bound {shown:.12g} of {source} is contradicted by the value {best:.12g} of {found}"
    denied = next((r for r in valid if r.failure is None and r.result.status == "infeasible"), None)
    if best is not None and denied is not None:
        contradiction = f"{denied.key.method} says that it is infeasible, {found} has the value {best:.12g}"
    return Known(
        records[0].key.instance_hash,
        first.instance,
        first.family,
        suite_of(valid[0].file),
        first.sense,
        integral,
        best,
        judged.bound if contradiction is None else None,
        judged.verdict if contradiction is None else Verdict.CONTRADICTED,
        record,
        contradiction,
    )
