"""The runs of a store side by side: each under the name of what ran, against the best that is known of its instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Literal

from wnpopt.bench.record import Key, Record
from wnpopt.core.bound import Sense
from wnpopt.core.result import relative_gap

GAP_TOLERANCE = 1e-6
"""Values this close, relatively, are equal: what the contract asks of an optimum that is no integer."""


State = Literal["contradiction", "failed", "unsolved", "open", "proved"]
"""Of an instance: runs contradict each other; all runs failed; no run has an answer; a gap is left; none is left (or
it is proved infeasible)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What all runs of one instance, and the indices beside its files, know of it together.

    ``best`` is the best value, ``record`` the run that found it (None: only an index has it), ``bound`` the best bound.
    ``contradiction`` tells of a bound, or a proof of infeasibility, that a verified solution beats: then no bound is
    believed, and no proof.
    """

    instance_hash: str
    name: str
    family: str
    suite: str
    sense: Sense
    best: float | None
    bound: float | None
    record: Record | None
    contradiction: str | None

    @property
    def gap(self) -> float | None:
        """The gap between the best value and the best bound."""
        return relative_gap(self.best, self.bound)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A run with the ``label`` under which its like is compared, and what is known of its instance.

    ``known`` is None for a file that is no valid instance.
    """

    record: Record
    label: str
    suite: str
    known: Known | None

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
        if self.known is not None and self.known.contradiction is not None:
            return False
        return self.record.failure is None and self.record.result.status in ("optimal", "infeasible")

    @property
    def reaches_best(self) -> bool:
        """True if the run's value is the best known, or it proved that there is none."""
        if self.proved and self.record.result.status == "infeasible":
            return True
        if self.objective is None or self.known is None or self.known.best is None:
            return False
        return abs(self.objective - self.known.best) <= GAP_TOLERANCE * max(abs(self.known.best), 1e-12)


@dataclass(frozen=True)
class Runs:
    """All attempts, in the order of their suites, files, labels and seeds."""

    attempts: tuple[Attempt, ...]
    known: Mapping[str, Known]

    @classmethod
    def of(cls, records: Iterable[Record]) -> Runs:
        """The runs of these records, one a key."""
        unique = list({record.key: record for record in records}.values())
        labels = _labels([record.key for record in unique])
        groups: dict[str, list[Record]] = {}
        for record in unique:
            groups.setdefault(record.key.instance_hash, []).append(record)
        known = {key: found for key, group in groups.items() if (found := _known(group)) is not None}
        attempts = [
            Attempt(record, labels[record.key], suite_of(record.file), known.get(record.key.instance_hash))
            for record in unique
        ]
        attempts.sort(key=lambda a: (a.suite, a.record.file, a.label, a.record.key.seed))
        return cls(tuple(attempts), known)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """All labels, sorted."""
        return tuple(sorted({attempt.label for attempt in self.attempts}))

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The families of the valid instances, sorted."""
        return tuple(sorted({known.family for known in self.known.values()}))

    def of_family(self, family: str) -> tuple[Attempt, ...]:
        """The attempts on valid instances of ``family``."""
        return tuple(a for a in self.attempts if a.known is not None and a.known.family == family)


def suite_of(file: str) -> str:
    """The suite of an instance's file: the last two folders of its path."""
    return "/".join(part for part in PurePath(file).parent.parts[-2:] if part not in ("/", "..", ".")) or "."


def state_of(known: Known, attempts: Sequence[Attempt]) -> State:
    """What these runs, all that there are of an instance, come to."""
    if known.contradiction is not None:
        return "contradiction"
    if known.best is not None:
        return "proved" if known.gap is not None and known.gap <= GAP_TOLERANCE else "open"
    if any(attempt.proved for attempt in attempts):
        return "proved"
    return "failed" if all(attempt.record.failure is not None for attempt in attempts) else "unsolved"


def finder(known: Known, attempts: Sequence[Attempt]) -> str | None:
    """The label of the run that found the best value, "the index" where only that has it; None without a value."""
    if known.best is None:
        return None
    return next((attempt.label for attempt in attempts if attempt.record is known.record), "the index")


def _labels(keys: list[Key]) -> dict[Key, str]:
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
    }


def _known(records: list[Record]) -> Known | None:
    """What these runs of one instance know together; None of a file that is no instance."""
    valid = [r for r in records if r.result.family is not None and r.result.sense is not None]
    if not valid:
        return None
    first = valid[0].result
    assert first.family is not None
    assert first.sense is not None
    sign = 1.0 if first.sense == "min" else -1.0
    scored = [(sign * r.result.objective, r) for r in valid if r.failure is None and r.result.objective is not None]
    value, record = min(scored, key=lambda pair: pair[0], default=(None, None))
    bounds = [(sign * r.result.bound, r.result.bound_by or r.key.method) for r in valid
              if r.failure is None and r.result.bound is not None]  # fmt: skip
    for reference in (r.reference for r in valid):
        if reference is not None and reference.bound is not None:
            bounds.append((sign * reference.bound, "the index"))
        if reference is not None and reference.best is not None and (value is None or sign * reference.best < value):
            value, record = sign * reference.best, None
    bound, source = max(bounds, default=(None, ""))
    contradiction = None
    if value is not None and bound is not None and bound - value > GAP_TOLERANCE * max(abs(value), 1e-12):
        found = record.key.method if record is not None else "the index"
        contradiction = (
            f"the bound {sign * bound:.12g} of {source} is contradicted by the value {sign * value:.12g} of {found}"
        )
        bound = None
    denied = next((r for r in valid if r.failure is None and r.result.status == "infeasible"), None)
    if value is not None and denied is not None:
        found = record.key.method if record is not None else "the index"
        contradiction = f"{denied.key.method} says that it is infeasible, {found} has the value {sign * value:.12g}"
        bound = None
    return Known(
        records[0].key.instance_hash,
        first.instance,
        first.family,
        suite_of(valid[0].file),
        first.sense,
        None if value is None else sign * value,
        None if bound is None else sign * bound,
        record,
        contradiction,
    )
