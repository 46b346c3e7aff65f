"""``wnpopt generate``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wnpopt.cli.arguments import integer
from wnpopt.cli.synonyms import meant
from wnpopt.cli.terminal import say, warn
from wnpopt.core.errors import InputError
from wnpopt.core.near import near
from wnpopt.core.options import Option, checked, parsed, range_of

if TYPE_CHECKING:
    from wnpopt.core.document import Instance
    from wnpopt.core.registry import AnyFamily

_OWN = ("--seed", "--count", "--out")
_HELP = ("--help", "-h")
_USAGE = "Usage: wnpopt generate {} [--seed N] [--count N] [--out DIR] [options]"


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

    known = ", ".join(api.families())
    if family is None:
        raise InputError(f"is missing; one of {known} is needed", where="FAMILY")
    if family in _HELP:
        print(f"{_USAGE.format('FAMILY')}\n\nFamilies: {known}")
        return 0
    described = registry.family(family)
    if any(word in context.args for word in _HELP):
        _show_options(described)
        return 0
    checked(Option("count", 1, "", "integer", least=1, most=10**6), count, "--count")
    checked(Option("seed", 0, "", "integer", least=0, most=2**31 - count), seed, "--seed")
    options = _parse(context.args, described.generator_options)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made: {error.strerror}", file=str(out)) from None
    for number in range(seed, seed + count):
        instance = described.generate(options, number)
        path = out / f"{instance.name}.json"
        replaced = path.is_file() and not _holds(path, instance)
        api.save(instance, path)
        say(str(path))
        if replaced:  # not every option is part of the name
            warn(f"{path}: held something else, which is replaced; another --out keeps both")
    return 0


def _holds(path: Path, instance: Instance) -> bool:
    """True if the file has this instance, whatever its source says."""
    from wnpopt import api

    try:
        return api.load(path).instance_hash == instance.instance_hash
    except InputError:
        return False


def _parse(arguments: list[str], known: Sequence[Option]) -> dict[str, Any]:
    by_flag = {option.flag: option for option in known}
    values: dict[str, Any] = {}
    rest = list(arguments)
    while rest:
        flag, equals, text = rest.pop(0).partition("=")
        option = by_flag.get(flag.replace("_", "-"))
        if option is None:
            hint = meant(flag, [*_OWN, *by_flag]) or near(flag, [*_OWN, *by_flag])
            raise InputError(f"unknown option; the options are {', '.join([*_OWN, *by_flag])}{hint}", where=flag)
        if not equals:
            if not rest:
                raise InputError("has no value", where=flag)
            text = rest.pop(0)
        values[option.name] = parsed(option, text, flag)
    return values


def _show_options(family: AnyFamily) -> None:
    print(f"{_USAGE.format(family.name)}\n\nOptions:")
    for option in family.generator_options:
        default = "none" if option.default == "" else option.default
        taken = ", ".join(part for part in (range_of(option), f"default: {default}") if part)
        print(f"  {option.flag:<20} {option.help}  [{taken}]")
