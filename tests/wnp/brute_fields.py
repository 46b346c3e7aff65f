"""The optimum of tiny wnp instances with optional fields by exhaustion.

Plain Python that shares nothing with the package but the classes of files: all assignments of resource blocks, all
cores, and all orders of subgraphs and of transfers on the bus, each begun as early as that order lets it. In a state of
a running plan, what has begun stands where it does.
"""

from __future__ import annotations

from itertools import product

from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.state import WnpState

Radio = tuple[tuple[int, ...], tuple[int, ...]]
"""Arrival slots and used RB-slots by modality."""


def radio_choices(instance: WnpInstance, fixed: WnpState | None = None) -> list[Radio]:
    """All that no other choice beats in every arrival and every number of RB-slots."""
    radio = instance.radio
    needed = {s.modality for s in instance.subgraphs if fixed is None or s.name not in fixed.begun}
    payload = [m.payload_bits if m.name in needed else 0 for m in instance.modalities]
    if fixed is not None:
        brought = [fixed.delivered_bits.get(m.name, 0) for m in instance.modalities]
        payload = [max(0, p - b) for p, b in zip(payload, brought, strict=True)]
    ks = range(len(payload))
    width = len(radio.bits_per_slot[0]) if radio.bits_per_slot else 0
    none = tuple(0 for _ in ks)
    states: set[tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]] = {
        (none, tuple(0 if p == 0 else -1 for p in payload), none)
    }
    done: set[Radio] = set()
    for slot in range(0 if fixed is None else fixed.slot, radio.slots):
        following = set()
        for got, arrived, used in states:
            missing = [k for k in ks if got[k] < payload[k]]
            if not missing:
                done.add((arrived, used))
                continue
            allowed = [k for k in missing if slot >= instance.modalities[k].release_slot]
            for choice in set(product([None, *allowed], repeat=width)):
                now, at, count = list(got), list(arrived), list(used)
                for n, k in enumerate(choice):
                    if k is not None:
                        now[k] = min(payload[k], now[k] + radio.bits_per_slot[k][n][slot // radio.block_slots])
                        count[k] += 1
                for k in missing:
                    if now[k] == payload[k]:
                        at[k] = slot + 1
                following.add((tuple(now), tuple(at), tuple(count)))
        states = following
    done |= {(arrived, used) for got, arrived, used in states if list(got) == payload}
    if not spends(instance):
        done = {(arrived, none) for arrived, _ in done}

    def beats(a: Radio, b: Radio) -> bool:
        return a != b and all(x <= y for x, y in zip(a[0] + a[1], b[0] + b[1], strict=True))

    return sorted(choice for choice in done if not any(beats(other, choice) for other in done))


def spends(instance: WnpInstance) -> bool:
    """True if RB-slots cost what counts."""
    return instance.objective == "energy" or instance.energy_limit_j is not None


def optimum(instance: WnpInstance, fixed: WnpState | None = None) -> float | None:
    """The least objective, of plans that go on from ``fixed`` where it is given; None if there is no solution."""
    chip, names = instance.chip, [s.name for s in instance.subgraphs]
    jobs = {job.name: job for job in instance.jobs}
    modalities = [m.name for m in instance.modalities]
    pairs = [(names.index(e.source), names.index(e.target), e.bytes) for e in instance.edges]
    best: float | None = None
    stuck = [name in fixed.begun if fixed is not None else False for name in names]
    choices = radio_choices(instance, fixed)
    now = 0 if fixed is None else fixed.now_ticks
    begun = [None if fixed is None else fixed.begun.get(name) for name in names]
    numbers = [core.name for core in chip.cores]
    able = [
        [m for m, t in enumerate(s.ticks) if t is not None] if b is None else [numbers.index(b.core)]
        for s, b in zip(instance.subgraphs, begun, strict=True)
    ]
    for cores in product(*able):
        ticks = [s.ticks[m] or 0 for s, m in zip(instance.subgraphs, cores, strict=True)]
        for i, b in enumerate(begun):
            if b is not None:
                ticks[i] = max(ticks[i], now - b.start) if b.end is None else b.end - b.start
        hops = [
            abs(chip.cores[cores[i]].x - chip.cores[cores[j]].x) + abs(chip.cores[cores[i]].y - chip.cores[cores[j]].y)
            for i, j, _ in pairs
        ]
        moves = [
            0 if cores[i] == cores[j] else chip.hop_ticks * h + -(-size // chip.bytes_per_tick)
            for (i, j, size), h in zip(pairs, hops, strict=True)
        ]
        open_ends = [e for e, (_, j, _) in enumerate(pairs) if begun[j] is None]
        crossing = [e for e in open_ends if cores[pairs[e][0]] != cores[pairs[e][1]]] if chip.exclusive_bus else []
        sent = [-1] * len(pairs)
        for e, edge in enumerate(instance.edges):
            if fixed is not None and cores[pairs[e][0]] != cores[pairs[e][1]]:
                sent[e] = fixed.transfers_begun.get(f"{edge.source}->{edge.target}", -1)
        for arrived, used in choices:
            release = []
            for s, b in zip(instance.subgraphs, begun, strict=True):
                if b is not None:
                    release.append(b.start)
                    continue
                first = max(s.release_ticks, now)
                if s.job is not None:
                    first = max(first, jobs[s.job].release_ticks)
                if s.modality is not None:
                    first = max(first, arrived[modalities.index(s.modality)] * instance.radio.slot_ticks)
                release.append(first)
            spent = sum(m.transmit_j_per_rb_slot * u for m, u in zip(instance.modalities, used, strict=True))
            for (_, _, size), h, e in zip(pairs, hops, range(len(pairs)), strict=True):
                if cores[pairs[e][0]] != cores[pairs[e][1]]:
                    spent += chip.joule_per_byte_hop * size * max(1, h)
            for ends in _schedules(cores, ticks, pairs, moves, release, crossing, open_ends, sent, stuck, now):
                value = _value(instance, cores, ticks, ends, spent)
                if value is not None and (best is None or value < best):
                    best = value
    return best


def _schedules(
    cores: tuple[int, ...],
    ticks: list[int],
    pairs: list[tuple[int, int, int]],
    moves: list[int],
    release: list[int],
    crossing: list[int],
    open_ends: list[int],
    sent: list[int],
    stuck: list[bool],
    now: int,
) -> set[tuple[int, ...]]:
    """The ends of all subgraphs in every schedule that begins things in some order, each as early as it can.

    What is ``stuck`` begins at its release and waits for nothing; ``sent`` are starts of transfers that have begun.
    """
    count = len(cores)
    found: set[tuple[int, ...]] = set()
    seen = set()
    stack = [((-1,) * count, (-1,) * len(pairs), (0,) * (max(cores) + 1), 0)]
    while stack:
        state = stack.pop()
        if state in seen:
            continue
        seen.add(state)
        ends, there, free, bus = state
        if min(ends) >= 0:
            found.add(ends)
            continue
        for e in crossing:
            if there[e] < 0 and ends[pairs[e][0]] >= 0:
                at = max(bus, now, ends[pairs[e][0]]) if sent[e] < 0 else sent[e]
                if at < bus:
                    continue
                done = at + moves[e]
                stack.append((ends, (*there[:e], done, *there[e + 1 :]), free, done))
        for i in range(count):
            if ends[i] >= 0:
                continue
            begin, possible = max(release[i], free[cores[i]]), True
            for e in open_ends:
                a, b, _ = pairs[e]
                if b == i:
                    left = ends[a] if sent[e] < 0 else sent[e]
                    ready = there[e] if e in crossing else (left + moves[e] if ends[a] >= 0 else -1)
                    possible &= ready >= 0
                    begin = max(begin, ready)
            possible &= not stuck[i] or begin == release[i]
            if possible:
                end = begin + ticks[i]
                after = (*free[: cores[i]], end, *free[cores[i] + 1 :])
                stack.append(((*ends[:i], end, *ends[i + 1 :]), there, after, bus))
    return found


def _value(
    instance: WnpInstance, cores: tuple[int, ...], ticks: list[int], ends: tuple[int, ...], spent: float
) -> float | None:
    last = max(ends)
    if instance.makespan_limit_ticks is not None and last > instance.makespan_limit_ticks:
        return None
    joule = spent
    for m, core in enumerate(instance.chip.cores):
        busy = sum(t for t, c in zip(ticks, cores, strict=True) if c == m)
        joule += instance.tick_s * (core.active_w * busy + core.idle_w * (last - busy))
    if instance.energy_limit_j is not None and joule > instance.energy_limit_j * (1 + 1e-9):
        return None
    latency = 0
    for job in instance.jobs:
        end = max(e for e, s in zip(ends, instance.subgraphs, strict=True) if s.job == job.name)
        if job.deadline_ticks is not None and end > job.deadline_ticks:
            return None
        latency += job.weight * (end - job.release_ticks)
    return {"makespan": last, "weighted_latency": latency, "energy": joule}[instance.objective]
