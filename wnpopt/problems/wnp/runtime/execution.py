"""What has happened: the arrays that the event loop fills, as a solution, and as the state that a policy sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.kernels.engine import NOW, SLOT
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.state import WnpState

PastArrays = tuple[
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
    IntArray,
]


@dataclass(frozen=True)
class PlanExecution:
    """A plan's execution so far, or as a whole; -1 is what has not happened.

    ``where``, ``start``, ``end`` (I,): core, first and last tick of each subgraph; ``sent``, ``there``, ``sent_to``
    (E,): when a transfer began and when it is over, to which core; ``delivered`` bits and ``arrival`` tick (K,);
    ``carried`` (T, N): the modality of each RB-slot; ``lost`` (M,): ticks of work that failed with a core; ``clock``:
    see :mod:`wnpopt.problems.wnp.runtime.kernels.engine`.
    """

    where: IntArray
    start: IntArray
    end: IntArray
    sent: IntArray
    there: IntArray
    sent_to: IntArray
    delivered: IntArray
    arrival: IntArray
    carried: IntArray
    lost: IntArray
    clock: IntArray

    @staticmethod
    def new(setting: Setting) -> PlanExecution:
        """Nothing has happened yet, but payloads of 0 bits are there."""
        instance = setting.instance
        subgraphs, edges, kinds = len(instance.subgraphs), len(instance.edges), len(instance.modalities)

        def none(count: int) -> IntArray:
            return np.full(count, -1, dtype=np.int64)

        return PlanExecution(
            none(subgraphs),
            none(subgraphs),
            none(subgraphs),
            none(edges),
            none(edges),
            none(edges),
            np.zeros(kinds, dtype=np.int64),
            np.where(instance.payloads == 0, 0, -1).astype(np.int64),
            np.full((setting.slots, instance.resource_blocks), -1, dtype=np.int64),
            np.zeros(len(instance.chip.cores), dtype=np.int64),
            np.zeros(4, dtype=np.int64),
        )

    @property
    def arrays(self) -> PastArrays:
        """All of it, in the order of the event loop's arguments."""
        return (
            self.where,
            self.start,
            self.end,
            self.sent,
            self.there,
            self.sent_to,
            self.delivered,
            self.arrival,
            self.carried,
            self.lost,
            self.clock,
        )

    @property
    def radio(self) -> tuple[int, IntArray]:
        """The next slot, and the bits delivered before it (K,)."""
        return int(self.clock[SLOT]), self.delivered

    @property
    def finished(self) -> bool:
        """True if every subgraph has ended."""
        return bool((self.end >= 0).all())

    @property
    def makespan(self) -> int | None:
        """The last end in ticks; None while, or if, something is missing."""
        return int(self.end.max()) if self.finished else None

    def copy(self) -> PlanExecution:
        """One that can go on by itself."""
        return PlanExecution(*(array.copy() for array in self.arrays))

    def solution(self, setting: Setting) -> WnpSolution:
        """The whole execution as a solution of the world as an instance; it has to be :attr:`finished`."""
        instance = setting.instance
        cores = [core.name for core in instance.chip.cores]
        names = [s.name for s in instance.subgraphs]
        used = np.flatnonzero((self.carried >= 0).any(axis=1))
        rows = self.carried[: used[-1] + 1 if used.size else 0].tolist()
        transfers = None
        if instance.chip.exclusive_bus:
            ends = self.where[setting.plan.source], self.where[setting.plan.target]
            transfers = {
                f"{edge.source}->{edge.target}": int(self.sent[e])
                for e, edge in enumerate(instance.edges)
                if ends[0][e] != ends[1][e]
            }
        return WnpSolution(
            instance=instance.name,
            rb=tuple(tuple(None if k < 0 else k for k in row) for row in rows),
            core={name: cores[m] for name, m in zip(names, self.where, strict=True)},
            start={name: int(at) for name, at in zip(names, self.start, strict=True)},
            transfer_start=transfers,
        )

    def state(self, setting: Setting) -> WnpState:
        """What has happened by now, and nothing of what will: ends and arrivals that are still to come are not in it.

        Transfers whose target has changed since, or that lead into what has begun, are left out: the plan decides on
        the first anew, and the second are over.
        """
        instance, now = setting.instance, int(self.clock[NOW])
        cores = [core.name for core in instance.chip.cores]
        begun = {
            s.name: {"core": cores[self.where[i]], "start": int(self.start[i]), "end": _past(self.end[i])}
            for i, s in enumerate(instance.subgraphs)
            if self.start[i] >= 0
        }
        transfers = {
            f"{edge.source}->{edge.target}": int(self.sent[e])
            for e, edge in enumerate(instance.edges)
            if self.sent[e] >= 0
        }
        return WnpState.from_data(
            {
                "kind": "wnp-state",
                "instance": instance.name,
                "now_ticks": now,
                "slot": int(self.clock[SLOT]),
                "delivered_bits": {m.name: int(b) for m, b in zip(instance.modalities, self.delivered, strict=True)},
                "begun": begun,
                "transfers_begun": transfers,
            }
        )


def _past(end: int) -> int | None:
    return None if end < 0 else int(end)
