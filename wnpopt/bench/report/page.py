"""The report: one HTML page that needs nothing else, made from a store alone, and its tables as files.

The page (:mod:`wnpopt.plotting.page`) holds the data as JSON; the scripts of the folder ``assets`` draw everything in
the browser.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib.resources import files

import msgspec

from wnpopt.bench.analysis.analysis import Analysis, analyse
from wnpopt.bench.analysis.gap import instance_table
from wnpopt.bench.analysis.profile import PerformanceProfile
from wnpopt.bench.analysis.sweep import SweepChart
from wnpopt.bench.analysis.table import Table, make_folder, write_tables
from wnpopt.bench.report.data import (
    InstanceRow,
    Overview,
    instance_rows,
    overview_of,
    suite_table,
    with_figures,
)
from wnpopt.bench.report.figures import Figure, figure_of
from wnpopt.bench.store.store import Store
from wnpopt.core.errors import InputError
from wnpopt.core.extras import need
from wnpopt.core.jsonio import write_atomic
from wnpopt.plotting.page import page_html

FIGURES = 200
"""Instances that have figures, unless asked otherwise: each adds some kilobytes to the page."""
_SCRIPTS = ("tables.js", "figures.js", "main.js")


class _Drawn(msgspec.Struct, frozen=True):
    """A profile with its note: what it is of, and who is not in it."""

    profile: PerformanceProfile
    note: str


class _Page(msgspec.Struct, frozen=True):
    """The JSON in the page. ``alarms`` are places in ``instances`` with what is wrong with the stored solution."""

    overview: Overview
    suites: Table
    gaps: Table
    failures: Table
    profiles: tuple[_Drawn, ...]
    charts: tuple[SweepChart, ...]
    labels: tuple[str, ...]
    instances: tuple[InstanceRow, ...]
    alarms: tuple[tuple[int, str], ...]


def write_report(
    store: Store,
    path: str | os.PathLike[str],
    *,
    figures: int | None = FIGURES,
    tables: str | os.PathLike[str] | None = None,
    pictures: str | os.PathLike[str] | None = None,
) -> Overview:
    """Write the page into ``path``, with figures for at most that many instances (None: for all); returns its head.

    ``tables`` is a folder (made if it is not there) for each table as .csv and .tex, ``pictures`` one for each figure
    as .svg and .pdf. The same store gives the same bytes. Raises :class:`InputError` where something cannot be written,
    and for a negative number of figures, and :class:`wnpopt.core.errors.MissingDependencyError` without plotly (the
    extra ``plot``).
    """
    need("plotly.offline", "plot")
    if figures is not None and figures < 0:
        raise InputError(f"found {figures}; a number of at least 0 is needed", where="figures")
    for folder in (tables, pictures):
        if folder is not None:
            make_folder(folder)
    if pictures is not None:
        need("matplotlib.figure", "plot")
    analysis = analyse(store)
    page, drawn = _page(store, analysis, figures)
    write_atomic(path, _assemble(page, drawn))
    if tables is not None:
        write_tables(_tables(analysis, page.suites), tables)
    if pictures is not None:
        from wnpopt.bench.report.pictures import write_instance_pictures, write_pictures

        write_pictures(analysis, pictures)
        for key, made in zip(with_figures(analysis.runs, figures), drawn, strict=True):
            write_instance_pictures(store, analysis.runs, key, made, pictures)
    return page.overview


def _tables(analysis: Analysis, suites: Table) -> Iterator[Table]:
    """What is in the page: the suites beside the gaps, and all instances in one table."""
    named = analysis.tables
    yield from (suites, named["gaps"], named["failures"], named["contradictions"])
    yield from (instance_table(analysis.runs), named["seeds"], *analysis.drawn())


def _page(store: Store, analysis: Analysis, figures: int | None) -> tuple[_Page, list[Figure]]:
    runs = analysis.runs
    chosen = with_figures(runs, figures)
    drawn = {key: figure_of(store, runs.known[key], runs.by_instance[key], runs.labels) for key in chosen}
    rows = instance_rows(
        runs, {key: number for number, key in enumerate(chosen)}, {key: f.unit for key, f in drawn.items()}
    )
    page = _Page(
        overview=overview_of(runs),
        suites=suite_table(runs),
        gaps=analysis.tables["gaps"],
        failures=analysis.tables["failures"],
        profiles=tuple(_Drawn(profile, _note(analysis, profile)) for profile in analysis.profiles),
        charts=analysis.charts,
        labels=runs.labels,
        instances=rows,
        alarms=tuple(
            (place, drawn[row.hash].problem)
            for place, row in enumerate(rows)
            if row.hash in drawn and drawn[row.hash].alarming
        ),
    )
    return page, list(drawn.values())


def _note(analysis: Analysis, profile: PerformanceProfile) -> str:
    missing = analysis.not_compared.get(profile.family)
    if missing is None:
        return profile.note
    return f"{profile.note} Not compared: {', '.join(missing)}, run on fewer than half of the family's instances."


def _assemble(page: _Page, drawn: Sequence[Figure]) -> bytes:
    folder = files("wnpopt.bench.report").joinpath("assets")
    data: dict[str, object] = {"data": page}
    data |= {f"figure-{number}": figure for number, figure in enumerate(drawn)}
    body = folder.joinpath("report.html").read_text(encoding="utf-8")
    scripts = [folder.joinpath(name) for name in _SCRIPTS]
    return page_html("wnpopt report", body, data, scripts, [folder.joinpath("report.css")])
