"""``wnpopt verify``."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from wnpopt.cli.terminal import complain, print_json, say
from wnpopt.core.text import number

SHOWN = 20
"""Broken rules that are printed."""


def verify(
    instance: Annotated[Path | None, typer.Argument(help="JSON file of the instance.", show_default=False)] = None,
    solution: Annotated[Path | None, typer.Argument(help="JSON file of the solution.", show_default=False)] = None,
    store: Annotated[
        Path | None,
        typer.Option(
            help="Folder that `wnpopt batch` wrote: every record and solution is checked.", show_default=False
        ),
    ] = None,
    fixed: Annotated[
        Path | None,
        typer.Option(
            help="JSON file of a running plan's state, from which the solution has to go on.",
            show_default=False,
            metavar="STATE",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help='{"objective", "violations"} on stdout.')] = False,
) -> int:
    """Check a solution independently of whatever produced it; exit 0 if it is valid, 1 if not."""
    from wnpopt.core.errors import InputError

    if store is not None:
        if instance is not None or fixed is not None:
            raise InputError("takes no INSTANCE, SOLUTION and --fixed beside it", where="--store")
        return _verify_store(store, json)
    if instance is None or solution is None:
        missing = "INSTANCE" if instance is None else "SOLUTION"
        raise InputError("is missing; INSTANCE and SOLUTION are needed, or --store DIR", where=missing)
    return _verify_one(instance, solution, fixed, json)


def _verify_one(instance: Path, solution: Path, fixed: Path | None, json: bool) -> int:
    from wnpopt import api
    from wnpopt.core.errors import InputError

    loaded, family = api.load_with_data(instance)
    candidate = api.load_solution(solution)
    state = None if fixed is None else api.load_state(fixed)
    try:
        certificate = api.verify(loaded, candidate, fixed=state)
    except InputError as error:
        raise error.in_file(str(solution)) from None
    if json:
        print_json(certificate.to_data())
    elif certificate.accepted:
        say(f"accepted: value {number(certificate.objective, 15)} {family.unit_of(loaded)}".rstrip())
    else:
        of = candidate.instance
        if of != loaded.name:
            say(f"the solution is for the instance {of}, not for {loaded.name}")
        broken = certificate.violations
        say(f"violated: {len(broken)} {'rule' if len(broken) == 1 else 'rules'} broken")
        for violation in broken[:SHOWN]:
            say(f"  {violation.rule} at {violation.where}: by {number(violation.amount)}")
        if len(broken) > SHOWN:
            say(f"  and {len(broken) - SHOWN} more; --json has them all")
    return 0 if certificate.accepted else 1


def _verify_store(path: Path, json: bool) -> int:
    """0 if all records are accepted, 1 if one is not, 2 if one cannot be read."""
    from wnpopt.bench.store.recheck import recheck
    from wnpopt.bench.store.store import DamageWarning, Store
    from wnpopt.cli.terminal import plain_warnings

    runs = checked = 0
    violated: list[dict[str, object]] = []
    unreadable: list[str] = []
    damaged: list[str] = []
    with plain_warnings():
        tell = warnings.showwarning

        def note(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:
            if issubclass(category, DamageWarning):
                damaged.append(str(message))
            tell(message, category, *rest, **more)

        warnings.showwarning = note
        for check in recheck(Store.open(path)):
            runs += 1
            checked += check.record.solution is not None or not check.accepted
            if check.unreadable is not None:
                unreadable.append(check.unreadable)
                complain(check.unreadable)
            elif not check.accepted:
                key, certificate = check.record.key, check.certificate
                told = (
                    check.deviation or "; ".join(map(str, certificate.violations if certificate else ())) or "rejected"
                )
                violated.append(
                    {"file": check.record.file, "method": key.method, "seed": key.seed,
                     "solution": check.record.solution, "what": told}
                )  # fmt: skip
                if not json:
                    say(f"violated: {check.record.file} {key.method} seed {key.seed}: {told}")
    if json:
        print_json({"runs": runs, "checked": checked, "violated": violated, "unreadable": unreadable + damaged})
    else:
        accepted = checked - len(violated) - len(unreadable)
        parts = f"{accepted} accepted, {len(violated)} violated, {len(unreadable)} unreadable"
        say(f"{checked} solutions verified: {parts}; records checked: {runs}")
    return 2 if unreadable or damaged else 1 if violated else 0
