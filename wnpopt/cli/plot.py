"""``wnpopt plot``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wnpopt.cli.arguments import InstanceFile
from wnpopt.cli.solve import check_target
from wnpopt.cli.terminal import say
from wnpopt.core.errors import InputError

if TYPE_CHECKING:
    from wnpopt.core.document import Solution
    from wnpopt.core.registry import AnyFamily


def plot(
    instance: InstanceFile,
    solutions: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SOLUTION]...",
            help="Files of solutions; none: the instance alone. Also a result (solve --json), a plan table or a front.",
            show_default=False,
        ),
    ] = None,
    *,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="File to write: .html, .png, .svg or .pdf.", show_default=False),
    ],
    figure: Annotated[
        str | None,
        typer.Option(
            help="Which figure: of a plan its schedule, else by name (docs/plot.md lists them: rows of intradp, users "
            "of slide, graph of wnp, ...).",
            metavar="NAME",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Draw a stored plan, several against one time axis, or the instance without one."""
    from wnpopt import api
    from wnpopt.plotting.plot import plot as draw

    given = solutions or []
    check_target(out, instance, *given)
    loaded, family = api.load_with_data(instance)
    plans: dict[str, Solution] = {}
    others: list[tuple[Path, Any]] = []
    for file in given:
        other = _other(file, family)
        if other is not None:
            others.append((file, other))
            continue
        plan = api.load_solution(file)
        try:
            certificate = api.verify(loaded, plan)
            if not certificate.accepted:
                raise InputError(f"the solution is not accepted: {certificate.violations[0]}")
        except InputError as error:
            raise error.in_file(str(file)) from None
        plans[_name(file, given)] = plan
    if others and len(given) > 1:
        raise InputError("is drawn alone, not beside others", file=str(others[0][0]))
    try:
        draw(loaded, others[0][1] if others else plans or None, out, figure=figure)
    except InputError as error:
        where = {"path": "--out", "solution": "SOLUTION", "figure": "--figure"}.get(error.where, error.where)
        told = InputError(error.what, where=where, file=error.file)
        raise (told.in_file(str(others[0][0])) if others and not where.startswith("--") else told) from None
    say(str(out))
    return 0


def _other(file: Path, family: AnyFamily) -> Any:
    """What is in a file that holds no solution but has a figure: a result's JSON or a document; else None."""
    from wnpopt.core.jsonio import read_json
    from wnpopt.plotting.convergence import is_result
    from wnpopt.plotting.named import document_kinds

    data = read_json(file)
    if is_result(data):
        return data
    kinds = document_kinds(family)
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        return None
    try:
        return kinds[kind].from_data(data)
    except InputError as error:
        raise error.in_file(str(file)) from None


def _name(file: Path, files: list[Path]) -> str:
    """The file's name without its ending, its whole path where two have the same."""
    return file.stem if sum(other.stem == file.stem for other in files) == 1 else str(file)
