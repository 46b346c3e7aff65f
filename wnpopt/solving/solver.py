"""Is the solver that a caller names one, and one for the method?"""

from __future__ import annotations

from wnpopt.core import registry
from wnpopt.core.registry import AnyFamily, AnyMethod
from wnpopt.core.solver_choice import SolverChoice


def check_choice(family: AnyFamily, method: AnyMethod, choice: SolverChoice) -> None:
    """Raise for a solver that is none, that is not installed, or that the method does not take."""
    if choice:
        from wnpopt.backends.solvers.catalogue import check_solver

        takers = tuple(name for name, known in registry.methods(family.name).items() if known.solvers)
        check_solver(method, choice, takers)
