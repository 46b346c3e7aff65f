"""Other solvers for the same models: they agree, end in time, and are believed no more than any other."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import wnpopt
from tests.backends.test_adapters import knapsack
from tests.samples import ordinarily
from wnpopt.backends.ending import Ending
from wnpopt.backends.highs import silent_solver, solve_highs
from wnpopt.backends.linear import linear_model
from wnpopt.backends.solvers import cbc, glpk
from wnpopt.backends.solvers.catalogue import SOLVERS, KnownSolver, solvers_of
from wnpopt.backends.solvers.job import SolverAnswer
from wnpopt.backends.solvers.linear import solve_linear
from wnpopt.backends.solvers.model_file import write_mps
from wnpopt.backends.solvers.program import run_program
from wnpopt.bench.batch.run import batch
from wnpopt.bench.store.store import Store
from wnpopt.core import registry
from wnpopt.core.budget import Budget
from wnpopt.core.result import WarmStart
from wnpopt.core.solver_choice import SolverChoice, setting_of
from wnpopt.core.trace import Trace

pyo = pytest.importorskip("pyomo.environ")


def solvers(kind: str) -> list[object]:
    return [
        pytest.param(
            known.name, marks=pytest.mark.skipif(not known.installed, reason=f"{known.name} needs {known.install}")
        )
        for known in solvers_of(kind)
    ]


LINEAR, CONVEX = solvers("linear"), solvers("convex")


def by(name: str, model, **options):
    return solve_linear(model, Budget(20.0, threads=1), solver=SolverChoice(name), **options)


@pytest.mark.parametrize("name", LINEAR)
def test_the_optimum_is_that_of_highs(name: str) -> None:
    for seed in range(3):
        expected = solve_highs(knapsack(15, 3, seed), Budget(20.0))
        report = by(name, knapsack(15, 3, seed))
        assert report.ending is Ending.OPTIMAL
        assert report.objective == pytest.approx(expected.objective)
        assert report.bound is not None
        assert report.bound <= report.objective + 1e-9
        assert report.bound == pytest.approx(report.objective, abs=0.1)
        assert sum(report.values) == pytest.approx(round(sum(report.values)), abs=1e-6)


def mixed(sense: int):
    """Greatest 3x + 2y - z + 10 with x, y integer from -3, x + y <= 4.5, z >= x - 1, x - y >= -2; w is in no row."""
    model = pyo.ConcreteModel()
    model.w = pyo.Var(bounds=(2, 5), initialize=3)
    model.x = pyo.Var(bounds=(-3, 10), domain=pyo.Integers)
    model.y = pyo.Var(bounds=(-3, 3), domain=pyo.Integers)
    model.z = pyo.Var(bounds=(-7.5, 20))
    model.rows = pyo.ConstraintList()
    model.rows.add(model.x + model.y <= 4.5)
    model.rows.add(model.z >= model.x - 1)
    model.rows.add(pyo.inequality(-2, model.x - model.y, 100))
    sign = 1 if sense == pyo.maximize else -1
    model.value = pyo.Objective(expr=sign * (3 * model.x + 2 * model.y - model.z + 10), sense=sense)
    return model


@pytest.mark.parametrize("name", LINEAR)
def test_signs_constants_and_limits_of_every_form(name: str) -> None:
    # By hand: with x + y <= 4, z = max(x - 1, -7.5): 3x + 2y - x + 1 + 10 is greatest at x + y = 4, value 8 + 11.
    for sense, value in ((pyo.maximize, 19.0), (pyo.minimize, -19.0)):
        report = by(name, mixed(sense), unit=2.0)
        assert report.ending is Ending.OPTIMAL
        assert report.objective == pytest.approx(2 * value)
        assert report.bound == pytest.approx(2 * value, abs=0.1)
        assert (report.bound >= 2 * value) is (sense == pyo.maximize)
        w, x, y, z = report.values
        assert (w, x + y) == (3, pytest.approx(4))
        assert z == pytest.approx(x - 1)


@pytest.mark.parametrize("name", LINEAR)
def test_no_solution_is_an_ending(name: str) -> None:
    model = mixed(pyo.minimize)
    model.rows.add(model.x + model.y >= 4.6)
    report = by(name, model)
    assert (report.ending, report.values, report.bound) == (Ending.INFEASIBLE, None, None)


@pytest.mark.parametrize("name", LINEAR)
def test_a_linear_programme_without_integers(name: str) -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 4))
    model.y = pyo.Var(bounds=(0, 4))
    model.row = pyo.Constraint(expr=2 * model.x + model.y <= 5)
    model.value = pyo.Objective(expr=-model.x - model.y)
    report = by(name, model)
    assert (report.ending, report.objective) == (Ending.OPTIMAL, pytest.approx(-4.5))
    assert report.bound == pytest.approx(-4.5, abs=0.01)


@pytest.mark.parametrize("name", LINEAR)
def test_a_start_is_handed_over_where_that_can_be(name: str) -> None:
    model = knapsack(15, 3)
    best = by("highs", knapsack(15, 3))
    for variable, value in zip(model.component_data_objects(pyo.Var), best.values, strict=True):
        variable.set_value(round(value))
    report = by(name, model, warm_start=True)
    assert report.ending is Ending.OPTIMAL
    assert report.warm_start is (WarmStart.NONE if name == "glpk" else WarmStart.ACCEPTED)


@pytest.mark.parametrize("name", LINEAR)
def test_a_budget_that_is_over_ends_it(name: str) -> None:
    budget = Budget(None)
    budget.stop.set()
    report = solve_linear(knapsack(60, 25, 3), budget, solver=SolverChoice(name))
    assert report.ending is Ending.INTERRUPTED


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("family", ordinarily(1, ["slide", "intradp", "wnp"]))
def test_the_known_case_of_every_family(name: str, family: str) -> None:
    known = registry.family(family).doctor
    instance = registry.family(family).instance_type.from_data(known.instance)
    result = wnpopt.solve(instance, "milp", solver=name, warm_start="none", threads=1, time_limit=60, isolate=False)
    assert (result.status, result.objective) == ("optimal", pytest.approx(known.optimum, rel=1e-9))


@pytest.mark.parametrize("name", CONVEX)
def test_the_convex_division_by_another_solver(name: str) -> None:
    known = registry.family("slide").doctor
    instance = registry.family("slide").instance_type.from_data(known.instance)
    result = wnpopt.solve(instance, "convex", solver=name, threads=1, time_limit=60, isolate=False)
    assert (result.found_by, result.verified) == ("convex", True)
    assert result.objective == pytest.approx(known.optimum, rel=1e-9)


class _Wrong:
    """An adapter that calls optimal what is not, beyond what can be."""

    TOLERANCE = 1e-6

    def __init__(self, shift: float) -> None:
        self.shift = shift

    def solve(self, job) -> SolverAnswer:
        right = solve_highs(self.model, Budget(20.0))
        columns = [right.values[i] for i in range(len(right.values)) if job.linear.column[i] >= 0]
        import numpy as np

        return SolverAnswer(Ending.OPTIMAL, np.array(columns), right.objective + self.shift)


def test_a_bound_beyond_what_is_verified_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyscipopt", reason="the extra solvers is not installed: the lie is told in SCIP's name")
    from wnpopt.backends.solvers import linear

    wrong = _Wrong(50.0)
    compiled = linear.linear_model

    def seen(model):
        wrong.model = model
        return compiled(model)

    monkeypatch.setattr(linear, "linear_model", seen)
    monkeypatch.setattr(linear, "_adapter", lambda _choice: wrong)
    known = registry.family("wnp").doctor
    instance = registry.family("wnp").instance_type.from_data(known.instance)
    result = wnpopt.solve(instance, "milp", solver="scip", warm_start="none", threads=1, isolate=False)
    assert result.objective == known.optimum
    assert result.bound is None or result.bound <= known.optimum
    assert "defect" in result.message


def test_a_program_that_will_not_end_is_ended(tmp_path: Path) -> None:
    quiet = "import signal, os, time; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    deaf = f"{quiet}; print(os.getpid(), flush=True); time.sleep(600)"
    for gentle in (True, False):
        budget = Budget(None)
        heard: list[str] = []

        def hear(line: str, budget: Budget = budget, heard: list[str] = heard) -> None:
            heard.append(line)
            budget.stop.set()

        run_program([sys.executable, "-c", deaf], tmp_path, budget, hear, gentle=gentle)
        assert not Path(f"/proc/{int(heard[0])}").exists()


def test_endings_of_cbc_that_are_no_optimum(tmp_path: Path) -> None:
    linear, file = linear_model(knapsack(3, 1)), tmp_path / "answer.sol"
    cases = {
        "Stopped on time - objective value -7": (Ending.LIMIT, True),
        "Stopped on time (no integer solution - continuous used) - objective value -9.5": (Ending.LIMIT, False),
        "Integer infeasible - objective value 1": (Ending.INFEASIBLE, False),
        "Unbounded - objective value 0": (Ending.UNBOUNDED, False),
        "Optimal - objective value -7": (Ending.OPTIMAL, True),
    }
    for head, (ending, has_values) in cases.items():
        file.write_text(f"{head}\n      0 C0                 1                 0\n**    2 C2    1   0\n")
        found, columns, _ = cbc._answer(linear, file, "", False, Ending.LIMIT)
        assert (found, columns is not None) == (ending, has_values), head
        if has_values:
            assert columns.tolist() == [1, 0, 1]


def test_endings_of_glpk_that_are_no_optimum(tmp_path: Path) -> None:
    linear, file = linear_model(knapsack(3, 1)), tmp_path / "answer.sol"
    for status, ending in (("o", Ending.OPTIMAL), ("f", Ending.LIMIT), ("n", Ending.INFEASIBLE), ("u", Ending.FAILED)):
        file.write_text(f"c about\ns mip 1 3 {status} -7\ni 1 5\nj 1 1\nj 2 0\nj 3 1\ne o f\n")
        found, columns = glpk._answer(linear, file, "", Budget(60.0))
        assert found is ending
        assert columns is None or columns.tolist() == [1, 0, 1]


def test_the_file_has_every_number(tmp_path: Path) -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0.1, 1 / 3))
    model.y = pyo.Var(domain=pyo.Integers, bounds=(None, 7))
    model.z = pyo.Var(bounds=(5, 5))
    model.row = pyo.Constraint(expr=0.1 * model.x + 1e-17 * model.y + model.z >= 1e17 / 3)
    model.value = pyo.Objective(expr=model.x / 7)
    write_mps(linear_model(model), tmp_path / "m.mps")
    text = (tmp_path / "m.mps").read_text()
    for number in (0.1, 1 / 3, 1e-17, 1e17 / 3, 1 / 7):
        assert repr(number) in text
    for line in (" MI BND C1", " UP BND C1 7.0", " FX BND C2 5.0", " LO BND C0 0.1"):
        assert line in text.splitlines()


def test_what_is_asked_and_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    known = registry.family("slide").doctor
    instance = registry.family("slide").instance_type.from_data(known.instance)

    def refused(method: str = "milp", error: type[Exception] = wnpopt.InputError, **options) -> str:
        with pytest.raises(error) as told:
            wnpopt.solve(instance, method, isolate=False, warm_start="none", **options)
        return str(told.value)

    assert "installed are highs" in refused(solver="highz")
    assert 'did you mean "highs"' in refused(solver="highz")
    assert "one of highs, cbc, glpk, scip, gurobi" in refused(solver="clarabel")
    assert "one of clarabel, scs, ecos, mosek" in refused("convex", solver="highs")
    for method in ("greedy", "dp", "auto"):
        told = refused(method, wnpopt.UnsupportedError, solver="highs")
        assert f"the method {method} takes no other solver" in told
        assert "milp, convex" in told
        assert told.startswith("solver_options: ") is False
    assert refused("greedy", solver_options={"presolve": "off"}).startswith("solver_options: ")
    assert "use time_limit" in refused(solver_options={"time_limit": 3})
    assert "HiGHS has no such option" in refused(solver_options={"presolv": "off"})
    assert "a mapping is needed" in refused(solver_options=["presolve"])
    assert "solver_options[x]" in refused(solver_options={"x": None})
    monkeypatch.setitem(SOLVERS, "gurobi", KnownSolver("gurobi", "linear", "pip install it", "no_such_module_at_all"))
    assert "pip install it" in refused(error=wnpopt.MissingDependencyError, solver="gurobi")


OPTIONS = {
    "highs": ({"presolve": "off", "mip_max_nodes": 10_000}, {"mip_feasibility_tolerance": 1e-3}),
    "cbc": ({"cuts": False, "preprocess": "off"}, {"ratioGap": 0.5}),
    "glpk": ({"gomory": True, "mir": False}, {"mipgap": 0.5}),
    "scip": ({"separating/maxrounds": 2, "presolving/maxrounds": 0}, {"numerics/feastol": 1e-3}),
    "gurobi": ({"Presolve": 0, "Cuts": 1}, {"IntFeasTol": 1e-3}),
}


@pytest.mark.parametrize("name", LINEAR)
def test_options_reach_the_solver(name: str) -> None:
    given, owned = OPTIONS[name]
    budget = Budget(20.0, threads=1)
    report = solve_linear(knapsack(12, 3), budget, solver=SolverChoice.checked(name, given))
    assert report.ending is Ending.OPTIMAL
    for wrong in (owned, {"no such option": 1}):
        with pytest.raises(wnpopt.InputError, match="solver_options"):
            solve_linear(knapsack(12, 3), budget, solver=SolverChoice.checked(name, wrong))


@pytest.mark.skipif(not SOLVERS["gurobi"].installed, reason="gurobi needs a package")
def test_gurobi_s_bounds_are_of_the_best_solution() -> None:
    """With a pool of the best solutions its bound goes on beyond the optimum, to that of the next one."""
    asked = SolverChoice.checked("gurobi", {"PoolSearchMode": 2})
    with pytest.raises(wnpopt.InputError, match="one solution is asked for"):
        solve_linear(knapsack(12, 3), Budget(20.0), solver=asked)


SEARCH = {"simplex_scale_strategy", "pdlp_scaling_mode"}
"""Scaling that HiGHS takes back before it tells anything."""


def test_no_option_of_highs_changes_what_its_numbers_mean(tmp_path: Path) -> None:
    """``user_objective_scale`` 1 doubles the bounds that HiGHS tells: a bound of half the optimum would prove it."""
    highs = silent_solver()
    highs.writeOptions(str(tmp_path / "options"))
    names = re.findall(r"^(\w+) = ", (tmp_path / "options").read_text(), re.MULTILINE)
    assert len(names) > 80
    found = [name for name in names if re.search("tolerance|scal|infinite|matrix_value|objective_", name)]
    assert {"user_bound_scale", "kkt_tolerance"} < set(found) - SEARCH
    for name in set(found) - SEARCH:
        with pytest.raises(wnpopt.InputError, match="is set by wnpopt"):
            solve_linear(knapsack(12, 3), Budget(20.0), solver=SolverChoice.checked("highs", {name: 1}))


def test_words_of_the_command_line() -> None:
    told = [setting_of(word) for word in ("true", "False", "3", "1e-3", "nan", "on", "")]
    assert told == [True, False, 3, 1e-3, "nan", "on", ""]
    assert [type(value) for value in told[:4]] == [bool, bool, int, float]


def test_the_log_is_heard_line_by_line() -> None:
    heard: list[str] = []
    budget = Budget(20.0, threads=1)
    trace = Trace("min", budget, on_log=heard.append)
    solve_linear(knapsack(12, 3), budget, trace, solver=SolverChoice())
    assert any("HiGHS" in line for line in heard)
    assert all("\n" not in line for line in heard)


@pytest.mark.slow
def test_another_solver_is_another_run(tmp_path: Path) -> None:
    known = registry.family("slide").doctor
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.json").write_text(json.dumps(dict(known.instance)))

    def ran(**options) -> int:
        return batch(tmp_path / "in", ["milp"], tmp_path / "out", workers=1, **options).ran

    assert [ran(), ran(solver="highs"), ran(solver="highs", solver_options={"presolve": "off"})] == [1, 1, 1]
    assert [ran(), ran(solver="highs"), ran(solver="highs", solver_options={"presolve": "off"})] == [0, 0, 0]
    asked = {(key.parameters.solver, key.parameters.solver_options) for key in Store(tmp_path / "out").latest()}
    assert asked == {(None, ()), ("highs", ()), ("highs", (("presolve", "off"),))}
    with pytest.raises(wnpopt.UnsupportedError, match="greedy"):
        batch(tmp_path / "in", ["milp", "greedy"], tmp_path / "out", workers=1, solver="highs")
    with pytest.raises(wnpopt.InputError, match="installed are"):
        batch(tmp_path / "in", ["milp"], tmp_path / "out", workers=1, solver="nobody")


def test_a_suite_gives_it_to_those_that_take_it() -> None:
    from wnpopt.bench.suites.run import _split

    suite = SimpleNamespace(name="s", family="slide", searches=("milp", "auto"))
    assert _split(suite, SolverChoice("highs")) == (("auto",), ("milp",))
    assert _split(suite, SolverChoice()) == (("milp", "auto"), ())
    with pytest.raises(wnpopt.InputError, match="none of the searches"):
        _split(suite, SolverChoice("clarabel"))
