"""Simulated annealing over cores and orders: with the radio as a pool of cuts, or with fixed arrivals.

Threshold form of the acceptance rule: with u uniform, a change is taken iff its value is at most
current - temperature * ln(u) (the same as Metropolis'). So a change needs no value, only whether it stays below a
limit, which most changes do not, and the first cut that fails says so.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.backends.stop_flag import raised
from wnpopt.backends.stopping import Flag
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.cut_table import least_value, within
from wnpopt.problems.wnp.kernels.moves import backward, change, forward, put
from wnpopt.problems.wnp.kernels.plan import FAR
from wnpopt.problems.wnp.kernels.throughput import FloatArray

_CRITICAL = 0.7  # of the changes are made to a subgraph on a critical path


@compiled
def anneal_with_radio(
    ticks: IntArray,
    source: IntArray,
    target: IntArray,
    width: IntArray,
    hop: IntArray,
    into_at: IntArray,
    into: IntArray,
    outof_at: IntArray,
    outof: IntArray,
    reader_of: IntArray,
    pool: FloatArray,
    used: int,
    alone: IntArray,
    step_ticks: int,
    steps: int,
    whole: int,
    core: IntArray,
    sequence: IntArray,
    changes: int,
    hot: float,
    cold: float,
    seed: int,
    enough: int,
    stop: Flag,
) -> int:
    """The best value met, whose ``core`` and ``sequence`` (I,) replace those given.

    The value is the least makespan that the radio leaves to the tails of the schedule under the first ``used`` cuts of
    ``pool`` (see :mod:`~wnpopt.problems.wnp.kernels.cut_table`): a lower estimate of what the schedule can reach.
    ``reader_of`` (I,) is the uplink modality that a subgraph reads, or -1. The temperature falls geometrically from
    ``hot`` to ``cold`` ticks. Ends after ``changes``, at a value of ``enough``, or once ``stop`` is raised.
    """
    np.random.seed(seed)
    count, cores = ticks.shape
    modalities = alone.size
    place = np.empty(count, dtype=np.int64)
    for p in range(count):
        place[sequence[p]] = p
    free, latest = np.zeros(cores, dtype=np.int64), np.zeros(cores, dtype=np.int64)
    after, why = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    critical, mark = np.empty(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    arrival, by = np.zeros(modalities, dtype=np.int64), np.zeros(modalities, dtype=np.int64)
    tail, turn = np.zeros(modalities, dtype=np.int64), np.arange(pool.shape[0])
    best_core, best_sequence = core.copy(), sequence.copy()
    current, best, found = 0, FAR, 0
    cooling = np.log(cold / hot) / max(changes, 1)
    for step in range(-1, changes):
        if step % 256 == 0 and raised(stop):
            break
        i, old_core, old_place = -1, -1, -1
        if step >= 0:
            i = np.random.randint(count)
            if found > 0 and np.random.random() < _CRITICAL:
                i = critical[np.random.randint(found)]
            old_core, old_place = core[i], place[i]
            if not change(i, ticks, source, target, into_at, into, outof_at, outof, core, sequence, place):
                continue
        path = backward(ticks, target, width, hop, outof_at, outof, sequence, core, after, why, free, latest)
        for k in range(modalities):
            tail[k] = 0
        for j in range(count):
            if reader_of[j] >= 0:
                tail[reader_of[j]] = max(tail[reader_of[j]], after[j])
        if step >= 0:
            limit = int(current - hot * np.exp(cooling * (step + 1)) * np.log(1.0 - np.random.random()))
            if not within(pool, turn, used, tail, path, alone, step_ticks, steps, whole, limit, arrival, by):
                core[i] = old_core
                put(sequence, place, i, old_place)
                continue
        current = least_value(pool, used, tail, path, alone, step_ticks, steps, whole, arrival, by)
        # Critical: what follows the readers of modalities, and any path that is as long as the value.
        found = 0
        for j in range(count):
            if reader_of[j] >= 0 or after[j] >= current:
                x = j
                while x >= 0 and mark[x] != step + 2:
                    mark[x] = step + 2
                    critical[found] = x
                    found += 1
                    x = why[x]
        if current < best:
            best = current
            for j in range(count):
                best_core[j], best_sequence[j] = core[j], sequence[j]
            if best <= enough:
                break
    for j in range(count):
        core[j], sequence[j] = best_core[j], best_sequence[j]
    return best


@compiled
def anneal_from_releases(
    ticks: IntArray,
    source: IntArray,
    target: IntArray,
    width: IntArray,
    hop: IntArray,
    into_at: IntArray,
    into: IntArray,
    outof_at: IntArray,
    outof: IntArray,
    release: IntArray,
    core: IntArray,
    sequence: IntArray,
    changes: int,
    hot: float,
    cold: float,
    seed: int,
    enough: int,
    stop: Flag,
) -> int:
    """The least makespan met for fixed releases (I,), whose ``core`` and ``sequence`` replace those given."""
    np.random.seed(seed)
    count, cores = ticks.shape
    place = np.empty(count, dtype=np.int64)
    for p in range(count):
        place[sequence[p]] = p
    free, latest = np.zeros(cores, dtype=np.int64), np.zeros(cores, dtype=np.int64)
    start, why = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    critical = np.empty(count, dtype=np.int64)
    best_core, best_sequence = core.copy(), sequence.copy()
    current, best, found = 0, FAR, 0
    cooling = np.log(cold / hot) / max(changes, 1)
    for step in range(-1, changes):
        if step % 256 == 0 and raised(stop):
            break
        i, old_core, old_place = -1, -1, -1
        if step >= 0:
            i = np.random.randint(count)
            if found > 0 and np.random.random() < _CRITICAL:
                i = critical[np.random.randint(found)]
            old_core, old_place = core[i], place[i]
            if not change(i, ticks, source, target, into_at, into, outof_at, outof, core, sequence, place):
                continue
        makespan, last = forward(
            ticks, source, width, hop, into_at, into, sequence, core, release, start, why, free, latest
        )
        if step >= 0:
            limit = current - hot * np.exp(cooling * (step + 1)) * np.log(1.0 - np.random.random())
            if makespan > limit:
                core[i] = old_core
                put(sequence, place, i, old_place)
                continue
        current = makespan
        found = 0
        x = last
        while x >= 0:
            critical[found] = x
            found += 1
            x = why[x]
        if current < best:
            best = current
            for j in range(count):
                best_core[j], best_sequence[j] = core[j], sequence[j]
            if best <= enough:
                break
    for j in range(count):
        core[j], sequence[j] = best_core[j], best_sequence[j]
    return best
