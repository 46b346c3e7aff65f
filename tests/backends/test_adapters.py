"""The adapters: typed endings, limits, warm starts that are really accepted, Ctrl-C with the incumbent."""

from __future__ import annotations

import random

import pytest

from wnpopt.backends.convex import solve_convex
from wnpopt.backends.cpsat import solve_cpsat
from wnpopt.backends.ending import Ending, Report
from wnpopt.backends.highs import solve_highs
from wnpopt.backends.linear import linear_model
from wnpopt.core.budget import Budget
from wnpopt.core.errors import SolverError
from wnpopt.core.trace import Trace, TracePoint

pyo = pytest.importorskip("pyomo.environ")


def knapsack(items: int, rows: int, seed: int = 1):
    rng = random.Random(seed)
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(items), domain=pyo.Binary)
    model.rows = pyo.ConstraintList()
    for _ in range(rows):
        weight = [rng.randint(5, 100) for _ in range(items)]
        model.rows.add(sum(w * model.x[i] for i, w in enumerate(weight)) <= sum(weight) // 3)
    model.cost = pyo.Objective(expr=-sum(rng.randint(5, 100) * model.x[i] for i in range(items)))
    return model


def cp_knapsack(items: int, rows: int, seed: int = 1):
    from ortools.sat.python import cp_model

    rng = random.Random(seed)
    model = cp_model.CpModel()
    x = [model.new_bool_var(f"x{i}") for i in range(items)]
    for _ in range(rows):
        weight = [rng.randint(5, 100) for _ in range(items)]
        model.add(sum(w * v for w, v in zip(weight, x, strict=True)) <= sum(weight) // 3)
    model.minimize(-sum(rng.randint(5, 100) * v for v in x))
    return model, x


def test_highs_and_cpsat_agree() -> None:
    for seed in range(5):
        first = solve_highs(knapsack(20, 4, seed), Budget(20))
        second = solve_cpsat(cp_knapsack(20, 4, seed)[0], Budget(20))
        assert first.ending == second.ending == Ending.OPTIMAL
        assert first.objective == pytest.approx(second.objective)
        assert first.bound == pytest.approx(first.objective)
        assert second.bound == pytest.approx(second.objective)


@pytest.mark.parametrize("threads", [1, 2])
def test_highs_has_a_status_after_a_change_of_threads(threads: int) -> None:
    for count in (threads, 3 - threads, threads):
        assert solve_highs(knapsack(15, 3), Budget(20, threads=count)).ending is Ending.OPTIMAL


def test_a_highs_start_is_accepted_says_its_log() -> None:
    model = knapsack(40, 12)
    best = solve_highs(model, Budget(30))
    assert best.values is not None
    for variable, value in zip(model.component_data_objects(pyo.Var), best.values, strict=True):
        variable.set_value(round(value))
    again = solve_highs(model, Budget(30), warm_start=True)
    assert again.warm_start == "accepted"
    assert f"MIP start solution is feasible: objective value is {best.objective:g}" in again.log


def test_a_bad_highs_start_is_rejected() -> None:
    model = knapsack(40, 12)
    for variable in model.component_data_objects(pyo.Var):
        variable.set_value(1)
    report = solve_highs(model, Budget(30), warm_start=True)
    assert report.warm_start == "rejected"
    assert report.ending is Ending.OPTIMAL


def test_an_incomplete_highs_start_is_a_defect() -> None:
    with pytest.raises(SolverError, match="no value"):
        solve_highs(knapsack(5, 1), Budget(5), warm_start=True)


def test_a_cpsat_hint_is_accepted_says_its_log() -> None:
    model, x = cp_knapsack(40, 8)
    best = solve_cpsat(model, Budget(30))
    assert best.values is not None
    for variable in x:
        model.add_hint(variable, int(best.values[variable.index]))
    again = solve_cpsat(model, Budget(30))
    assert again.warm_start == "accepted"
    assert "hint is complete and is feasible" in again.log


def test_a_bad_cpsat_hint_is_rejected() -> None:
    model, x = cp_knapsack(40, 8)
    for variable in x:
        model.add_hint(variable, 1)
    assert solve_cpsat(model, Budget(30)).warm_start == "rejected"


def test_an_invalid_cpsat_model_is_a_defect() -> None:
    model, x = cp_knapsack(3, 1)
    model.add_hint(x[0], 1)
    model.add_hint(x[0], 0)
    with pytest.raises(SolverError, match="rejects"):
        solve_cpsat(model, Budget(5))


def test_no_solution_is_no_exception() -> None:
    from ortools.sat.python import cp_model

    model = pyo.ConcreteModel()
    model.x = pyo.Var(domain=pyo.Integers, bounds=(0, 5))
    model.c = pyo.Constraint(expr=2 * model.x == 7)
    model.o = pyo.Objective(expr=model.x)
    report = solve_highs(model, Budget(5))
    assert (report.ending, report.values, report.objective) == (Ending.INFEASIBLE, None, None)

    other = cp_model.CpModel()
    y = other.new_int_var(0, 5, "y")
    other.add(2 * y == 7)
    other.minimize(y)
    done = solve_cpsat(other, Budget(5))
    assert (done.ending, done.values, done.bound) == (Ending.INFEASIBLE, None, None)


def test_unbounded_is_said() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var()
    model.o = pyo.Objective(expr=model.x)
    assert solve_highs(model, Budget(5)).ending is Ending.UNBOUNDED


def limited(solve: str, budget: Budget, trace: Trace) -> Report:
    """Of a model that is not solved in a minute."""
    if solve == "highs":
        return solve_highs(knapsack(150, 30), budget, trace)
    return solve_cpsat(cp_knapsack(150, 30)[0], budget, trace)


@pytest.mark.parametrize("solve", ["highs", "cpsat"])
def test_the_limit_strikes_with_incumbent_and_bound(solve: str) -> None:
    for limit in (1.0, 8.0, 64.0):  # a busy machine has no incumbent yet
        budget = Budget(limit)
        trace = Trace("min", budget)
        report = limited(solve, budget, trace)
        assert report.ending is Ending.LIMIT
        if report.values is not None:
            break
    assert report.values is not None
    assert report.objective is not None
    assert report.bound is not None
    assert report.bound < report.objective
    assert trace.points()


@pytest.mark.parametrize("solve", ["highs", "cpsat"])
def test_ctrl_c_returns_the_incumbent(solve: str) -> None:
    budget = Budget(600)

    def interrupt(point: TracePoint) -> None:
        if point.objective is not None:
            budget.stop.set()

    report = limited(solve, budget, Trace("min", budget, interrupt))
    assert report.ending is Ending.INTERRUPTED
    assert report.values is not None


def test_cpsat_repeats_itself_when_it_is_asked_to() -> None:
    answers = [solve_cpsat(cp_knapsack(60, 10)[0], Budget(60, threads=2, seed=5, deterministic=True)) for _ in range(2)]
    assert answers[0].values == answers[1].values
    assert answers[0].ending is Ending.OPTIMAL


def test_highs_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    solve_highs(knapsack(15, 3), Budget(10))
    solve_cpsat(cp_knapsack(15, 3)[0], Budget(10))
    assert capfd.readouterr() == ("", "")


def test_convex() -> None:
    import cvxpy as cp
    import numpy as np

    x = cp.Variable(2)
    problem = cp.Problem(cp.Minimize(cp.sum_squares(x - np.array([1.0, 2.0]))), [cp.sum(x) <= 2])
    report = solve_convex(problem, Budget(10))
    assert report.ending is Ending.OPTIMAL
    assert report.values == pytest.approx((0.5, 1.5), abs=1e-6)
    assert report.objective == pytest.approx(0.5, abs=1e-7)

    assert solve_convex(cp.Problem(cp.Minimize(x[0]), [x[0] >= 1, x[0] <= 0]), Budget(10)).ending is Ending.INFEASIBLE
    assert solve_convex(cp.Problem(cp.Minimize(x[0])), Budget(10)).ending is Ending.UNBOUNDED
    assert solve_convex(problem, Budget(0.0)).ending is Ending.LIMIT
    with pytest.raises(SolverError, match="not convex"):
        solve_convex(cp.Problem(cp.Maximize(cp.sum_squares(x))), Budget(10))
    with pytest.raises(SolverError, match="integer"):
        solve_convex(cp.Problem(cp.Minimize(cp.sum(cp.Variable(2, integer=True)))), Budget(10))


def best_by_trial(model) -> float:
    from itertools import product

    variables = list(model.component_data_objects(pyo.Var))
    values = []
    for choice in product((0, 1), repeat=len(variables)):
        for variable, value in zip(variables, choice, strict=True):
            variable.set_value(value)
        if all(pyo.value(row.body) <= pyo.value(row.upper) for row in model.component_data_objects(pyo.Constraint)):
            values.append(pyo.value(model.cost))
    return min(values)


def test_highs_bounds_are_weakened_by_their_error() -> None:
    for seed in range(6):
        model = knapsack(9, 2, seed)
        best = best_by_trial(model)
        error = linear_model(model).error(1e-6)
        for unit in (1.0, 250.0):
            budget = Budget(20)
            trace = Trace("min", budget)
            report = solve_highs(model, budget, trace, unit=unit, precision=1e-6)
            assert report.objective == pytest.approx(best * unit)
            assert report.bound is not None
            assert report.bound < best * unit
            assert report.bound == pytest.approx((best - error - 1e-9) * unit, abs=1e-7 * unit)
            told = trace.best_bound()
            assert told is None or told.value <= report.bound


def test_the_error_counts_ranges_rows_and_rounding() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 1000))
    model.y = pyo.Var(domain=pyo.Binary)
    model.c = pyo.Constraint(expr=model.x - 5000 * model.y <= 0)
    model.o = pyo.Objective(expr=3 * model.x)
    linear = linear_model(model)
    assert linear is not None
    assert linear.error(1e-3) == pytest.approx(1e-3 * (1001 + 5001))
    assert linear.error(0.0) == 3000 * 2.0**-45
    model.x.setub(None)
    unbounded = linear_model(model)
    assert unbounded is not None
    assert unbounded.error(1e-9) == float("inf")
    assert solve_highs(model, Budget(5)).bound is None


