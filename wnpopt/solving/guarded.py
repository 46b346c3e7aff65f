"""The caller's hooks, which may end a run and may raise, and cost it nothing that is known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from wnpopt.core.criteria import RunStop
from wnpopt.core.document import Solution
from wnpopt.core.result import Result
from wnpopt.core.status import Termination
from wnpopt.solving.request import Hooks

T = TypeVar("T")


class GuardedHooks:
    """``hooks`` that never raise: the first exception ends the run, and is raised when the run is judged.

    So does a hook for points that returns True. After that no hook is called.
    """

    def __init__(self, given: Hooks, stop: RunStop) -> None:
        self._stop = stop
        self._error: BaseException | None = None
        self._ended = False
        self.hooks = Hooks(
            self._guarded(given.point, may_stop=True),
            self._guarded(given.solution),
            self._guarded(given.bound),
            self._guarded(given.phase),
            self._guarded(given.log),
        )

    def raise_for(self, result: Result[Solution]) -> None:
        """Raise what a hook has raised, with ``result`` as its ``wnpopt_result``."""
        if self._error is not None:
            with suppress(Exception):  # somebody else's class
                self._error.wnpopt_result = result  # type: ignore[attr-defined]
                self._error.add_note("wnpopt kept the run's result: the attribute wnpopt_result of this exception")
            raise self._error

    def _guarded(self, hook: Callable[[T], object] | None, *, may_stop: bool = False) -> Callable[[T], None] | None:
        if hook is None:
            return None

        def call(what: T) -> None:
            if self._ended:
                return
            try:
                stops = _is_true(hook(what)) and may_stop
            except KeyboardInterrupt:  # the second Ctrl-C
                raise
            except BaseException as error:
                self._error, stops = error, True
            if stops:
                self._ended = True
                self._stop.end(Termination.STOPPED)

        return call


def _is_true(answer: object) -> bool:
    """True itself, or NumPy's: what else a callback happens to return asks for nothing."""
    return answer is True or (type(answer).__name__ in ("bool", "bool_") and bool(answer))
