"""What is measured of many executions of one instance, as arrays: a row a world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.execution import PlanExecution
from wnpopt.problems.wnp.runtime.kernels.engine import BYTE_HOPS, NEVER
from wnpopt.problems.wnp.runtime.kernels.measures import COUNT, MAKESPAN, measure
from wnpopt.problems.wnp.runtime.kernels.sampling import FloatArray
from wnpopt.problems.wnp.runtime.setting import Setting


@dataclass(frozen=True)
class Measured:
    """Measures by world, int64: see :func:`wnpopt.problems.wnp.runtime.kernels.measures.measure`.

    ``rows`` (R, 10), ``busy`` (R, M), ``carrying`` (R, K), ``arrivals`` (R, K), ``slack`` (R, K), ``job_end`` (R, J),
    ``byte_hops`` (R,). A makespan of -1 is that of a world in which some subgraph never ended.
    """

    rows: IntArray
    busy: IntArray
    carrying: IntArray
    arrivals: IntArray
    slack: IntArray
    job_end: IntArray
    byte_hops: IntArray

    @staticmethod
    def empty(setting: Setting, runs: int) -> Measured:
        """For so many worlds."""
        instance = setting.instance
        kinds = len(instance.modalities)

        def zeros(width: int) -> IntArray:
            return np.zeros((runs, width), dtype=np.int64)

        return Measured(
            zeros(COUNT),
            zeros(len(instance.chip.cores)),
            zeros(kinds),
            zeros(kinds),
            zeros(kinds),
            zeros(len(instance.jobs)),
            np.zeros(runs, dtype=np.int64),
        )

    @property
    def arrays(self) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray, IntArray, IntArray]:
        """All of it, in the order of the compiled batch's arguments."""
        return self.rows, self.busy, self.carrying, self.arrivals, self.slack, self.job_end, self.byte_hops

    def part(self, first: int, last: int) -> Measured:
        """Views of the worlds ``first`` to ``last`` - 1."""
        return Measured(*(array[first:last] for array in self.arrays))

    def put(self, setting: Setting, number: int, execution: PlanExecution) -> None:
        """Measure an execution into row ``number``."""
        instance, done = setting.instance, execution
        self.arrivals[number] = done.arrival
        self.byte_hops[number] = done.clock[BYTE_HOPS]
        measure(
            np.array(instance.modality_index),
            instance.radio.slot_ticks,
            np.array(instance.job_index),
            done.where,
            done.start,
            done.end,
            done.sent,
            done.there,
            done.arrival,
            done.carried,
            done.lost,
            self.rows[number],
            self.busy[number],
            self.carrying[number],
            self.slack[number],
            self.job_end[number],
        )

    @property
    def makespan(self) -> IntArray:
        """Ticks, shape (R,); -1 where a subgraph never ended."""
        return self.rows[:, MAKESPAN]

    @property
    def finished(self) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Where everything ended, shape (R,)."""
        return self.makespan >= 0

    def objective(self, setting: Setting) -> FloatArray:
        """The instance's objective, shape (R,): ticks or J; NaN where something never ended."""
        if setting.instance.objective == "energy":
            return self.energy_j(setting)
        if setting.instance.objective == "weighted_latency":
            return self.weighted_latency(setting)
        return np.asarray(np.where(self.finished, self.makespan, np.nan))

    def late(self, setting: Setting) -> IntArray:
        """Ticks by which each job misses its deadline, shape (R, J); 0 without one, -1 where it never ended."""
        due = [NEVER if job.deadline_ticks is None else job.deadline_ticks for job in setting.instance.jobs]
        late = np.maximum(0, self.job_end - np.array(due, dtype=np.int64))
        return np.asarray(np.where(self.job_end < 0, -1, late))

    def excess(self, setting: Setting) -> FloatArray:
        """By how much deadlines and limits are exceeded, added up, shape (R,)."""
        instance = setting.instance
        total = np.maximum(0, self.late(setting)).sum(axis=1).astype(np.float64)
        if instance.makespan_limit_ticks is not None:
            total += np.maximum(0, self.makespan - instance.makespan_limit_ticks)
        if instance.energy_limit_j is not None:
            total += np.nan_to_num(np.maximum(0.0, self.energy_j(setting) - instance.energy_limit_j))
        return np.asarray(total)

    def energy_j(self, setting: Setting) -> FloatArray:
        """J of each world, shape (R,), NaN where a subgraph never ended; transfers that were in vain included."""
        instance = setting.instance
        active = np.array([core.active_w for core in instance.chip.cores])
        idle = np.array([core.idle_w for core in instance.chip.cores])
        send = np.array([m.transmit_j_per_rb_slot for m in instance.modalities])
        chips = instance.tick_s * (self.busy @ active + (self.makespan[:, None] - self.busy) @ idle)
        total = chips + self.carrying @ send + instance.chip.joule_per_byte_hop * self.byte_hops
        return np.asarray(np.where(self.finished, total, np.nan))

    def weighted_latency(self, setting: Setting) -> FloatArray:
        """Sum of weight * latency over the jobs in ticks, shape (R,), NaN where one never ended."""
        jobs = setting.instance.jobs
        weight = np.array([job.weight for job in jobs], dtype=np.float64)
        release = np.array([job.release_ticks for job in jobs], dtype=np.float64)
        total = (self.job_end - release) @ weight
        return np.asarray(np.where((self.job_end >= 0).all(axis=1) if jobs else False, total, np.nan))
