"""``wnpopt bench DIR``: tables and performance profiles of stored runs, in the terminal, as files, as JSON."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.cli.terminal import complain, console, print_json, say, styled, warn
from wnpopt.core.errors import InputError, WnpoptError

if TYPE_CHECKING:
    from rich.console import Console

    from wnpopt.bench.analysis.profile import Profile, Target
    from wnpopt.bench.analysis.sweep import Chart
    from wnpopt.bench.analysis.table import Cell, Table
    from wnpopt.bench.index.update import Change
    from wnpopt.bench.store.record import Record
    from wnpopt.bench.store.store import Store
    from wnpopt.cli.tables import Kind

ROWS = 20
"""Rows of a table of runs or instances that the terminal shows; files have them all."""

_SHORT = {"gap_median": "median", "gap_worst": "worst"}
INSTANCES = ("instance", "state", "best", "bound", "gap", "found_by")


@dataclass(frozen=True)
class Analysis:
    """All that ``wnpopt bench DIR`` shows of a store.

    ``not_compared`` are the labels of a family that ran on too few instances for its profiles; ``charts`` the sweeps of
    the store's suites.
    """

    runs: int
    gaps: Table
    contradictions: Table
    failures: Table
    seeds: Table
    instances: tuple[Table, ...]
    profiles: tuple[Profile, ...]
    not_compared: dict[str, tuple[str, ...]]
    charts: tuple[Chart, ...] = ()

    def tables(self) -> Iterable[Table]:
        """Every table, the profiles' too, with those of their exact steps."""
        from wnpopt.bench.analysis.gap import gap_views
        from wnpopt.bench.analysis.profile import profile_table, steps_table
        from wnpopt.bench.analysis.sweep import sweep_table

        yield from (self.gaps, *gap_views(self.gaps), self.contradictions, self.failures, self.seeds, *self.instances)
        for profile in self.profiles:
            yield profile_table(profile)
            yield steps_table(profile)
        yield from map(sweep_table, self.charts)


def analyse(records: Iterable[Record], target: Target, store: Store | None = None) -> Analysis:
    """The tables and profiles of these runs, one family after the other, and the sweeps of ``store``."""
    from wnpopt.bench.analysis.gap import contradiction_table, failure_table, gap_table, instance_table, seed_table
    from wnpopt.bench.analysis.profile import profile_labels, quality_profile, time_profile
    from wnpopt.bench.analysis.runs import Runs
    from wnpopt.bench.analysis.sweep import charts
    from wnpopt.bench.store.integrality import Integrality
    from wnpopt.cli.batch.command import plain_warnings

    with plain_warnings():
        runs = Runs.of(records, Integrality(store))
        drawn = () if store is None else charts(store, runs)
    profiles: list[Profile] = []
    not_compared: dict[str, tuple[str, ...]] = {}
    for family in runs.families:
        labels = profile_labels(runs, family)
        profiles.append(time_profile(runs, family, target=target, labels=labels))
        profiles.append(quality_profile(runs, family, labels=labels))
        left = {attempt.label for attempt in runs.of_family(family)} - set(labels)
        if left:
            not_compared[family] = tuple(sorted(left))
    return Analysis(
        len(runs.attempts),
        gap_table(runs),
        contradiction_table(runs),
        failure_table(runs),
        seed_table(runs),
        tuple(instance_table(runs, family) for family in runs.families),
        tuple(profiles),
        not_compared,
        drawn,
    )


