"""Populations of plans in compiled code: differential evolution on exchanges, particle swarm on layer partitions."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled, inner
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.arrays import Arrays, FloatArray, RowArray
from wnpopt.problems.intradp.kernels.evaluate import Scratch, evaluate, expand, score


@compiled
def exchanges(p: Arrays, genes: FloatArray, device: RowArray, server: RowArray) -> None:
    """The overrides (into device, server) that a vector of triples means, each gene in [0, 1].

    A triple is (cut, device's share, server's share). The cut names a tensor by its place in the order; the last
    fifth of its range means no exchange. Of the rows of the tensor the device computes its share from the front, the
    server its share from the back.
    """
    n = len(p.units)
    device[:] = -1
    server[:] = -1
    for k in range(0, len(genes), 3):
        if genes[k] >= 0.8 or n < 3:
            continue
        u = 1 + min(n - 3, int(genes[k] / 0.8 * (n - 2)))
        units = p.units[u]
        a = round(genes[k + 1] * units)
        device[u] = a
        server[u] = min(a, units - round(genes[k + 2] * units))


@compiled
def genes_score(
    p: Arrays,
    genes: FloatArray,
    a: RowArray,
    b: RowArray,
    device: RowArray,
    server: RowArray,
    work: Scratch,
    energy: bool,
    limit: float,
) -> float:
    """Score of the plan (left in a, b) of a vector of triples."""  # fmt: skip
    exchanges(p, genes, device, server)
    expand(p, device, server, a, b)
    return score(p, a, b, work, energy, limit)


@compiled
def evolve(
    p: Arrays,
    population: FloatArray,
    values: FloatArray,
    generations: tuple[int, int],
    scale: float,
    crossover: float,
    rng: np.random.Generator,
    work: Scratch,
    energy: bool,
    limit: float,
    flag: Flag,
) -> int:
    """Differential evolution, best/1 and rand/1 by turns with binomial crossover (Storn and Price 1997).

    Generations from the first of ``generations`` up to the second; the first of all, 0, scores ``population`` (P, D)
    into ``values`` (P,) beforehand. Both go on changing; the index of the best member. Ends early once the flag is
    raised: members that it keeps from being scored are infinitely bad.
    """
    n = len(p.units)
    size, genes = population.shape
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    device, server = np.zeros(n, np.int32), np.zeros(n, np.int32)
    if generations[0] == 0:
        for i in range(size):
            values[i] = np.inf
            if not raised(flag):
                values[i] = genes_score(p, population[i], a, b, device, server, work, energy, limit)
    trial = np.zeros(genes)
    for generation in range(generations[0], generations[1]):
        best = int(np.argmin(values))
        for i in range(size):
            if raised(flag):
                return int(np.argmin(values))
            x, y, z = int(rng.random() * size), int(rng.random() * size), int(rng.random() * size)
            base = best if generation % 2 else x
            always = int(rng.random() * genes)
            for g in range(genes):
                if g == always or rng.random() < crossover:
                    gene = population[base, g] + scale * (population[y, g] - population[z, g])
                    # Reflected at the ends, so that the ends stay as likely as they are useful.
                    gene = abs(gene)
                    trial[g] = min(1.0, max(0.0, 2.0 - gene if gene > 1.0 else gene))
                else:
                    trial[g] = population[i, g]
            found = genes_score(p, trial, a, b, device, server, work, energy, limit)
            if found <= values[i]:
                values[i] = found
                for g in range(genes):  # not slices: those take seconds to compile
                    population[i, g] = trial[g]
    return int(np.argmin(values))


@inner
def layers_score(
    p: Arrays, layers: RowArray, a: RowArray, b: RowArray, work: Scratch, energy: bool, limit: float
) -> float:
    """Score of a layer partition (1: on the server); beyond the deadline a large number that grows with latency."""
    n = len(p.units)
    for v in range(n):
        a[v] = b[v] = 0 if layers[v] == 1 and 0 < v < n - 1 else p.units[v]
    value = score(p, a, b, work, energy, limit)
    if value < np.inf:
        return value
    return 1e100 * (1.0 + evaluate(p, a, b, work, False)[0])


@compiled
def swarm(
    p: Arrays,
    particles: RowArray,
    own: RowArray,
    values: FloatArray,
    top: RowArray,
    iterations: tuple[int, int, int],
    rng: np.random.Generator,
    work: Scratch,
    energy: bool,
    limit: float,
    flag: Flag,
) -> None:
    """Particle swarm with the operators of a genetic algorithm on layer partitions.

    Inertia is a mutation whose probability adapts to how far a particle is from the swarm's best, the pull of the
    particle's own best and of the swarm's is two-point crossover with them. Iterations from the first of ``iterations``
    up to the second, of the third in all; 0 starts: it makes ``own`` (P, N), the best partition of each of the
    ``particles`` (P, N), ``top`` (N,), the best of all, and ``values`` (P + 1,), their scores. Ends early once the flag
    is raised.
    """
    size, n = particles.shape
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    if iterations[0] == 0:
        best = 0
        for i in range(size):
            values[i] = np.inf
            for v in range(n):
                own[i, v] = particles[i, v]
            if not raised(flag):
                values[i] = layers_score(p, own[i], a, b, work, energy, limit)
            if values[i] < values[best]:
                best = i
        values[size] = values[best]
        for v in range(n):
            top[v] = own[best, v]
    for t in range(iterations[0], iterations[1]):
        progress = t / max(1, iterations[2])
        for i in range(size):
            if raised(flag):
                return
            x = particles[i]
            apart = 0.0
            for v in range(n):
                if x[v] != top[v]:
                    apart += 1.0
            apart /= n
            inertia = 0.9 - 0.5 * np.exp(apart / (apart - 1.01))
            if rng.random() < inertia:
                lo, hi = _segment(n, rng)
                if rng.random() < 0.5:
                    x[lo] = 1 - x[lo]
                else:
                    x[lo:hi] = 1 if rng.random() < 0.5 else 0
            if rng.random() < 0.9 - 0.6 * progress:
                lo, hi = _segment(n, rng)
                for v in range(lo, hi):
                    x[v] = own[i, v]
            if rng.random() < 0.4 + 0.5 * progress:
                lo, hi = _segment(n, rng)
                for v in range(lo, hi):
                    x[v] = top[v]
            value = layers_score(p, x, a, b, work, energy, limit)
            if value < values[i]:
                values[i] = value
                for v in range(n):
                    own[i, v] = x[v]
                if value < values[size]:
                    values[size] = value
                    for v in range(n):
                        top[v] = x[v]


@inner
def _segment(n: int, rng: np.random.Generator) -> tuple[int, int]:
    """A random stretch of operators between the input and the output."""
    lo = 1 + int(rng.random() * max(1, n - 2))
    hi = 1 + int(rng.random() * max(1, n - 2))
    lo, hi = min(lo, hi), max(lo, hi) + 1
    return min(lo, n - 1), min(hi, n)
