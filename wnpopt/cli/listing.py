"""``wnpopt list``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wnpopt.cli.arguments import Json
from wnpopt.cli.faults import tell_faults
from wnpopt.cli.terminal import console, print_json, styled

if TYPE_CHECKING:
    from rich.text import Text


def list_methods(json: Json = False) -> int:
    """Families and methods: what each can prove, and whether its solver is installed."""
    from wnpopt.backends.solvers.catalogue import solver_facts
    from wnpopt.core import registry
    from wnpopt.core.extras import installed

    families = [registry.family(name) for name in registry.family_names()]
    solvers = solver_facts()
    if json:
        print_json(
            {
                family.name: {
                    "title": family.title,
                    "formulations": list(family.formulations),
                    "methods": {
                        method.name: {
                            "summary": method.summary,
                            "proves": method.proof_told,
                            "needs": list(method.modules),
                            "solvers": [
                                {name: row[name] for name in ("solver", "installed", "version", "install")}
                                for row in solvers
                                if f"{family.name} {method.name}" in row["methods"]
                            ],
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
    from wnpopt.cli.tables import Heading, draw

    headings = (Heading("method"), *(Heading(title, "prose") for title in ("what it does", "proves", "needs")))
    out = console()
    for family in families:
        rows = []
        for method in registry.methods(family.name).values():
            missing = [module for module in method.modules if not installed(module)]
            needs = styled(", ".join(method.modules))
            if missing:
                needs.append_text(styled(f"  (not installed: {', '.join(missing)})", "red"))
            rows.append((styled(method.name, "bold"), method.summary, method.proof_told, needs))
        out.print(styled(f"{family.name}: {family.title}", "bold"), soft_wrap=True)
        draw(out, headings, rows)
    out.print(styled("solvers (--solver): whom models may go to", "bold"), soft_wrap=True)
    titles = (Heading("solver"), *(Heading(title, "prose") for title in ("for", "taken by", "version")))
    draw(out, titles, [_solver_row(solver) for solver in solvers])
    tell_faults()
    return 0


def _solver_row(row: dict[str, Any]) -> tuple[str | Text, ...]:
    there = styled(str(row["version"] or "installed"))
    if not row["installed"]:
        there = styled(f"not installed: {row['install']}", "red")
    return styled(row["solver"], "bold"), row["kind"], ", ".join(row["methods"]), there