def show(
    directory: Path,
    *,
    out: Path | None = None,
    formats: Sequence[str] = ("csv", "latex"),
    json: bool = False,
    update_index: bool = False,
    profile_target: str | float = "proved",
) -> int:
    """Print the tables and profiles of the store ``directory``; write them to ``out``; returns the exit code.

    With ``json`` one JSON object goes to stdout instead. ``formats`` are those of
    :data:`wnpopt.bench.analysis.table.FORMATS`. ``profile_target`` is "proved" or a share t of the best known
    value (see :func:`wnpopt.bench.analysis.profile.time_profile`). ``update_index`` writes what the runs know better
    into the indices of their suites. Raises :class:`InputError`.
    """
    from wnpopt.bench.analysis.table import make_folder, write_tables
    from wnpopt.bench.index.update import update_index as update
    from wnpopt.bench.store.store import Store, StoreWarning

    target = parse_target(profile_target)
    _check_formats(formats)
    store = Store.open(directory)
    records, skipped = _read(store)
    for line in skipped:
        warn(line)
    if out is not None:
        make_folder(out)
    analysis = analyse(records, target, store)
    screen = console()
    if not json:
        _print(screen, analysis)
        sys.stdout.flush()
    # What is printed comes first: no file that cannot be written takes it along.
    changes: list[Change] | None = None
    files: list[Path] = []
    failure: WnpoptError | None = None
    try:
        if update_index:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", StoreWarning)  # said above
                changes = update(store, write=True)
        if out is not None:
            files = write_tables(analysis.tables(), out, formats)
    except WnpoptError as error:
        failure = error
    if json:
        print_json(_data(directory, analysis, changes, skipped, files))
    else:
        _print_written(screen, changes, files, out)
        _print_contradictions(screen, analysis.contradictions)
    if analysis.contradictions.rows:
        warn(f"{len(analysis.contradictions.rows)} instance(s) with answers that contradict each other")
    if failure is not None:
        complain(str(failure))
        return 3
    return 0


def parse_target(text: str | float) -> Target:
    """``proved`` or a share of at least 0; raises :class:`InputError` for anything else."""
    if text == "proved":
        return "proved"
    try:
        share = float(text)
    except ValueError:
        share = float("nan")
    if not 0 <= share < float("inf"):
        what = f'found {text}; "proved", or a share of the best value such as 0.01, is needed'
        raise InputError(what, where="--profile-target")
    return share


def _check_formats(formats: Sequence[str]) -> None:
    from wnpopt.bench.analysis.table import FORMATS

    unknown = next((form for form in formats if form not in FORMATS), None)
    if unknown is not None or not formats:
        wanted = " and ".join(FORMATS)
        raise InputError(f"found {unknown or 'nothing'}; the formats are {wanted}", where="--formats")


def _read(store: Store) -> tuple[list[Record], list[str]]:
    """The records that count, and what the store says of lines that it skipped."""
    from wnpopt.bench.store.store import StoreWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", StoreWarning)
        records = list(store.latest().values())
    skipped: list[str] = []
    for warning in caught:
        if issubclass(warning.category, StoreWarning):
            skipped.append(str(warning.message))
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return records, skipped


def _data(
    directory: Path, analysis: Analysis, changes: Sequence[Change] | None, skipped: Sequence[str], files: Sequence[Path]
) -> dict[str, object]:
    import msgspec

    tables = (analysis.gaps, analysis.contradictions, analysis.failures, analysis.seeds, *analysis.instances)
    data: dict[str, object] = {
        "store": os.fspath(directory),
        "runs": analysis.runs,
        "warnings": list(skipped),
        "tables": {
            table.name: {
                "title": table.title,
                "note": table.note,
                "rows": [dict(zip((c.key for c in table.columns), row, strict=True)) for row in table.rows],
            }
            for table in tables
        },
        "profiles": [asdict(profile) | {"note": profile.note} for profile in analysis.profiles],
        "not_compared": analysis.not_compared,
        "sweeps": [asdict(chart) for chart in analysis.charts],
        "files": [os.fspath(file) for file in files],
    }
    if changes is not None:
        data["index_changes"] = msgspec.to_builtins(changes)
    return data


