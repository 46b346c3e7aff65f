"""``wnpopt batch``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wnpopt.cli.arguments import (
    Gap,
    NoImprovement,
    SolverName,
    SolverOptions,
    Target,
    integer,
    integers,
    names,
    real,
    settings,
)
from wnpopt.cli.batch.progress import BatchProgress
from wnpopt.cli.terminal import plain_warnings, print_json, say

if TYPE_CHECKING:
    from wnpopt.bench.batch.run import Summary


def batch(
    sources: Annotated[
        list[str],
        typer.Argument(help="Folders (*.json at any depth), files or globs of instances.", show_default=False),
    ],
    methods: Annotated[str, typer.Option(help="Methods, separated by commas.")] = "auto",
    out: Annotated[Path, typer.Option(help="Folder of the store; a batch that stopped goes on where it was.")] = Path(
        "results"
    ),
    seeds: Annotated[str, typer.Option(help="Seeds, separated by commas; 0:10 is 0 to 9.")] = "0",
    time_limit: Annotated[float, typer.Option(help="Seconds a run.", parser=real, metavar="S")] = 60.0,
    threads: Annotated[int, typer.Option(help="Threads a run.", parser=integer, metavar="N")] = 1,
    workers: Annotated[
        int | None, typer.Option(help="Runs at a time.", show_default="cores / threads", parser=integer, metavar="N")
    ] = None,
    memory: Annotated[
        float | None,
        typer.Option(help="GiB of resident memory a run.", show_default="90 % / workers", parser=real, metavar="GiB"),
    ] = None,
    total_time: Annotated[
        float | None, typer.Option(help="Seconds for the batch.", show_default="none", parser=real, metavar="S")
    ] = None,
    rerun: Annotated[
        str | None,
        typer.Option(
            help="Repeat stored runs: failed, outdated (made by an older wnpopt, or another version of the method's "
            "package), all.",
            show_default=False,
            metavar="failed|outdated|all",
        ),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(help="Address of a Dask scheduler, or local.", show_default=False, metavar="ADDRESS|local"),
    ] = None,
    grace: Annotated[
        float, typer.Option(help="Seconds above its time limit after which a run is killed.", parser=real, metavar="S")
    ] = 30.0,
    warm_start: Annotated[str, typer.Option(help="As in solve.")] = "auto",
    deterministic: Annotated[bool, typer.Option("--deterministic", help="As in solve.")] = False,
    solver: SolverName = None,
    solver_option: SolverOptions = None,
    gap: Gap = None,
    target: Target = None,
    no_improvement: NoImprovement = None,
    json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object on stdout.")] = False,
) -> int:
    """Run methods over folders of instances; every result is stored, none is lost, none is made twice."""
    from wnpopt.bench.batch.run import batch as run

    with BatchProgress() as progress, plain_warnings():
        summary = run(
            sources,
            names(methods),
            out,
            seeds=integers("--seeds", seeds),
            time_limit=time_limit,
            threads=threads,
            workers=workers,
            memory=memory,
            total_time=total_time,
            rerun=names(rerun) if rerun is not None else None,  # type: ignore[arg-type]  # checked there
            dask=dask,
            grace=grace,
            warm_start=warm_start,
            deterministic=deterministic,
            gap=gap,
            target=target,
            no_improvement=no_improvement,
            solver=solver,
            solver_options=settings(solver_option),
            on_record=progress.record,
            on_progress=progress.update,
        )
    if json:
        print_json({key: str(value) if key == "out" else value for key, value in asdict(summary).items()})
    else:
        show(summary)
    return 0 if summary.complete else 1


def show(summary: Summary) -> None:
    """What a batch did, in a few lines on stdout."""
    if summary.end == "interrupted":
        print("interrupted; what was finished is kept, the same command goes on from here")
    elif summary.end == "total_time":
        print("the total time is over; the same command goes on from here")
    parts = [f"{_count(summary.ran, 'run')} made", f"{summary.stored} were there already"]
    if summary.left:
        parts.append(f"about {summary.left} left")
    print(f"{_count(summary.instances, 'instance')} in {_count(summary.files, 'file')}: {', '.join(parts)}")
    if summary.failed:
        print(f"{_count(summary.failed, 'run')} failed (--rerun failed repeats them)")
    if summary.outdated:
        print(f"{_count(summary.outdated, 'stored run')} made by other versions (--rerun outdated repeats them)")
    if summary.invalid:
        print(f"runs of files that are no valid instance: {summary.invalid}")
    if summary.passed_over:
        print(f"{_count(summary.passed_over, 'file')} passed over (indices, graphs, solutions)")
    for family in summary.unsuited:
        say(f"no method of these suits the family {family}: its instances were not run")
    say(f"wnpopt bench {summary.out}     shows the tables; wnpopt report {summary.out} -o report.html the page")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
