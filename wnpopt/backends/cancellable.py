"""Runs a solver beside the main thread, so that Ctrl-C and the time limit reach it while it works."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from wnpopt.core.budget import Budget

T = TypeVar("T")

_POLL_S = 0.02


def run_cancellable(work: Callable[[], T], cancel: Callable[[], None], budget: Budget) -> T:
    """``work()``'s value; ``cancel()`` is called once the budget is exhausted, and ``work`` is then waited for.

    Python delivers signals to the main thread between bytecodes: a solver called there would hold them up.
    """
    outcome: list[T] = []
    failure: list[BaseException] = []
    done = threading.Event()

    def target() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            failure.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=target, daemon=True, name="wnpopt-solver")
    thread.start()
    cancelled = False
    while not done.wait(_POLL_S):
        if not cancelled and budget.exhausted():
            cancel()
            cancelled = True
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]