def _print(console: Console, analysis: Analysis) -> None:
    from wnpopt.bench.analysis.gap import gap_views
    from wnpopt.bench.analysis.profile import profile_table
    from wnpopt.cli.bench.suite import show_charts

    def note(text: str) -> None:
        console.print(styled(text, "dim"))

    if not analysis.runs:
        console.print("no run is stored here yet")
        return
    for view in gap_views(analysis.gaps):
        if analysis.failures.rows or view.name != "gaps-failures":
            _draw(console, view, [column.key for column in view.columns[1:]], view.title)
    note(analysis.gaps.note)
    for table in analysis.instances:
        left = _open(table)
        if left.rows:
            _draw(console, _widest(left), INSTANCES, f"{table.title} without a proof, the largest gaps")
            _more(console, len(left.rows))
        proved = len(table.rows) - len(left.rows)
        note(f"{table.title}: {proved} of {len(table.rows)} are proved")
    if analysis.seeds.rows:
        _draw(console, _first(analysis.seeds), [c.key for c in analysis.seeds.columns[1:]], analysis.seeds.title)
        _more(console, len(analysis.seeds.rows))
    for profile in analysis.profiles:
        table = profile_table(profile)
        _draw(console, table, [c.key for c in table.columns], f"Performance profile: {table.title}")
        note(table.note)
    for family, labels in analysis.not_compared.items():
        note(f"Profiles of {family} leave out {', '.join(labels)}: run on less than half of the instances.")
    if analysis.failures.rows:
        keys = [c.key for c in analysis.failures.columns]
        _draw(console, _first(analysis.failures), keys, analysis.failures.title)
        _more(console, len(analysis.failures.rows))
    show_charts(analysis.charts)


def _print_written(console: Console, changes: Sequence[Change] | None, files: Sequence[Path], out: Path | None) -> None:
    for change in changes or ():
        style = "yellow" if change.action == "skipped" else "green"
        console.print(styled(str(change), style), soft_wrap=True)
    if changes is not None and not any(change.after for change in changes):
        say("the indices have nothing to gain from these runs")
    if files:
        say(f"{out}: {len(files)} files")


def _print_contradictions(console: Console, table: Table) -> None:
    for suite, instance, _, what in table.rows:
        console.print(styled(f"CONTRADICTION in {suite}, {instance}: {what}", "bold red"), soft_wrap=True)
    if table.rows:
        console.print(styled(table.note, "bold red"), soft_wrap=True)


def _first(table: Table) -> Table:
    return replace(table, rows=table.rows[:ROWS])


def _open(table: Table) -> Table:
    place = next(i for i, column in enumerate(table.columns) if column.key == "state")
    return replace(table, rows=tuple(row for row in table.rows if row[place] not in ("proved", "infeasible")))


def _widest(table: Table) -> Table:
    """The instances with the largest gaps, in the table's order; a gap that is not known is the largest."""
    place = next(i for i, column in enumerate(table.columns) if column.key == "gap")

    def gap(row: tuple[Cell, ...]) -> float:
        cell = row[place]
        return float("inf") if cell is None or isinstance(cell, str) else float(cell)

    order = sorted(range(len(table.rows)), key=lambda i: gap(table.rows[i]), reverse=True)
    return replace(table, rows=tuple(table.rows[i] for i in sorted(order[:ROWS])))


def _draw(console: Console, table: Table, keys: Sequence[str], title: str) -> None:
    """Some columns of ``table``, the rows of a suite under its name."""
    from wnpopt.bench.analysis.table import written
    from wnpopt.cli.tables import Heading, draw

    places = {column.key: place for place, column in enumerate(table.columns)}
    headings = []
    for key in keys:
        column = table.columns[places[key]]
        kind: Kind = "number" if column.kind != "text" else "prose" if key == "message" else "name"
        headings.append(Heading(_SHORT.get(key, column.title), kind))
    groups = [str(row[places["suite"]]) for row in table.rows] if "suite" in places else []
    rows = [[row[places[key]] for key in keys] for row in written(table)]
    # A line of its own: as the table's title it would be folded to the table's width.
    console.print(styled(title, "bold"), soft_wrap=True)
    draw(console, headings, rows, groups)


def _more(console: Console, rows: int) -> None:
    if rows > ROWS:
        console.print(styled(f"{rows - ROWS} more; --out DIR writes all of them", "dim"), soft_wrap=True)
