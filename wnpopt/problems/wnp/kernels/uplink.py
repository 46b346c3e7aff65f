"""The radio side of wnp as arrays: what every modality gets through, and when it has arrived alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.backends.stopping import Flag, never, run_stoppable
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.kernels.horizon import useful_slots
from wnpopt.problems.wnp.kernels.throughput import FloatArray, usable_slots

_SMALL = 20_000

T = TypeVar("T")


@dataclass(frozen=True)
class Uplink:
    """The modalities that need the radio (named by a subgraph, with a payload), with their arrays made ready.

    ``index`` (K',) are their indices in the instance; ``rates`` is (K', N, B), ``share`` (N, B, K') what a slot
    brings of a payload. ``slots`` are those that some optimum needs (:func:`~wnpopt.problems.wnp.kernels.horizon.
    useful_slots`), with their blocks.
    """

    index: IntArray
    names: tuple[str, ...]
    rates: IntArray
    payload: IntArray
    share: FloatArray
    block_start: IntArray
    block_length: IntArray
    slots: int
    slot_ticks: int

    @staticmethod
    def of(instance: WnpInstance) -> Uplink:
        """The uplink of ``instance``."""
        index = np.flatnonzero(instance.needed & (instance.payloads > 0)).astype(np.int64)
        slots = useful_slots(instance)
        if any(modality.release_slot for modality in instance.modalities):
            start = np.ascontiguousarray(instance.block_start[instance.block_start < slots])
        else:  # not by way of all blocks: there may be 2^31 of them
            start = np.arange(0, slots, instance.radio.block_slots, dtype=np.int64)
        blocks = start.size
        rates = np.ascontiguousarray(instance.rates[index, :, :blocks])
        payload = instance.payloads[index]
        share = np.ascontiguousarray((rates / payload[:, None, None]).transpose(1, 2, 0))
        return Uplink(
            index,
            tuple(instance.modalities[k].name for k in index),
            rates,
            payload,
            share,
            start,
            np.diff(start, append=slots),
            slots,
            instance.radio.slot_ticks,
        )

    @property
    def count(self) -> int:
        """K', the number of modalities that need the radio."""
        return int(self.index.size)

    def alone(self) -> IntArray | None:
        """Slots until each modality has arrived when it has the radio for itself, shape (K',).

        None if one never does.
        """
        slots = _alone(self.rates, self.payload, self.block_length)
        return None if self.count and slots.min() < 0 else slots

    def never(self) -> int:
        """The first modality that does not arrive though it has the radio for itself; -1 if all do."""
        missed = np.flatnonzero(_alone(self.rates, self.payload, self.block_length) < 0)
        return int(missed[0]) if missed.size else -1

    def usable(self, deadline: IntArray) -> IntArray:
        """Slots of each block that lie before each deadline (in slots), shape (K', B)."""
        return usable_slots(deadline, self.block_start, self.block_length)

    def all_weights(self) -> FloatArray:
        """Equal weights, the start of every search."""
        return np.full(self.count, 1.0 / max(self.count, 1))


@dataclass(frozen=True)
class Arrivals:
    """An allocation: ``count`` (K', N, B) slots, the ``deadline`` (K',) in slots that it meets, and its C."""

    value: int
    deadline: IntArray
    count: IntArray

    @staticmethod
    def none(uplink: Uplink) -> Arrivals:
        """Of an uplink that no modality needs."""
        return Arrivals(0, np.zeros(0, dtype=np.int64), np.zeros(uplink.rates.shape, dtype=np.int64))


@compiled
def _alone(rates: IntArray, payload: IntArray, block_length: IntArray) -> IntArray:
    slots = np.full(payload.size, -1, dtype=np.int64)
    for k in range(payload.size):
        got, passed = 0, 0
        for b in range(block_length.size):
            speed = rates[k, :, b].sum()
            if speed > 0 and got + speed * block_length[b] >= payload[k]:
                slots[k] = passed + -(-(payload[k] - got) // speed)
                break
            got += speed * block_length[b]
            passed += block_length[b]
    return slots


def stoppable(uplink: Uplink, budget: Budget, work: Callable[[Flag], T]) -> T:
    """``work(stop)``, with a flag that is raised once ``budget`` is exhausted; small radios take no time anyway."""
    if uplink.rates.size * uplink.count <= _SMALL:
        return work(never())
    return run_stoppable(work, budget)
