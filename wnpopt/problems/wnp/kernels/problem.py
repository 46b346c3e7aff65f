"""Everything that the heuristics and bounds read of an instance, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.kernels.plan import Plan, heads, tails
from wnpopt.problems.wnp.kernels.schedule import Schedule, Scheduler
from wnpopt.problems.wnp.kernels.slots import arrival_slots, slot_table
from wnpopt.problems.wnp.kernels.uplink import Arrivals, Uplink
from wnpopt.problems.wnp.solution import WnpSolution


@dataclass(frozen=True)
class Problem:
    """Both sides of an instance with its core-aware tails.

    ``readers[k]`` are the subgraphs that name uplink modality k.
    """

    instance: WnpInstance
    uplink: Uplink
    plan: Plan
    tail: IntArray
    scheduler: Scheduler
    readers: tuple[IntArray, ...]

    @staticmethod
    def of(instance: WnpInstance) -> Problem:
        """The problem of ``instance``."""
        uplink = Uplink.of(instance)
        plan = Plan.of(instance)
        tail = np.asarray(tails(*plan.backward, plan.order))
        readers = tuple(np.flatnonzero(plan.modality == k) for k in uplink.index)
        return Problem(instance, uplink, plan, tail, Scheduler(plan, tail), readers)

    @cached_property
    def head(self) -> IntArray:
        """Earliest starts on each core when every modality has the radio for itself, shape (I, M)."""
        alone = self.uplink.alone()
        assert alone is not None, "an undeliverable payload is refused before"
        return np.asarray(heads(*self.plan.forward, self.plan.order, self.release(alone)))

    def latest_makespan(self) -> int:
        """Ticks by which everything is done: wait for the last slot, then run one subgraph after the other.

        Each on its fastest core, with every transfer over the longest way in between. A schedule of this makespan
        exists whenever the radio can deliver, so no optimum is longer.
        """
        plan, uplink = self.plan, self.uplink
        work = int(plan.least(plan.ticks).sum())
        moves = int(plan.width.sum()) + plan.width.size * int(plan.hop.max())
        return (uplink.slots * uplink.slot_ticks if uplink.count else 0) + work + moves

    def release(self, arrival: IntArray) -> IntArray:
        """Earliest start in ticks of each subgraph, shape (I,), for arrivals in slots, shape (K',)."""
        release = np.array(self.instance.release)
        for k, members in enumerate(self.readers):
            release[members] = np.maximum(release[members], arrival[k] * self.uplink.slot_ticks)
        return release

    def modality_tails(self, after_start: IntArray) -> IntArray:
        """Per uplink modality the most that follows the start of one of its readers, shape (K',)."""
        return np.array([after_start[members].max() for members in self.readers], dtype=np.int64)

    def slack_tails(self, schedule: Schedule) -> IntArray:
        """What must follow each arrival in ``schedule``: makespan less the latest start of a reader, shape (K',)."""
        return self.modality_tails(schedule.makespan - self.scheduler.latest_starts(schedule))

    def shortest_tails(self) -> IntArray:
        """Least ticks from the start of each subgraph to the end of all, over its cores, shape (I,).

        Valid in any schedule.
        """
        return self.plan.least(self.plan.ticks + self.tail)

    def solution(self, arrivals: Arrivals, schedule: Schedule) -> WnpSolution:
        """Both halves as a solution."""
        instance = self.instance
        names = [s.name for s in instance.subgraphs]
        cores = [c.name for c in instance.chip.cores]
        return WnpSolution(
            instance=instance.name,
            rb=slot_table(self.uplink, arrivals, instance.resource_blocks),
            core={name: cores[m] for name, m in zip(names, schedule.core, strict=True)},
            start={name: int(t) for name, t in zip(names, schedule.start, strict=True)},
        )

    def arrival(self, arrivals: Arrivals) -> IntArray:
        """Slots at which the modalities have really arrived, shape (K',)."""
        return arrival_slots(self.uplink, arrivals)