def test_a_greatest_objective_is_bounded_from_above() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(3), domain=pyo.Integers, bounds=(0, 7))
    model.c = pyo.Constraint(expr=(10, 2 * model.x[0] + 3 * model.x[1] + 5 * model.x[2], 21))
    model.o = pyo.Objective(expr=3 * model.x[0] + 4 * model.x[1] + 7 * model.x[2] + 2, sense=pyo.maximize)
    report = solve_highs(model, Budget(10))
    assert report.objective == pytest.approx(max_of_trial())
    assert report.bound is not None
    assert report.bound > report.objective
    assert report.bound == pytest.approx(report.objective, abs=1e-5)


def max_of_trial() -> float:
    return max(
        3 * a + 4 * b + 7 * c + 2
        for a in range(8)
        for b in range(8)
        for c in range(8)
        if 10 <= 2 * a + 3 * b + 5 * c <= 21
    )


class Chosen:
    """Stands for a solution: the adapters pass on what ``decode`` made."""

    def __init__(self, values: tuple[float, ...]) -> None:
        self.values = tuple(map(round, values))


@pytest.mark.parametrize("solve", ["highs", "cpsat"])
def test_improving_solutions_are_decoded_and_told(solve: str) -> None:
    budget = Budget(30)
    trace = Trace("min", budget)
    seen: list[float] = []
    if solve == "highs":
        model = knapsack(40, 12)
        costs = linear_model(model).cost.tolist()

        def decode(values: tuple[float, ...]):
            objective = float(sum(c * round(v) for c, v in zip(costs, values, strict=True)))
            seen.append(objective)
            return objective, Chosen(values)

        report = solve_highs(model, budget, trace, decode=decode)
    else:
        cp, _ = cp_knapsack(40, 8)
        costs = list(cp.proto.objective.coeffs)

        def decode(values: tuple[float, ...]):
            objective = float(sum(c * values[v] for c, v in zip(costs, cp.proto.objective.vars, strict=True)))
            seen.append(objective)
            return objective, Chosen(values)

        report = solve_cpsat(cp, budget, trace, decode=decode)
    assert seen
    best = trace.candidates()[0]
    assert best.objective == min(seen) == pytest.approx(report.objective)
    assert best.solution.values == tuple(map(round, report.values))


