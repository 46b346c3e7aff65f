"""What a master has planned of the compute side, with the transfers on an exclusive bus where there is one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.bus import event_order, latest_with_transfers, retime_with_transfers
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.kernels.uplink import Arrivals
from wnpopt.problems.wnp.solution import WnpSolution


@dataclass(frozen=True)
class MasterSchedule:
    """A schedule, and the starts of the transfers (E,) on a bus that carries one at a time: None without one."""

    problem: Problem
    schedule: Schedule
    transfer: IntArray | None

    @staticmethod
    def of(master: CpsatModel, values: tuple[float, ...]) -> MasterSchedule:
        """What a solver's ``values`` mean."""
        problem = master.problem
        core, start = master.placement(values)
        end = start + problem.plan.ticks[np.arange(core.size), core]
        transfer = None
        if problem.instance.chip.exclusive_bus:
            edges = range(problem.plan.source.size)
            transfer = np.array([master.value(values, f"t[{e}]") for e in edges], dtype=np.int64)
        return MasterSchedule(problem, Schedule(int(end.max()), core, start), transfer)

    @property
    def makespan(self) -> int:
        """The last end, in ticks."""
        return self.schedule.makespan

    def latest_starts(self) -> IntArray:
        """Latest starts (I,) that keep the makespan with the same cores and orders, on the bus, too."""
        if self.transfer is None:
            return self.problem.scheduler.latest_starts(self.schedule)
        plan = self.problem.plan
        return np.asarray(
            latest_with_transfers(
                plan.ticks,
                plan.source,
                plan.target,
                plan.width,
                plan.hop,
                self._events(),
                self.schedule.core,
                self.makespan,
            )
        )

    def slack_tails(self) -> IntArray:
        """What must follow each arrival: makespan less the latest start of a reader, shape (K',)."""
        return self.problem.modality_tails(self.makespan - self.latest_starts())

    def retimed(self, release: IntArray) -> MasterSchedule:
        """The same cores and orders, started as early as ``release`` (I,) allows."""
        problem, core = self.problem, self.schedule.core
        if self.transfer is None:
            return MasterSchedule(problem, problem.scheduler.retimed(self.schedule, release), None)
        none = np.full(problem.plan.source.size, -1, dtype=np.int64)
        makespan, start, transfer = retime_with_transfers(
            *problem.plan.forward, self._events(), core, release, True, 0, none
        )
        return MasterSchedule(problem, Schedule(int(makespan), core, start), transfer)

    def solution(self, arrivals: Arrivals) -> WnpSolution:
        """Both halves as a solution."""
        made = self.problem.solution(arrivals, self.schedule)
        if self.transfer is None:
            return made
        core, plan = self.schedule.core, self.problem.plan
        crossing = core[plan.source] != core[plan.target]
        edges = zip(self.problem.instance.edges, self.transfer.tolist(), crossing.tolist(), strict=True)
        transfers = {f"{edge.source}->{edge.target}": at for edge, at, moves in edges if moves}
        return made.model_copy(update={"transfer_start": transfers})

    def _events(self) -> IntArray:
        assert self.transfer is not None
        return event_order(self.problem.plan, self.schedule.core, self.schedule.start, self.transfer)
