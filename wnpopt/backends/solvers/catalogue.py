"""The solvers that models may go to: what each takes, whether it is installed, and what to install where it is not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from wnpopt.core import registry
from wnpopt.core.errors import InputError, MissingDependencyError, UnsupportedError
from wnpopt.core.extras import installed
from wnpopt.core.near import near
from wnpopt.core.registry import AnyMethod
from wnpopt.core.solver_choice import SolverChoice

Kind = Literal["linear", "convex"]
KINDS: Mapping[str, str] = {"linear": "mixed-integer linear models", "convex": "convex models"}


@dataclass(frozen=True)
class KnownSolver:
    """A solver: what it takes, its Python ``package`` (and the ``module`` in it) or ``program``, how to install it."""

    name: str
    kind: Kind
    install: str
    module: str = ""
    package: str = ""
    program: Callable[[], str | None] | None = None

    @property
    def installed(self) -> bool:
        """True if it can be called."""
        return self.program() is not None if self.program is not None else installed(self.module)

    @property
    def version(self) -> str | None:
        """The version of its package; None where there is none, or it does not tell."""
        try:
            return version(self.package) if self.package and self.installed else None
        except PackageNotFoundError:
            return None


def cbc_program() -> str | None:
    """CBC's program: on the path, else that of the package cbcbox."""
    there = shutil.which("cbc")
    if there is None and installed("cbcbox"):
        import cbcbox

        return str(cbcbox.cbc_bin_path())
    return there


def _glpsol() -> str | None:
    return shutil.which("glpsol")


SOLVERS: Mapping[str, KnownSolver] = {
    solver.name: solver
    for solver in (
        KnownSolver("highs", "linear", "pip install highspy", "highspy", "highspy"),
        KnownSolver("cbc", "linear", "pip install cbcbox, or Debian's coinor-cbc", program=cbc_program),
        KnownSolver("glpk", "linear", "Debian's glpk-utils (the program glpsol)", program=_glpsol),
        KnownSolver("scip", "linear", "pip install pyscipopt", "pyscipopt", "pyscipopt"),
        KnownSolver("gurobi", "linear", "pip install gurobipy, with a licence", "gurobipy", "gurobipy"),
        KnownSolver("clarabel", "convex", "pip install clarabel", "clarabel", "clarabel"),
        KnownSolver("scs", "convex", "pip install scs", "scs", "scs"),
        KnownSolver("ecos", "convex", "pip install ecos", "ecos", "ecos"),
        KnownSolver("mosek", "convex", "pip install mosek, with a licence", "mosek", "mosek"),
    )
}
"""By name; the first of a kind is the one that is used where nothing is asked for."""


def solvers_of(kind: str) -> tuple[KnownSolver, ...]:
    """Those that take models of this kind."""
    return tuple(solver for solver in SOLVERS.values() if solver.kind == kind)


def takes(method: AnyMethod, choice: SolverChoice) -> bool:
    """True if the method's models may go to that solver."""
    return bool(method.solvers) and (choice.name is None or SOLVERS[choice.name].kind == method.solvers)


def check_known(choice: SolverChoice) -> None:
    """Raise for a name that is none, telling which are installed."""
    if choice.name is not None and choice.name not in SOLVERS:
        there = ", ".join(solver.name for solver in SOLVERS.values() if solver.installed)
        raise InputError(f"found {choice.name!r}; installed are {there}{near(choice.name, SOLVERS)}", where="solver")


def check_installed(choice: SolverChoice) -> None:
    """Raise for a solver that is not installed, saying how that is done."""
    wanted = None if choice.name is None else SOLVERS[choice.name]
    if wanted is not None and not wanted.installed:
        raise MissingDependencyError(f"the solver {wanted.name} is not installed: {wanted.install}")


def check_solver(method: AnyMethod, choice: SolverChoice, takers: tuple[str, ...] = ()) -> None:
    """Raise for a solver that is none, is not installed, or is none for ``method``; ``takers`` are methods with one."""
    if not choice:
        return
    where = "solver" if choice.name is not None else "solver_options"
    check_known(choice)
    if not method.solvers:
        told = f"; those that do are {', '.join(takers)}" if takers else ""
        raise UnsupportedError(
            f"the method {method.name} takes no other solver, and no options for one{told}", where=where
        )
    if not takes(method, choice):
        known = ", ".join(solver.name for solver in solvers_of(method.solvers))
        assert choice.name is not None
        raise UnsupportedError(
            f"{choice.name} solves {KINDS[SOLVERS[choice.name].kind]}; the method {method.name} takes one of {known}",
            where=where,
        )
    check_installed(choice)


def solver_facts() -> list[dict[str, Any]]:
    """Every solver that is known, with the methods that take it."""
    takers: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name in registry.family_names():
        for method in registry.methods(name).values():
            if method.solvers:
                takers[method.solvers].append(f"{name} {method.name}")
    return [
        {
            "solver": solver.name,
            "kind": KINDS[solver.kind],
            "methods": takers[solver.kind],
            "installed": solver.installed,
            "version": solver.version,
            "install": solver.install,
        }
        for solver in SOLVERS.values()
    ]
