"""Small models of which some version of a solver was wrong, solved anew: known bugs by what they do.

Each is solved through the adapter, which has to be right with the library that is installed, and each answer is known
by trying everything. They run in a process of their own, since some of the bugs ended it, hung it or printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyomo.environ as pyo

LONGEST_S = 120.0
_LIMIT_S = 20.0

LOADS = ((10012, 10006, 504), (106, 10011, 10018), (109, 10010, 10012), (10011, 52, 10018), (10012, 10013, 10013))
"""Ticks of five jobs on three machines; HiGHS 1.16 with tolerances of 1e-9 called 10059 optimal, which is 10058."""

TERMS = (2**30, 2**30 - 1, 2**30 + 7, 2**30 - 5)
"""Coefficients whose sum leaves 32 bits: OR-Tools 9.15 added them up in those."""


@dataclass(frozen=True)
class Regression:
    """What became of a model: ``message`` is empty where the answer was right."""

    library: str
    name: str
    message: str


def highs_threads() -> str:
    """Another number of threads than the process began with: HiGHS ended without a status."""
    from wnpopt.backends.highs import solve_highs
    from wnpopt.core.budget import Budget

    for threads in (1, 2, 1):
        report = solve_highs(_least_load(), Budget(_LIMIT_S, threads=threads), tolerance=1e-6)
        if report.ending != "optimal":
            return f"ends in {report.ending} with {threads} threads after another number of them"
    return ""


def highs_near_ties() -> str:
    """Loads that differ by less than a tolerance times a big coefficient."""
    from wnpopt.backends.highs import solve_highs
    from wnpopt.core.budget import Budget

    best = min(
        max(sum(row[m] for row, m in zip(LOADS, choice, strict=True) if m == machine) for machine in range(3))
        for choice in product(range(3), repeat=len(LOADS))
    )
    report = solve_highs(_least_load(), Budget(_LIMIT_S), tolerance=1e-6)
    if report.objective is None or round(report.objective) != best:
        return f"calls {report.objective} optimal, {best} can be reached"
    return ""


def cpsat_wide_sums() -> str:
    """The least sum of Boolean terms that is at least a number beyond 32 bits."""
    from ortools.sat.python import cp_model

    from wnpopt.backends.cpsat import solve_cpsat
    from wnpopt.core.budget import Budget
    from wnpopt.core.errors import UnsupportedError

    need = 2**31 + 1
    best = min(total for c in product((0, 1), repeat=4) if (total := _total(c)) >= need)
    model = cp_model.CpModel()
    chosen = [model.new_bool_var(f"x{i}") for i in range(len(TERMS))]
    model.add(sum(c * x for c, x in zip(TERMS, chosen, strict=True)) >= need)
    model.minimize(sum(c * x for c, x in zip(TERMS, chosen, strict=True)))
    try:
        report = solve_cpsat(model, Budget(_LIMIT_S))
    except UnsupportedError:
        return ""  # the guard of wnpopt.backends.narrow
    if report.objective is None or round(report.objective) != best or report.bound is None or report.bound > best:
        return f"calls {report.objective} optimal with a bound of {report.bound}, {best} can be reached"
    return ""


def clarabel_scales() -> str:
    """A conic problem of numbers near 1: in SI units it was called infeasible, so they are scaled."""
    import cvxpy as cp

    from wnpopt.backends.convex import solve_convex
    from wnpopt.core.budget import Budget

    x = cp.Variable(2, pos=True)
    problem = cp.Problem(cp.Minimize(cp.sum(cp.inv_pos(x))), [cp.sum(x) <= 1])
    report = solve_convex(problem, Budget(_LIMIT_S))
    if report.ending != "optimal" or report.objective is None or abs(report.objective - 4) > 1e-6:
        return f"ends in {report.ending} at {report.objective}, 4 is optimal"
    return ""


REGRESSIONS: tuple[tuple[str, str, Callable[[], str]], ...] = (
    ("highspy", "another number of threads", highs_threads),
    ("highspy", "near ties", highs_near_ties),
    ("ortools", "sums beyond 32 bits", cpsat_wide_sums),
    ("clarabel", "a scaled problem", clarabel_scales),
)
"""Library, name and check, in the order in which they run: HiGHS is loaded before OR-Tools."""


def run_all() -> Iterator[Regression]:
    """All of them, in a process of its own: one that ends it, or prints where answers belong, is told, too."""
    import wnpopt

    command = [sys.executable, "-P", "-m", __name__]
    environment = {**os.environ, "PYTHONPATH": str(Path(wnpopt.__file__).parents[1])}
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=False, env=environment)
        lines, ended = ran.stdout.splitlines(), f"the process ended with exit code {ran.returncode}"
    except subprocess.TimeoutExpired as error:
        told = error.stdout.decode(errors="replace") if isinstance(error.stdout, bytes) else error.stdout or ""
        lines, ended = told.splitlines(), f"no answer after {LONGEST_S:g} s"
    for library, name, _ in REGRESSIONS:
        if lines and not lines[0].startswith("{"):
            yield Regression(library, name, f"prints: {lines[0][:80]!r}")
            lines = [line for line in lines if line.startswith("{")]
        elif lines:
            yield Regression(library, name, str(json.loads(lines.pop(0))["message"]))
        else:
            yield Regression(library, name, ended)
            return


def _total(choice: tuple[int, ...]) -> int:
    return sum(c * x for c, x in zip(TERMS, choice, strict=True))


def _least_load() -> pyo.ConcreteModel:
    import pyomo.environ as pyo

    model = pyo.ConcreteModel()
    jobs, machines = range(len(LOADS)), range(3)
    model.x = pyo.Var(jobs, machines, domain=pyo.Binary)
    model.most = pyo.Var(bounds=(0, 60_000))
    model.one = pyo.Constraint(jobs, rule=lambda m, i: sum(m.x[i, j] for j in machines) == 1)
    model.within = pyo.Constraint(machines, rule=lambda m, j: sum(LOADS[i][j] * m.x[i, j] for i in jobs) <= m.most)
    model.cost = pyo.Objective(expr=model.most)
    return model


if __name__ == "__main__":
    for _, _, check in REGRESSIONS:
        try:
            told = check()
        except ImportError:
            told = ""  # what is not installed is told elsewhere
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
        print(json.dumps({"message": told}), flush=True)
