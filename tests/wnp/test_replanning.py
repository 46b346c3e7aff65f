"""Plans that go on from what happened, against exhaustion over all that is left."""

from __future__ import annotations

import random
from typing import Any, cast

import pytest

import wnpopt
from tests.wnp.brute_fields import optimum
from tests.wnp.executed import executed
from tests.wnp.test_state import state_at
from tests.wnp.tiny_fields import FIELDS, PAIRS, tiny_fields
from wnpopt.problems.wnp import WnpInstance, WnpSolution
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.replanning import carried_on, replan
from wnpopt.problems.wnp.state import WnpState
from wnpopt.problems.wnp.verify import verify

KINDS: list[tuple[str, ...]] = [(), *[(field,) for field in FIELDS], *PAIRS]
LIMITS = {"deadline", "makespan-limit", "energy-limit"}
# Past transfers cost energy: one of few where what has begun has received something.
SAMPLE = [(seed, KINDS[seed % len(KINDS)]) for seed in range(700, 736)] + [(3051, ("energy",))]


def running(seed: int, fields: tuple[str, ...]) -> tuple[WnpInstance, WnpSolution, WnpState] | None:
    """A tiny instance with a plan and how far it got."""
    instance = tiny_fields(seed, fields)
    plan = wnpopt.solve(instance, "pacs" if seed % 2 else "rtfs", isolate=False).solution
    if plan is None:
        return None
    state = executed(instance, cast(WnpSolution, plan), random.Random(seed))
    state.check(instance)
    return instance, cast(WnpSolution, plan), state


def against_exhaustion(seed: int, fields: tuple[str, ...]) -> None:
    """cpsat is optimal, and nobody is better than that or claims what is not so."""
    case = running(seed, fields)
    if case is None:
        return
    instance, plan, state = case
    best = optimum(instance, state)
    exact = wnpopt.solve(instance, "cpsat", threads=1, isolate=False, fixed=state)
    if best is None:
        assert exact.status == "infeasible"
        assert replan(instance, state, plan) is None
        return
    assert exact.status == "optimal"
    assert exact.objective == pytest.approx(best, rel=1e-6)
    for method in ("rtfs", "pacs"):
        result = wnpopt.solve(instance, method, isolate=False, fixed=state)
        assert result.objective is None or result.objective >= best * (1 - 1e-9)
        assert result.bound is None or result.bound <= best * (1 + 1e-9)
    again, carried = replan(instance, state, plan), carried_on(instance, state, plan)
    value = None
    if again is not None:
        judged = verify(instance, again, state)
        assert judged.accepted
        value = judged.objective
        assert value is not None
        assert value >= best * (1 - 1e-9)
    if carried is not None:
        judged = verify(instance, carried, state)
        assert {violation.rule for violation in judged.violations} <= LIMITS
        if judged.accepted:
            assert value is not None
            assert judged.objective is not None
            assert value <= judged.objective * (1 + 1e-9)


@pytest.mark.parametrize(("seed", "fields"), SAMPLE, ids=str)
def test_plans_go_on_optimally(seed: int, fields: tuple[str, ...]) -> None:
    against_exhaustion(seed, fields)


@pytest.mark.slow
def test_many_plans_go_on_optimally() -> None:
    for seed in range(1000, 1300):
        against_exhaustion(seed, KINDS[seed % len(KINDS)])


def generated(**options: Any) -> WnpInstance:
    sizes = {"subgraphs": 24, "cores": 4, "modalities": 3, "resource_blocks": 8, "slots": 30}
    return generate({**sizes, **options}, 3)


@pytest.mark.parametrize("options", [{}, {"bus": "exclusive"}, {"jobs": 3, "objective": "weighted_latency"}])
def test_the_answer_is_never_worse_than_the_plan_gone_on_with(options: dict[str, Any]) -> None:
    """Larger ones than exhaustion can do; the same every time, and by the method as by the function."""
    instance = generated(**options)
    plan = cast(WnpSolution, wnpopt.solve(instance, "pacs", isolate=False).solution)
    rng = random.Random(5)
    for _ in range(8):
        state = executed(instance, plan, rng)
        carried = carried_on(instance, state, plan)
        again = replan(instance, state, plan)
        if carried is None or again is None:
            continue
        kept, made = verify(instance, carried, state), verify(instance, again, state)
        assert kept.accepted
        assert made.accepted
        assert made.objective is not None
        assert kept.objective is not None
        assert made.objective <= kept.objective
        assert replan(instance, state, plan) == again
        result = wnpopt.solve(instance, "pacs", isolate=False, fixed=state, warm_start=plan)
        assert result.objective is not None
        assert result.objective <= kept.objective


def test_a_plan_that_runs_as_it_was_made_stays_as_good() -> None:
    instance = generated(bus="exclusive")
    plan = cast(WnpSolution, wnpopt.solve(instance, "pacs", isolate=False).solution)
    objective = verify(instance, plan).objective
    assert objective is not None
    for part in (0.0, 0.3, 0.6, 0.9):
        state = state_at(instance, plan, int(objective * part))
        carried = carried_on(instance, state, plan)
        assert carried is not None
        assert (verify(instance, carried, state).objective or 0) <= objective


def test_a_plan_of_something_else_is_no_start() -> None:
    instance = generated()
    plan = cast(WnpSolution, wnpopt.solve(instance, "pacs", isolate=False).solution)
    state = state_at(instance, plan, 1)
    name = max(plan.start, key=lambda name: plan.start[name])
    other = plan.model_copy(update={"core": {**plan.core, name: "c99"}})
    assert carried_on(instance, state, other) is None
    with pytest.raises(wnpopt.InputError, match="rejects"):
        wnpopt.solve(instance, "pacs", isolate=False, fixed=state, warm_start=other)
