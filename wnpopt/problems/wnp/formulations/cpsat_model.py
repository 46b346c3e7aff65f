"""A CP-SAT model in the making: its variables by the names of ``models/wnp/cpsat.md``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.problems.wnp.instance import IntArray

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

    from wnpopt.problems.wnp.kernels.problem import Problem


@dataclass(frozen=True)
class CpsatModel:
    """The model with its variables by name, and the problem that it was made from."""

    problem: Problem
    model: cp_model.CpModel
    variables: dict[str, cp_model.IntVar]
    horizon: int
    marks: set[str] = field(default_factory=set)
    """"exact" where the starts are to be taken as the solver has them, "identical" where it has not chosen cores."""

    def integer(self, name: str, least: int, most: int) -> cp_model.IntVar:
        """A new variable."""
        variable = self.variables[name] = self.model.new_int_var(least, most, name)
        return variable

    def flag(self, name: str) -> cp_model.IntVar:
        """A new variable of 0 and 1."""
        variable = self.variables[name] = self.model.new_bool_var(name)
        return variable

    def __getitem__(self, name: str) -> cp_model.IntVar:
        """The variable ``name``."""
        return self.variables[name]

    def value(self, values: tuple[float, ...], name: str) -> int:
        """The value of the variable ``name`` in a solver's answer; 0 for one that the model left out."""
        variable = self.variables.get(name)
        return 0 if variable is None else round(values[variable.index])

    def placement(self, values: tuple[float, ...]) -> tuple[IntArray, IntArray]:
        """The core and the start (ticks) of each subgraph in a solver's answer, shape (I,) each."""
        subgraphs, cores = self.problem.plan.ticks.shape
        if "identical" in self.marks:
            from wnpopt.problems.wnp.kernels.identical import assigned

            return assigned(self.problem.plan, np.array([self.value(values, f"s[{i}]") for i in range(subgraphs)]))
        chosen = [[self.value(values, f"a[{i},{m}]") for m in range(cores)] for i in range(subgraphs)]
        return np.argmax(chosen, axis=1), np.array([self.value(values, f"s[{i}]") for i in range(subgraphs)])
