"""Ended early: what is known by then is returned, and it is valid; nothing is begun that there is no time for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import wnpopt
from tests.slide.oracle import optimum
from tests.slide.tiny import mixes, tiny_instance
from wnpopt.backends.stopping import never
from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context
from wnpopt.core.registry import methods
from wnpopt.core.result import Termination
from wnpopt.core.trace import Trace
from wnpopt.problems.slide import FAMILY, SlideInstance, SlideSolution
from wnpopt.problems.slide.bounds import column_bounds
from wnpopt.problems.slide.formulations import milp
from wnpopt.problems.slide.formulations.clock import Clock, OutOfTime
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection import cover
from wnpopt.problems.slide.selection.exact import exact_selection, prove
from wnpopt.problems.slide.selection.greedy import greedy_selection
from wnpopt.problems.slide.selection.multicast import covered, menu_of
from wnpopt.problems.slide.selection.plan import fits, value_of
from wnpopt.problems.slide.selection.widest import widest
from wnpopt.problems.slide.selection.work import Work

CASES = mixes(60)[::3]


def raised() -> np.ndarray:
    flag = never()
    flag[0] = 1
    return flag


@pytest.mark.parametrize(("variants", "seed"), CASES)
def test_a_raised_flag_leaves_valid_plans_and_bounds(variants: frozenset[str], seed: int) -> None:
    instance = tiny_instance(variants, seed)
    best = optimum(instance)
    needs = Needs.of(instance.columns)
    plan = greedy_selection(needs, raised()).plan
    assert fits(needs, plan)
    assert value_of(needs, plan) <= best
    for selected in (prove(instance.columns, needs, raised()), exact_selection(needs, raised())):
        if selected is not None:
            assert fits(needs, selected.plan)
            assert selected.bound is None or selected.bound >= best
    for bound in column_bounds(instance.columns, raised()):
        assert bound.value >= best


@pytest.mark.parametrize("work", [1, 1_000, 100_000])
@pytest.mark.parametrize(("variants", "seed"), CASES[::3])
def test_little_work_leaves_valid_plans_and_bounds(variants: frozenset[str], seed: int, work: int) -> None:
    instance = tiny_instance(variants, seed)
    needs = Needs.of(instance.columns, relaxed=True)
    selected = exact_selection(needs, None, work)
    if selected is not None:
        assert fits(needs, selected.plan)
        assert selected.bound is None or selected.bound >= optimum(instance)


def run_of(instance: SlideInstance, budget: Budget) -> Context[SlideSolution]:
    def priced(solution: SlideSolution) -> float | None:
        certificate = FAMILY.verify(instance, solution)
        return certificate.objective if certificate.accepted else None

    return Context(budget, Trace("max", budget), None, (), priced)


@pytest.mark.parametrize("interrupted", [False, True])
@pytest.mark.parametrize(
    "name", ["greedy", "dp", "milp", "cover", "convex", "dai", "equal", "random", "max-frequency", "auto"]
)
@pytest.mark.parametrize(("variants", "seed"), CASES[::6])
def test_no_model_is_built_and_nothing_is_wrong_when_time_is_out(
    variants: frozenset[str], seed: int, name: str, interrupted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never_called(*_: object, **__: object) -> None:
        raise AssertionError("a solver was called when time was out")

    monkeypatch.setattr("wnpopt.backends.highs.solve_highs", never_called)
    monkeypatch.setattr("wnpopt.backends.convex.solve_convex", never_called)
    instance = tiny_instance(variants, seed)
    method = methods("slide")[name]
    if method.refuse(instance) is not None:
        pytest.skip("refused")
    budget = Budget(None if interrupted else 0.0)
    if interrupted:
        budget.stop.set()
    outcome = method.run(instance, run_of(instance, budget))
    if outcome.solution is not None:
        assert FAMILY.verify(instance, outcome.solution).accepted
    assert all(bound.value >= optimum(instance) for bound in outcome.bounds)


class _Counted(Budget):
    """A budget that is exhausted when it was asked so often."""

    def __init__(self, asked: int) -> None:
        super().__init__(None)
        object.__setattr__(self, "left", asked)

    def exhausted(self) -> bool:
        object.__setattr__(self, "left", self.left - 1)  # type: ignore[attr-defined]
        return bool(self.left < 0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("variants", [frozenset({"cache"}), frozenset({"multicast"})])
def test_building_ends_wherever_the_time_does(
    variants: frozenset[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("wnpopt.problems.slide.formulations.clock._EVERY", 1)
    instance = tiny_instance(variants, 1, users=8, models=2)
    needs = Needs.of(instance.columns)

    def build(clock: Clock) -> object:
        return milp.model_of(needs, needs.capacity, clock=clock)

    ended = 0
    for asked in range(1000):
        try:
            build(Clock(_Counted(asked)))
        except OutOfTime:
            ended += 1
        else:
            break
    assert 10 < ended < 1000, "there is no model before its last look at the time, and one after it"
    assert not caplog.records, "Pyomo has nothing to complain of"


def test_the_widest_transmission_is_the_menu_s_last() -> None:
    """The sweep over rates finds what the whole menu has: most value, and the least cost of that value."""
    seen = 0
    for variants, seed in mixes(300):
        instance = tiny_instance(variants | {"multicast"}, seed, users=7)
        needs = Needs.of(instance.columns)
        everyone = np.ones(needs.columns.users, dtype=np.bool_)
        for j in range(needs.columns.models):
            for share in (1.0, 0.4):
                capacity = needs.capacity * share
                menu = menu_of(needs, j, everyone, capacity, Work())
                found = widest(needs, j, everyone, capacity, Work()) if capacity > 0 else None
                if menu.cost.size == 0 or found is None:
                    assert menu.cost.size == 0
                    continue
                seen += 1
                assert found[0] == pytest.approx(menu.value[-1], rel=1e-12)
                assert found[1] == pytest.approx(menu.cost[-1], rel=1e-12)
                assert covered(needs, menu, menu.cost.size - 1).any()
    assert seen > 200


def test_greedy_is_the_same_whenever_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work is bounded by a count: cut or not, equal instances get equal plans."""
    instance = tiny_instance(frozenset({"multicast", "weights"}), 3, users=12, models=4)
    whole = wnpopt.solve(instance, "greedy", time_limit=None).solution
    for most in (1_000_000_000, 20_000, 500, 1):
        monkeypatch.setattr(cover, "MOST_WORK", most)
        first, second = (wnpopt.solve(instance, "greedy", time_limit=limit).solution for limit in (None, 5.0))
        assert first == second
        assert most < 1_000_000_000 or first == whole


