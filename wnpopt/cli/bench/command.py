"""``wnpopt bench``: a named suite, or the tables of a store. (``bench adversarial`` has a module of its own.)"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wnpopt.cli.arguments import (
    Gap,
    NoImprovement,
    SolverName,
    SolverOptions,
    Target,
    integer,
    names,
    real,
    settings,
)
from wnpopt.core.errors import InputError

_SUITE = (
    "preset",
    "methods",
    "time_limit",
    "gap",
    "target",
    "no_improvement",
    "solver",
    "solver_option",
    "workers",
    "rerun",
    "dask",
)
_STORE = ("baseline", "profile_target", "formats", "update_index", "json")


def bench(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="SUITE|DIR",
            help="A named suite, a suite of the library (tiny, wnp/medium), or a folder of stored results.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="SUITE: folder of the store (results/SUITE). DIR: folder for each table as .csv and .tex, each "
            "figure as .svg and .pdf.",
            show_default=False,
        ),
    ] = None,
    preset: Annotated[str, typer.Option(help="SUITE: quick (minutes) or full (the papers' ranges).")] = "quick",
    methods: Annotated[
        str | None,
        typer.Option(
            help="A suite of the library: the methods to run.", show_default="heuristics and auto", metavar="a,b"
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(help="SUITE: seconds a run.", show_default="the preset's, or 10", parser=real, metavar="S"),
    ] = None,
    solver: SolverName = None,
    solver_option: SolverOptions = None,
    gap: Gap = None,
    target: Target = None,
    no_improvement: NoImprovement = None,
    workers: Annotated[
        int | None, typer.Option(help="SUITE: as in batch.", show_default="cores", parser=integer, metavar="N")
    ] = None,
    rerun: Annotated[str | None, typer.Option(help="SUITE: as in batch.", show_default=False)] = None,
    dask: Annotated[str | None, typer.Option(help="SUITE: as in batch.", show_default=False)] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(
            help="DIR: another folder of results; what has changed since, of gap, time and proofs.",
            show_default=False,
            metavar="OLD",
        ),
    ] = None,
    profile_target: Annotated[
        str,
        typer.Option(
            help="DIR: what the time profile waits for: proved, or a share t of the best value.", metavar="proved|T"
        ),
    ] = "proved",
    formats: Annotated[str, typer.Option(help="DIR: of the tables in --out.")] = "csv,latex",
    update_index: Annotated[
        bool,
        typer.Option(
            "--update-index", help="DIR: write verified better values and bounds into the suites' index.json."
        ),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="DIR: everything as one JSON object on stdout.")] = False,
) -> int:
    """Run a suite and show its tables, or show the tables and profiles of stored results.

    `wnpopt bench adversarial --help` tells of the search for instances where one method loses to another.
    """
    from wnpopt.bench.suites.materialise import suites

    if what in suites():
        _refuse(context, _STORE, "goes with a folder of results, not with a suite")
        _refuse(context, ("methods",), "goes with a suite of the library; this one has its methods")
        from wnpopt.cli.bench.suite import run_suite

        return run_suite(
            what,
            out=out if out is not None else Path("results") / what,
            preset=preset,
            workers=workers,
            time_limit=time_limit,
            gap=gap,
            target=target,
            no_improvement=no_improvement,
            solver=solver,
            solver_options=settings(solver_option),
            rerun=names(rerun) if rerun is not None else None,
            dask=dask,
        )
    if not Path(what).is_dir():
        from wnpopt.bench.suites.packaged import library_suites, suites_called
        from wnpopt.cli.bench.suite import run_library_suite

        if not suites_called(what):
            known = (*suites(), *library_suites())
            raise InputError(f"is no folder of results and no suite; the suites are {', '.join(known)}", file=what)
        _refuse(context, _STORE, "goes with a folder of results, not with a suite")
        _refuse(context, ("preset",), "goes with a suite that has presets; this one has its instances")
        return run_library_suite(
            what,
            out=out if out is not None else Path("results") / what.replace("/", "-"),
            methods=names(methods) if methods is not None else None,
            workers=workers,
            time_limit=10.0 if time_limit is None else time_limit,
            gap=gap,
            target=target,
            no_improvement=no_improvement,
            rerun=names(rerun) if rerun is not None else None,
            dask=dask,
        )
    _refuse(context, _SUITE, "goes with a suite, not with a folder of results")
    if baseline is not None:
        _refuse(context, ("profile_target", "update_index"), "goes with one folder of results, not with --baseline")
        from wnpopt.cli.bench.baseline import show_baseline

        return show_baseline(Path(what), baseline, out=out, formats=names(formats), json=json)
    from wnpopt.cli.bench.tables import show

    return show(
        Path(what), out=out, formats=names(formats), json=json, update_index=update_index, profile_target=profile_target
    )


def _refuse(context: typer.Context, names: tuple[str, ...], why: str) -> None:
    """Raises :class:`InputError` if one of these options was given: it would do nothing."""
    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise InputError(why, where=f"--{name.replace('_', '-')}")
