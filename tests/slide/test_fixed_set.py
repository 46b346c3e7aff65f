"""Objectives over a fixed set: the dual methods and CVXPY agree, and what they return is accepted."""

from __future__ import annotations

import cvxpy as cp
import numpy as np
import pytest

import wnpopt
from tests.slide.tiny import mixes, tiny_instance
from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError
from wnpopt.problems.slide import SlideInstance
from wnpopt.problems.slide.fixed_set.division import Goal, divide_band, divide_set, plan_for
from wnpopt.problems.slide.fixed_set.served import ServedSet
from wnpopt.problems.slide.formulations.convex import build
from wnpopt.problems.slide.methods.convex import divide_convex
from wnpopt.problems.slide.solution import SlideSolution
from wnpopt.problems.slide.verify import latency, transmission_rates, verify

CASES = [(v, s) for v, s in mixes(200) if "blocks" not in v][::4]


def served_by_greedy(instance: SlideInstance) -> SlideSolution:
    solution = wnpopt.solve(instance, "greedy").solution
    assert isinstance(solution, SlideSolution)
    return solution


@pytest.mark.parametrize("goal", list(Goal))
def test_cvxpy_agrees_with_the_dual_method(goal: Goal) -> None:
    compared = 0
    for variants, seed in CASES:
        instance = tiny_instance(variants, seed)
        solution = served_by_greedy(instance)
        if not solution.served:
            continue
        served = ServedSet.of(instance.columns, plan_for(instance, solution))
        dual, convex = divide_set(served, goal), divide_convex(served, goal, Budget(30.0))
        assert dual is not None, instance.name
        assert convex is not None, instance.name
        # Seconds against the deadlines: a slack may be as good as 0.
        scale = dual.value if goal is Goal.LEAST_BANDWIDTH else max(dual.value, float(served.deadline.max()))
        assert abs(convex[1] - dual.value) < 1e-6 * scale, instance.name
        assert abs(convex[0].value - dual.value) < 1e-6 * scale, instance.name
        for division in (dual, convex[0]):
            certificate = verify(instance, division.allocation.to_solution(instance.columns))
            assert certificate.accepted, (instance.name, certificate.violations)
            assert certificate.objective == verify(instance, solution).objective
        compared += 1
    assert compared >= 25


def test_reported_latencies_are_the_recursion_s() -> None:
    instance = tiny_instance(frozenset({"receive", "weights"}), 3)
    division = divide_band(instance, served_by_greedy(instance), Goal.LEAST_MAX_LATENCY)
    assert division is not None
    entries = division.allocation.to_solution(instance.columns).served
    people = {u.name: u for u in instance.users}
    networks = {m.name: m for m in instance.models}
    triples = [(people[e.user], networks[e.model], e) for e in entries]
    rates = transmission_rates(instance, triples)
    done = [latency(u, m, r, e.frequency_hz) for (u, m, e), r in zip(triples, rates, strict=True)]
    assert np.allclose(division.latency_s, done, rtol=1e-9)
    assert division.value == pytest.approx(max(done), rel=1e-9)


def test_goals_are_what_they_say() -> None:
    for variants, seed in CASES[:12]:
        instance = tiny_instance(variants, seed)
        solution = served_by_greedy(instance)
        if not solution.served:
            continue
        found = {goal: divide_band(instance, solution, goal) for goal in Goal}
        weight = {u.name: u.weight for u in instance.users}
        deadline = {u.name: u.deadline_s for u in instance.users}
        names = [e.user for e in sorted(solution.served, key=lambda e: [u.name for u in instance.users].index(e.user))]
        for division in found.values():
            assert division is not None
            times = dict(zip(names, division.latency_s.tolist(), strict=True))
            assert max(times.values()) >= found[Goal.LEAST_MAX_LATENCY].value * (1 - 1e-9)  # type: ignore[union-attr]
            slack = min(deadline[n] - t for n, t in times.items())
            assert slack <= found[Goal.GREATEST_SLACK].value + 1e-9  # type: ignore[union-attr]
            total = sum(weight[n] * t for n, t in times.items())
            assert total >= found[Goal.LEAST_WEIGHTED_LATENCY].value * (1 - 1e-7)  # type: ignore[union-attr]


