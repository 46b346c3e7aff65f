"""From a store back to the suites: better values and bounds go into the ``index.json`` beside the instances.

Where the library of the suite keeps best known solutions (:mod:`wnpopt.bench.index.solutions`), a better one replaces
that which is there.

Nothing is taken on trust. A value counts if the verifier accepts its solution for the instance file as it is now; a
bound counts if it comes from a run without failure and contradicts no value. Where runs and index contradict each
other, the row stays as it is and the reason is reported.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from wnpopt import api
from wnpopt.bench.index.row import INDEX, IndexRow, read_index, write_index
from wnpopt.bench.index.solutions import solution_path
from wnpopt.bench.store.record import Record, versions_of
from wnpopt.bench.store.store import Store
from wnpopt.core.document import Instance
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_json
from wnpopt.core.registry import AnyFamily
from wnpopt.core.verdict import Judged, Verdict, compare


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a row: it is ``new`` or ``better``, or it was ``skipped`` for a ``reason``.

    ``file`` is empty where a whole index was skipped.
    """

    index: str
    file: str
    action: Literal["new", "better", "skipped"]
    before: IndexRow | None
    after: IndexRow | None
    reason: str = ""

    def __str__(self) -> str:
        path = self.index if not self.file else os.fspath(Path(self.index).parent / self.file)
        if self.after is None:
            return f"{path}: skipped: {self.reason}"
        new, old = self.after, self.before
        parts = [
            f"{name} {_shown(now)}" if old is None or now == was else f"{name} {_shown(was)} -> {_shown(now)}"
            for name, was, now in (
                ("best", None if old is None else old.best, new.best),
                ("bound", None if old is None else old.bound, new.bound),
            )
        ]
        state = "proved" if new.proved else "not proved"
        return f"{path}: {self.action}: {', '.join(parts)}, {state} ({new.how})"


class _SkipError(Exception):
    """The row stays as it is, for this reason."""


def update_index(store: Store, *, write: bool) -> list[Change]:
    """Compare the store with the indices beside its instances' files; ``write`` the better rows.

    Files are looked for where the batch was given them, from the current directory. Folders without an index are passed
    over. A row never becomes worse, and a row that is proved is not touched. Raises :class:`InputError` if an index
    cannot be written.
    """
    folders: dict[Path, dict[str, list[Record]]] = {}
    by_hash: dict[str, list[Record]] = {}
    for record in store.latest().values():
        if record.failure is None and record.result.family is not None:
            path = Path(record.file)
            folders.setdefault(path.parent, {}).setdefault(path.name, []).append(record)
            by_hash.setdefault(record.key.instance_hash, []).append(record)
    changes: list[Change] = []
    done: set[Path] = set()
    for folder in sorted(folders):
        if not (folder / INDEX).is_file() or folder.resolve() in done:
            continue
        done.add(folder.resolve())
        same = [other for other in folders if other.resolve() == folder.resolve()]
        files: dict[str, list[Record]] = {}
        for other in same:
            for name, records in folders[other].items():
                files.setdefault(name, []).extend(records)
        changes += _update_folder(store, folder, files, by_hash, write)
    return changes


def _update_folder(
    store: Store,
    folder: Path,
    files: Mapping[str, Sequence[Record]],
    by_hash: Mapping[str, Sequence[Record]],
    write: bool,
) -> list[Change]:
    index = folder / INDEX
    try:
        rows = {row.file: row for row in read_index(index)}
    except InputError as error:
        return [Change(os.fspath(index), "", "skipped", None, None, f"its form is not known: it {error.what}")]
    changes: list[Change] = []
    for name in sorted(files):
        old = rows.get(name)
        hashes = {record.key.instance_hash for record in files[name]}
        try:
            old, new, finder = _row(store, folder / name, hashes, by_hash, old, rows.values())
        except _SkipError as reason:
            changes.append(Change(os.fspath(index), name, "skipped", old, None, str(reason)))
            continue
        if new is None:
            continue
        if finder is not None:
            new = _kept(store, folder / name, new, finder, write)
        rows[name] = new
        changes.append(Change(os.fspath(index), name, "new" if old is None else "better", old, new))
    if write and any(change.after is not None for change in changes):
        write_index(index, rows.values())
    return changes


def _kept(store: Store, file: Path, row: IndexRow, finder: Record, write: bool) -> IndexRow:
    """The row with whose solution it is; ``write`` that solution, where the library keeps any."""
    path, solution = solution_path(file), store.solution(finder)
    if path is None or solution is None:
        return msgspec.structs.replace(row, method=None, version=None, date=None)
    if write:
        named = api.load(file).name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, solution.model_copy(update={"instance": named}).to_data())
    version = versions_of(finder.result).get("wnpopt")
    return msgspec.structs.replace(row, method=_by(finder), version=version, date=finder.finished[:10])


def _row(
    store: Store,
    file: Path,
    hashes: set[str],
    by_hash: Mapping[str, Sequence[Record]],
    old: IndexRow | None,
    rows: Iterable[IndexRow],
) -> tuple[IndexRow | None, IndexRow | None, Record | None]:
    """The row of ``file`` until now, None for one of what it held before it was changed; the new row, None if the runs
    know nothing better; and the run that has a better value.

    Raises :class:`_SkipError`.
    """
    try:
        instance, family = api.load_with_data(file)
    except InputError as error:
        raise _SkipError(error.what) from None
    if instance.instance_hash not in hashes:
        raise _SkipError("the file is another instance than the one that was run")
    runs = by_hash[instance.instance_hash]
    denied = next((record for record in runs if record.result.status == "infeasible"), None)
    if denied is not None:
        raise _SkipError(f"{denied.key.method} proved it infeasible, for which an index has no row")
    known = old if old is not None and old.is_of(instance.instance_hash) else None
    return known, *_merged(store, file.name, instance, family, runs, known, rows)


