"""Fields of an instance that not every method supports."""

from __future__ import annotations

from wnpopt.problems.slide.instance import SlideInstance


def refuse_shared(instance: SlideInstance) -> tuple[str, str] | None:
    """For methods that give every user a band of its own, and do not choose which models to serve."""
    if instance.delivery == "multicast":
        return "delivery", 'found "multicast"; this method supports "unicast" only'
    if instance.cache_bits is not None:
        return "cache_bits", f"found {instance.cache_bits:g}; this method supports null only"
    return None
