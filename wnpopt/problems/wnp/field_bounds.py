"""Lower bounds where a plan is priced by something else than its makespan, or transfers share a bus."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.bound import Bound

if TYPE_CHECKING:
    from wnpopt.problems.wnp.kernels.problem import Problem


def latency_bound(problem: Problem) -> Bound:
    """Each job ends no earlier than its longest path with every modality alone on the radio; "path"."""
    plan, instance = problem.plan, problem.instance
    ends = plan.least(problem.head + plan.ticks)
    total = 0
    for j, job in enumerate(instance.jobs):
        total += job.weight * (int(ends[instance.job_index == j].max()) - job.release_ticks)
    return Bound(total, "path")


def least_energy(problem: Problem, makespan: int) -> Fraction:
    """J that every plan of at least ``makespan`` ticks spends: the cheapest core for each, the best RBs."""
    instance, uplink = problem.instance, problem.uplink
    tick, cores = Fraction(instance.tick_s), instance.chip.cores
    total = tick * makespan * sum((Fraction(core.idle_w) for core in cores), Fraction(0))
    for subgraph in instance.subgraphs:
        total += tick * min(
            ticks * (Fraction(cores[m].active_w) - Fraction(cores[m].idle_w))
            for m, ticks in enumerate(subgraph.ticks)
            if ticks is not None
        )
    for k, index in enumerate(uplink.index.tolist()):
        least = -(-int(uplink.payload[k]) // max(1, int(uplink.rates[k].max())))
        total += least * Fraction(instance.modalities[index].transmit_j_per_rb_slot)
    return total


def energy_bound(problem: Problem, makespan: int) -> Bound:
    """Each subgraph on the core where it costs least, payloads at the best rate, idle cores for ``makespan``; "energy".

    And the transfers that no choice of cores avoids. A sum of exact fractions, weakened by more than its rounding to a
    double and the verifier's own sum may differ.
    """
    instance = problem.instance
    total = least_energy(problem, makespan)
    per_byte = Fraction(instance.chip.joule_per_byte_hop)
    for e, hops in _forced(problem, np.maximum(instance.hops, 1)):
        total += per_byte * instance.edges[e].bytes * hops
    powers = [Fraction(core.active_w) + Fraction(core.idle_w) for core in instance.chip.cores]
    size = abs(total) + Fraction(instance.tick_s) * makespan * sum(powers, Fraction(0))
    return Bound(max(0.0, float(total - size / 10**11)), "energy")


def bus_bound(problem: Problem) -> Bound:
    """The transfers that no choice of cores avoids, one by one, between what must precede and follow; "bus"."""
    plan = problem.plan
    ends = plan.least(problem.head + plan.ticks)
    follows = plan.least(plan.ticks + problem.tail)
    forced = [(e, hop + int(plan.width[e])) for e, hop in _forced(problem, plan.hop)]
    best = 0
    for first in sorted({int(ends[plan.source[e]]) for e, _ in forced}):
        for last in sorted({int(follows[plan.target[e]]) for e, _ in forced}):
            work = [t for e, t in forced if ends[plan.source[e]] >= first and follows[plan.target[e]] >= last]
            if work:
                best = max(best, first + sum(work) + last)
    return Bound(best, "bus")


def _forced(problem: Problem, distance: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[tuple[int, int]]:
    """(edge, least distance) of the edges whose ends cannot be on one core."""
    plan = problem.plan
    found = []
    for e, (i, j) in enumerate(zip(plan.source.tolist(), plan.target.tolist(), strict=True)):
        if not (plan.able[i] & plan.able[j]).any():
            found.append((e, int(distance[np.ix_(plan.able[i], plan.able[j])].min())))
    return found
