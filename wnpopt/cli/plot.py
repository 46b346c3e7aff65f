"""``wnpopt plot``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wnpopt.cli.arguments import InstanceFile
from wnpopt.cli.solve import check_target
from wnpopt.cli.terminal import say
from wnpopt.core.errors import InputError


def plot(
    instance: InstanceFile,
    solutions: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SOLUTION]...", help="Files of solutions; none: the instance alone.", show_default=False
        ),
    ] = None,
    *,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="File to write: .html, .png, .svg or .pdf.", show_default=False),
    ],
) -> int:
    """Draw a stored plan, several against one time axis, or the instance without one."""
    from wnpopt import api
    from wnpopt.plotting.plot import plot as draw

    given = solutions or []
    check_target(out, instance, *given)
    loaded = api.load(instance)
    plans = {}
    for file in given:
        plan = api.load_solution(file)
        try:
            certificate = api.verify(loaded, plan)
            if not certificate.accepted:
                raise InputError(f"the solution is not accepted: {certificate.violations[0]}")
        except InputError as error:
            raise error.in_file(str(file)) from None
        plans[_name(file, given)] = plan
    try:
        draw(loaded, plans or None, out)
    except InputError as error:
        where = {"path": "--out", "solution": "SOLUTION"}.get(error.where, error.where)
        raise InputError(error.what, where=where, file=error.file) from None
    say(str(out))
    return 0


def _name(file: Path, files: list[Path]) -> str:
    """The file's name without its ending, its whole path where two have the same."""
    return file.stem if sum(other.stem == file.stem for other in files) == 1 else str(file)
