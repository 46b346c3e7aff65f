"""spso-ga: a self-adaptive particle swarm with genetic operators over layer partitions."""

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

PARTICLES, ITERATIONS, REPORT = 40, 200, 20
"""Particles; iterations; iterations between two looks at the best."""


def solve(instance: IntradpInstance, context: Context[IntradpSolution]) -> Outcome[IntradpSolution]:
    """See :func:`swarmed`."""
    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.intradp.kernels.problem import Problem

    problem = Problem.of(instance)
    plan = run_stoppable(lambda flag: swarmed(problem, context.budget.seed, flag, context.trace), context.budget)
    return outcome(problem, plan)


def swarmed(problem: Problem, seed: int, flag: Flag, trace: Trace | None = None) -> PricedPlan:
    """After Chen et al., "Energy-efficient offloading for DNN-based smart IoT systems in cloud-edge environments".

    Whole operators stand on one side. Plans beyond the deadline count as worse than all others, the later the worse.
    Particles start as all-device, all-server and random ranges; so few partitions near these are good that random ones
    alone would not find them. Improvements go to ``trace``; once the ``flag`` is raised, the best so far.
    """
    import numpy as np

    from wnpopt.problems.intradp.kernels.evaluate import scratch
    from wnpopt.problems.intradp.kernels.swarm import swarm
    from wnpopt.problems.intradp.search.plans import price

    n = problem.count
    rng = np.random.default_rng([seed, 0x7370736F])
    particles = np.zeros((PARTICLES, n), np.int32)
    particles[1, 1 : n - 1] = 1
    for i in range(2, PARTICLES):
        first, end = sorted(int(x) for x in rng.integers(1, n, 2))
        particles[i, first:end] = 1
    own, top, values, work = particles.copy(), particles[0].copy(), np.full(PARTICLES + 1, np.inf), scratch(n)
    for first in range(0, ITERATIONS, REPORT):
        swarm(
            problem.arrays, particles, own, values, top, (first, first + REPORT, ITERATIONS), rng, work,
            problem.by_energy, problem.limit, flag,
        )  # fmt: skip
        a = np.where(top == 1, 0, problem.arrays.units).astype(np.int32)
        a[[0, n - 1]] = problem.arrays.units[[0, n - 1]]
        plan = price(problem, a, a.copy(), "spso-ga")
        tell(problem, plan, trace)
        if flag[0]:
            break
    return plan


METHOD = Method(
    family="intradp",
    name="spso-ga",
    summary="self-adaptive particle swarm with genetic operators over layer partitions",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    refuse=refuse_size,
)
