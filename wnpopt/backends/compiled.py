"""numba as a typed decorator."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` compiled without the interpreter, the machine code cached on disk."""
    return cast(Callable[P, R], njit(cache=True)(function))
