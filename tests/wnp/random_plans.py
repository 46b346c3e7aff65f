"""Random plans that the verifier accepts (deadlines and limits aside): any mapping and order, gaps, any table."""

from __future__ import annotations

import random

from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import arrivals, transfer_ticks

LIMITS = {"deadline", "makespan-limit", "energy-limit"}


def random_plan(instance: WnpInstance, rng: random.Random) -> WnpSolution | None:
    """A random plan; None where the random tables do not deliver."""
    draft = WnpSolution(instance=instance.name, rb=(), core={}, start={})
    needed = {s.modality for s in instance.subgraphs if s.modality is not None}
    for attempt in range(6):
        draft = draft.model_copy(update={"rb": _table(instance, rng, idle=0.1 if attempt < 3 else 0.0)})
        arrived = dict(zip([m.name for m in instance.modalities], arrivals(instance, draft), strict=True))
        if all(arrived[name] is not None for name in needed):
            break
    else:
        return None
    gap = rng.choice([0, 0, 3, 50])
    jobs = {job.name: job.release_ticks for job in instance.jobs}
    cores = [core.name for core in instance.chip.cores]
    into = {
        s.name: [(e, edge) for e, edge in enumerate(instance.edges) if edge.target == s.name]
        for s in instance.subgraphs
    }
    core: dict[str, str] = {}
    start: dict[str, int] = {}
    end: dict[str, int] = {}
    sent: dict[str, int] = {}
    free = dict.fromkeys(cores, 0)
    bus = 0
    left = list(instance.subgraphs)
    while left:
        able = [s for s in left if all(edge.source in end for _, edge in into[s.name])]
        subgraph = rng.choice(able)
        left.remove(subgraph)
        m = rng.choice([m for m, t in enumerate(subgraph.ticks) if t is not None])
        at = max(subgraph.release_ticks, 0 if subgraph.job is None else jobs[subgraph.job], free[cores[m]])
        if subgraph.modality is not None:
            at = max(at, arrived[subgraph.modality] or 0)
        for e, edge in into[subgraph.name]:
            length = transfer_ticks(instance, e, core[edge.source], cores[m])
            begin = end[edge.source]
            if core[edge.source] != cores[m] and instance.chip.exclusive_bus:
                begin = max(begin, bus) + rng.randint(0, gap)
                bus = begin + length
                sent[f"{edge.source}->{edge.target}"] = begin
            at = max(at, begin + length)
        at += rng.randint(0, gap)
        core[subgraph.name], start[subgraph.name] = cores[m], at
        end[subgraph.name] = free[cores[m]] = at + (subgraph.ticks[m] or 0)
    return draft.model_copy(
        update={"core": core, "start": start, "transfer_start": sent if instance.chip.exclusive_bus else None}
    )


def _table(instance: WnpInstance, rng: random.Random, idle: float) -> tuple[tuple[int | None, ...], ...]:
    """Any modality anywhere: also ones that are complete, or that nobody needs."""
    kinds = range(len(instance.modalities))
    if not kinds:
        return ()  # a chip-only instance has no table
    rows = []
    for t in range(instance.radio.slots):
        released = [k for k in kinds if instance.modalities[k].release_slot <= t]
        rows.append(
            tuple(
                None if not released or rng.random() < idle else rng.choice(released)
                for _ in range(instance.resource_blocks)
            )
        )
    return tuple(rows)
