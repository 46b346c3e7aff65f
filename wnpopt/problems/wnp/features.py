"""Fields of an instance that not every method supports."""

from __future__ import annotations

from wnpopt.problems.wnp.instance import WnpInstance


def refuse_bus(instance: WnpInstance) -> tuple[str, str] | None:
    """The shared bus is verified, but no method schedules it yet."""
    if instance.chip.exclusive_bus:
        return "chip.exclusive_bus", "found true; this method supports false only"
    return None
