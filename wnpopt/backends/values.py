"""Values of a model's variables by name: of a solved model, of a solver's answer, of a file that a solver wrote."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wnpopt.core.errors import InputError

Values = Mapping[str, float]


def values_of(model: object, values: object) -> dict[str, float]:
    """``values`` by name: a mapping as it is, CP-SAT's solver or response, None for those in ``model`` itself.

    Raises :class:`InputError` for a model without values and for what is none of these.
    """
    if isinstance(values, Mapping):
        return {str(name): _number(value, str(name)) for name, value in values.items()}
    if values is not None:
        return _of_cpsat(model, values)
    return _of_pyomo(model)


def _of_pyomo(model: object) -> dict[str, float]:
    import pyomo.environ as pyo

    if not isinstance(model, pyo.ConcreteModel):
        what = f"found a {type(model).__name__} without values; a CpSolver, a response or values by name are needed"
        raise InputError(what, where="values")
    found = {v.name: v.value for v in model.component_data_objects(pyo.Var, active=True)}
    known = {name: float(value) for name, value in found.items() if value is not None}
    if found and not known:
        raise InputError("no variable has a value; solve the model first", where="model")
    return known


def _of_cpsat(model: object, values: Any) -> dict[str, float]:
    names = getattr(getattr(model, "proto", None), "variables", None)
    response = getattr(values, "response_proto", values)
    numbers = getattr(response, "solution", None)
    if names is None or numbers is None:
        what = f"found a {type(values).__name__}; a CpSolver, a response or values by name are needed"
        raise InputError(what, where="values")
    if len(numbers) != len(names):
        raise InputError("the answer has no solution of this model", where="values")
    return {variable.name: float(number) for variable, number in zip(names, numbers, strict=True) if variable.name}


def _number(value: Any, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"found {value!r}; a finite number is needed", where=f"values[{name}]")
    return number


def value_of(name: str, values: Values) -> float | None:
    """The value of the variable ``name``, which may be as Pyomo writes it into a file; None where there is none."""
    from pyomo.core.base.label import alphanum_label_from_name, cpxlp_label_from_name

    written = (name, cpxlp_label_from_name(name), alphanum_label_from_name(name))
    return next((values[label] for label in written if label in values), None)


def in_order(names: Sequence[str], values: Values) -> tuple[float, ...]:
    """The values of the variables ``names``, 0 for one that is not there: solvers leave zeros out of their files.

    A name may be as Pyomo writes it into a file (``x(0_1)`` for ``x[0,1]``). Raises :class:`InputError` where not one
    of the names is known.
    """
    found, known = [], 0
    for name in names:
        value = value_of(name, values)
        known += value is not None
        found.append(0.0 if value is None else value)
    if names and not known:
        some = ", ".join(list(names)[:3])
        raise InputError(f"has no value of a variable of this formulation (as {some})", where="values")
    return tuple(found)


def read_values(path: str | os.PathLike[str]) -> dict[str, float]:
    """The values in a solution file: as HiGHS, CBC, SCIP and Gurobi (.sol, .mst) write them.

    Raises :class:`InputError` naming the file for one that is none, or that holds no solution.
    """
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            lines = [line.rstrip("\n") for line in stream]
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=os.fspath(path)) from None
    values = dict(_pairs(lines))
    if not values:
        raise InputError("holds no values; a solution as HiGHS, CBC, SCIP or Gurobi write it is needed",
                         file=os.fspath(path))  # fmt: skip
    return values


def _without_tail(line: str) -> str:
    """``line`` without the share in the objective that SCIP writes behind a value: ``(obj:1)``."""
    head, mark, tail = line.rstrip().rpartition("(obj:")
    return head if mark and tail.endswith(")") and ")" not in tail[:-1] else line


def _of_table(words: list[str]) -> list[str]:
    """Name and value of a row of HiGHS's table: place, status (or none), limits, value, then others, and the name."""
    numbers = words[2:] if len(words) > 1 and words[1].isalpha() and words[1] not in ("inf", "nan") else words[1:]
    return [numbers[-1], numbers[2]] if words and words[0].isdigit() and len(numbers) >= 4 else []


def _pairs(lines: Iterable[str]) -> Iterable[tuple[str, float]]:
    in_table = False  # as HiGHS writes for people: a table of the columns, then one of the rows
    for line in lines:
        words = _without_tail(line).split()
        if line.startswith(("# Rows", "# Dual")) or (in_table and words[:1] == ["Rows"]):
            return  # of HiGHS: what follows are no variables of the model
        in_table |= words[:2] == ["Index", "Status"]
        if in_table:
            words = _of_table(words)
        if words and words[0] == "**":  # CBC: outside its limits
            words = words[1:]
        if len(words) == 4 and words[0].isdigit():  # CBC: place, name, value, reduced cost
            words = words[1:3]
        if len(words) != 2 or words[0].startswith("#") or words[0] == "Objective":
            continue
        try:
            value = float(words[1])
        except ValueError:
            continue
        if math.isfinite(value):
            yield words[0], value
