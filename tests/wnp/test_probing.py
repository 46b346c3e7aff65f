"""Destructive probes: from a poor incumbent and a weak bound they end at the optimum, and never beyond it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

import wnpopt
from tests.wnp.brute import optimum
from tests.wnp.tiny import tiny_instance
from wnpopt.backends.ending import Ending, Report
from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context, Start
from wnpopt.core.result import Termination, WarmStart
from wnpopt.core.trace import Trace
from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.search.beside import SearchBeside
from wnpopt.problems.wnp.search.decomposition import Decomposition
from wnpopt.problems.wnp.search.given import joint_of
from wnpopt.problems.wnp.search.probing import Prober, probe
from wnpopt.problems.wnp.search.questions import Question
from wnpopt.problems.wnp.solution import WnpSolution


def late(instance: WnpInstance, by: int) -> WnpSolution | None:
    """RTFS's plan, with everything on the chip later."""
    solution = wnpopt.solve(instance, "rtfs").solution
    if not isinstance(solution, WnpSolution):
        return None
    return solution.model_copy(update={"start": {name: start + by for name, start in solution.start.items()}})


def context_of(instance: WnpInstance, seed: int, best: int, threads: int) -> tuple[Context[WnpSolution], Trace] | None:
    """A poor incumbent, and half the optimum as the bound."""
    start = late(instance, 7 + seed % 5)
    if start is None:
        return None
    budget = Budget(60.0, threads=threads)
    trace = Trace("min", budget)

    def verified(solution: WnpSolution) -> float | None:
        certificate = wnpopt.verify(instance, solution)
        return certificate.objective if certificate.accepted else None

    objective = verified(start)
    assert objective is not None
    half = Bound(best // 2, "half")
    return Context(budget, trace, Start(start, objective, "late"), (half,), verified), trace


@pytest.mark.parametrize("first", range(0, 120, 20))
@pytest.mark.parametrize("threads", [1, 3])
def test_probes_end_at_the_optimum(first: int, threads: int) -> None:
    for seed in range(first, first + 20, 1 if threads == 1 else 4):
        instance = tiny_instance(seed)
        best = optimum(instance)
        made = None if best is None else context_of(instance, seed, best, threads)
        if best is None or made is None:
            continue
        context, trace = made
        problem = Problem.of(instance)
        beside = None
        if threads > 1 and seed % 8 == 0:
            joint = joint_of(problem, context.start.solution) if context.start is not None else None
            beside = None if joint is None else SearchBeside(problem, joint, context)
        outcome = probe(Decomposition(problem, context, 0.0), beside)
        assert outcome.termination is Termination.PROVED, (seed, outcome.message)
        assert outcome.solution is not None
        assert context.verified_objective(outcome.solution) == best, seed
        assert all(bound.value <= best for bound in outcome.bounds), seed
        told = [point.bound for point in trace.points() if point.bound is not None]
        assert all(value <= best for value in told), seed


def test_a_master_with_a_surplus_proves_nothing() -> None:
    """No schedule delivers ten thousand times the payloads within the optimum; the bound stays where it is."""
    tried = 0
    for seed in range(40):
        instance = tiny_instance(seed)
        best = optimum(instance)
        made = None if best is None else context_of(instance, seed, best, 1)
        if best is None or made is None:
            continue
        problem = Problem.of(instance)
        everything = [np.ones(problem.uplink.count, dtype=np.int64)] if problem.uplink.count else []
        prober = Prober(Decomposition(problem, made[0], 0.0, everything), None)
        solved = prober.state.master(best, made[0].budget, optimise=False, surplus=1e4)
        assert solved is not None
        if solved[0].ending != "infeasible":
            continue  # a modality that arrives anyhow, say
        tried += 1
        before = prober.state.lower
        prober.hear(Question(best, near=True, surplus=1e4), solved)
        assert prober.state.lower == before
        prober.end()
    assert tried >= 5


def test_a_search_beside_the_masters_rests_and_goes_on() -> None:
    """It rests once it finds nothing, and goes on, with its cuts and its elite, where masters do not answer either."""
    instance = tiny_instance(14)
    best = optimum(instance)
    assert best is not None
    made = context_of(instance, 14, best, 2)
    assert made is not None
    context = replace(made[0], bounds=(Bound(0, "none"),))  # nothing ends the search but its rest
    problem = Problem.of(instance)
    assert context.start is not None
    joint = joint_of(problem, context.start.solution)
    assert joint is not None
    beside = SearchBeside(problem, joint, context)
    prober = Prober(Decomposition(problem, context, 0.0), beside)
    try:
        assert beside.threads == 1
        beside.rest()
        assert beside.threads == 0
        question = Question(best, near=True)
        open_answer = (Report(Ending.LIMIT, None, None, None, WarmStart.NONE, "", 0.0), cast(CpsatModel, None))
        prober.hear(question, open_answer)
        prober._fill()
        assert beside.threads == 0
        prober.hear(replace(question, relaxed=True), open_answer)
        prober._asked.pop().cancel()
        prober._fill()
        assert (beside.threads, len(beside._searches)) == (1, 1)
    finally:
        prober.end()
    assert beside.threads == 0
