"""Fields of an instance that not every method supports."""

from __future__ import annotations

from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.horizon import useful_slots

MOST_ENTRIES = 2**21
"""Slots times (resource blocks + 8) that a solution may list: it takes seconds to write and to verify so many."""


def refuse_unplanned(instance: WnpInstance) -> tuple[str, str] | None:
    """What no method plans: the shared bus (it is verified, no more), and solutions too long to be written down."""
    if instance.chip.exclusive_bus:
        return "chip.exclusive_bus", "found true; this method supports false only"
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
