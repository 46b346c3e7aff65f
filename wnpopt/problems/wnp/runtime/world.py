"""A realised world: what rates, times, transfers and releases really are while a plan runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.runtime.kernels.engine import NEVER
from wnpopt.problems.wnp.runtime.setting import Setting

WorldArrays = tuple[IntArray, IntArray, IntArray, IntArray, IntArray, IntArray]


@dataclass(frozen=True)
class World:
    """Realised values, int64 arrays: K modalities, N resource blocks, T slots, I subgraphs, M cores, E edges.

    ``bits`` (K, N, T) a slot of each resource block; ``ticks`` (I, M), -1 where a subgraph cannot run; ``width`` (E,)
    ticks of a transfer between two cores beyond those of its hops; ``release`` (I,) ticks and ``release_slot`` (K,)
    slots before which nothing starts or is sent; ``fails`` (M,) the tick at which a core stops for good, with what runs
    on it, or :data:`~wnpopt.problems.wnp.runtime.kernels.engine.NEVER`. What a subgraph has put out outlives its core.
    """

    bits: IntArray
    ticks: IntArray
    width: IntArray
    release: IntArray
    release_slot: IntArray
    fails: IntArray

    @staticmethod
    def nominal(setting: Setting) -> World:
        """The world in which everything is as the instance has it."""
        instance = setting.instance
        return World(
            np.ascontiguousarray(setting.rates[:, :, setting.block]),
            np.array(instance.ticks),
            np.array(instance.edge_ticks),
            np.array(instance.release),
            np.array(setting.release_slot),
            np.full(len(instance.chip.cores), NEVER, dtype=np.int64),
        )

    @staticmethod
    def empty(setting: Setting) -> World:
        """Arrays of the right shapes, for the sampler to fill."""
        return World(*(np.empty_like(array) for array in World.nominal(setting).arrays))

    @property
    def arrays(self) -> WorldArrays:
        """All of it, in the order of the compiled functions' arguments."""
        return self.bits, self.ticks, self.width, self.release, self.release_slot, self.fails

    def instance(self, setting: Setting) -> WnpInstance:
        """The world as an instance, for planning with hindsight and for the verifier.

        An execution in this world is a solution of it. Cores that fail are there in full: what an instance cannot say
        is left out, so that a bound of it is one for the world as well. A transfer of another length has other bytes
        (and joules), since that is where an instance has its length.
        """
        nominal = setting.instance
        edges = tuple(
            edge if ticks == planned else edge.model_copy(update={"bytes": int(ticks) * nominal.chip.bytes_per_tick})
            for edge, ticks, planned in zip(nominal.edges, self.width, nominal.edge_ticks, strict=True)
        )
        subgraphs = tuple(
            subgraph.model_copy(
                update={"ticks": tuple(None if t < 0 else int(t) for t in ticks), "release_ticks": int(release)}
            )
            for subgraph, ticks, release in zip(nominal.subgraphs, self.ticks, self.release, strict=True)
        )
        changes: dict[str, object] = {"edges": edges, "subgraphs": subgraphs}
        if nominal.modalities:
            table = tuple(tuple(tuple(row) for row in plane) for plane in self.bits.tolist())
            changes["radio"] = nominal.radio.model_copy(
                update={"slots": setting.slots, "block_slots": 1, "bits_per_slot": table}
            )
            changes["modalities"] = tuple(
                modality.model_copy(update={"release_slot": int(slot)})
                for modality, slot in zip(nominal.modalities, self.release_slot, strict=True)
            )
        return nominal.model_copy(update=changes)
