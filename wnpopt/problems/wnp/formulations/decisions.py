"""A solution's decisions in the terms of the formulations (warm starts), and back (answers)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.kernels.uplink import Arrivals
from wnpopt.problems.wnp.solution import WnpSolution


@dataclass(frozen=True)
class Decisions:
    """``arrival`` (K') in slots, ``count`` (K', N, B) slots, ``core`` and ``start`` (I,), and the makespan in ticks."""

    arrival: IntArray
    count: IntArray
    core: IntArray
    start: IntArray
    makespan: int

    @staticmethod
    def of(problem: Problem, solution: WnpSolution) -> Decisions | None:
        """The decisions of a valid solution; slots that bring nothing by a modality's arrival are left out.

        None if it needs slots that no optimum does: the models do not have them.
        """
        uplink, instance = problem.uplink, problem.instance
        position = {int(k): index for index, k in enumerate(uplink.index)}
        count = np.zeros(uplink.rates.shape, dtype=np.int64)
        got = np.zeros(uplink.count, dtype=np.int64)
        arrival = np.zeros(uplink.count, dtype=np.int64)
        block_of = np.searchsorted(uplink.block_start, np.arange(uplink.slots), side="right") - 1
        for t, row in enumerate(solution.rb[: uplink.slots]):
            block = int(block_of[t])
            lacking = got < uplink.payload
            for n, modality in enumerate(row):
                k = position.get(modality) if modality is not None else None
                if k is not None and lacking[k]:
                    count[k, n, block] += 1
                    got[k] += uplink.rates[k, n, block]
            arrival[lacking & (got >= uplink.payload)] = t + 1
        if (got < uplink.payload).any():
            return None
        number = {c.name: m for m, c in enumerate(instance.chip.cores)}
        names = [s.name for s in instance.subgraphs]
        core = np.array([number[solution.core[name]] for name in names], dtype=np.int64)
        start = np.array([solution.start[name] for name in names], dtype=np.int64)
        end = start + problem.plan.ticks[np.arange(core.size), core]
        return Decisions(arrival, count, core, start, int(end.max()))


def compose(
    problem: Problem, deadline: Sequence[float], count: IntArray, core: ArrayLike, start: ArrayLike
) -> WnpSolution:
    """The solution of a solver's values.

    Deadlines are in slots, ``count`` is (K', N, B). Starts are made anew in integers from cores and order, since
    solvers with continuous times return 49.9999 for 50.
    """
    rounded = np.rint(np.asarray(deadline, dtype=np.float64)).astype(np.int64)
    arrivals = Arrivals(0, rounded, count)
    scheduler = problem.scheduler
    # Thousandths of a tick tell apart what the solver put one after the other.
    loose = Schedule(0, np.asarray(core, dtype=np.int64), np.rint(np.asarray(start) * 1000).astype(np.int64))
    order = scheduler.sequence(loose, scale=1000)
    schedule = scheduler.retimed(loose, problem.release(problem.arrival(arrivals)), order)
    return problem.solution(arrivals, schedule)


def priced(
    solution: WnpSolution, verified_objective: Callable[[WnpSolution], float | None]
) -> tuple[float, WnpSolution] | None:
    """A decoded solution with its objective; None if the verifier rejects it."""
    objective = verified_objective(solution)
    return None if objective is None else (objective, solution)
