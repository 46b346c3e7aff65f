"""``wnpopt explain``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wnpopt.cli.arguments import InstanceFile, Json, Seed, Threads, real
from wnpopt.cli.facts import print_facts
from wnpopt.cli.terminal import console, print_json, styled
from wnpopt.core.interrupt import graceful_interrupt


def explain(
    instance: InstanceFile,
    solution: Annotated[
        Path | None, typer.Argument(help="JSON file of a solution: why it leaves somebody out.", show_default=False)
    ] = None,
    time_limit: Annotated[float, typer.Option(help="About so many seconds.", parser=real, metavar="S")] = 10.0,
    threads: Threads = None,
    seed: Seed = 0,
    json: Json = False,
) -> int:
    """Tell why an instance has no plan, or whom it leaves out, and what would help; each change is tried."""
    with graceful_interrupt(terminate=True):
        from wnpopt import api

        loaded = api.load(instance)
        plan = None if solution is None else api.load_solution(solution)
        told = api.explain(loaded, plan, time_limit=time_limit, threads=threads, seed=seed)
    if json:
        print_json(told.to_data())
    else:
        out = console()
        out.print(styled(loaded.name, "bold"), soft_wrap=True)
        print_facts(out, told.facts())
    return 0
