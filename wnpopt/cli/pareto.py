"""``wnpopt pareto``."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from wnpopt.cli.arguments import InstanceFile, Seed, Threads, TimeLimit, integer
from wnpopt.cli.solve import check_target, written
from wnpopt.cli.terminal import say
from wnpopt.core.errors import InputError
from wnpopt.core.interrupt import graceful_interrupt
from wnpopt.core.text import number


def pareto(
    instance: InstanceFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="File for the front.", show_default=False)],
    method: Annotated[
        str | None, typer.Option(help="One of those that `wnpopt list` shows.", show_default="the family's exact one")
    ] = None,
    points: Annotated[
        int,
        typer.Option(
            help="Points of the front, at most; enough of them make it complete.", parser=integer, metavar="N"
        ),
    ] = 50,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="File for the picture: .html (interactive, in one file), .png, .svg or .pdf.", show_default=False
        ),
    ] = None,
    time_limit: TimeLimit = 60.0,
    threads: Threads = None,
    seed: Seed = 0,
) -> int:
    """Make the front of latency and energy, with the points that are proved marked; two solves a point."""
    with graceful_interrupt(terminate=True):
        from wnpopt import api
        from wnpopt.core.front import FrontPoint, bicriteria
        from wnpopt.core.jsonio import write_json

        loaded, family = api.load_with_data(instance)
        if plot is not None:
            from wnpopt.plotting.front import check_front_picture

            check_front_picture(plot)
        check_target(out, instance)
        check_target(plot, instance, out)
        if points < 1:
            raise InputError(f"found {points}; at least 1 is needed", where="--points")
        try:
            how = bicriteria(family, loaded)
        except InputError as error:
            raise error.in_file(str(instance)) from None

        def told(point: FrontPoint) -> None:
            proved = "proved" if point.proved else f"bound {_joule(point.energy_bound_j)}"
            say(f"{number(point.latency)} {how.unit}, {number(point.energy_j)} J, {proved}")

        made = api.pareto(
            loaded, method, points=points, time_limit=time_limit, threads=threads, seed=seed, on_point=told
        )
        write_json(out, made.to_data())
        drawn = True
        if plot is not None:
            from wnpopt.plotting.front import draw_front

            drawn = written("picture", plot, partial(draw_front, made, plot), quiet=False)
    proved = sum(point.proved for point in made.points)
    whole = "complete" if made.complete else "not complete"
    say(f"{out}: {len(made.points)} points, {proved} of them proved; the front is {whole}")
    return 0 if drawn else 3


def _joule(value: float | None) -> str:
    return "not known" if value is None or not math.isfinite(value) else f"{number(value)} J"