def test_what_was_found_before_a_failure_is_in_the_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise MemoryError

    instance = tiny_instance(frozenset(), 4)
    monkeypatch.setattr("wnpopt.backends.convex.solve_convex", failing)
    run = run_of(instance, Budget(20.0))
    with pytest.raises(MemoryError):
        methods("slide")["convex"].run(instance, run)
    best = run.trace.candidates()[0]
    assert best.objective == optimum(instance)
    assert FAMILY.verify(instance, best.solution).accepted
    assert run.trace.best_bound() == Bound(optimum(instance), "dp")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("variants", [frozenset({"cache"}), frozenset({"multicast"})])
def test_values_that_are_no_numbers_are_no_plan(
    variants: frozenset[str], value: float, short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wnpopt.backends import highs

    real: Callable[..., object] = highs.solve_highs

    def broken(*arguments: object, **options: object) -> object:
        report = real(*arguments, **options)
        assert report.values  # type: ignore[attr-defined]
        values = (value,) * (len(report.values) - short)  # type: ignore[attr-defined]
        return replace(report, values=values, bound=value if value > 0 else None)  # type: ignore[type-var]

    monkeypatch.setattr(highs, "solve_highs", broken)
    instance = tiny_instance(variants, 6)
    outcome = methods("slide")["milp"].run(instance, run_of(instance, Budget(20.0)))
    assert outcome.solution is None or FAMILY.verify(instance, outcome.solution).accepted
    if outcome.termination is Termination.PROVED:  # by the tables, that is
        assert outcome.solution is not None
        assert FAMILY.verify(instance, outcome.solution).objective == optimum(instance)
    assert all(bound.value >= optimum(instance) for bound in outcome.bounds)
