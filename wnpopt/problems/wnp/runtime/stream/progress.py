"""How far a request has got that was planned already, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.stream.occupancy import RadioGrid
from wnpopt.problems.wnp.runtime.stream.planning import WorkPlan
from wnpopt.problems.wnp.runtime.stream.templates import Template
from wnpopt.problems.wnp.runtime.stream.window import RemainingWork


@dataclass
class Planned:
    """A request with the plan in force: ``core`` and ``start`` (I,) in ticks of the stream."""

    request: int
    template: Template
    arrival: int
    core: IntArray
    start: IntArray

    @property
    def ends(self) -> IntArray:
        """The last tick of each subgraph (I,)."""
        return np.asarray(self.start + self.template.instance.ticks[np.arange(self.core.size), self.core])

    @property
    def end(self) -> int:
        """When it will be done."""
        return int(self.ends.max())

    def take(self, plan: WorkPlan) -> None:
        """Go on with ``plan``; what has begun stays as it was."""
        free = ~plan.work.fixed
        self.core[plan.work.nodes[free]] = plan.core[free]
        self.start[plan.work.nodes[free]] = plan.start[free]

    def rest(self, grid: RadioGrid, now: int) -> RemainingWork:
        """What is left at the tick ``now``: a slot and a subgraph that have begun go on as planned.

        A subgraph of which an input is there or under way stays on its core: what was sent is sent once.
        """
        instance = self.template.instance
        ends, begun = self.ends, self.start < now
        ended = begun & (ends <= now)
        running = begun & ~ended
        release = np.maximum(instance.release + self.arrival, now)
        missing, arrived = self._delivered(grid, -(-now // instance.radio.slot_ticks))
        reads = self.template.reads
        for k in np.flatnonzero(missing == 0):
            release[reads == k] = np.maximum(release[reads == k], arrived[k])
        ticks = np.array(instance.ticks)
        stays = running.copy()
        width, hops = instance.edge_ticks, instance.hops * instance.chip.hop_ticks
        for e, (i, j) in enumerate(instance.edge_index.tolist()):
            if ended[i] and not begun[j]:
                a, b = self.core[i], self.core[j]
                release[j] = max(release[j], ends[i] + (0 if a == b else hops[a, b] + width[e]))
                stays[j] = True
        ticks[stays[:, None] & (np.arange(ticks.shape[1]) != self.core[:, None])] = -1
        release[running] = self.start[running]
        nodes = np.flatnonzero(~ended)
        slot = instance.radio.slot_ticks
        first = np.maximum(-(-self.arrival // slot) + self.template.release_slot, -(-now // slot))
        return RemainingWork(
            self.request,
            self.template,
            self.arrival,
            nodes,
            release[nodes],
            ticks[nodes],
            running[nodes],
            missing,
            first,
        )

    def _delivered(self, grid: RadioGrid, last: int) -> tuple[IntArray, IntArray]:
        """(bits missing, arrival in ticks where none are), (K',) each, by what was sent before the slot ``last``."""
        template = self.template
        slot = template.instance.radio.slot_ticks
        first = -(-self.arrival // slot)
        count = max(0, last - first)
        sent, rates = grid.part(first, count), template.rates(first, count)
        missing, arrived = np.array(template.payload), np.zeros(template.index.size, dtype=np.int64)
        for k in range(template.index.size):
            mine = sent == self.request * grid.kinds + k
            got = np.cumsum(np.where(mine, rates[k].T, 0).sum(axis=1))
            total = int(got[-1]) if count else 0
            if total >= missing[k]:
                arrived[k] = (first + int(np.searchsorted(got, missing[k])) + 1) * slot
            missing[k] = max(0, missing[k] - total)
        return missing, arrived