def _merged(
    store: Store,
    name: str,
    instance: Instance,
    family: AnyFamily,
    runs: Sequence[Record],
    old: IndexRow | None,
    rows: Iterable[IndexRow],
) -> tuple[IndexRow | None, Record | None]:
    sign = 1.0 if family.sense == "min" else -1.0
    integral = family.has_integers(instance)
    finder, best = _best_value(store, instance, family, runs, None if old is None else old.best)
    if best is None:
        raise _SkipError("no run has a solution")
    whose = "the index's" if finder is None else "the verified"

    def judged(bound: float | None) -> Judged:
        return compare(best, bound, family.sense, integral)

    bound = None if old is None else old.bound
    if judged(bound).verdict is Verdict.CONTRADICTED:
        raise _SkipError(f"contradiction: {whose} value {best:.12g} beats the index's bound {bound:.12g}")
    prover, proved_bound = _best_bound(runs, sign)
    if prover is not None and proved_bound is not None:
        if judged(proved_bound).verdict is Verdict.CONTRADICTED:
            source = prover.result.bound_by or prover.key.method
            raise _SkipError(
                f"contradiction: {whose} value {best:.12g} beats the bound {proved_bound:.12g} of {source}"
            )
        # Rounded, and never better than a verified value: what is left is no noise of the last digits.
        known, news = judged(bound).bound, judged(proved_bound).bound
        assert news is not None
        if known is None or _is_news(sign * (news - known), known, integral):
            bound = proved_bound
        else:
            prover = None
    if old is not None and old.proved:
        return None, None
    proved, bound = judged(bound).verdict is Verdict.PROVED, judged(bound).bound
    if old is not None and finder is None and prover is None and not proved:
        return None, None
    whole = integral and (isinstance(best, int) or any(isinstance(row.best, int) for row in rows))
    kept = {} if old is None else {"method": old.method, "version": old.version, "date": old.date}
    how = _how(old, finder, prover, proved)
    row = IndexRow(name, _plain(best, whole), _plain(bound, whole), proved, how, **kept)
    return msgspec.structs.replace(row, instance_hash=instance.instance_hash), finder


def _best_value(
    store: Store, instance: Instance, family: AnyFamily, runs: Sequence[Record], known: int | float | None
) -> tuple[Record | None, int | float | None]:
    """The run whose verified value beats ``known``, and that value; None and ``known`` if there is none."""
    sign = 1.0 if family.sense == "min" else -1.0
    integral = family.has_integers(instance)
    found = [(sign * r.result.objective, r.key.method, r.key.seed, r) for r in runs if r.result.objective is not None]
    for value, _, _, record in sorted(found, key=lambda entry: entry[:3]):
        if known is not None and not _is_news(sign * known - value, known, integral):
            break
        try:
            solution = store.solution(record)
        except InputError as error:
            raise _SkipError(f"the solution of {_by(record)} {error.what}") from None
        if solution is None:
            continue
        certificate = family.verify(instance, solution.model_copy(update={"instance": instance.name}))
        if not certificate.accepted or certificate.objective is None:
            reason = certificate.violations[0] if certificate.violations else "no objective"
            raise _SkipError(f"the verifier rejects the solution of {_by(record)} ({reason})")
        if known is None or _is_news(sign * (known - certificate.objective), known, integral):
            return record, certificate.objective
    return None, known


def _best_bound(runs: Sequence[Record], sign: float) -> tuple[Record | None, float | None]:
    """The run with the tightest bound, and that bound."""
    found = [(-sign * r.result.bound, r.key.method, r.key.seed, r) for r in runs if r.result.bound is not None]
    if not found:
        return None, None
    record = min(found, key=lambda entry: entry[:3])[3]
    return record, record.result.bound


def _is_news(gain: float, known: float, integral: bool) -> bool:
    """True if ``gain`` is more than the noise of the last digits."""
    return gain > (0.0 if integral else 1e-9 * max(abs(known), 1e-12))


def _plain(value: int | float | None, whole: bool) -> int | float | None:
    if value is None:
        return None
    return int(value) if whole and float(value).is_integer() else value if isinstance(value, int) else float(value)


def _by(record: Record) -> str:
    source = record.result.found_by
    return record.key.method if source in (None, record.key.method) else f"{record.key.method} ({source})"


def _how(old: IndexRow | None, finder: Record | None, prover: Record | None, proved: bool) -> str:
    """Who found the value and who proved the bound; of what has not changed, what the old row says."""
    before, _, after = ("", "", "") if old is None else old.how.partition(" bound by ")
    value = _by(finder) if finder is not None else before.rstrip(",; ") if after else "value as before"
    text = value
    if prover is not None:
        text += f", bound by {prover.result.bound_by or prover.key.method}"
    elif after:
        text += f", bound by {after.partition(',')[0]}"
    elif old is not None and old.bound is not None:
        text += ", bound as before"
    return text if proved else f"{text}, not proved"


def _shown(value: int | float | None) -> str:
    return "-" if value is None else f"{value:.12g}"
