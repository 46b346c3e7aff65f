"""What a program holds (arrays, NumPy's scalars, documents) as the values of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from wnpopt.core.errors import InputError

_NUMBERS = "biufcOSU"
"""Kinds of NumPy's elements that hold themselves; moments and spans of time do not: their numbers have no unit."""


def plain(value: Any) -> Any:
    """``value`` with lists for tuples and arrays, Python's numbers for NumPy's, objects for documents.

    Whatever has a ``tolist`` counts as an array; what a mask hides is None. All else stays what it is: whoever checks
    the result refuses it. Raises :class:`InputError` where ``value`` contains itself.
    """
    try:
        return _plain(value)
    except RecursionError:
        raise InputError("is nested too deeply, or contains itself") from None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float):
        return _own(value)
    if isinstance(value, BaseModel):
        return value.to_data() if hasattr(value, "to_data") else value.model_dump(mode="json", by_alias=True)
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    listed = getattr(value, "tolist", None)
    kind = getattr(getattr(value, "dtype", None), "kind", "O")
    if callable(listed) and kind in _NUMBERS:
        told = listed()
        return _plain(told) if isinstance(told, list) and kind == "O" else told
    return value


def _own(value: Any) -> Any:
    """Subclasses of Python's own types, as NumPy's float64 and str_ are, as these types."""
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return value if type(value) is kind else kind(value)
    return value
