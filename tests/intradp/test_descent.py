"""All plans that bounds leave, depth first: against all plans, and bounds on the way against the best completions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest

import wnpopt
from tests.intradp.branches import branched
from tests.intradp.exhausted import optimum
from tests.intradp.fields import with_fields
from tests.intradp.tiny import tiny
from tests.samples import ordinarily
from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.core.status import Status
from wnpopt.problems.intradp.bounds import prove_infeasible
from wnpopt.problems.intradp.generate import generate
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels import descent
from wnpopt.problems.intradp.kernels.directions.twins import Groups
from wnpopt.problems.intradp.kernels.heads import Front
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.methods.enumerate import count
from wnpopt.problems.intradp.search.descending import (
    CLOSE,
    Left,
    cutoffs_of,
    descended,
    is_small,
    keeps_deadline,
    known_states,
    pricing_of,
    sums_of,
)
from wnpopt.problems.intradp.search.directed import Directed
from wnpopt.problems.intradp.search.plans import device_only, honest, price
from wnpopt.problems.intradp.verify import verify

PLENTY = 10**8


def drawn(seed: int, most_plans: int = 8_000) -> IntradpInstance:
    """Odd windows and blocks of branches, two thirds by energy, half with optional fields, some with a deadline."""
    objective = ("energy", "energy", "latency")[seed % 3]
    if seed % 5 == 4 and most_plans > 1_000:
        instance = branched(seed, 2_000, objective=objective)
    else:
        instance = tiny(seed, most_plans, objective=objective)
    if seed % 7 == 6:
        watts = ((13.35, 9.0, 1.5), (5.0, 4.8, 4.0), (3.0, 4.25, 4.04))[seed % 3]
        power = dict(zip(("compute", "communicate", "standby"), watts, strict=True))
        instance = IntradpInstance.from_data({**instance.to_data(), "power_w": power})
    if seed % 2:
        instance = with_fields(instance, seed)
    if seed % 4 == 1:
        fastest = optimum(Problem.of(instance.changed(objective="latency")))
        instance = instance.changed(deadline_s=fastest * (0.9, 1.0, 1.1, 1.5)[seed // 4 % 4])
    return instance


@dataclass(frozen=True)
class Tally:
    """What a sample has met."""

    proved: int = 0
    infeasible: int = 0
    options: int = 0
    plans: int = 0


def checked(seed: int, tally: Tally) -> Tally:
    """The search from a poor plan, from a good one, or from none, against all plans."""
    instance = drawn(seed)
    problem = Problem.of(instance)
    best = optimum(problem)
    start = device_only(problem) if seed % 2 else honest(problem)
    if seed % 3 == 1:
        start = replace(start, value=np.inf)
    found = descended(problem, start, PLENTY, never())
    assert found.ended, seed
    if instance.deadline_s is not None:
        assert keeps_deadline(problem, PLENTY, never()) is (best < np.inf), seed
    met = replace(tally, options=tally.options + found.options, plans=tally.plans + count(instance))
    if best == np.inf:
        assert found.bound == np.inf, seed
        assert not found.plan.feasible, seed
        return replace(met, infeasible=met.infeasible + 1)
    assert found.plan.feasible, seed
    certificate = verify(instance, found.plan.solution(problem))
    assert certificate.accepted, seed
    assert best * (1 - 1e-12) <= found.plan.value <= best * (1 + 3 * CLOSE), seed
    assert found.bound <= best * (1 + 1e-12), seed
    return replace(met, proved=met.proved + (found.bound >= best * (1 - 1e-6)))


@pytest.mark.parametrize(("first", "end"), [(0, 60)])
def test_it_ends_with_the_optimum(first: int, end: int) -> None:
    tally = Tally()
    for seed in range(first, end):
        tally = checked(seed, tally)
    assert tally.infeasible >= 3
    assert tally.proved + tally.infeasible == end - first
    assert tally.options < tally.plans


@pytest.mark.slow
@pytest.mark.parametrize("first", range(60, 4_060, 500))
def test_it_ends_with_the_optimum_of_many(first: int) -> None:
    tally = Tally()
    for seed in range(first, first + 500):
        tally = checked(seed, tally)
    assert tally.infeasible >= 20
    # Beside waits of 10^9 times what computing takes, scores are no more exact than what is to be proved.
    assert tally.proved + tally.infeasible >= 495


INNER = ("_place", "_look_up", "_needs_before", "_received", "_take", "_bound")


@pytest.mark.parametrize("first", ordinarily(1, range(0, 240, 12)))
def test_no_bound_is_above_the_best_completion(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all plans of an instance, before every operator: whatever is decided behind it."""
    for name in INNER:
        kernel = getattr(descent, name)
        monkeypatch.setattr(descent, name, getattr(kernel, "py_func", kernel))
    ratios = [ratio for seed in range(first, first + 12) for ratio in ratios_of(seed)]
    assert len(ratios) > 100
    assert max(ratios) <= 1 + 1e-9
    # Loose ones would pass the above.
    assert np.mean(ratios) > 0.6


