"""``wnpopt decode``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wnpopt.cli.arguments import InstanceFile
from wnpopt.cli.solve import check_target
from wnpopt.cli.terminal import plain_warnings, say
from wnpopt.core.errors import InputError
from wnpopt.core.text import number


def decode(
    instance: InstanceFile,
    values: Annotated[
        Path, typer.Argument(help="Solution file of HiGHS, CBC, SCIP or Gurobi (.sol, .mst).", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="File for the solution.", show_default=False)],
    formulation: Annotated[str, typer.Option(help="The one that was exported.")] = "milp",
) -> int:
    """Read a solver's solution of an exported model, verify it, and write it as a solution of the instance."""
    from wnpopt import api
    from wnpopt.backends.values import read_values

    check_target(out, instance, values)
    loaded, family = api.load_with_data(instance)
    given = read_values(values)
    try:
        with plain_warnings():
            solution = api.decode(loaded, formulation, None, given)
    except InputError as error:
        if error.where.startswith("values"):
            raise InputError(error.what, file=str(values)) from None
        raise
    api.save(solution, out)
    say(f"{out}: {number(api.verify(loaded, solution).objective, 15)} {family.unit_of(loaded)}".rstrip())
    return 0
