"""What an instance asks for: fields that not every method supports, and the kind of its objective."""

from __future__ import annotations

from wnpopt.problems.slide.instance import SlideInstance


def refuse_multicast(instance: SlideInstance) -> tuple[str, str] | None:
    """For methods that give every user a band of its own."""
    if instance.delivery == "multicast":
        return "delivery", 'found "multicast"; this method supports "unicast" only'
    return None


def refuse_blocks(instance: SlideInstance) -> tuple[str, str] | None:
    """For methods that divide the band continuously."""
    if instance.resource_block_hz is not None:
        return "resource_block_hz", f"found {instance.resource_block_hz:g}; this method supports null only"
    return None


def refuse_cache(instance: SlideInstance) -> tuple[str, str] | None:
    """For methods that do not choose which models to serve."""
    if instance.cache_bits is not None:
        return "cache_bits", f"found {instance.cache_bits:g}; this method supports null only"
    return None


def has_integer_objective(instance: SlideInstance) -> bool:
    """True if users are counted, or all weights are integers (small enough for sums to be exact)."""
    if instance.objective == "count":
        return True
    return all(user.weight.is_integer() for user in instance.users) and sum(u.weight for u in instance.users) < 2**53
