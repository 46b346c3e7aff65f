"""pacs-ls: its tables say what the cuts say, its states are schedules, and its plans are repeatable and never worse."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import wnpopt
from wnpopt.backends.stopping import never
from wnpopt.core.bound import best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context, Outcome
from wnpopt.core.result import Termination
from wnpopt.core.trace import Trace
from wnpopt.problems.wnp.bounds import problem_bounds
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.cuts import cut_holds
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.radio import deadlines
from wnpopt.problems.wnp.methods.pacs_ls import METHOD
from wnpopt.problems.wnp.search.cut_pool import CutPool
from wnpopt.problems.wnp.search.joint import pipeline_aware, transmit_first
from wnpopt.problems.wnp.search.joint_annealing import JointAnnealing
from wnpopt.problems.wnp.solution import WnpSolution

TINY = Path(__file__).resolve().parents[2] / "instances" / "wnp" / "tiny"
OPTIMA = {row["file"]: row["best"] for row in json.loads((TINY / "index.json").read_text())}


def drawn(seed: int, **options: int | float | str) -> Problem:
    return Problem.of(generate({"subgraphs": 16, "cores": 3, "slot_ticks": 60, **options}, seed))


def run(instance: WnpInstance, iterations: int, threads: int = 1, seed: int = 0) -> Outcome[WnpSolution]:
    budget = Budget(None, threads=threads, seed=seed, iterations=iterations)

    def verified(solution: WnpSolution) -> float | None:
        certificate = wnpopt.verify(instance, solution)
        assert certificate.accepted
        return certificate.objective

    known = problem_bounds(Problem.of(instance), budget)
    return METHOD.run(instance, Context(budget, Trace("min", budget), None, known, verified))


@pytest.mark.parametrize("seed", range(6))
def test_the_tables_say_what_the_cuts_say(seed: int) -> None:
    problem = drawn(seed, modalities=3 + seed % 3, load=0.7)
    uplink = problem.uplink
    rng = np.random.default_rng(seed)
    for _ in range(5):
        pool = CutPool(uplink)
        assert pool.usable
        weight = rng.integers(1, 1000, uplink.count)
        pool.add(weight * uplink.payload.astype(float))
        tail = rng.integers(0, 20 * uplink.slot_ticks, uplink.count)
        value = pool.value(tail, 0)
        alone = int((pool.alone + tail).max())
        # The cut in exact arithmetic, at the value and one tick below it.
        assert value >= alone
        assert cut_holds(uplink, weight, deadlines(value, tail, uplink.slot_ticks, uplink.slots))
        below = cut_holds(uplink, weight, deadlines(value - 1, tail, uplink.slot_ticks, uplink.slots))
        assert value == alone or not below


@pytest.mark.parametrize("modalities", [0, 1, 4])
def test_every_state_of_the_elite_is_a_schedule(modalities: int) -> None:
    problem = drawn(7, modalities=modalities, forbidden=0.2)
    first = pipeline_aware(problem, transmit_first(problem, Budget(None)), Budget(None))  # type: ignore[arg-type]
    search = JointAnnealing(problem, first, 3, 0, lambda _joint: None)
    search.run(4, never())
    assert search.elite
    plan = problem.plan
    for state in search.elite:
        place = np.empty(state.sequence.size, dtype=np.int64)
        place[state.sequence] = np.arange(state.sequence.size)
        assert sorted(state.sequence.tolist()) == list(range(state.sequence.size))
        assert (place[plan.source] < place[plan.target]).all()
        assert (plan.ticks[np.arange(place.size), state.core] < 2**60).all()


def test_the_same_iterations_give_the_same_plan() -> None:
    instance = drawn(3).instance
    for threads in (1, 2):
        first, second = (run(instance, 2, threads, seed=11) for _ in range(2))
        assert first.solution == second.solution
        assert first.termination in (Termination.HEURISTIC, Termination.PROVED)


@pytest.mark.parametrize("seed", range(8))
def test_never_worse_than_pacs(seed: int) -> None:
    instance = drawn(seed, modalities=seed % 5, heterogeneity=1.5 * (seed % 2)).instance
    pacs = wnpopt.solve(instance, "pacs")
    found = run(instance, 2).solution
    assert found is not None
    assert pacs.objective is not None
    value = wnpopt.verify(instance, found).objective
    assert value is not None
    assert value <= pacs.objective


def test_most_tiny_instances_are_solved_and_none_beyond_its_optimum() -> None:
    reached = 0
    for name, optimum in OPTIMA.items():
        instance = wnpopt.load(TINY / name)
        assert isinstance(instance, WnpInstance)
        outcome = run(instance, 3)
        if optimum is None:
            assert outcome.solution is None
            reached += 1
            continue
        assert outcome.solution is not None
        value = wnpopt.verify(instance, outcome.solution).objective
        assert value is not None
        assert value >= optimum
        reached += value == optimum
        known = best_bound(problem_bounds(Problem.of(instance), Budget(None)), "min")
        assert (outcome.termination is Termination.PROVED) == (known is not None and value <= known.value)
    assert reached >= 0.8 * len(OPTIMA)


def test_a_warm_start_is_taken_and_named() -> None:
    instance = drawn(5).instance
    best = wnpopt.solve(instance, "auto", time_limit=20, threads=1)
    assert best.solution is not None
    result = wnpopt.solve(instance, "pacs-ls", time_limit=0.3, threads=1, warm_start=best.solution)
    assert result.warm_start == "accepted"
    assert result.objective is not None
    assert best.objective is not None
    assert result.objective <= best.objective
