"""Solution files that say less, or say it otherwise: of integers alone, and as HiGHS writes for people."""

from __future__ import annotations

from pathlib import Path

import pytest

import wnpopt
from wnpopt.backends.highs import solve_highs
from wnpopt.backends.values import read_values
from wnpopt.core import registry
from wnpopt.core.budget import Budget

pyo = pytest.importorskip("pyomo.environ")


def test_the_integers_alone_are_enough() -> None:
    known = registry.family("wnp").doctor
    instance = registry.family("wnp").instance_type.from_data(dict(known.instance))
    model = wnpopt.compile_model(instance, "milp")
    variables = list(model.component_data_objects(pyo.Var, active=True))
    report = solve_highs(model, Budget(20.0, threads=1))
    whole = {
        v.name: round(x) for v, x in zip(variables, report.values, strict=True) if not v.is_continuous() and x > 0.5
    }
    plan = wnpopt.decode(instance, "milp", None, whole)
    assert wnpopt.verify(instance, plan).objective == known.optimum
    nowhere = {v.name: 0 for v in variables if not v.is_continuous()}
    with pytest.raises(wnpopt.InputError, match="leave no solution"):
        wnpopt.decode(instance, "milp", None, nowhere)


def test_the_table_that_highs_writes_for_people(tmp_path: Path) -> None:
    file = tmp_path / "pretty.sol"
    file.write_text(
        "Columns\n"
        "    Index Status        Lower        Upper       Primal         Dual  Type        Name\n"
        "        0                   0          870          134               Continuous  C\n"
        "        1                   0          inf         -2.5               Integer     g(0_1)\n"
        "        2     BS          -inf          inf            7            0  s(1)\n"
        "Rows\n"
        "    Index Status        Lower        Upper       Primal         Dual  Name\n"
        "        0                -inf            0            3               c_row\n"
        "\nModel status: Optimal\n"
    )
    assert read_values(file) == {"C": 134.0, "g(0_1)": -2.5, "s(1)": 7.0}
