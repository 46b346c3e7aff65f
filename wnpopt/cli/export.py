"""``wnpopt export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wnpopt.cli.arguments import InstanceFile
from wnpopt.cli.solve import check_target
from wnpopt.cli.terminal import say
from wnpopt.core.errors import InputError


def export(
    instance: InstanceFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="File to write: .lp or .mps.", show_default=False)],
    formulation: Annotated[str, typer.Option(help="One of the family's formulations.")] = "milp",
) -> int:
    """Write a linear formulation of an instance for any solver."""
    from wnpopt import api
    from wnpopt.backends.writer import write_linear

    loaded, _ = api.load_with_data(instance)
    if out.suffix.lower() not in (".lp", ".mps"):
        raise InputError(f"found {out.name}; a file name that ends in .lp or .mps is needed", where="--out")
    check_target(out, instance)
    write_linear(api.compile_model(loaded, formulation), out, formulation)
    say(str(out))
    return 0
