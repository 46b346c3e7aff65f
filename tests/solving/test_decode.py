"""Solved models, with the user's own constraints in them, become solutions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import wnpopt
from wnpopt.backends.values import read_values
from wnpopt.cli.main import main
from wnpopt.core import registry
from wnpopt.core.errors import InputError


def known(family: str) -> tuple[Any, float]:
    case = registry.family(family).doctor
    assert case is not None
    return registry.family(family).instance_type.from_data(dict(case.instance)), case.optimum


def solved(model: Any) -> dict[str, float]:
    """HiGHS, called as a user of Pyomo would."""
    import pyomo.environ as pyo
    from pyomo.contrib.appsi.solvers import Highs

    Highs().solve(model)
    return {v.name: v.value for v in model.component_data_objects(pyo.Var, active=True)}


@pytest.mark.parametrize("family", ["wnp", "slide", "intradp"])
def test_a_model_of_pyomo_as_it_is(family: str) -> None:
    instance, optimum = known(family)
    model = wnpopt.compile_model(instance, "milp")
    values = solved(model)
    for solution in (wnpopt.decode(instance, "milp", model), wnpopt.decode(instance, "milp", None, values)):
        objective = wnpopt.verify(instance, solution).objective
        assert objective == pytest.approx(optimum, rel=1e-6)


def test_a_branch_without_a_core() -> None:
    """A constraint of the user's: no subgraph of the first modality on the core where most of the optimum runs."""
    import pyomo.environ as pyo

    instance, optimum = known("wnp")
    plain = wnpopt.solve(instance, "cpsat").solution
    assert plain is not None
    places = plain.core  # type: ignore[attr-defined]
    chosen = next(s.name for s in instance.subgraphs if sum(t is not None for t in s.ticks) > 1)
    forbidden = places[chosen]
    i = [s.name for s in instance.subgraphs].index(chosen)
    m = [c.name for c in instance.chip.cores].index(forbidden)
    model: Any = wnpopt.compile_model(instance, "milp")
    model.extra = pyo.Var(domain=pyo.Binary)  # a variable of the user's, too
    model.mine = pyo.Constraint(expr=model.a[i, m] + model.extra <= 0)
    solved(model)
    solution = wnpopt.decode(instance, "milp", model)
    assert solution.core[chosen] != forbidden  # type: ignore[attr-defined]
    objective = wnpopt.verify(instance, solution).objective
    assert objective is not None
    assert objective >= optimum


def test_a_model_of_cpsat() -> None:
    from ortools.sat.python import cp_model

    instance, optimum = known("wnp")
    model: Any = wnpopt.compile_model(instance, "cpsat")
    model.new_bool_var("mine")
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    for values in (solver, solver.response_proto):
        solution = wnpopt.decode(instance, "cpsat", model, values)
        assert wnpopt.verify(instance, solution).objective == optimum


def test_starts_of_the_solver_are_kept() -> None:
    """Idle time that the user asked for is not taken out again."""
    instance, _ = known("wnp")
    from ortools.sat.python import cp_model

    model: Any = wnpopt.compile_model(instance, "cpsat")
    last = len(instance.subgraphs) - 1
    place = next(v for v in range(len(model.proto.variables)) if model.proto.variables[v].name == f"s[{last}]")
    variable = model.get_int_var_from_proto_index(place)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    earliest = solver.value(variable)
    model.add(variable >= earliest + 1)
    if solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        solution = wnpopt.decode(instance, "cpsat", model, solver)
        assert solution.start[instance.subgraphs[last].name] == solver.value(variable)  # type: ignore[attr-defined]


def test_a_model_of_cvxpy() -> None:
    instance, _ = known("slide")
    problem: Any = wnpopt.compile_model(instance, "convex")
    problem.solve(solver="CLARABEL")
    solution = wnpopt.decode(instance, "convex", problem)
    assert wnpopt.verify(instance, solution).accepted


FILES = {
    "highs": "Model status\nOptimal\n\n# Primal solution values\nFeasible\nObjective 12\n# Columns 2\n"
    "x(0_1) 1\ny -0.5\n"
    "# Rows 1\nc1 3\n\n# Dual solution values\nNone\n",
    "cbc": "Optimal - objective value 12.00000000\n      0 x(0_1)                 1                       0\n"
    "**    3 y                   -0.5                       2\n",
    "scip": "solution status: optimal solution found\nobjective value:                                   12\n"
    "x(0_1)                                              1 \t(obj:1)\n"
    "y                                                -0.5 \t(obj:0)\n",
    "gurobi": "# Solution for model obj\n# Objective value = 12\nx(0_1) 1\ny -0.5\n",
}


