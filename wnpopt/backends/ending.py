"""What an adapter says of a solver's run, in the same words for every solver."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wnpopt.core.budget import Budget
from wnpopt.core.result import Termination, WarmStart


class Ending(StrEnum):
    """How a solver's run ended. "No solution" is an ending like any other, never an exception."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    LIMIT = "limit"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True)
class Report:
    """A solver's run. ``values`` belong to the best solution found (None if there is none).

    In the order of the model's variables.

    ``objective`` is the solver's own word, in the model's unit. ``bound`` is proved: where the solver works in floating
    point it is weakened by what that may be off by. ``log`` is what the solver printed; ``message`` says what went
    wrong in a run that has failed, and is empty else.
    """

    ending: Ending
    objective: float | None
    bound: float | None
    values: tuple[float, ...] | None
    warm_start: WarmStart
    log: str
    seconds: float
    message: str = ""

    def termination(self) -> Termination:
        """The ending in the words of a result."""
        return _TERMINATION[self.ending]


_TERMINATION = {
    Ending.OPTIMAL: Termination.PROVED,
    Ending.INFEASIBLE: Termination.PROVED,
    Ending.UNBOUNDED: Termination.ERROR,
    Ending.LIMIT: Termination.TIME_LIMIT,
    Ending.INTERRUPTED: Termination.INTERRUPTED,
    Ending.FAILED: Termination.ERROR,
}


def stopped(budget: Budget) -> Ending:
    """Why a run that was not finished has ended."""
    return Ending.INTERRUPTED if budget.interrupted else Ending.LIMIT
