"""de: differential evolution on exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.methods.outcome import outcome, tell
from wnpopt.problems.intradp.methods.refusals import refuse_size
from wnpopt.problems.intradp.solution import IntradpSolution

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag
    from wnpopt.core.trace import Trace
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.search.plans import PricedPlan

EXCHANGES, POPULATION, GENERATIONS, SCALE, CROSSOVER = 4, 60, 150, 0.6, 0.8
"""Triples in a vector; members; generations; the weight of a difference; the chance that a gene is taken over."""

REPORT = 10
"""Generations between two looks at the best member."""


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
    """Storn and Price's differential evolution, see :func:`evolved`."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.intradp.kernels.problem import Problem

    problem = Problem.of(instance)
    plan = run_stoppable(lambda flag: evolved(problem, context.budget.seed, flag, context.trace), context.budget)
    return outcome(problem, plan)


def evolved(problem: Problem, seed: int, flag: Flag | None = None, trace: Trace | None = None) -> PricedPlan:
    """The best plan of an evolution over vectors of (cut, device's share, server's share) triples.

    The first members are device-only, server-only and cuts at random places, the rest random. Improvements go to
    ``trace``; once the ``flag`` is raised, the best so far.
    """
    import numpy as np

    from wnpopt.backends.stopping import never
    from wnpopt.problems.intradp.kernels.evaluate import expand, scratch
    from wnpopt.problems.intradp.kernels.swarm import evolve, exchanges
    from wnpopt.problems.intradp.search.plans import best_of, device_only, price

    rng = np.random.default_rng([seed, 0x6465])
    population = rng.random((POPULATION, 3 * EXCHANGES))
    population[0, ::3] = 1.0
    population[1, ::3] = 1.0
    population[1, :3] = [0.7999999, 0.0, 1.0]
    n = problem.count
    flag = never() if flag is None else flag
    values, work = np.full(POPULATION, np.inf), scratch(n)
    found: PricedPlan | None = None
    for generation in range(0, GENERATIONS, REPORT):
        best = evolve(
            problem.arrays, population, values, (generation, generation + REPORT), SCALE, CROSSOVER, rng, work,
            problem.by_energy, problem.limit, flag,
        )  # fmt: skip
        device, server, a, b = (np.zeros(n, np.int32) for _ in range(4))
        exchanges(problem.arrays, population[best], device, server)
        expand(problem.arrays, device, server, a, b)
        found = price(problem, a, b, "de")
        tell(problem, found, trace)
        if flag[0]:
            break
    assert found is not None
    return found if found.feasible else best_of(found, device_only(problem))


METHOD = Method(
    family="intradp",
    name="de",
    summary="differential evolution on (cut, device's share, server's share) triples",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    refuse=refuse_size,
)
