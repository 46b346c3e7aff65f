"""The energy of a plan as a linear expression in integers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from wnpopt.problems.wnp.instance import WnpInstance

Key = tuple[Hashable, ...]
"""("C",), ("a", i, m), ("x", k, n, b) or ("move", e, duration, hops)."""


@dataclass(frozen=True)
class Energy:
    """J as a sum of exact coefficients times variables that are never negative."""

    terms: Mapping[Key, Fraction]

    @staticmethod
    def of(
        instance: WnpInstance, sent: Iterable[tuple[int, int, int, int]], moves: Iterable[tuple[int, int, int]]
    ) -> Energy:
        """Of the makespan, core choices, slot counts and transfers.

        ``sent`` are (modality of the uplink, resource block, block, modality of the instance), ``moves`` (edge,
        duration, hops). Over [0, C] a core costs idle_w * C, and active_w - idle_w more while it is busy.
        """
        cores, tick = instance.chip.cores, Fraction(instance.tick_s)
        terms: dict[Key, Fraction] = {("C",): tick * sum(Fraction(core.idle_w) for core in cores)}
        for i, subgraph in enumerate(instance.subgraphs):
            for m, ticks in enumerate(subgraph.ticks):
                if ticks is not None:
                    more = Fraction(cores[m].active_w) - Fraction(cores[m].idle_w)
                    terms["a", i, m] = tick * ticks * more
        for k, n, b, modality in sent:
            terms["x", k, n, b] = Fraction(instance.modalities[modality].transmit_j_per_rb_slot)
        per_byte = Fraction(instance.chip.joule_per_byte_hop)
        for e, duration, hops in moves:
            terms["move", e, duration, hops] = per_byte * instance.edges[e].bytes * max(1, hops)
        return Energy({key: value for key, value in terms.items() if value})

    def scale(self, most: Mapping[Key, int], bits: int) -> Fraction:
        """A power of two by which the greatest value of all terms together stays below 2^``bits``."""
        total = sum((abs(value) * most[key] for key, value in self.terms.items()), Fraction(0))
        scale = Fraction(1)
        if total == 0:
            return scale
        while total * scale < 2 ** (bits - 1):
            scale *= 2
        while total * scale >= 2**bits:
            scale /= 2
        return scale

    def floors(self, scale: Fraction) -> dict[Key, int]:
        """Coefficients in units of 1/``scale`` J, rounded down: their sum is never above the energy."""
        return {key: (value * scale).__floor__() for key, value in self.terms.items()}
