"""The worlds of a scenario: number w of a seed is always the same, whoever asks for it and in whichever order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.kernels.sampling import FloatArray, sample
from wnpopt.problems.wnp.runtime.scenario import WnpScenario
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.world import World

SamplerArrays = tuple[
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    FloatArray,
    FloatArray,
    IntArray,
    FloatArray,
    FloatArray,
    IntArray,
    IntArray,
]


@dataclass(frozen=True)
class Worlds:
    """All worlds of a scenario that fits the setting's instance (:meth:`WnpScenario.check`), by number."""

    setting: Setting
    scenario: WnpScenario
    seed: int

    def world(self, number: int) -> World:
        """World ``number``, from 0."""
        world = World.empty(self.setting)
        sample(self.seed, number, *self.arrays, *world.arrays)
        return world

    @cached_property
    def arrays(self) -> SamplerArrays:
        """What the sampler reads, in the order of its arguments after seed and number."""
        setting, scenario = self.setting, self.scenario
        nominal = World.nominal(setting)
        rates, ticks, transfers = scenario.rates, scenario.ticks, scenario.transfers
        noise = np.zeros(6)
        if rates is not None:
            rho = np.exp(-1.0 / rates.correlation_slots) if rates.correlation_slots > 0 else 0.0
            noise[:3] = rates.sigma, rho, rates.common
        if ticks is not None:
            noise[3] = ticks.sigma
        if transfers is not None:
            noise[4:] = transfers.sigma, transfers.delay_ticks
        return (
            setting.rates,
            setting.block,
            nominal.ticks,
            nominal.width,
            nominal.release,
            nominal.release_slot,
            noise,
            *self._outages(),
            self._cores(),
            *self._releases(),
        )

    def _outages(self) -> tuple[FloatArray, IntArray]:
        instance, outages = self.setting.instance, self.scenario.outages
        number = {m.name: k for k, m in enumerate(instance.modalities)}
        values = np.zeros((len(outages), 5))
        blocks = np.zeros((len(outages), instance.resource_blocks), dtype=np.int64)
        for o, outage in enumerate(outages):
            modality = -1 if outage.modality is None else number[outage.modality]
            first = -1 if outage.first_slot is None else outage.first_slot
            values[o] = outage.probability, modality, first, outage.slots, outage.factor
            blocks[o, slice(None) if outage.resource_blocks is None else list(outage.resource_blocks)] = 1
        return values, blocks

    def _cores(self) -> FloatArray:
        number = {c.name: m for m, c in enumerate(self.setting.instance.chip.cores)}
        values = np.zeros((len(self.scenario.cores), 4))
        for c, core in enumerate(self.scenario.cores):
            which = -1 if core.core is None else number[core.core]
            values[c] = core.probability, which, core.slowdown or 0.0, core.fails_within_ticks or 0
        return values

    def _releases(self) -> tuple[FloatArray, IntArray, IntArray]:
        instance, releases = self.setting.instance, self.scenario.releases
        values = np.zeros((len(releases), 3))
        members = np.zeros((len(releases), len(instance.subgraphs)), dtype=np.int64)
        modalities = np.zeros((len(releases), len(instance.modalities)), dtype=np.int64)
        for d, late in enumerate(releases):
            values[d] = late.probability, late.ticks or 0.0, late.slots or 0.0
            members[d] = [
                (late.subgraph == s.name) or (late.job is not None and late.job == s.job) for s in instance.subgraphs
            ]
            modalities[d] = [late.modality == m.name for m in instance.modalities]
        return values, members, modalities
