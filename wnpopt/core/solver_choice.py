"""Which solver a run's model goes to, and with which options of that solver's own."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping
from dataclasses import dataclass

from wnpopt.core import arguments
from wnpopt.core.errors import InputError

Setting = bool | int | float | str


@dataclass(frozen=True)
class SolverChoice:
    """``name`` None is the solver that a method is made for; ``options`` go to the solver, in the order of their names.

    An option's value is a flag, a number or a text, as the solver's own manual has it.
    """

    name: str | None = None
    options: tuple[tuple[str, Setting], ...] = ()

    def __bool__(self) -> bool:
        return self != SolverChoice()

    @classmethod
    def checked(cls, solver: object, options: object) -> SolverChoice:
        """What a caller gives; raises :class:`InputError` at ``solver`` or ``solver_options``."""
        name = None if solver is None else arguments.text("solver", solver)
        if options is None:
            return cls(name)
        if not isinstance(options, Mapping):
            raise InputError(f"found a {type(options).__name__}; a mapping is needed", where="solver_options")
        return cls(name, tuple(sorted((str(key), _setting(str(key), value)) for key, value in options.items())))


OWN_SOLVER = SolverChoice()
"""The solver that a method is made for, as wnpopt sets it."""


def _setting(name: str, value: object) -> Setting:
    where = f"solver_options[{name}]"
    if isinstance(value, str):
        return str(value)
    if type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real) and not math.isnan(float(value)):
        return float(value)
    raise InputError(f"found {value!r:.80}; a number, a text or a flag is needed", where=where)


def setting_of(text: str) -> Setting:
    """The value that a word on a command line stands for."""
    flags = {"true": True, "false": False}
    if text.lower() in flags:
        return flags[text.lower()]
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        return text if math.isnan(number) else number
    return text