@pytest.mark.parametrize("solver", FILES)
def test_files_of_solvers(solver: str, tmp_path: Path) -> None:
    file = tmp_path / "v.sol"
    file.write_text(FILES[solver])
    assert read_values(file) == {"x(0_1)": 1.0, "y": -0.5}


@pytest.mark.parametrize("ending", [".lp", ".mps"])
@pytest.mark.parametrize("family", ["wnp", "slide", "intradp"])
def test_an_exported_model_comes_back(
    family: str, ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exported, solved by HiGHS from the file, its solution file read again."""
    import highspy

    instance, optimum = known(family)
    file, model, values, plan = (tmp_path / name for name in ("i.json", f"m{ending}", "m.sol", "plan.json"))
    wnpopt.save(instance, file)
    assert main(["export", str(file), "-o", str(model)]) == 0
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.readModel(str(model))
    highs.run()
    highs.writeSolution(str(values), 0)
    capsys.readouterr()
    assert main(["decode", str(file), str(values), "-o", str(plan)]) == 0
    assert str(plan) in capsys.readouterr().out
    objective = wnpopt.verify(instance, wnpopt.load_solution(plan)).objective
    assert objective == pytest.approx(optimum, rel=1e-6)


@pytest.mark.parametrize("factor", [1e-9, 1e-6, 1.0, 1e6, 1e12])
@pytest.mark.parametrize("delivery", ["unicast", "multicast"])
def test_small_weights_are_worth_serving_to_any_solver(delivery: str, factor: float) -> None:
    """To a solver's absolute tolerances a weight of 1e-9 is nothing: it served nobody, and called that optimal."""
    options = {"users": 6, "weighted": 1, "bandwidth_hz": 2e7, "delivery": delivery, "mix": "synthetic", "layers": 3}
    made = registry.family("slide").generate(options, 3)
    weights = {f"users[{u}].weight": factor * (u + 1.5) for u in range(6)}
    instance = made.replace(weights)
    best = wnpopt.solve(instance)
    assert best.status == "optimal"
    model: Any = wnpopt.compile_model(instance, "milp")
    solved(model)
    objective = wnpopt.verify(instance, wnpopt.decode(instance, "milp", model)).objective
    assert objective == pytest.approx(best.objective, rel=1e-3)  # the solver's own gap
    if 1e-3 <= 6.5 * factor <= 1e9:
        import pyomo.environ as pyo

        assert pyo.value(next(model.component_data_objects(pyo.Objective))) == pytest.approx(objective)


def test_what_is_no_solved_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance, _ = known("intradp")
    model = wnpopt.compile_model(instance, "milp")
    with pytest.raises(InputError, match="solve the model first"):
        wnpopt.decode(instance, "milp", model)
    with pytest.raises(InputError, match="no value of a variable of this formulation"):
        wnpopt.decode(instance, "milp", None, {"other": 1.0})
    with pytest.raises(InputError, match="values by name are needed"):
        wnpopt.decode(instance, "milp", 3)
    with pytest.raises(InputError, match="finite number"):
        wnpopt.decode(instance, "milp", None, {"other": float("nan")})
    with pytest.raises(InputError, match="those of intradp whose values can be read are milp"):
        wnpopt.decode(instance, "lp", model)
    wnpopt.save(instance, tmp_path / "i.json")
    (tmp_path / "v.sol").write_text("nothing here at all\n")
    assert main(["decode", str(tmp_path / "i.json"), str(tmp_path / "v.sol"), "-o", str(tmp_path / "p.json")]) == 2
    assert "holds no values" in capsys.readouterr().err
    (tmp_path / "v.sol").write_text("z 1\n")
    assert main(["decode", str(tmp_path / "i.json"), str(tmp_path / "v.sol"), "-o", str(tmp_path / "p.json")]) == 2
    assert str(tmp_path / "v.sol") in capsys.readouterr().err
    assert not (tmp_path / "p.json").exists()


def test_values_that_are_no_plan_are_refused() -> None:
    instance, _ = known("wnp")
    model: Any = wnpopt.compile_model(instance, "milp")
    values = dict.fromkeys(solved(model), 0.0)
    with pytest.raises(InputError, match="these values are no"):
        wnpopt.decode(instance, "milp", None, values)
