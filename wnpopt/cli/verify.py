"""``wnpopt verify``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wnpopt.cli.terminal import number, print_json


def verify(
    instance: Annotated[Path, typer.Argument(help="JSON file of the instance.", show_default=False)],
    solution: Annotated[Path, typer.Argument(help="JSON file of the solution.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help='{"objective", "violations"} on stdout.')] = False,
) -> int:
    """Check a solution independently of whatever produced it; exit 0 if it is valid, 1 if not."""
    from wnpopt import api
    from wnpopt.core.errors import InputError

    loaded, family = api.load_with_data(instance)
    candidate = api.load_solution(solution)
    try:
        certificate = api.verify(loaded, candidate)
    except InputError as error:
        raise error.in_file(str(solution)) from None
    if json:
        print_json(certificate.to_data())
    elif certificate.accepted:
        print(f"accepted: value {number(certificate.objective)} {family.unit_of(loaded)}".rstrip())
    else:
        print(f"violated: {len(certificate.violations)} rule(s) broken")
        for violation in certificate.violations:
            print(f"  {violation.rule} at {violation.where}: by {number(violation.amount)}")
    return 0 if certificate.accepted else 1
