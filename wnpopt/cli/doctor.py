"""``wnpopt doctor``."""

from __future__ import annotations

import math
import sys
from typing import Annotated

import typer

from wnpopt.cli.faults import tell_faults
from wnpopt.cli.terminal import number, print_json, seconds


def doctor(
    json: Annotated[bool, typer.Option("--json", help="As one JSON object on stdout.")] = False,
) -> int:
    """Solve a tiny known instance of each family with every method, and print the versions."""
    from wnpopt import api
    from wnpopt.core import registry
    from wnpopt.core.errors import MissingDependencyError, UnsupportedError
    from wnpopt.core.versions import versions

    rows: list[dict[str, object]] = []
    for name in registry.family_names():
        family = registry.family(name)
        if family.doctor is None:
            continue
        instance = family.instance_type.from_data(family.doctor.instance)
        for method in registry.methods(name).values():
            row: dict[str, object] = {"family": name, "method": method.name, "optimum": family.doctor.optimum}
            try:
                # Cold, so that each solver finds the optimum itself.
                result = api.solve(instance, method.name, time_limit=20, threads=1, warm_start="none")
            except (MissingDependencyError, UnsupportedError) as error:
                rows.append({**row, "healthy": True, "status": "skipped", "message": str(error)})
                continue
            must_prove = "optimality" in method.proves
            reached = result.objective is not None and math.isclose(
                result.objective, family.doctor.optimum, rel_tol=1e-9
            )
            healthy = result.verified and ((result.status == "optimal" and reached) or not must_prove)
            rows.append(
                {
                    **row,
                    "healthy": healthy,
                    "status": str(result.status),
                    "objective": result.objective,
                    "runtime_s": result.runtime_s,
                    "message": result.message,
                }
            )
    healthy = all(row["healthy"] for row in rows)
    if json:
        print_json({"healthy": healthy, "python": sys.version.split()[0], "versions": versions(), "checks": rows})
    else:
        _show(rows, {"python": sys.version.split()[0], **versions()})
    tell_faults()
    return 0 if healthy else 3


def _show(rows: list[dict[str, object]], found: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(", ".join(f"{name} {version}" for name, version in found.items()), highlight=False)
    table = Table()
    for heading in ("family", "method", "status", "value", "optimum", "time", "verdict"):
        table.add_column(heading)
    for row in rows:
        objective, optimum, runtime = row.get("objective"), row["optimum"], row.get("runtime_s")
        table.add_row(
            str(row["family"]),
            str(row["method"]),
            str(row["status"]),
            number(objective if isinstance(objective, float | int) else None),
            number(optimum if isinstance(optimum, float | int) else None),
            seconds(runtime) if isinstance(runtime, float) else "-",
            "[green]healthy[/]" if row["healthy"] else f"[red]WRONG[/] {row.get('message', '')}",
        )
    console.print(table)
