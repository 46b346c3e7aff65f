"""The cuts that a search has met, as tables."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.stopping import Flag
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.cut_table import fill_table, least_value
from wnpopt.problems.wnp.kernels.throughput import FloatArray, mixture, usable_slots
from wnpopt.problems.wnp.kernels.uplink import Uplink

_MOST_CUTS = 64
_MEMORY = 1 << 26  # bytes of all tables: more leaves the processor's caches, and every move reads them
_SEPARATIONS = 12


class CutPool:
    """At most 64 cuts, the oldest replaced first, for tails in parts of a slot.

    ``fine`` is into how many steps a slot is divided, ``steps`` how many of them there are. A pool that would not fit
    into memory (very many modalities or slots) is not ``usable``.
    """

    def __init__(self, uplink: Uplink) -> None:
        sets = 1 << min(uplink.count, 40)
        sizes = [(fine, 8 * sets * (uplink.slots * fine + 1)) for fine in (10, 5, 4, 2, 1)]
        fitting = [
            (fine, min(_MOST_CUTS, _MEMORY // size))
            for fine, size in sizes
            if uplink.slot_ticks % fine == 0 and size * min(_MOST_CUTS, 16) <= _MEMORY
        ]
        self.usable = bool(fitting)
        self.fine, cuts = fitting[0] if fitting else (1, 0)
        self.uplink = uplink
        self.steps = uplink.slots * self.fine
        self.step_ticks = uplink.slot_ticks // self.fine
        self.tables: FloatArray = np.zeros((max(cuts, 1), sets if cuts else 1, self.steps + 1 if cuts else 1))
        self.used = 0
        self.weights: dict[int, FloatArray] = {}
        self._next = 0
        self._columns: FloatArray = uplink.all_weights()[np.newaxis]
        alone = uplink.alone()
        assert alone is not None, "asked for modalities that can be delivered"
        self.alone = np.asarray(alone * uplink.slot_ticks, dtype=np.int64)

    def add(self, weight: FloatArray) -> bool:
        """Take up the cut with these weights (K,) of the modalities' shares; False if one like it is there."""
        weight = np.maximum(weight, 0.0)
        weight = weight / weight.sum()
        if any(np.abs(weight - known).max() < 1e-4 for known in self.weights.values()):
            return False
        at = self._next % self.tables.shape[0]
        self._next += 1
        self.weights[at] = weight
        fill_table(self.uplink.share, weight, self.uplink.block_length, self.fine, self.tables[at])
        self.used = max(self.used, at + 1)
        return True

    def value(self, tail: IntArray, path: int) -> int:
        """The least makespan in whole slots that the cuts leave to these tails."""
        scratch = np.zeros((2, tail.size), dtype=np.int64)
        found = least_value(
            self.tables, self.used, tail, path, self.alone, self.step_ticks, self.steps, self.fine, *scratch
        )
        return int(found)

    def separate(self, tail: IntArray, path: int, stop: Flag) -> tuple[int, int]:
        """(value, new cuts): cuts are added until the radio's linear relaxation can serve the tails at their value."""
        uplink, added = self.uplink, 0
        value = self.value(tail, path)
        for _ in range(_SEPARATIONS):
            arrival = np.clip((value - tail) // uplink.slot_ticks, 0, uplink.slots)
            usable = usable_slots(arrival, uplink.block_start, uplink.block_length)
            _, upper, weight, _, self._columns = mixture(uplink.share, usable, self._columns, False, 1.0, stop)
            if upper >= 1.0 - 1e-9 or stop[0] or not self.add(weight):
                break
            added += 1
            value = self.value(tail, path)
        return value, added
