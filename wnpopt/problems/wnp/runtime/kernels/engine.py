"""The event loop: a plan is executed in a realised world until it is done, or until a policy is to be asked.

Events are ends of subgraphs, transfers and slots, times before which nothing may start, and cores that fail. A
subgraph starts as soon as nothing is left that it waits for: its inputs on its core, the modalities that it needs, its
release, the subgraph before it on its core. All events of a tick are taken before anything starts in it, and a policy
is asked in between: it sees what has ended, and what would start now can still be planned otherwise.
"""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.kernels.heap import drop, push

NEVER = 2**60
"""A tick that never comes."""

DONE, ASKED = 0, 1
"""Why :func:`advance` returned: nothing more can happen, or a policy is to be asked."""

NOW, SLOT, BUS_FREE, BYTE_HOPS = 0, 1, 2, 3
"""Places in the clock: the tick, the next slot, when the bus is free, bytes times hops (at least 1) of transfers."""

_END, _ARRIVED, _SLOT, _START, _SEND, _FAIL, _LATE = 0, 1, 2, 3, 4, 5, 6
_KIND = 2**32


@compiled
def advance(
    # the instance
    source: IntArray,
    target: IntArray,
    outof_at: IntArray,
    outof: IntArray,
    hops: IntArray,
    size_bytes: IntArray,
    payload: IntArray,
    needed: IntArray,
    hop_ticks: int,
    slot_ticks: int,
    exclusive: bool,
    # the world
    bits: IntArray,
    ticks: IntArray,
    width: IntArray,
    release: IntArray,
    release_slot: IntArray,
    fails: IntArray,
    # the plan
    core: IntArray,
    earliest: IntArray,
    before: IntArray,
    after: IntArray,
    send_earliest: IntArray,
    send_before: IntArray,
    send_after: IntArray,
    table: IntArray,
    due: IntArray,
    waits: IntArray,
    keeps_table: bool,
    # when to ask
    asks: bool,
    hushed: bool,
    expected_start: IntArray,
    expected_end: IntArray,
    expected_bits: IntArray,
    drift_ticks: int,
    drift_bits: IntArray,
    # what has happened
    where: IntArray,
    start: IntArray,
    end: IntArray,
    sent: IntArray,
    there: IntArray,
    sent_to: IntArray,
    delivered: IntArray,
    arrival: IntArray,
    carried: IntArray,
    lost: IntArray,
    clock: IntArray,
) -> int:
    """Go on from ``clock`` and write what happens into the last arrays; :data:`DONE` or :data:`ASKED`.

    Shapes: I subgraphs, E edges, M cores, K modalities, N resource blocks, T slots of the world, R rows of the plan's
    ``table`` (R, N). ``needed`` (K,) are 1 where some subgraph names the modality, ``waits`` (I, K) where a subgraph
    waits for one. ``core`` (I,) is the plan's mapping, ``before``/``after`` (I,) the neighbours in its order on a core
    and ``send_before``/``send_after`` (E,) on an exclusive bus, -1 for none. ``due`` (K,) is the slot from which a
    modality is late: late ones come before the table, the one that was due first before the others. Without
    ``keeps_table`` an entry whose modality is complete goes to the next one that is not.
    ``where``, ``start``, ``end`` (I,), ``sent``, ``there``, ``sent_to`` (E,) and ``arrival`` (K,) are -1 for what has
    not happened; ``carried`` (T, N) is the modality that was sent, -1 for none; ``lost`` (M,) ticks of work on a core
    that failed. ``clock`` is described above. Nobody is asked because of a late start while it is ``hushed``, which it
    is until something happens: a policy that has no remedy is not asked for one again and again.
    """
    count, edges = start.size, source.size
    slots, width_n = carried.shape
    rows = table.shape[0]
    kinds = payload.size
    now = clock[0]
    times = np.empty(3 * count + 3 * edges + fails.size + 8, dtype=np.int64)
    codes = np.empty(times.size, dtype=np.int64)
    size = 0
    ready = np.empty(count + 1, dtype=np.int64)
    readies = 0
    sendable = np.empty(edges + 1, dtype=np.int64)
    sendables = 0
    waiting = np.zeros(count, dtype=np.int64)
    held = np.zeros(edges, dtype=np.int64)
    by_due = np.argsort(due, kind="mergesort")

    for e in range(edges):  # what was sent to a core on which the subgraph is not to run any more has to be sent anew
        if start[target[e]] < 0 and (sent_to[e] != core[target[e]] or end[source[e]] < 0):
            sent[e], there[e], sent_to[e] = -1, -1, -1
    for e in range(edges):
        i, j = source[e], target[e]
        if start[j] >= 0:
            continue
        a = where[i] if start[i] >= 0 else core[i]
        if a == core[j]:
            if end[i] < 0:
                waiting[j] += 1
            continue
        if sent[e] >= 0:
            if there[e] > now:
                waiting[j] += 1
                size = push(times, codes, size, there[e], _ARRIVED * _KIND + e)
            continue
        waiting[j] += 1
        if end[i] < 0:
            held[e] += 1
        if exclusive and send_before[e] >= 0:
            b = send_before[e]
            if not (sent[b] >= 0 and there[b] <= now):
                held[e] += 1
        if held[e] == 0:
            sendable[sendables] = e
            sendables += 1
    missing = 0
    for k in range(kinds):
        if needed[k] > 0 and arrival[k] < 0:
            missing += 1
    for i in range(count):
        if start[i] >= 0:
            if end[i] < 0:
                size = push(times, codes, size, start[i] + ticks[i, where[i]], _END * _KIND + i)
            continue
        for k in range(kinds):
            if waits[i, k] > 0 and arrival[k] < 0:
                waiting[i] += 1
        if before[i] >= 0 and end[before[i]] < 0:
            waiting[i] += 1
        if waiting[i] == 0:
            ready[readies] = i
            readies += 1
        if asks and expected_start[i] + drift_ticks >= now:
            size = push(times, codes, size, expected_start[i] + drift_ticks + 1, _LATE * _KIND + i)
    for m in range(fails.size):
        if now < fails[m] < NEVER:
            size = push(times, codes, size, fails[m], _FAIL * _KIND + m)
    slot = clock[1]
    if slot < slots and (missing > 0 or (keeps_table and slot < rows)):
        size = push(times, codes, size, (slot + 1) * slot_ticks, _SLOT * _KIND)
    asking = False

    while True:
        while readies > 0 or sendables > 0:
            if readies > 0:
                readies -= 1
                i = ready[readies]
                at = max(release[i], earliest[i])
                if at > now:
                    size = push(times, codes, size, at, _START * _KIND + i)
                elif fails[core[i]] > now:
                    start[i], where[i] = now, core[i]
                    size = push(times, codes, size, now + ticks[i, core[i]], _END * _KIND + i)
            if sendables > 0:
                sendables -= 1
                e = sendable[sendables]
                at = max(send_earliest[e], clock[2]) if exclusive else now
                if at > now:
                    size = push(times, codes, size, at, _SEND * _KIND + e)
                else:
                    a, b = where[source[e]], core[target[e]]
                    sent[e], there[e], sent_to[e] = now, now + hop_ticks * hops[a, b] + width[e], b
                    clock[3] += size_bytes[e] * max(1, hops[a, b])
                    if exclusive:
                        clock[2] = there[e]
                    size = push(times, codes, size, there[e], _ARRIVED * _KIND + e)
        if size == 0:
            clock[0], clock[1] = now, slot
            return 0
        now = times[0]
        while size > 0 and times[0] == now:
            kind, which = codes[0] // _KIND, codes[0] % _KIND
            size = drop(times, codes, size)
            if kind != _LATE:
                hushed = False
            if kind == _END:
                i = which
                if start[i] < 0 or end[i] >= 0 or start[i] + ticks[i, where[i]] != now:
                    continue  # it was lost with its core
                end[i] = now
                if abs(now - expected_end[i]) > drift_ticks:
                    asking = True
                j = after[i]
                if j >= 0 and start[j] < 0:
                    waiting[j] -= 1
                    if waiting[j] == 0:
                        ready[readies] = j
                        readies += 1
                for e in outof[outof_at[i] : outof_at[i + 1]]:
                    j = target[e]
                    if core[j] == where[i]:
                        waiting[j] -= 1
                        if waiting[j] == 0:
                            ready[readies] = j
                            readies += 1
                    else:
                        held[e] -= 1
                        if held[e] == 0:
                            sendable[sendables] = e
                            sendables += 1
            elif kind == _ARRIVED:
                j = target[which]
                waiting[j] -= 1
                if waiting[j] == 0:
                    ready[readies] = j
                    readies += 1
                e = send_after[which]
                if exclusive and e >= 0 and sent[e] < 0:
                    held[e] -= 1
                    if held[e] == 0:
                        sendable[sendables] = e
                        sendables += 1
            elif kind == _SLOT:
                carried[slot] = -1
                for q in by_due:  # what is late by the plan comes first, on the resource blocks that serve it best
                    if due[q] > slot or slot < release_slot[q] or needed[q] == 0:
                        continue
                    while delivered[q] < payload[q]:
                        best, most = -1, 0
                        for n in range(width_n):
                            if carried[slot, n] < 0 and bits[q, n, slot] > most:
                                best, most = n, bits[q, n, slot]
                        if best < 0:
                            break
                        carried[slot, best] = q
                        delivered[q] += most
                for n in range(width_n if slot < rows else 0):
                    k = table[slot, n]
                    if carried[slot, n] >= 0 or k < 0:
                        continue
                    if slot >= release_slot[k] and (keeps_table or (needed[k] > 0 and delivered[k] < payload[k])):
                        carried[slot, n] = k
                        delivered[k] += bits[k, n, slot]
                for n in range(width_n if slot < rows and not keeps_table else 0):
                    if carried[slot, n] >= 0 or table[slot, n] < 0:
                        continue
                    for q in by_due:  # whom the table had there is complete or not released: the next is served
                        if (
                            needed[q] > 0
                            and slot >= release_slot[q]
                            and delivered[q] < payload[q]
                            and bits[q, n, slot] > 0
                        ):
                            carried[slot, n] = q
                            delivered[q] += bits[q, n, slot]
                            break
                for k in range(kinds):
                    if arrival[k] < 0 and delivered[k] >= payload[k]:
                        arrival[k] = now
                        if needed[k] > 0:
                            missing -= 1
                        for i in range(count):
                            if waits[i, k] > 0 and start[i] < 0:
                                waiting[i] -= 1
                                if waiting[i] == 0:
                                    ready[readies] = i
                                    readies += 1
                    if asks and needed[k] > 0:
                        wanted = expected_bits[k, min(slot + 1, expected_bits.shape[1] - 1)]
                        if abs(min(delivered[k], payload[k]) - wanted) > drift_bits[k]:
                            asking = True
                slot += 1
                if slot < slots and (missing > 0 or (keeps_table and slot < rows)):
                    size = push(times, codes, size, (slot + 1) * slot_ticks, _SLOT * _KIND)
            elif kind == _START:
                if start[which] < 0:
                    ready[readies] = which
                    readies += 1
            elif kind == _SEND:
                if sent[which] < 0:
                    sendable[sendables] = which
                    sendables += 1
            elif kind == _FAIL:
                asking = True
                for i in range(count):
                    if start[i] >= 0 and end[i] < 0 and where[i] == which:
                        lost[which] += now - start[i]
                        start[i], where[i] = -1, -1
            elif start[which] < 0 and not hushed:  # _LATE
                asking = True
        # A slot that has begun goes on as it is: a policy is asked between slots as long as there is something to send.
        if asks and asking and start.min() < 0 and (missing == 0 or slot >= slots or now == slot * slot_ticks):
            clock[0], clock[1] = now, slot
            return 1
