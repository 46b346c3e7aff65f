"""An executed stream as one wnp instance and its solution: for the family's verifier, and for every other method."""

from __future__ import annotations

import math

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.stream.schedule import StreamSchedule
from wnpopt.problems.wnp.runtime.stream.templates import Template
from wnpopt.problems.wnp.solution import WnpSolution

_MOST = 2 * 10**7


def as_instance(schedule: StreamSchedule, name: str, *, slots: int | None = None) -> WnpInstance:
    """The requests of ``schedule`` as jobs with releases on one radio and chip, and the least sum of latencies.

    The radio has ``slots`` slots, those that the schedule uses unless given. Deadlines are left out: a stream may miss
    them, a plan of an instance may not. Request r's parts are named "r/part", or "r/number" where that is too long a
    name. Raises :class:`InputError` for a stream with more rates than an instance should have.
    """
    requests = schedule.requests
    base = schedule.templates[0].instance
    count = max(1, schedule.carried.shape[0]) if slots is None else slots
    step = _step(schedule.templates)
    blocks = -(-count // step)
    width = schedule.carried.shape[1]
    kinds = sum(schedule.template(r).index.size for r in range(requests.count))
    if kinds * width * blocks > _MOST:
        what = f"{kinds} modalities of {requests.count} requests over {count} slots are too many for one instance"
        raise InputError(what, where="stream")
    modalities, table, subgraphs, edges, jobs = [], [], [], [], []
    starts = np.arange(blocks) * step
    for r in range(requests.count):
        template, arrival = schedule.template(r), int(requests.arrival[r])
        instance, slot = template.instance, base.radio.slot_ticks
        called = _names(template, r)
        jobs.append({"name": f"{r}", "release_ticks": arrival})
        rates = template.rates(0, template.slots)[:, :, starts % template.slots]
        for q, k in enumerate(template.index.tolist()):
            modality = instance.modalities[k]
            later = {"name": called[modality.name], "release_slot": -(-arrival // slot) + modality.release_slot}
            modalities.append(modality.to_data() | later)
            table.append(rates[q].tolist())
        sent = {instance.modalities[k].name for k in template.index}
        for subgraph in instance.subgraphs:
            reads = called[subgraph.modality] if subgraph.modality in sent and subgraph.modality else None
            changed = {"name": called[subgraph.name], "modality": reads, "job": f"{r}"}
            released = {"release_ticks": arrival + subgraph.release_ticks}
            subgraphs.append(subgraph.to_data() | changed | released)
        edges += [{"from": called[e.source], "to": called[e.target], "bytes": e.bytes} for e in instance.edges]
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": name,
            "tick_s": base.tick_s,
            "radio": {
                "slot_ticks": base.radio.slot_ticks,
                "slots": count,
                "block_slots": step,
                "bits_per_slot": table,
            },
            "modalities": modalities,
            "chip": base.chip.to_data(),
            "subgraphs": subgraphs,
            "edges": edges,
            "jobs": jobs,
            "objective": "weighted_latency",
        }
    )


def as_solution(schedule: StreamSchedule, name: str) -> WnpSolution:
    """``schedule`` as the solution of :func:`as_instance` of that ``name``."""
    requests = schedule.requests
    cores = [core.name for core in schedule.templates[0].instance.chip.cores]
    sizes = [schedule.template(r).index.size for r in range(requests.count)]
    first = np.concatenate([[0], np.cumsum(sizes)])
    carried = schedule.carried
    number = np.where(carried >= 0, first[carried // schedule.kinds] + carried % schedule.kinds, -1)
    where, start = {}, {}
    for r in range(requests.count):
        called = _names(schedule.template(r), r)
        for i, subgraph in enumerate(schedule.template(r).instance.subgraphs):
            where[called[subgraph.name]] = cores[int(schedule.core[r][i])]
            start[called[subgraph.name]] = int(schedule.start[r][i])
    return WnpSolution(
        instance=name,
        rb=tuple(tuple(None if k < 0 else k for k in row) for row in number.tolist()) if first[-1] else (),
        core=where,
        start=start,
    )


def _step(templates: tuple[Template, ...]) -> int:
    """Slots for which no template's rates change, wherever in the stream they begin."""
    radios = [template.instance.radio for template in templates]
    if any(radio.slots % radio.block_slots for radio in radios):
        return 1
    return math.gcd(*(radio.block_slots for radio in radios))


def _names(template: Template, request: int) -> dict[str, str]:
    """What the parts of a request are called, by their names in the template; subgraphs and modalities alike."""
    instance = template.instance
    parts = [*(m.name for m in instance.modalities), *(s.name for s in instance.subgraphs)]
    short = all(len(name) <= 190 for name in parts)
    return {name: f"{request}/{name}" if short else f"{request}/{at}" for at, name in enumerate(parts)}