def ratios_of(seed: int) -> list[float]:
    """Each bound on the way to each plan, over the least objective of those that go on from there, or the cutoff."""
    instance = drawn(seed, 600)
    problem = Problem.of(instance)
    best = optimum(problem)
    if not 0 < best < np.inf:
        return []
    value = best * (1 + 1e-6, 1.3, 2.0, 4.0)[seed % 4]
    sums = sums_of(problem, value)
    p, n, groups = problem.arrays, problem.count, Groups(problem.arrays)
    left: list[Left] = []
    for one, cutoff in zip(sums, cutoffs_of(problem, sums, value), strict=True):
        front = Front(p, one.clocks.time, 1.0, extra=one.clocks.extra)
        directed = Directed(problem, front, one.clocks)
        assert not directed.refute(cutoff, among=left[-1][0] if left else None).dead, seed
        left.append(directed.left())
    known, prices = known_states(problem, groups, left), pricing_of(problem, sums, [np.inf] * len(sums))
    plans, least = all_plans(problem), dict[tuple[int, ...], float]()
    for a, b, objective in plans:
        for u in range(1, n - 1):
            behind = (*a[u:], *b[u:])
            least[behind] = min(least.get(behind, np.inf), objective)
    way, tally = descent.trail(p, len(sums), groups.most), np.zeros(5, np.int64)
    tails = np.zeros(way.keys.shape[1])
    ratios = []
    with np.errstate(over="ignore"):
        rows = int(p.units[n - 1])
        descent._needs_before(p, known, n - 1, rows, rows, way.keys[n], way.keys[n - 1])
        for a, b, _ in plans:
            for u in range(n - 2, 0, -1):
                if not descent._take(p, known, prices, way, u, a[u], b[u]):
                    break
                bound = descent._bound(p, known, prices, way, u, tails, tally)
                # Plans that reach the cutoff are refuted; others may bound what is left higher then.
                bound = min(bound, value * (1 - 1e-7))
                assert bound <= least[*a[u:], *b[u:]] * (1 + 1e-9), (seed, u, a, b)
                ratios.append(float(bound / min(value, least[*a[u:], *b[u:]])))
    return ratios


def all_plans(problem: Problem) -> list[tuple[tuple[int, ...], tuple[int, ...], float]]:
    """All plans with their objectives; infinite where they miss the deadline or send what they must not."""
    units = problem.arrays.units
    ends = [[(int(units[0]),) * 2]]
    ends += [[(a, b) for a in range(rows + 1) for b in range(a + 1)] for rows in units[1:-1]]
    ends += [[(int(units[-1]),) * 2]]
    plans = []
    for plan in product(*ends):
        a, b = zip(*plan, strict=True)
        plans.append((a, b, price(problem, np.array(a, np.int32), np.array(b, np.int32), "").value))
    return plans


SKIP = {
    "shape": "dense", "operators": 7, "units": 24, "objective": "energy", "segment": 0.1, "launch_w": 6.1,
}  # fmt: skip
"""10^10 plans; that cutoffs of directions leave 6 % open."""


@pytest.mark.parametrize("changes", [{}, {"slack": 0.8}, {"partial": 0.2, "efficiency": 0.8, "transfers": "small"}])
def test_ten_billion_plans_are_settled(changes: dict[str, float | str]) -> None:
    instance = generate({**SKIP, **changes}, 4)
    assert count(instance) > 10**9
    result = wnpopt.solve(instance, "auto", time_limit=None, threads=1)
    assert result.status is Status.OPTIMAL
    assert result.bound_by == "descent"


def test_a_deadline_that_nothing_keeps_is_told_and_proved() -> None:
    """Label-setting ends too near: a deadline of 10^-6 below the least latency, of 10^9 plans."""
    free = generate({"shape": "residual", "operators": 7, "units": 16, "bandwidth": 6.0}, 10)
    fastest = wnpopt.solve(free, "auto", time_limit=None, threads=1)
    assert fastest.status is Status.OPTIMAL
    assert fastest.objective is not None
    for objective in ("latency", "energy"):
        posed = free.changed(objective=objective, deadline_s=fastest.objective * (1 - 1e-6))
        assert prove_infeasible(posed, Budget(None)) is not None
        assert wnpopt.solve(posed, "search", time_limit=None, threads=1).status is Status.INFEASIBLE
        posed = free.changed(objective=objective, deadline_s=fastest.objective)
        assert prove_infeasible(posed, Budget(None)) is None
        assert wnpopt.solve(posed, "search", time_limit=None, threads=1).status is Status.OPTIMAL


def test_what_is_small() -> None:
    """One operator of 300 rows, or eight of 12; but not one of a million, of which no list of options could be made."""
    for operators, units, small in ((4, 300, True), (4, 400, False), (4, 10**6, False), (9, 12, True), (30, 12, False)):
        instance = generate({"shape": "chain", "operators": operators, "units": min(units, 10_000)}, 0)
        data = instance.to_data()
        if units > 10_000:
            data["operators"][1]["units"] = units  # type: ignore[index]
        assert is_small(IntradpInstance.from_data(data)) is small, (operators, units)
    result = wnpopt.solve(IntradpInstance.from_data({**data, "objective": "energy"}), "auto", time_limit=1)
    assert result.objective is not None


def test_wherever_it_ends_its_bound_holds() -> None:
    problem = Problem.of(generate(SKIP, 4))
    start = honest(problem)
    whole = descended(problem, start, PLENTY, never())
    assert whole.ended
    assert whole.bound >= whole.plan.value * (1 - 1e-7)
    bounds = []
    for part in (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        found = descended(problem, start, int(part * whole.options), never())
        assert not found.ended
        assert found.bound <= whole.plan.value <= found.plan.value <= start.value
        bounds.append(found.bound)
    assert bounds[-1] > 0.9 * whole.bound
    flag = never()
    flag[0] = 1
    assert not descended(problem, start, PLENTY, flag).ended
