"""Options that are declared once, as fields of a frozen dataclass: default, help, range and choices in one place.

Generators and the commands of families read what a user gives into such a dataclass with :func:`read`, and the command
line makes its flags of the same declaration.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_type_hints

from wnpopt.core.errors import InputError
from wnpopt.core.near import near
from wnpopt.core.text import short

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
    writes: bool = False,
) -> Any:
    """A field of a dataclass of options, see :class:`Option`."""
    told = {
        "help": help, "least": least, "most": most, "above": above, "choices": tuple(choices), "metavar": metavar,
        "shown": shown, "flags": tuple(flags), "writes": writes,
    }  # fmt: skip
    return field(default=default, metadata={_KEY: told})


def argument(help: str) -> Any:
    """A positional argument that has to be there."""
    return field(metadata={_KEY: {"help": help, "positional": True, "required": True}})


def optional_argument(help: str) -> Any:
    """A positional argument that may be left out: it is None then."""
    return field(default=None, metadata={_KEY: {"help": help, "positional": True}})


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
    """The dataclass ``declared`` with what is ``given``; the options in ``ignored`` are read elsewhere.

    Raises :class:`InputError` at ``where`` (the option's name) for what is unknown, of another type or out of range.
    """
    known = {entry.name: entry for entry in options_of(declared)}
    values: dict[str, object] = {}
    for name, value in given.items():
        if name in ignored:
            continue
        if name not in known:
            raise InputError(
                f"unknown option; the options are {', '.join((*ignored, *known))}{near(name, (*ignored, *known))}",
                where=name,
            )
        values[name] = checked(known[name], value, where(known[name]))
    missing = [entry for entry in known.values() if entry.required and values.get(entry.name) is None]
    if missing:
        raise InputError("is needed", where=where(missing[0]))
    return declared(**values)


def name_of(options: Mapping[str, object], default: str) -> str:
    """The ``name`` that a generator's options give to the instance, or ``default``."""
    return str(checked(Option("name", default, "name of the instance"), options.get("name") or default, "name"))


def parsed(known: Option, text: str, where: str) -> object:
    """The value that ``text`` stands for; raises :class:`InputError` at ``where`` saying what would be right."""
    value: object = text
    with suppress(ValueError):
        if known.kind == "integer":
            value = int(text)
        elif known.kind == "number":
            value = float(text)
        elif known.kind == "flag":
            value = {"true": True, "false": False}.get(text, text)
    return checked(known, value, where)


def checked(known: Option, value: object, where: str) -> object:
    """``value`` as the option takes it; raises :class:`InputError` at ``where`` saying what would be right.

    Numbers of other libraries become Python's own. An integer may be given as a float without a fraction, and one of 0
    to 1 as False or True. A text may always be the default.
    """
    if value is None and known.default is None:
        return None
    if known.kind in ("integer", "number"):
        if isinstance(value, bool) and (known.kind, known.least, known.most) == ("integer", 0, 1):
            return int(value)
        number = _integer(value) if known.kind == "integer" else _real(value)
        if number is not None and _inside(known, number):
            return number
    elif known.kind == "text":
        if isinstance(value, str) and (not known.choices or value in (known.default, *known.choices)):
            return value
    elif known.kind != "flag" or isinstance(value, bool):
        return value
    raise InputError(f"found {_shown(value)}; {_wanted(known)} is needed", where=where)


def _real(value: object) -> float | None:
    """``value`` as a finite float, None if it is none."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer beyond all floats
        return None
    return number if math.isfinite(number) else None


def _integer(value: object) -> int | None:
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    number = _real(value)
    return int(number) if number is not None and number.is_integer() else None


def _inside(known: Option, value: float) -> bool:
    return (
        (known.least is None or value >= known.least)
        and (known.most is None or value <= known.most)
        and (known.above is None or value > known.above)
    )


def _shown(value: object) -> str:
    try:
        return short(str(value) if isinstance(value, Real) else repr(value), 120)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return "an integer of thousands of digits"


def _wanted(known: Option) -> str:
    """What would be right, as in "an integer of 1 to 100"."""
    if known.kind == "flag":
        return "true or false"
    if known.kind == "text":
        return range_of(known) or "a text"
    closed = known.least is not None and known.most is not None
    what = "an integer" if known.kind == "integer" else "a number" if closed else "a finite number"
    limits = range_of(known)
    between = " " if not limits or known.above is not None else " of "
    return f"{what}{between}{limits}".rstrip() + ("," if known.above is not None and known.most is not None else "")


def range_of(known: Option) -> str:
    """The values that an option takes, as in "1 to 100", "above 0" or "latency or energy"; empty if it takes all."""
    if known.choices:
        *others, last = known.choices
        return f"{others[0]} or {last}" if len(others) == 1 else f"one of {', '.join(known.choices)}"
    if known.least is not None and known.most is not None:
        return f"{known.least:.15g} to {known.most:.15g}"
    limits = (("at least", known.least), ("above", known.above), ("at most", known.most))
    return ", ".join(f"{word} {limit:.15g}" for word, limit in limits if limit is not None)
