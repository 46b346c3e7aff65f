"""What the family's recursion says of a client whose layers take given seconds."""

from __future__ import annotations

from collections.abc import Sequence


def streamed(arrivals: Sequence[float], seconds: Sequence[float]) -> float:
    """Seconds until the last layer is computed: one starts when it is there and the one before is done."""
    done = 0.0
    for arrival, time in zip(arrivals, seconds, strict=True):
        done = max(arrival, done) + time
    return done


def arrivals(sizes: Sequence[float], rate: float) -> list[float]:
    """When each of these is there over a link of ``rate``."""
    total, found = 0.0, []
    for size in sizes:
        total += size
        found.append(total / rate)
    return found
