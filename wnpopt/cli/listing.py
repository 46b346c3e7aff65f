"""``wnpopt list``."""

from __future__ import annotations

from typing import Annotated

import typer

from wnpopt.cli.faults import tell_faults
from wnpopt.cli.terminal import print_json


def list_methods(
    json: Annotated[bool, typer.Option("--json", help="As one JSON object on stdout.")] = False,
) -> int:
    """Families and methods: what each can prove, and whether its solver is installed."""
    from wnpopt.core import registry
    from wnpopt.core.extras import installed

    families = [registry.family(name) for name in registry.family_names()]
    if json:
        print_json(
            {
                family.name: {
                    "title": family.title,
                    "formulations": list(family.formulations),
                    "methods": {
                        method.name: {
                            "summary": method.summary,
                            "proves": method.proves,
                            "needs": list(method.modules),
                            "installed": all(installed(module) for module in method.modules),
                        }
                        for method in registry.methods(family.name).values()
                    },
                }
                for family in families
            }
        )
        tell_faults()
        return 0
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for family in families:
        table = Table(title=f"{family.name}: {family.title}", title_justify="left")
        for heading in ("method", "what it does", "proves", "needs"):
            table.add_column(heading)
        for method in registry.methods(family.name).values():
            missing = [module for module in method.modules if not installed(module)]
            needs = ", ".join(method.modules) + (f"  [red](not installed: {', '.join(missing)})[/]" if missing else "")
            table.add_row(f"[bold]{method.name}[/]", method.summary, method.proves, needs)
        console.print(table)
    tell_faults()
    return 0