@pytest.mark.parametrize("solve", ["highs", "cpsat"])
def test_a_decoder_that_fails_costs_nothing_but_its_solutions(solve: str) -> None:
    def decode(values: tuple[float, ...]):
        raise RuntimeError(f"no such solution of {len(values)} values")

    budget = Budget(30)
    trace = Trace("min", budget)
    if solve == "highs":
        report = solve_highs(knapsack(20, 4), budget, trace, decode=decode)
    else:
        report = solve_cpsat(cp_knapsack(20, 4)[0], budget, trace, decode=decode)
    assert report.ending is Ending.OPTIMAL
    assert not trace.candidates()
    assert "no such solution of 20 values" in report.log


def test_what_highs_held_when_it_failed_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    import highspy

    model = knapsack(12, 3)
    right = solve_highs(model, Budget(20))
    for broken in (highspy.HighsModelStatus.kSolveError, highspy.HighsModelStatus.kInfeasible):
        with monkeypatch.context() as patch:
            patch.setattr(highspy.Highs, "getModelStatus", lambda _self, broken=broken: broken)
            report = solve_highs(model, Budget(20))
        assert report.ending is Ending.FAILED
        assert report.values == right.values
        assert report.objective == right.objective
        assert report.bound is None
        assert "HiGHS ended in" in report.message


def test_a_row_without_variables_that_cannot_hold_is_infeasible() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 1))
    model.c = pyo.Constraint(expr=0 * model.x >= 1)
    model.o = pyo.Objective(expr=model.x)
    assert solve_highs(model, Budget(5)).ending is Ending.INFEASIBLE


def test_fixed_and_unused_variables_keep_their_values() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(3), bounds=(0, 9), initialize=4)
    model.x[1].fix(5)
    model.c = pyo.Constraint(expr=model.x[0] + model.x[1] >= 7)
    model.o = pyo.Objective(expr=model.x[0] + 1)
    report = solve_highs(model, Budget(5))
    assert report.values == pytest.approx((2, 5, 4))
    assert report.objective == pytest.approx(3)


def test_a_model_that_is_not_linear_is_a_defect() -> None:
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 9))
    model.o = pyo.Objective(expr=model.x**2)
    with pytest.raises(SolverError, match="not linear"):
        solve_highs(model, Budget(5))


def test_threads_solve_at_once() -> None:
    """Pyomo's own interface redirects the process's descriptors: two threads in it wait for each other for ever."""
    from concurrent.futures import ThreadPoolExecutor

    alone = [solve_highs(knapsack(20, 4, seed), Budget(60)).objective for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda seed: solve_highs(knapsack(20, 4, seed % 4), Budget(60)).objective, range(16)))
    assert together == pytest.approx(alone * 4)
