"""Arguments that several commands have, and numbers with the message that the rest of the program gives."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wnpopt.core.solver_choice import Setting, setting_of


def integer(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"found {text!r}; an integer is needed") from None


def real(text: str) -> float:
    """A number."""
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"found {text!r}; a number is needed") from None


def names(text: str) -> list[str]:
    """Names separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def integers(option: str, text: str) -> list[int]:
    """Integers of ``option``, separated by commas; ``a:b`` stands for a to b - 1."""
    found: list[int] = []
    for part in names(text):
        first, colon, last = part.partition(":")
        try:
            found += range(int(first), int(last)) if colon else [int(first)]
        except ValueError:
            raise typer.BadParameter(
                f"found {part!r}; integers as in 0,1,5 or 0:10 are needed", param_hint=option
            ) from None
    return found


InstanceFile = Annotated[Path, typer.Argument(help="JSON file of the instance.", show_default=False)]
Threads = Annotated[
    int | None, typer.Option(help="Threads of the solvers.", show_default="all cores", parser=integer, metavar="N")
]
Seed = Annotated[int, typer.Option(help="Seed of everything random.", parser=integer, metavar="N")]
TimeLimit = Annotated[
    float, typer.Option(help="Seconds a run, for methods that have a limit.", parser=real, metavar="S")
]
Gap = Annotated[
    float | None,
    typer.Option(help="End once the relative gap is at most this: 0.01.", parser=real, metavar="G", show_default=False),
]
Target = Annotated[
    float | None,
    typer.Option(
        help="End once a verified value is at least as good, in the instance's unit.",
        parser=real,
        metavar="V",
        show_default=False,
    ),
]
NoImprovement = Annotated[
    float | None,
    typer.Option(help="End so many seconds after the last better value.", parser=real, metavar="S", show_default=False),
]
SolverName = Annotated[
    str | None,
    typer.Option(
        "--solver",
        help="For methods whose models may go to another one: highs, cbc, glpk, scip, gurobi (milp); clarabel, scs, "
        "ecos, mosek (convex).",
        metavar="NAME",
        show_default=False,
    ),
]
SolverOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--solver-option",
        help="An option of the solver's own, as its manual has it; several times.",
        metavar="K=V",
        show_default=False,
    ),
]


def settings(given: list[str] | None) -> dict[str, Setting] | None:
    """What ``--solver-option`` says, by name; None where nothing is said."""
    found: dict[str, Setting] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise typer.BadParameter(f"found {text!r}; NAME=VALUE is needed", param_hint="--solver-option")
        found[name.strip()] = setting_of(value.strip())
    return found or None


Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout instead.")]
