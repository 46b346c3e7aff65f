"""``wnpopt solve``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wnpopt.cli.arguments import integer, real
from wnpopt.cli.terminal import ProgressLine, number, percent, print_json, seconds
from wnpopt.core.errors import InputError
from wnpopt.core.interrupt import graceful_interrupt

if TYPE_CHECKING:
    from wnpopt.core.document import Instance, Solution
    from wnpopt.core.registry import AnyFamily
    from wnpopt.core.result import Result


def solve(
    instance: Annotated[Path, typer.Argument(help="JSON file of the instance.", show_default=False)],
    method: Annotated[str, typer.Option(help="One of those that `wnpopt list` shows.")] = "auto",
    time_limit: Annotated[
        float, typer.Option(help="Seconds for the methods that have a limit.", parser=real, metavar="S")
    ] = 60.0,
    threads: Annotated[
        int | None, typer.Option(help="Threads of the solvers.", show_default="all cores", parser=integer, metavar="N")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.", parser=integer, metavar="N")] = 0,
    warm_start: Annotated[
        str, typer.Option(help="Method whose solution an exact method starts from; none for a cold start.")
    ] = "auto",
    out: Annotated[Path | None, typer.Option(help="File for the solution.", show_default=False)] = None,
    plot: Annotated[
        Path | None,
        typer.Option(help="File for the picture: .html (interactive, in one file), .png or .svg.", show_default=False),
    ] = None,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="Repeatable search with several threads (slower).")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="The result as one JSON object on stdout.")] = False,
) -> int:
    """Solve an instance, verify the answer, show its value, bound and gap."""
    with graceful_interrupt(terminate=True):
        from wnpopt import api

        api.expect(instance, method)
        loaded, family = api.load_with_data(instance)
        draw = None if plot is None else plotter(family, plot)
        for target in (out, plot):
            check_target(target)
        with ProgressLine(f"{loaded.name} {method}", family.sense, enabled=not json) as line:
            result = api.solve(
                loaded,
                method,
                time_limit=time_limit,
                threads=threads,
                seed=seed,
                warm_start=warm_start,
                deterministic=deterministic,
                on_progress=line.update,
            )
        if result.solution is not None:
            if out is not None:
                api.save(result.solution, out)
            if draw is not None and plot is not None:
                draw(loaded, result.solution, result.bound, plot)
    if json:
        print_json(result.to_data())
    else:
        _show(loaded, family, result, out, plot)
    if result.solution is not None:
        return 0
    return 3 if result.termination == "error" else 1


def plotter(family: AnyFamily, path: Path) -> Draw:
    """The family's drawing function.

    After checking that ``path`` has a format that it knows and that its library is there.
    """
    from wnpopt.core.extras import need
    from wnpopt.core.registry import resolve

    if family.plot is None:
        raise InputError(f"the family {family.name} has no picture", where="--plot")
    if path.suffix.lower() not in family.plot_formats:
        endings = ", ".join(family.plot_formats)
        raise InputError(f"found {path.name}; a file name with one of the endings {endings} is needed", where="--plot")
    need("plotly.graph_objects" if path.suffix.lower() == ".html" else "matplotlib.figure", "plot")
    draw: Draw = resolve(family.plot)  # type: ignore[assignment]
    return draw


def check_target(path: Path | None) -> None:
    """Refuse a file that cannot be written before the work, not after it."""
    if path is None:
        return
    if path.is_dir():
        raise InputError("is a directory; the path of a file is needed", file=str(path))
    if not path.parent.is_dir():
        raise InputError(f"the directory {path.parent} does not exist", file=str(path))


def _show(instance: Instance, family: AnyFamily, result: Result[Solution], out: Path | None, plot: Path | None) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    colour = {"optimal": "green", "feasible": "yellow"}.get(result.status, "red")
    table = Table(title=instance.name, title_justify="left")
    unit = family.unit_of(instance)
    for heading in ("method", "status", f"value [{unit}]" if unit else "value", "bound", "gap", "time"):
        table.add_column(heading.replace("[", r"\["), justify="left" if heading in {"method", "status"} else "right")
    table.add_row(
        result.method,
        f"[{colour}]{result.status}[/]",
        number(result.objective),
        number(result.bound),
        percent(result.gap),
        seconds(result.runtime_s),
    )
    console.print(table)
    facts = [f"ended: {result.termination}"]
    if result.found_by is not None:
        facts.append(f"found by {result.found_by}, verified")
    if result.bound_by is not None:
        facts.append(f"bound by {result.bound_by}")
    if result.warm_start != "none":
        facts.append(f"warm start {result.warm_start}")
    console.print("; ".join(facts), highlight=False, soft_wrap=True, markup=False)
    if result.message:
        console.print(result.message, highlight=False, soft_wrap=True, markup=False)
    for what, path in (("solution", out), ("picture", plot)):
        if path is not None and result.solution is not None:
            console.print(f"{what}: {path}", highlight=False, soft_wrap=True, markup=False)


if TYPE_CHECKING:
    from collections.abc import Callable

    Draw = Callable[[Instance, Solution, float | None, Path], None]
