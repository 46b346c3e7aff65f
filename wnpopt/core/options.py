"""Options that are declared once, as fields of a frozen dataclass: default, help, range and choices in one place.

Generators and the commands of families read what a user gives into such a dataclass with :func:`read`, and the command
line makes its flags of the same declaration.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_type_hints

from wnpopt.core.errors import InputError

T = TypeVar("T")

Kind = Literal["integer", "number", "text", "flag", "path", "texts", "instance"]
_KINDS: Mapping[type, Kind] = {int: "integer", float: "number", str: "text", bool: "flag", Path: "path"}
_KEY = "wnpopt.option"


@dataclass(frozen=True)
class Option:
    """An option: its name, its default, what it means, and which values it takes.

    ``least`` and ``most`` are included in the range, ``above`` is not. ``choices`` are the texts that are possible.
    ``metavar`` and ``shown`` are what a help page has for a value and for the default; ``flags`` replace the flag made
    of the name; ``positional`` arguments have none. ``required`` options have no default. A path that the command
    ``writes`` is checked before the work; an option of the kind "instance" is a file on the command line.
    """

    name: str
    default: Any
    help: str
    kind: Kind = "text"
    least: float | None = None
    most: float | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    metavar: str = ""
    shown: str = ""
    flags: tuple[str, ...] = ()
    positional: bool = False
    required: bool = False
    writes: bool = False

    @property
    def flag(self) -> str:
        """What stands on a command line: the first of the flags, or the name in capitals."""
        if self.positional:
            return self.name.upper()
        return self.flags[0].partition("/")[0] if self.flags else f"--{self.name.replace('_', '-')}"


def GeneratorOption(name: str, default: float | str, help: str) -> Option:  # noqa: N802 -- the name it has in 0.1
    """An option of an instance generator; the type of its values is that of ``default``."""
    return Option(name, default, help, _KINDS[type(default)])


def option(
    default: Any,
    help: str,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    choices: Sequence[str] = (),
    metavar: str = "",
    shown: str = "",
    flags: Sequence[str] = (),
) -> Any:
    """A field of a dataclass of options, see :class:`Option`."""
    told = {
        "help": help, "least": least, "most": most, "above": above, "choices": tuple(choices), "metavar": metavar,
        "shown": shown, "flags": tuple(flags),
    }  # fmt: skip
    return field(default=default, metadata={_KEY: told})


def argument(help: str) -> Any:
    """A positional argument that has to be there."""
    return field(metadata={_KEY: {"help": help, "positional": True, "required": True}})


def required(
    help: str,
    *,
    flags: Sequence[str] = (),
    metavar: str = "",
    writes: bool = False,
) -> Any:
    """An option that has to be there."""
    told = {"help": help, "required": True, "flags": tuple(flags), "metavar": metavar, "writes": writes}
    return field(metadata={_KEY: told})


@cache
def options_of(declared: type) -> tuple[Option, ...]:
    """The options that the fields of the dataclass ``declared`` are, in order."""
    hints = get_type_hints(declared)
    made = []
    for entry in fields(declared):
        told = entry.metadata.get(_KEY)
        if told is not None:
            default = None if entry.default is MISSING else entry.default
            made.append(Option(entry.name, default, kind=_kind(hints[entry.name]), **told))
    return tuple(made)


def _kind(hint: object) -> Kind:
    if isinstance(hint, type):
        return _KINDS.get(hint, "instance")
    if getattr(hint, "__origin__", None) is tuple:
        return "texts"
    if getattr(hint, "__origin__", None) is Literal:
        return "text"
    return next(_kind(part) for part in get_args(hint) if part is not type(None))


def read(
    declared: Callable[..., T],
    given: Mapping[str, object],
    *,
    ignored: Sequence[str] = (),
    where: Callable[[Option], str] = lambda known: known.name,
) -> T:
    """The dataclass ``declared`` with what is ``given``; the names in ``ignored`` are somebody else's.

    Raises :class:`InputError` at ``where`` (the option's name) for what is unknown, of another type or out of range.
    """
    known = {entry.name: entry for entry in options_of(declared)}
    values: dict[str, object] = {}
    for name, value in given.items():
        if name in ignored:
            continue
        if name not in known:
            raise InputError(f"unknown option; the options are {', '.join(known)}", where=name)
        values[name] = checked(known[name], value, where(known[name]))
    missing = [entry for entry in known.values() if entry.required and values.get(entry.name) is None]
    if missing:
        raise InputError("is needed", where=where(missing[0]))
    return declared(**values)


def checked(known: Option, value: object, where: str) -> object:
    """``value`` as the option takes it; raises :class:`InputError` at ``where`` saying what would be right."""
    if value is None and known.default is None:
        return None
    if known.kind == "integer":
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        right = isinstance(value, int) and not isinstance(value, bool) and _inside(known, value)
    elif known.kind == "number":
        right = isinstance(value, int | float) and not isinstance(value, bool)
        right = right and math.isfinite(value) and _inside(known, value)  # type: ignore[arg-type]
    elif known.kind == "text":
        right = isinstance(value, str) and (not known.choices or value in known.choices)
    else:
        return value
    if not right:
        shown = value if isinstance(value, int | float) else repr(value)
        raise InputError(f"found {shown}; {_wanted(known)} is needed", where=where)
    return value


def _inside(known: Option, value: float) -> bool:
    return (
        (known.least is None or value >= known.least)
        and (known.most is None or value <= known.most)
        and (known.above is None or value > known.above)
    )


def _wanted(known: Option) -> str:
    """What would be right, as in "an integer of 1 to 100"."""
    if known.choices:
        *most, last = known.choices
        return f"{', '.join(most)} or {last}" if len(most) == 1 else f"one of {', '.join(known.choices)}"
    if known.kind == "text":
        return "a text"
    what = "an integer" if known.kind == "integer" else "a finite number"
    if known.least is not None and known.most is not None:
        return f"{what.replace('finite ', '')} of {known.least:.15g} to {known.most:.15g}"
    if known.least is not None:
        return f"{what} of at least {known.least:.15g}"
    if known.above is not None:
        low = f"{what} above {known.above:.15g}"
        return low if known.most is None else f"{low}, at most {known.most:.15g},"
    return what if known.most is None else f"{what} of at most {known.most:.15g}"
