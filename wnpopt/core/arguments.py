"""The one rule for arguments of the Python API: what counts as an integer, a number, a flag, a name.

The same as for files (contract): ``True`` and ``12.0`` are no integers, ``True`` is no number, ``1`` is no flag and
``"3"`` is a text. NumPy's scalars count as what they hold. None is accepted only by the functions that say so, where it
means something. Every function returns a plain Python value and raises :class:`InputError` naming ``where``.
"""

from __future__ import annotations

import math
import numbers
import os
from collections.abc import Collection, Iterable
from typing import Any

from wnpopt.core.errors import InputError

MOST_THREADS = 4096
MOST_SEED = 2**31 - 1


def integer(where: str, value: object, low: int, high: int | None = None) -> int:
    """``value`` as an integer of ``low`` to ``high`` (None: no upper limit)."""
    wanted = f"an integer of at least {low}" if high is None else f"an integer of {low} to {high}"
    if not isinstance(value, numbers.Integral) or _is_flag(value):
        raise _wrong(where, value, wanted)
    whole = int(value)
    if whole < low or (high is not None and whole > high):
        raise _wrong(where, value, wanted)
    return whole


def integer_or_none(where: str, value: object, low: int, high: int | None = None) -> int | None:
    """As :func:`integer`; None stays None."""
    return None if value is None else integer(where, value, low, high)


def number(
    where: str, value: object, low: float | None = None, high: float | None = None, *, above: bool = False
) -> float:
    """``value`` as a finite number of ``low`` to ``high`` (None: no limit); with ``above`` it is more than ``low``."""
    wanted = f"a finite number{_range(low, high, above=above)}"
    if not isinstance(value, numbers.Real) or _is_flag(value):
        raise _wrong(where, value, wanted)
    try:
        real = float(value)
    except OverflowError:  # an integer beyond all floats
        raise _wrong(where, value, wanted) from None
    below = low is not None and (real <= low if above else real < low)
    if not math.isfinite(real) or below or (high is not None and real > high):
        raise _wrong(where, value, wanted)
    return real


def number_or_none(
    where: str, value: object, low: float | None = None, high: float | None = None, *, above: bool = False
) -> float | None:
    """As :func:`number`; None stays None."""
    return None if value is None else number(where, value, low, high, above=above)


def seconds(where: str, value: object) -> float:
    """``value`` as a finite time of at least 0 s."""
    try:
        return number(where, value, 0.0)
    except InputError:
        raise _wrong(where, value, "a finite number of seconds, at least 0,") from None


def seconds_or_none(where: str, value: object) -> float | None:
    """As :func:`seconds`; None stays None (no limit)."""
    return None if value is None else seconds(where, value)


def seed(where: str, value: object) -> int:
    """``value`` as the seed of a run: 0 to 2^31 - 1, what every solver takes."""
    return integer(where, value, 0, MOST_SEED)


def threads(where: str, value: object) -> int:
    """``value`` as a number of threads."""
    return integer(where, value, 1, MOST_THREADS)


def threads_or_none(where: str, value: object) -> int | None:
    """As :func:`threads`; None stays None (all cores)."""
    return None if value is None else threads(where, value)


def flag(where: str, value: object) -> bool:
    """``value`` as True or False."""
    if not _is_flag(value):
        raise _wrong(where, value, "True or False")
    return bool(value)


def text(where: str, value: object) -> str:
    """``value`` as a text."""
    if not isinstance(value, str):
        raise _wrong(where, value, "a text")
    return str(value)


def several(where: str, value: object) -> list[Any]:
    """``value``, a sequence or another finite collection, as a list."""
    if not isinstance(value, Iterable) or isinstance(value, str | bytes):
        raise _wrong(where, value, "a list")
    return list(value)


def path(where: str, value: object) -> str | os.PathLike[str]:
    """``value`` as the path of a file."""
    if not isinstance(value, str | os.PathLike) or isinstance(os.fspath(value), bytes):
        raise _wrong(where, value, "the path of a file")
    return value


def function_or_none(where: str, value: object) -> None:
    """``value`` can be called, or is None."""
    if value is not None and not callable(value):
        raise _wrong(where, value, "a function, or None,")


def choice(where: str, value: object, known: Collection[str]) -> str:
    """``value`` as one of the ``known`` names."""
    if not isinstance(value, str) or value not in known:
        raise _wrong(where, value, f"one of {', '.join(known)}")
    return str(value)


def _is_flag(value: object) -> bool:
    # NumPy's flag is no subclass of bool, and NumPy shall not be imported for it.
    return isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")


def _range(low: float | None, high: float | None, *, above: bool) -> str:
    if low is None:
        return "" if high is None else f" of at most {high:g}"
    if above:
        return f" above {low:g}" if high is None else f" above {low:g}, at most {high:g},"
    return f" of at least {low:g}" if high is None else f" of {low:g} to {high:g}"


def _wrong(where: str, value: object, wanted: str) -> InputError:
    try:
        shown = repr(value)
    except Exception:  # an integer of more digits than Python prints, or somebody's own class
        shown = f"a {type(value).__name__}"
    if len(shown) > 80:
        shown = f"{shown[:77]}..."
    return InputError(f"found {shown}; {wanted} is needed", where=where)
