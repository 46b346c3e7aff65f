"""The judge of executed streams: recomputes everything from the decisions and shares no code with the planning."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from wnpopt.core.certificate import Violation
from wnpopt.problems.wnp.runtime.stream.schedule import StreamSchedule


def violations(schedule: StreamSchedule) -> list[Violation]:
    """Every rule of a wnp solution that the executed stream breaks, and starts or slots before an arrival."""
    broken: list[Violation] = []
    arrived = _arrivals(schedule, broken)
    runs: list[list[tuple[int, int, str]]] = [[] for _ in schedule.templates[0].instance.chip.cores]
    for r in range(schedule.requests.count):
        broken.extend(_of_request(schedule, r, arrived[r], runs))
    for m, here in enumerate(runs):
        here.sort()
        last, busy = None, 0
        for begin, finish, name in here:
            if last is not None and begin < busy:
                broken.append(Violation("overlap", f"core {m}: {last} and {name}", busy - begin))
            if finish >= busy:
                last, busy = name, finish
    return broken


def _arrivals(schedule: StreamSchedule, broken: list[Violation]) -> list[dict[int, int]]:
    """By request: the tick at which each of its modalities (index of the instance) is there; what is not is missing."""
    requests = schedule.requests
    arrived: list[dict[int, int]] = [{} for _ in range(requests.count)]
    slot, _ = np.nonzero(schedule.carried >= 0)
    codes = schedule.carried[schedule.carried >= 0]
    blocks = np.nonzero(schedule.carried >= 0)[1]
    order = np.argsort(codes, kind="stable")
    codes, slot, blocks = codes[order], slot[order], blocks[order]
    edges = np.flatnonzero(np.diff(codes, prepend=-1, append=-1))
    for a, b in pairwise(edges.tolist()):
        r, k = divmod(int(codes[a]), schedule.kinds)
        template = schedule.template(r) if r < requests.count else None
        if template is None or k >= template.index.size:
            broken.append(Violation("rb-modality", f"request {r}, modality {k}", 1))
            continue
        index = int(template.index[k])
        instance = template.instance
        radio, modality = instance.radio, instance.modalities[index]
        first = -(-int(requests.arrival[r]) // radio.slot_ticks) + modality.release_slot
        early = int((slot[a:b] < first).sum())
        if early:
            broken.append(Violation("rb-release", f"request {r}, {modality.name}", early))
        bits = 0
        for t, n in zip(slot[a:b].tolist(), blocks[a:b].tolist(), strict=True):
            bits += radio.bits_per_slot[index][n][(t % radio.slots) // radio.block_slots]
            if bits >= modality.payload_bits and index not in arrived[r]:
                arrived[r][index] = (t + 1) * radio.slot_ticks
    return arrived


def _of_request(
    schedule: StreamSchedule, r: int, arrived: dict[int, int], runs: list[list[tuple[int, int, str]]]
) -> Iterator[Violation]:
    instance, arrival = schedule.template(r).instance, int(schedule.requests.arrival[r])
    number = {modality.name: k for k, modality in enumerate(instance.modalities)}
    chip, place = instance.chip, {s.name: i for i, s in enumerate(instance.subgraphs)}
    core, start = schedule.core[r].tolist(), schedule.start[r].tolist()
    end = []
    for i, subgraph in enumerate(instance.subgraphs):
        name = f"request {r}, {subgraph.name}"
        ticks = subgraph.ticks[core[i]]
        if ticks is None:
            yield Violation("core-forbidden", f"{name} on core {core[i]}", 1)
            ticks = 0
        end.append(start[i] + ticks)
        runs[core[i]].append((start[i], end[i], name))
        if start[i] < arrival + subgraph.release_ticks:
            yield Violation("release", name, arrival + subgraph.release_ticks - start[i])
        if subgraph.modality is None or instance.modalities[number[subgraph.modality]].payload_bits == 0:
            continue
        there = arrived.get(number[subgraph.modality])
        if there is None:
            yield Violation("delivery", f"request {r}, {subgraph.modality}", 1)
        elif start[i] < there:
            yield Violation("arrival", name, there - start[i])
    for edge in instance.edges:
        i, j = place[edge.source], place[edge.target]
        a, b = chip.cores[core[i]], chip.cores[core[j]]
        moved = 0
        if core[i] != core[j]:
            moved = chip.hop_ticks * (abs(a.x - b.x) + abs(a.y - b.y)) + -(-edge.bytes // chip.bytes_per_tick)
        if start[j] < end[i] + moved:
            yield Violation("precedence", f"request {r}, {edge.source}->{edge.target}", end[i] + moved - start[j])
