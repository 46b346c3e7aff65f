"""spso-ga: a self-adaptive particle swarm with genetic operators over layer partitions."""

from __future__ import annotations

from wnpopt.core.method import Method, Outcome, Run
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.limits import refuse_size
from wnpopt.problems.intradp.solution import IntradpSolution

PARTICLES, ITERATIONS = 40, 200


def run(instance: IntradpInstance, run: Run[IntradpSolution]) -> Outcome[IntradpSolution]:
    """After Chen et al., "Energy-efficient offloading for DNN-based smart IoT systems in cloud-edge environments".

    Whole operators stand on one side. Plans beyond the deadline count as worse than all others, the later the worse.
    Particles start as all-device, all-server and random ranges; so few partitions near these are good that random ones
    alone would not find them.
    """
    import numpy as np

    from wnpopt.backends.stopping import run_stoppable
    from wnpopt.problems.intradp.kernels.evaluate import scratch
    from wnpopt.problems.intradp.kernels.problem import Problem
    from wnpopt.problems.intradp.kernels.swarm import swarm
    from wnpopt.problems.intradp.outcome import outcome
    from wnpopt.problems.intradp.plans import price

    problem = Problem.of(instance)
    n = problem.count
    rng = np.random.default_rng([run.budget.seed, 0x7370736F])
    particles = np.zeros((PARTICLES, n), np.int32)
    particles[1, 1 : n - 1] = 1
    for i in range(2, PARTICLES):
        first, end = sorted(int(x) for x in rng.integers(1, n, 2))
        particles[i, first:end] = 1
    layers = run_stoppable(
        lambda flag: swarm(
            problem.arrays, particles, ITERATIONS, rng, scratch(n), problem.by_energy, problem.limit, flag
        ),
        run.budget,
    )
    a = np.where(layers == 1, 0, problem.arrays.units).astype(np.int32)
    a[[0, n - 1]] = problem.arrays.units[[0, n - 1]]
    return outcome(problem, price(problem, a, a.copy(), "spso-ga"))


METHOD = Method(
    family="intradp",
    name="spso-ga",
    summary="self-adaptive particle swarm with genetic operators over layer partitions",
    proves="nothing by itself",
    run=run,
    modules=("numba",),
    refuse=refuse_size,
)
