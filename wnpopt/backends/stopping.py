"""Compiled kernels that can be stopped: they look at a flag while another thread watches time and Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from wnpopt.backends.cancellable import run_cancellable
from wnpopt.core.budget import Budget

T = TypeVar("T")
Flag = np.ndarray[tuple[int], np.dtype[np.int64]]
"""Shape (1,): 0 go on, else stop."""


def never() -> Flag:
    """A flag that nobody raises, for calls that are short by nature."""
    return np.zeros(1, dtype=np.int64)


def run_stoppable(work: Callable[[Flag], T], budget: Budget) -> T:
    """``work(flag)``, in a thread beside this one; the flag is raised once the budget is exhausted.

    ``work`` hands the flag to a compiled kernel (they release the interpreter's lock), which looks at it at least every
    0.1 s and then returns what it has. With a budget without a time limit only Ctrl-C raises it, so that a
    deterministic method stays so.
    """
    flag = never()

    def stop() -> None:
        flag[0] = 1

    return run_cancellable(lambda: work(flag), stop, budget)
