"""Masters that are solved beside each other: what is asked, and the threads that ask."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wnpopt.problems.wnp.search.decomposition import Decomposition

if TYPE_CHECKING:
    from wnpopt.backends.ending import Report
    from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel


@dataclass(frozen=True)
class Question:
    """Is there a makespan up to ``horizon``, or what is the ``least`` one? ``near`` questions are to raise the bound.

    With a ``surplus`` the radio has to have room, so that an answer is served; then "no" says nothing. ``relaxed``:
    with a linear relaxation beside the propagation, which refutes some in a third of the time, and others not at all.
    """

    horizon: int
    near: bool = False
    least: bool = False
    surplus: float = 0.0
    relaxed: bool = False


class MasterRun:
    """A question under way in a thread of its own; ``news`` is set once it is answered."""

    def __init__(
        self, state: Decomposition, question: Question, seconds: float, turn: int, news: threading.Event
    ) -> None:
        budget = state.context.budget
        self.question = question
        self.answer: tuple[Report, CpsatModel] | None = None
        self.done = self.cancelled = False
        self._stop = threading.Event()
        self._budget = replace(budget.share(seconds), threads=1, seed=budget.seed + turn, stop=self._stop)
        self._state, self._news = state, news
        self._allowed_s = self.left_s = self._budget.remaining()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="wnpopt-master")
        self._thread.start()

    @property
    def broke_off(self) -> bool:
        """True if the solver ended without an answer in less than half of its time, and nobody told it to."""
        if self.answer is None or self.answer[0].values is not None or self.answer[0].ending == "infeasible":
            return False
        return not self.cancelled and self.left_s > 0.5 * self._allowed_s

    def cancel(self) -> None:
        """Nobody wants to know any more."""
        self.cancelled = True
        self._stop.set()

    def end(self) -> None:
        """Wait for the thread; raises what it raised, unless it was cancelled."""
        self._thread.join()
        if self._failure is not None and not self.cancelled:
            raise self._failure

    def _run(self) -> None:
        asked = self.question
        try:
            self.answer = self._state.master(
                asked.horizon, self._budget, optimise=asked.least, surplus=asked.surplus, relaxed=asked.relaxed
            )
        except BaseException as error:
            self._failure = error
        finally:
            self.left_s = self._budget.remaining()
            self.done = True
            self._news.set()