def test_too_little_band_and_bad_names() -> None:
    instance = tiny_instance(frozenset(), 1)
    solution = served_by_greedy(instance)
    assert solution.served
    narrow = instance.model_copy(update={"bandwidth_hz": sum(e.bandwidth_hz for e in solution.served) * 0.99})
    narrow.__dict__.pop("columns", None)
    assert divide_band(narrow, solution) is None
    with pytest.raises(InputError, match="is no user"):
        divide_band(instance, {"nobody": "model0"})
    with pytest.raises(InputError, match="is no model"):
        divide_band(instance, {"u0": "nothing"})
    blocks = tiny_instance(frozenset({"blocks"}), 1)
    with pytest.raises(InputError, match="divides continuously"):
        divide_band(blocks, {})


def test_compile_model_hands_out_the_cvxpy_problem() -> None:
    instance = tiny_instance(frozenset({"receive", "power"}), 2)
    problem = wnpopt.compile_model(instance, "convex")
    assert problem.is_dcp()  # type: ignore[attr-defined]
    names = {v.name() for v in problem.variables()}  # type: ignore[attr-defined]
    assert names == {"inverse_rate", "width", "inverse_frequency", "latency"}
    assert build(instance, {}).is_dcp()


def test_a_set_that_is_given_is_carried_and_read_back() -> None:
    instance = tiny_instance(frozenset({"multicast", "receive", "power"}), 2)
    given = {entry.user: entry.model for entry in served_by_greedy(instance).served}
    assert len(given) >= 2
    problem = wnpopt.compile_model(instance, "convex", served=given, goal="least-max-latency")
    model = problem.compiled  # type: ignore[attr-defined]
    assert model.users == given
    assert model.solution() is None  # nothing is solved yet
    divided = divide_band(instance, given, "least-max-latency")
    assert divided is not None
    # A problem of the user's own, with a constraint beside that changes nothing.
    latency = next(v for v in problem.variables() if v.name() == "latency")  # type: ignore[attr-defined]
    last = list(model.users).index(max(given))
    own = cp.Problem(problem.objective, [*problem.constraints, latency[last] <= 1])  # type: ignore[attr-defined]
    own.solve(solver=cp.CLARABEL)
    solution = model.solution()
    assert verify(instance, solution).accepted
    assert {entry.user: entry.model for entry in solution.served} == given
    assert own.value * model.unit == pytest.approx(divided.value, rel=1e-5)


def test_weights_that_are_given_count() -> None:
    instance = tiny_instance(frozenset({"receive"}), 3)
    served = served_by_greedy(instance)
    names = [entry.user for entry in served.served]
    assert len(names) >= 2
    for weights in ({names[0]: 0.1, names[1]: 7.25}, {names[1]: 0.0}):
        dual = divide_band(instance, served, "least-weighted-latency", weights)
        assert dual is not None
        problem = build(instance, served, "least-weighted-latency", weights)
        problem.solve(solver=cp.CLARABEL)
        each = {user.name: weights.get(user.name, user.weight) for user in instance.users}
        scale = sum(each[name] for name in names) * max(user.deadline_s for user in instance.users)
        assert abs(problem.value * problem.compiled.unit - dual.value) < 1e-6 * scale
        latencies = dict(zip(sorted(names, key=lambda n: int(n[1:])), dual.latency_s.tolist(), strict=True))
        assert dual.value == pytest.approx(sum(each[n] * t for n, t in latencies.items()), rel=1e-12)


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"served": {"nobody": "model0"}}, "served"),
        ({"served": 3}, "served"),
        ({"goal": "fastest"}, "goal"),
        ({"weights": {"nobody": 1.0}}, "weights"),
        ({"weights": {"u0": -1.0}}, "weights[u0]"),
        ({"weights": {"u0": "much"}}, "weights[u0]"),
        ({"set": {}}, "set"),
    ],
)
def test_options_of_the_formulation_are_checked(options: dict[str, object], where: str) -> None:
    with pytest.raises(InputError) as caught:
        wnpopt.compile_model(tiny_instance(frozenset(), 1), "convex", **options)
    assert caught.value.where == where
