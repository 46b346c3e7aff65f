"""An instance as the simulator has it: its structure as arrays, and channels for slots beyond its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.kernels.horizon import useful_slots
from wnpopt.problems.wnp.kernels.plan import Plan

_MOST = 2 * 10**8
"""Entries of a world's channel: more would only fill the memory."""

Structure = tuple[IntArray, IntArray, IntArray, IntArray, IntArray, IntArray, IntArray, IntArray, int, int, bool]


@dataclass(frozen=True)
class Setting:
    """``instance`` with the ``slots`` of a world: its own, and more for what arrives late.

    The channel of a slot beyond the instance's own is that of its last coherence block. ``longer`` is the instance with
    all these slots: what has to be planned while a plan runs late is planned on it.
    """

    instance: WnpInstance
    slots: int

    @staticmethod
    def of(instance: WnpInstance, rows: int = 0, overtime: float = 1.0) -> Setting:
        """The setting for plans that use ``rows`` slots, with ``overtime`` times as many slots again, at least 16.

        Raises :class:`InputError` where a world would not fit into memory.
        """
        if not instance.modalities:
            return Setting(instance, 0)
        own = max(rows, min(useful_slots(instance), instance.radio.slots))
        slots = own + max(16, round(own * overtime))
        if slots * instance.resource_blocks * len(instance.modalities) > _MOST:
            raise InputError(
                f"found {instance.radio.slots} slots; with {slots} slots of {instance.resource_blocks} resource blocks "
                f"and {len(instance.modalities)} modalities a simulated channel does not fit into memory",
                where="radio.slots",
            )
        return Setting(instance, slots)

    @cached_property
    def longer(self) -> WnpInstance:
        """The instance with the slots of a world."""
        radio = self.instance.radio
        if self.slots <= radio.slots:
            return self.instance
        blocks = -(-self.slots // radio.block_slots)
        table = tuple(tuple((*row, *[row[-1]] * (blocks - len(row))) for row in plane) for plane in radio.bits_per_slot)
        return self.instance.model_copy(
            update={"radio": radio.model_copy(update={"slots": self.slots, "bits_per_slot": table})}
        )

    @cached_property
    def structure(self) -> Structure:
        """What the event loop reads of the instance, in the order of its arguments."""
        instance, plan = self.instance, self.plan
        size = np.array([edge.bytes for edge in instance.edges], dtype=np.int64)
        return (
            plan.source,
            plan.target,
            plan.outof_at,
            plan.outof,
            np.ascontiguousarray(np.array(instance.hops)),
            size,
            np.array(instance.payloads),
            instance.needed.astype(np.int64),
            instance.chip.hop_ticks,
            instance.radio.slot_ticks,
            instance.chip.exclusive_bus,
        )

    @cached_property
    def plan(self) -> Plan:
        """DNN and chip as arrays."""
        return Plan.of(self.instance)

    @cached_property
    def rates(self) -> IntArray:
        """Bits a slot by coherence block, whether the modality is released or not, shape (K, N, B)."""
        return np.array(self.instance.table)

    @cached_property
    def block(self) -> IntArray:
        """The coherence block of each slot of a world, shape (T,)."""
        radio = self.instance.radio
        slots = np.arange(self.slots, dtype=np.int64)
        return np.asarray(np.minimum(slots // radio.block_slots, self.instance.blocks - 1))

    @cached_property
    def release_slot(self) -> IntArray:
        """Nominal release slot of each modality, shape (K,)."""
        return np.array([m.release_slot for m in self.instance.modalities], dtype=np.int64)

    @cached_property
    def own_waits(self) -> IntArray:
        """1 where a subgraph names a modality, shape (I, K)."""
        named = self.instance.modality_index[:, None] == np.arange(len(self.instance.modalities))
        return np.asarray(named.astype(np.int64))

    @cached_property
    def joint_waits(self) -> IntArray:
        """1 where a subgraph of the sequential policy waits for a modality, shape (I, K).

        All that some subgraph names; one of a job waits for those that its job or a subgraph without one names.
        """
        job, reads = self.instance.job_index, self.own_waits
        waits = np.zeros_like(reads)
        for k in range(reads.shape[1]):
            readers = np.flatnonzero(reads[:, k])
            if readers.size:
                waits[:, k] = (job < 0) | np.isin(job, job[readers])
        return np.asarray(waits | reads)

    @cached_property
    def place(self) -> IntArray:
        """Place of each subgraph in the topological order, shape (I,)."""
        place = np.empty(self.instance.order.size, dtype=np.int64)
        place[self.instance.order] = np.arange(place.size)
        return place
