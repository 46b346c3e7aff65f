"""What an adapter of a solver of linear models gets, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from wnpopt.backends.ending import Ending
from wnpopt.backends.linear import FloatArray, LinearModel
from wnpopt.backends.watch import SolverWatch
from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError
from wnpopt.core.result import WarmStart
from wnpopt.core.solver_choice import Setting


@dataclass(frozen=True)
class LinearJob:
    """A model (with at least one column) to be solved; ``start`` are its columns' values, if there is a start.

    ``hear`` gets the solver's log line by line; ``watch`` bounds and solutions as they come, in the model's own unit.
    """

    linear: LinearModel
    budget: Budget
    watch: SolverWatch
    start: FloatArray | None
    options: tuple[tuple[str, Setting], ...]
    hear: Callable[[str], None]


@dataclass(frozen=True)
class SolverAnswer:
    """How the run ended, the best columns, and the bound as the solver has it, in the model's own unit."""

    ending: Ending
    columns: FloatArray | None = None
    bound: float | None = None
    warm_start: WarmStart = WarmStart.NONE
    log: str = ""
    message: str = ""


class LinearSolver(Protocol):
    """An adapter: a module with these two names.

    ``TOLERANCE`` is what rows, integers and the comparison of objectives hold to.
    """

    TOLERANCE: float

    def solve(self, job: LinearJob) -> SolverAnswer:
        """Solve; raises :class:`InputError` for an option that the solver does not take."""
        ...


def refuse_owned(name: str, owned: Mapping[str, str]) -> None:
    """Raise for an option that wnpopt sets itself; ``owned`` says what to use instead."""
    for own, instead in owned.items():
        if name.lower() == own.lower():
            raise InputError(f"is set by wnpopt; {instead}", where=f"solver_options[{name}]")
