"""Schedules as a core for each subgraph and one linear order: both passes through them, and small changes.

On each core the subgraphs run in the linear order, which is topological, so that every state is a schedule.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import inner
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.plan import FAR


@inner
def forward(
    ticks: IntArray,
    source: IntArray,
    width: IntArray,
    hop: IntArray,
    into_at: IntArray,
    into: IntArray,
    sequence: IntArray,
    core: IntArray,
    release: IntArray,
    start: IntArray,
    why: IntArray,
    free: IntArray,
    latest: IntArray,
) -> tuple[int, int]:
    """(makespan, the subgraph that ends last): earliest starts; ``why`` (I,) is what each waits for, -1 its release.

    ``free`` and ``latest`` (M,) are scratch.
    """
    for m in range(free.size):
        free[m] = 0
        latest[m] = -1
    makespan, last = 0, -1
    for place in range(sequence.size):
        i = sequence[place]
        m = core[i]
        begin, cause = release[i], -1
        if free[m] > begin:
            begin, cause = free[m], latest[m]
        for x in range(into_at[i], into_at[i + 1]):
            e = into[x]
            j = source[e]
            ready = start[j] + ticks[j, core[j]]
            if core[j] != m:
                ready += hop[core[j], m] + width[e]
            if ready > begin:
                begin, cause = ready, j
        start[i], why[i] = begin, cause
        free[m], latest[m] = begin + ticks[i, m], i
        if free[m] > makespan:
            makespan, last = free[m], i
    return makespan, last


@inner
def backward(
    ticks: IntArray,
    target: IntArray,
    width: IntArray,
    hop: IntArray,
    outof_at: IntArray,
    outof: IntArray,
    sequence: IntArray,
    core: IntArray,
    after: IntArray,
    why: IntArray,
    free: IntArray,
    latest: IntArray,
) -> int:
    """The longest path; ``after`` (I,) what follows each start, its own ticks included, and ``why`` the next on it."""
    for m in range(free.size):
        free[m] = 0
        latest[m] = -1
    longest = 0
    for place in range(sequence.size - 1, -1, -1):
        i = sequence[place]
        m = core[i]
        rest, cause = free[m], latest[m]
        for x in range(outof_at[i], outof_at[i + 1]):
            e = outof[x]
            j = target[e]
            follows = after[j]
            if core[j] != m:
                follows += hop[m, core[j]] + width[e]
            if follows > rest:
                rest, cause = follows, j
        after[i], why[i] = rest + ticks[i, m], cause
        free[m], latest[m] = after[i], i
        longest = max(longest, after[i])
    return longest


@inner
def shift(
    sequence: IntArray,
    place: IntArray,
    i: int,
    to: int,
    source: IntArray,
    target: IntArray,
    into_at: IntArray,
    into: IntArray,
    outof_at: IntArray,
    outof: IntArray,
) -> None:
    """Move ``i`` towards place ``to`` of the order, as far as precedence allows."""
    at = place[i]
    if to < at:
        first = 0
        for x in range(into_at[i], into_at[i + 1]):
            first = max(first, place[source[into[x]]] + 1)
        put(sequence, place, i, max(to, first))
    elif to > at:
        last = sequence.size - 1
        for x in range(outof_at[i], outof_at[i + 1]):
            last = min(last, place[target[outof[x]]] - 1)
        put(sequence, place, i, min(to, last))


@inner
def put(sequence: IntArray, place: IntArray, i: int, to: int) -> None:
    """Move ``i`` to place ``to`` of the order, whatever precedence says."""
    at = place[i]
    for p in range(at, to, -1):
        sequence[p] = sequence[p - 1]
        place[sequence[p]] = p
    for p in range(at, to):
        sequence[p] = sequence[p + 1]
        place[sequence[p]] = p
    sequence[to] = i
    place[i] = to


@inner
def change(
    i: int,
    ticks: IntArray,
    source: IntArray,
    target: IntArray,
    into_at: IntArray,
    into: IntArray,
    outof_at: IntArray,
    outof: IntArray,
    core: IntArray,
    sequence: IntArray,
    place: IntArray,
) -> bool:
    """Change where or when ``i`` runs, at random; False if the draw changes nothing.

    Another core (half of the draws, half of them with a shift), before its predecessor or the one before it on its
    core (25 %), anywhere nearby in the order (18 %), or to the core of a neighbour in the DNN.
    """
    count, cores = ticks.shape
    old_core, old_place = core[i], place[i]
    drawn = np.random.random()
    if drawn < 0.5:
        m = np.random.randint(cores)
        if ticks[i, m] >= FAR or m == old_core:
            return False
        core[i] = m
        if np.random.random() < 0.5:
            to = min(max(old_place + int(np.random.normal() * count * 0.1), 0), count - 1)
            shift(sequence, place, i, to, source, target, into_at, into, outof_at, outof)
        return True
    if drawn < 0.75:
        to = _before(sequence, core, old_core, old_place)
        if to >= 0 and np.random.random() < 0.3:
            further = _before(sequence, core, old_core, to)
            to = to if further < 0 else further
        if to < 0:
            return False
        shift(sequence, place, i, to, source, target, into_at, into, outof_at, outof)
        return bool(place[i] != old_place)
    if drawn < 0.93:
        to = min(max(old_place + int(np.random.normal() * count * 0.15), 0), count - 1)
        shift(sequence, place, i, to, source, target, into_at, into, outof_at, outof)
        return bool(place[i] != old_place)
    follow, lead = outof_at[i + 1] - outof_at[i], into_at[i + 1] - into_at[i]
    if follow + lead == 0:
        return False
    x = np.random.randint(follow + lead)
    neighbour = target[outof[outof_at[i] + x]] if x < follow else source[into[into_at[i] + x - follow]]
    m = core[neighbour]
    if ticks[i, m] >= FAR or m == old_core:
        return False
    core[i] = m
    return True


@inner
def _before(sequence: IntArray, core: IntArray, m: int, at: int) -> int:
    """The place of the last subgraph on core ``m`` before place ``at``; -1 if there is none."""
    p = at - 1
    while p >= 0 and core[sequence[p]] != m:
        p -= 1
    return p
