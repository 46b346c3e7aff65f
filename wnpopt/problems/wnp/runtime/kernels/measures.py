"""What is measured of an execution, in compiled code: it is done for each of 10^5 simulations."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.wnp.instance import IntArray

MAKESPAN, BUSY, NOC_BUSY, NOC_FLIGHT, RB_SLOTS, RADIO, MASKED, GAPS, LONGEST_GAP, LAST_ARRIVAL = range(10)
"""Places in :func:`measure`'s first array, see there."""
COUNT = 10


@compiled
def measure(
    # the instance
    modality: IntArray,
    slot_ticks: int,
    job: IntArray,
    # the execution
    where: IntArray,
    start: IntArray,
    end: IntArray,
    sent: IntArray,
    there: IntArray,
    arrival: IntArray,
    carried: IntArray,
    lost: IntArray,
    # the results
    row: IntArray,
    busy: IntArray,
    carrying: IntArray,
    slack: IntArray,
    job_end: IntArray,
) -> None:
    """Write the measures of an execution.

    ``row`` (10,) are, in ticks unless said: the makespan (-1 if a subgraph never ended; the others then count what was
    done), all cores' busy time, the time in which a transfer is under way, the transfers' time added up, RB-slots that
    carried something, the time of the slots that carried something, that part of it in which a core was busy, the
    number of idle gaps between subgraphs of a core, the longest of them, the last arrival (-1 if one is missing).
    ``busy`` (M,) by core, ``carrying`` (K,) RB-slots by modality, ``slack`` (K,) from the arrival to the first start
    that reads it (-1 without one), ``job_end`` (J,) the last end (-1 if one is missing).
    """
    count = start.size
    last, whole = 0, True
    for i in range(count):
        last = max(last, end[i])
        whole &= end[i] >= 0
    row[:] = 0
    row[0] = last if whole else -1
    busy[:] = lost
    order = np.argsort(start, kind="mergesort")
    free = np.full(busy.size, -1, dtype=np.int64)
    # Times in which some core is busy, one after the other.
    from_at, to_at = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    spans = 0
    for i in order:
        if end[i] < 0:
            continue
        m = where[i]
        busy[m] += end[i] - start[i]
        if free[m] >= 0 and start[i] > free[m]:
            row[7] += 1
            row[8] = max(row[8], start[i] - free[m])
        free[m] = max(free[m], end[i])
        if end[i] > start[i]:
            if spans > 0 and start[i] <= to_at[spans - 1]:
                to_at[spans - 1] = max(to_at[spans - 1], end[i])
            else:
                from_at[spans], to_at[spans] = start[i], end[i]
                spans += 1
    row[1] = busy.sum()
    covered = -1
    for e in np.argsort(sent, kind="mergesort"):
        if sent[e] < 0:
            continue
        row[3] += there[e] - sent[e]
        begin = max(covered, sent[e])
        if there[e] > begin:
            row[2] += there[e] - begin
            covered = there[e]
    slots, width = carried.shape
    carrying[:] = 0
    at = 0
    for t in range(slots):
        used = False
        for n in range(width):
            k = carried[t, n]
            if k >= 0:
                used = True
                carrying[k] += 1
                row[4] += 1
        if not used:
            continue
        row[5] += slot_ticks
        begin, finish = t * slot_ticks, (t + 1) * slot_ticks
        while at < spans and to_at[at] <= begin:
            at += 1
        p = at
        while p < spans and from_at[p] < finish:
            row[6] += min(to_at[p], finish) - max(from_at[p], begin)
            p += 1
    slack[:] = -1
    job_end[:] = 0
    for i in range(count):
        k = modality[i]
        if k >= 0 and start[i] >= 0 and arrival[k] >= 0:
            own = start[i] - arrival[k]
            if slack[k] < 0 or own < slack[k]:
                slack[k] = own
        if job[i] >= 0:
            if end[i] < 0 or job_end[job[i]] < 0:
                job_end[job[i]] = -1
            else:
                job_end[job[i]] = max(job_end[job[i]], end[i])
    row[9] = 0
    for k in range(arrival.size):
        for i in range(count):
            if modality[i] == k:
                row[9] = -1 if arrival[k] < 0 or row[9] < 0 else max(row[9], arrival[k])
