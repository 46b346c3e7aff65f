"""``wnpopt bench DIR``: tables and performance profiles of stored runs, in the terminal, as files, as JSON."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wnpopt.cli.bench.sweeps import show_charts
from wnpopt.cli.tables import Heading, Kind, draw
from wnpopt.cli.terminal import complain, console, plain_warnings, print_json, say, styled, warn
from wnpopt.core.errors import InputError, WnpoptError
from wnpopt.core.extras import installed

if TYPE_CHECKING:
    from rich.console import Console

    from wnpopt.bench.analysis.analysis import Analysis
    from wnpopt.bench.analysis.table import Cell, Table
    from wnpopt.bench.index.update import Change

ROWS = 20
"""Rows of a table of runs or instances that the terminal shows; files have them all."""

_SHORT = {"gap_median": "median", "gap_worst": "worst"}
INSTANCES = ("suite", "instance", "state", "best", "bound", "gap", "found_by")


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
    :data:`wnpopt.bench.analysis.table.FORMATS`. ``profile_target`` is that of :func:`wnpopt.analyse`. ``update_index``
    writes what the runs know better into the indices of their suites. Raises :class:`InputError`.
    """
    from wnpopt.bench.analysis.analysis import analyse
    from wnpopt.bench.analysis.profile import target_of
    from wnpopt.bench.analysis.table import make_folder

    target = target_of(profile_target, "--profile-target")
    check_formats(formats)
    with plain_warnings() as told:
        analysis = analyse(directory, profile_target=target)
    if out is not None:
        make_folder(out)
    contradictions = analysis.tables["contradictions"]
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
            changes = _update_index(directory)
        if out is not None:
            files = analysis.write(out, formats)
            if installed("matplotlib"):
                from wnpopt.bench.report.pictures import write_pictures

                files += write_pictures(analysis, out)
    except WnpoptError as error:
        failure = error
    if json:
        _print_json(directory, analysis, told, files, changes)
    else:
        _print_written(screen, changes, files, out)
        _print_contradictions(screen, contradictions)
    if contradictions.rows:
        warn(f"{len(contradictions.rows)} instance(s) with answers that contradict each other")
    if failure is not None:
        complain(str(failure))
        return 3
    return 0


def check_formats(formats: Sequence[str]) -> None:
    """Raises :class:`InputError` unless these are forms of tables, one at least."""
    from wnpopt.bench.analysis.table import FORMATS

    unknown = next((form for form in formats if form not in FORMATS), None)
    if unknown is not None or not formats:
        wanted = " and ".join(FORMATS)
        raise InputError(f"found {unknown or 'nothing'}; the formats are {wanted}", where="--formats")


def _update_index(directory: Path) -> list[Change]:
    from wnpopt.bench.index.update import update_index
    from wnpopt.bench.store.store import Store, StoreWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StoreWarning)  # the analysis said them
        return update_index(Store.open(directory), write=True)


def _print_json(
    directory: Path, analysis: Analysis, told: Sequence[str], files: Sequence[Path], changes: Sequence[Change] | None
) -> None:
    import msgspec

    data: dict[str, object] = {"store": os.fspath(directory), "runs": 0, "warnings": list(told)}
    data |= analysis.to_data()
    data["files"] = [os.fspath(file) for file in files]
    if changes is not None:
        data["index_changes"] = msgspec.to_builtins(changes)
    print_json(data)


def _print(console: Console, analysis: Analysis) -> None:
    from wnpopt.bench.analysis.gap import gap_views
    from wnpopt.bench.analysis.profile import profile_table

    def note(text: str) -> None:
        console.print(styled(text, "dim"))

    if not analysis.runs.all:
        console.print("no run is stored here yet")
        return
    gaps, _, failures, seeds, *instances = analysis.tables.values()
    for view in gap_views(gaps):
        if failures.rows or view.name != "gaps-failures":
            draw_table(console, view)
    note(gaps.note)
    for table in instances:
        left = _open(table)
        if left.rows:
            title = f"{table.title} without a proof, the largest gaps"
            draw_table(console, _widest(left).select(INSTANCES, table.name, title))
            _more(console, left)
        proved = len(table.rows) - len(left.rows)
        note(f"{table.title}: {proved} of {len(table.rows)} are proved")
    _draw_first(console, seeds)
    for profile in analysis.profiles:
        table = profile_table(profile)
        draw_table(console, replace(table, title=f"Performance profile: {table.title}"))
        note(profile.note)
    for family, labels in analysis.not_compared.items():
        note(f"Profiles of {family} leave out {', '.join(labels)}: run on less than half of the instances.")
    _draw_first(console, failures)
    show_charts(console, analysis.charts)


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


def _open(table: Table) -> Table:
    place = table.place("state")
    return replace(table, rows=tuple(row for row in table.rows if row[place] not in ("proved", "infeasible")))


def _widest(table: Table) -> Table:
    """The instances with the largest gaps, in the table's order; a gap that is not known is the largest."""
    place = table.place("gap")

    def gap(row: tuple[Cell, ...]) -> float:
        cell = row[place]
        return float("inf") if cell is None or isinstance(cell, str) else float(cell)

    order = sorted(range(len(table.rows)), key=lambda i: gap(table.rows[i]), reverse=True)
    return replace(table, rows=tuple(table.rows[i] for i in sorted(order[:ROWS])))


def _draw_first(console: Console, table: Table) -> None:
    if table.rows:
        draw_table(console, replace(table, rows=table.rows[:ROWS]))
        _more(console, table)


def draw_table(console: Console, table: Table) -> None:
    """A table with its title; the rows of a suite stand under its name."""
    from wnpopt.bench.analysis.table import written

    rows, groups = written(table), []
    columns = table.columns
    if columns[0].key == "suite":
        groups = [str(row[0]) for row in table.rows]
        rows, columns = [row[1:] for row in rows], columns[1:]
    headings = []
    for column in columns:
        kind: Kind = "number" if column.kind != "text" else "prose" if column.key == "message" else "name"
        headings.append(Heading(_SHORT.get(column.key, column.title), kind))
    # A line of its own: as the table's title it would be folded to the table's width.
    console.print(styled(table.title, "bold"), soft_wrap=True)
    draw(console, headings, rows, groups)


def _more(console: Console, table: Table) -> None:
    if len(table.rows) > ROWS:
        told = f"{len(table.rows) - ROWS} more; --out DIR writes all of them"
        console.print(styled(told, "dim"), soft_wrap=True)
