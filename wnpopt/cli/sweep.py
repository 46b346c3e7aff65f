"""``wnpopt sweep``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wnpopt.cli.arguments import (
    Gap,
    InstanceFile,
    Json,
    NoImprovement,
    SolverName,
    SolverOptions,
    Target,
    TimeLimit,
    integer,
    integers,
    names,
    settings,
)
from wnpopt.cli.terminal import console, plain_warnings, print_json, say, styled
from wnpopt.core.text import one_line

if TYPE_CHECKING:
    from wnpopt.bench.analysis.table import Table
    from wnpopt.bench.batch.run import Summary


def sweep(
    instance: InstanceFile,
    grids: Annotated[
        list[str],
        typer.Option(
            "--set",
            help="A field and its values: a list a,b,c or start:stop:count, evenly; start:stop:count:log by factors. "
            "Several: all combinations.",
            metavar="FIELD=GRID",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder of the store; a sweep that stopped goes on.", show_default=False)
    ],
    methods: Annotated[str, typer.Option(help="Methods, separated by commas.")] = "auto",
    seeds: Annotated[str, typer.Option(help="Seeds, separated by commas; 0:10 is 0 to 9.")] = "0",
    time_limit: TimeLimit = 60.0,
    threads: Annotated[int, typer.Option(help="Threads a run.", parser=integer, metavar="N")] = 1,
    workers: Annotated[
        int | None, typer.Option(help="Runs at a time.", show_default="cores / threads", parser=integer, metavar="N")
    ] = None,
    solver: SolverName = None,
    solver_option: SolverOptions = None,
    gap: Gap = None,
    target: Target = None,
    no_improvement: NoImprovement = None,
    json: Json = False,
) -> int:
    """Change fields of an instance over a grid, run methods at every point; a table and a picture of the values."""
    from wnpopt import api
    from wnpopt.bench.batch.run import batch
    from wnpopt.bench.sweep.axes import Axis
    from wnpopt.bench.sweep.run import sweep as run
    from wnpopt.cli.batch.progress import BatchProgress

    axes = [Axis.parse(grid) for grid in grids]
    loaded, _ = api.load_with_data(instance)

    def watched(files: list[str], *arguments: Any, **options: Any) -> Summary:
        print(one_line(f"{loaded.name}: {len(files)} points in {out}"), file=sys.stderr, flush=True)
        with BatchProgress() as progress, plain_warnings():
            return batch(files, *arguments, **options, on_record=progress.record, on_progress=progress.update)

    made = run(
        loaded,
        axes,
        names(methods),
        out,
        seeds=integers("--seeds", seeds),
        run=watched,
        time_limit=time_limit,
        threads=threads,
        workers=workers,
        gap=gap,
        target=target,
        no_improvement=no_improvement,
        solver=solver,
        solver_options=settings(solver_option),
    )
    if json:
        files = [str(file) for file in made.files]
        print_json({"rows": made.table.records(), "files": files, "complete": made.summary.complete})
    else:
        _show(made.table)
        if made.summary.end != "finished":
            say("not complete; the same command goes on from here")
        for file in made.files:
            say(str(file))
    return 0 if made.summary.complete else 1


def _show(table: Table) -> None:
    from wnpopt.bench.analysis.table import written
    from wnpopt.cli.tables import Heading, draw

    screen = console()
    screen.print(styled(table.title, "bold"), soft_wrap=True)
    headings = [Heading(column.title, "name" if column.kind == "text" else "number") for column in table.columns]
    draw(screen, headings, written(table))
