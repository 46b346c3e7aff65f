"""What methods support of an instance's optional fields, and what they refuse, naming the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Flag, auto

from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.horizon import useful_slots

MOST_ENTRIES = 2**21
"""Slots times (resource blocks + 8) that a solution may list: it takes seconds to write and to verify so many."""

Refusal = tuple[str, str]
"""The path of a field, and why it is refused."""


class Support(Flag):
    """Optional fields that a method may support; each method says which: ``refuse=supports(Support.BUS | ...)``."""

    NOTHING = 0
    BUS = auto()
    """``chip.exclusive_bus``"""
    RADIO_RELEASE = auto()
    """``modalities[].release_slot``"""
    RELEASE = auto()
    """``subgraphs[].release_ticks`` and ``jobs[].release_ticks``"""
    WEIGHTED_LATENCY = auto()
    """``objective`` "weighted_latency\""""
    ENERGY = auto()
    """``objective`` "energy\""""
    DEADLINE = auto()
    """``jobs[].deadline_ticks``"""
    MAKESPAN_LIMIT = auto()
    """``makespan_limit_ticks``"""
    ENERGY_LIMIT = auto()
    """``energy_limit_j``"""
    EVERYTHING = BUS | RADIO_RELEASE | RELEASE | WEIGHTED_LATENCY | ENERGY | DEADLINE | MAKESPAN_LIMIT | ENERGY_LIMIT


def asked(instance: WnpInstance) -> Iterator[tuple[Support, str, str]]:
    """What ``instance`` asks for beyond the plain problem: the path of the first field that does so, and its value."""
    if instance.chip.exclusive_bus:
        yield Support.BUS, "chip.exclusive_bus", "true"
    for k, modality in enumerate(instance.modalities):
        if modality.release_slot:
            yield Support.RADIO_RELEASE, f"modalities[{k}].release_slot", str(modality.release_slot)
            break
    for i, subgraph in enumerate(instance.subgraphs):
        if subgraph.release_ticks:
            yield Support.RELEASE, f"subgraphs[{i}].release_ticks", str(subgraph.release_ticks)
            break
    for j, job in enumerate(instance.jobs):
        if job.release_ticks:
            yield Support.RELEASE, f"jobs[{j}].release_ticks", str(job.release_ticks)
            break
    for j, job in enumerate(instance.jobs):
        if job.deadline_ticks is not None:
            yield Support.DEADLINE, f"jobs[{j}].deadline_ticks", str(job.deadline_ticks)
            break
    if instance.objective == "weighted_latency":
        yield Support.WEIGHTED_LATENCY, "objective", '"weighted_latency"'
    if instance.objective == "energy":
        yield Support.ENERGY, "objective", '"energy"'
    if instance.makespan_limit_ticks is not None:
        yield Support.MAKESPAN_LIMIT, "makespan_limit_ticks", str(instance.makespan_limit_ticks)
    if instance.energy_limit_j is not None:
        yield Support.ENERGY_LIMIT, "energy_limit_j", f"{instance.energy_limit_j:g}"


_WITHOUT = {Support.BUS: "false only", Support.RADIO_RELEASE: "0 only", Support.RELEASE: "0 only"}
_OBJECTIVES = {Support.WEIGHTED_LATENCY: '"weighted_latency"', Support.ENERGY: '"energy"'}


def supports(supported: Support) -> Callable[[WnpInstance], Refusal | None]:
    """The ``refuse`` of a method that supports ``supported``, and no solution that is too long to be written down."""

    def refuse(instance: WnpInstance) -> Refusal | None:
        for what, where, value in asked(instance):
            if not what & supported:
                return where, f"found {value}; this method supports {_alternative(what, supported)}"
        return _too_long(instance)

    return refuse


def _alternative(what: Support, supported: Support) -> str:
    if what in _OBJECTIVES:
        return " and ".join(['"makespan"', *(told for flag, told in _OBJECTIVES.items() if flag & supported)]) + " only"
    return _WITHOUT.get(what, "null only")


refuse_unplanned = supports(Support.NOTHING)
"""The refusal of a method that supports none of the optional fields."""


def _too_long(instance: WnpInstance) -> Refusal | None:
    slots = useful_slots(instance)
    most = MOST_ENTRIES // (instance.resource_blocks + 8)
    if slots > most and _deliverable(instance):
        return "radio.slots", (
            f"the payloads may need {slots} slots, and a solution lists every slot; at most {most} are supported with "
            f"{instance.resource_blocks} resource blocks: longer slots say the same"
        )
    return None


def _deliverable(instance: WnpInstance) -> bool:
    """False where some modality's payload is more than all slots can carry for it: that is said, not refused."""
    capacity = (instance.rates * instance.block_length).sum(axis=(1, 2))
    return bool((capacity >= instance.payloads)[instance.needed].all())
