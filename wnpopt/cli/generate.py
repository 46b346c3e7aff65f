"""``wnpopt generate``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wnpopt.cli.arguments import integer
from wnpopt.cli.terminal import say
from wnpopt.core.errors import InputError
from wnpopt.core.options import Option, parsed, range_of

if TYPE_CHECKING:
    from wnpopt.core.registry import AnyFamily

MOST = 10**6
"""Instances of one call."""


def generate(
    context: typer.Context,
    family: Annotated[str | None, typer.Argument(help="Family of the instances.", show_default=False)] = None,
    seed: Annotated[int, typer.Option(help="Seed of the first instance; the next ones follow.", parser=integer)] = 0,
    count: Annotated[int, typer.Option(help="Number of instances.", parser=integer)] = 1,
    out: Annotated[Path, typer.Option(help="Directory for the files; made if it is not there.")] = Path(),
) -> int:
    """Write random instances of a family; `wnpopt generate FAMILY --help` lists its options."""
    from wnpopt import api
    from wnpopt.core import registry

    wants_help = family in (None, "--help", "-h") or "--help" in context.args or "-h" in context.args
    if family is None or family in ("--help", "-h"):
        known = ", ".join(api.families())
        if not wants_help or family is None:
            raise InputError(f"is missing; one of {known} is needed", where="FAMILY")
        print(f"Usage: wnpopt generate FAMILY [--seed N] [--count N] [--out DIR] [options]\n\nFamilies: {known}")
        return 0
    found = registry.family(family)
    if wants_help:
        _show_options(found)
        return 0
    if count < 1:
        raise InputError(f"found {count}; at least 1 is needed", where="--count")
    if count > MOST:
        raise InputError(f"found {count}; at most {MOST} are possible", where="--count")
    if not 0 <= seed <= 2**31 - count:
        raise InputError(
            f"found {seed}; a seed of at least 0 that leaves room for the others is needed", where="--seed"
        )
    options = _parse(context.args, found.generator_options)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", file=str(out)) from None
    for number in range(seed, seed + count):
        instance = found.generate(options, number)
        path = out / f"{instance.name}.json"
        api.save(instance, path)
        say(str(path))
    return 0


def _parse(arguments: list[str], known: Sequence[Option]) -> dict[str, Any]:
    by_flag = {option.flag: option for option in known}
    values: dict[str, Any] = {}
    rest = list(arguments)
    while rest:
        flag, equals, text = rest.pop(0).partition("=")
        option = by_flag.get(flag.replace("_", "-"))
        if option is None:
            raise InputError(f"unknown option; the options are {', '.join(by_flag)}", where=flag)
        if not equals:
            if not rest:
                raise InputError("has no value", where=flag)
            text = rest.pop(0)
        values[option.name] = parsed(option, text, flag)
    return values


def _show_options(family: AnyFamily) -> None:
    print(f"Usage: wnpopt generate {family.name} [--seed N] [--count N] [--out DIR] [options]\n\nOptions:")
    for option in family.generator_options:
        default = "none" if option.default == "" else option.default
        taken = ", ".join(part for part in (range_of(option), f"default: {default}") if part)
        print(f"  {option.flag:<20} {option.help}  [{taken}]")
