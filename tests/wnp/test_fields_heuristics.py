"""Optional fields in the heuristics, auto and the bounds: against exhaustion over cores, orders, bus and radio."""

from __future__ import annotations

from typing import cast

import pytest

import wnpopt
from tests.wnp.brute_fields import optimum
from tests.wnp.test_state import state_at
from tests.wnp.tiny_fields import FIELDS, PAIRS, tiny_fields
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp import WnpSolution
from wnpopt.problems.wnp.bounds import bounds

ALL = [(field,) for field in FIELDS] + PAIRS
CLOSE = 1e-9


@pytest.mark.parametrize("fields", ALL, ids="+".join)
def test_bounds_are_never_above_and_plans_never_below_the_optimum(fields: tuple[str, ...]) -> None:
    for seed in range(2):
        instance = tiny_fields(seed, fields)
        best = optimum(instance)
        for method in ("rtfs", "pacs", "pacs-ls"):
            iterations = 2 if method == "pacs-ls" else None
            result = wnpopt.solve(instance, method, isolate=False, iterations=iterations)
            if best is None:
                assert result.objective is None, (seed, method)
            elif result.objective is not None:
                assert result.objective >= best - CLOSE * abs(best), (seed, method)
        if best is not None:
            for bound in bounds(instance, Budget(None)):
                assert bound.value <= best + CLOSE * abs(best), (seed, bound)


SOME = [("bus",), ("latency",), ("energy",), ("release",), ("bus", "latency")]


@pytest.mark.parametrize("fields", SOME, ids="+".join)
def test_auto_proves_the_optimum(fields: tuple[str, ...]) -> None:
    for seed in (1, 4):
        instance = tiny_fields(seed, fields)
        best = optimum(instance)
        result = wnpopt.solve(instance, threads=1, isolate=False)
        assert result.status == ("infeasible" if best is None else "optimal"), (seed, result.message)
        assert result.objective == (None if best is None else pytest.approx(best, rel=CLOSE)), seed


@pytest.mark.parametrize("fields", [(), ("bus",), ("release", "latency")], ids="+".join)
@pytest.mark.parametrize("method", ["rtfs", "pacs", "pacs-ls", "auto"])
def test_planning_on_keeps_what_has_begun(method: str, fields: tuple[str, ...]) -> None:
    for seed in (2, 8):
        instance = tiny_fields(seed, fields)
        first = wnpopt.solve(instance, "pacs", isolate=False)
        if first.solution is None:
            continue
        plan = cast(WnpSolution, first.solution)
        # Ordinarily some moments: the others are as good.
        for now in sorted({1, *plan.start.values(), *(start + 1 for start in plan.start.values())})[::3]:
            state = state_at(instance, plan, now)
            iterations = 1 if method == "pacs-ls" else None
            again = wnpopt.solve(instance, method, isolate=False, fixed=state, threads=1, iterations=iterations)
            assert again.solution is not None, (seed, now, again.message)
            begun = cast(WnpSolution, again.solution)
            assert {name: begun.start[name] for name in state.begun} == {n: b.start for n, b in state.begun.items()}


@pytest.mark.slow
def test_every_bound_on_two_thousand_instances() -> None:
    """Bounds of all sources, on 2,080 instances with one or two optional fields: never above the optimum."""
    checked = 0
    for seed in range(80):
        for fields in [*ALL[:8], *PAIRS[:18]]:
            instance = tiny_fields(seed, fields)
            best = optimum(instance)
            for bound in [] if best is None else bounds(instance, Budget(None)):
                assert best is not None
                assert bound.value <= best + CLOSE * abs(best), (seed, fields, bound)
            checked += 1
    assert checked >= 2000
