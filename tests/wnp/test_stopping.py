"""What takes long can be ended: kernels look at a flag, models are not built where no time is left for them."""

from __future__ import annotations

import numpy as np
import pytest

from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context
from wnpopt.core.trace import Trace
from wnpopt.problems.wnp.bounds import branch_tails, load_bound, problem_bounds, radio_bound
from wnpopt.problems.wnp.formulations.cpsat import compile_cpsat, compile_master, pays
from wnpopt.problems.wnp.formulations.cpsat_radio import cut_weights
from wnpopt.problems.wnp.generate import OPTIONS, generate
from wnpopt.problems.wnp.kernels.cuts import cannot_deliver
from wnpopt.problems.wnp.kernels.load import least_load
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.radio import least_makespan
from wnpopt.problems.wnp.kernels.throughput import concurrent_throughput
from wnpopt.problems.wnp.kernels.uplink import stoppable
from wnpopt.problems.wnp.methods import pacs, rtfs


@pytest.fixture(scope="module")
def problem() -> Problem:
    options = {option.name: option.default for option in OPTIONS} | {
        "subgraphs": 40,
        "cores": 4,
        "modalities": 4,
        "resource_blocks": 25,
        "slots": 60,
        "block_slots": 6,
    }
    return Problem.of(generate(options, 3))


def over() -> Budget:
    budget = Budget(None)
    budget.stop.set()
    return budget


def test_what_is_proved_when_time_is_over_is_a_bound(problem: Problem) -> None:
    tail = problem.modality_tails(problem.shortest_tails())
    last = problem.plan.least(problem.tail)
    first = np.zeros_like(last)
    assert radio_bound(problem, tail, over()) <= radio_bound(problem, tail, Budget(None))
    assert (branch_tails(problem, over()) <= branch_tails(problem, Budget(None))).all()
    assert load_bound(problem.plan.ticks, first, last, over()) <= load_bound(
        problem.plan.ticks, first, last, Budget(None)
    )
    full = {bound.source: bound.value for bound in problem_bounds(problem, Budget(None))}
    for bound in problem_bounds(problem, over()):
        assert bound.value <= full[bound.source]


def test_a_raised_flag_ends_the_kernels(problem: Problem) -> None:
    raised = never()
    raised[0] = 1
    uplink = problem.uplink
    usable = uplink.usable(np.full(uplink.count, uplink.slots))
    lower, upper, _, _ = concurrent_throughput(uplink.share, usable, uplink.all_weights(), False, raised)
    low, high, _, _ = concurrent_throughput(uplink.share, usable, uplink.all_weights(), False, never())
    assert lower <= low <= high <= upper
    assert 0 <= least_load(problem.plan.ticks, raised) <= least_load(problem.plan.ticks, never())


def test_the_radio_looks_at_the_flag_where_it_may_take_long(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    from wnpopt.problems.wnp.kernels import uplink

    monkeypatch.setattr(uplink, "_SMALL", 0)
    seen = stoppable(problem.uplink, Budget(None), lambda stop: int(stop[0]))
    assert seen == 0
    tail = problem.modality_tails(problem.shortest_tails())
    found, _ = least_makespan(problem.uplink, tail, Budget(None))
    assert found is not None

    def raised(work: object, _budget: Budget) -> object:
        flag = never()
        flag[0] = 1
        return work(flag)  # type: ignore[operator]

    monkeypatch.setattr(uplink, "run_stoppable", raised)
    nothing, cut = least_makespan(problem.uplink, tail, Budget(None))
    assert nothing is None
    assert cut is None or cut.value <= found.value
    assert cannot_deliver(problem.uplink, Budget(None)) is None


def test_models_are_not_built_without_time(problem: Problem) -> None:
    assert compile_cpsat(problem, budget=over()) is None
    assert compile_master(problem, None, 0, [], [], over()) is None
    assert cut_weights(problem, over()) == []
    assert compile_master(problem, None, 0, cut_weights(problem, Budget(None)), []) is not None


def test_a_model_whose_building_would_take_the_time_is_not_begun(problem: Problem) -> None:
    assert pays(problem, Budget(None))
    assert pays(problem, Budget(60.0))
    assert not pays(problem, Budget(1e-4))


@pytest.mark.parametrize("method", [rtfs, pacs])
def test_heuristics_say_that_they_were_ended(method: object, problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    from wnpopt.problems.wnp.search import joint as search

    monkeypatch.setattr(search, "least_makespan", lambda *_args, **_options: (None, None))
    budget = over()
    run = Context(budget, Trace("min", budget), None, (), lambda _solution: None)
    outcome = method.solve(problem.instance, run)  # type: ignore[attr-defined]
    assert outcome.solution is None
    assert outcome.termination == "interrupted"
    assert "before the end" in outcome.message
