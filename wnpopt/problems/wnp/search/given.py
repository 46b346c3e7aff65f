"""A solution that somebody gives, in the terms of the searches."""

from __future__ import annotations

from wnpopt.problems.wnp.formulations.decisions import Decisions
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.schedule import Schedule
from wnpopt.problems.wnp.kernels.uplink import Arrivals
from wnpopt.problems.wnp.search.joint import Joint
from wnpopt.problems.wnp.solution import WnpSolution


def joint_of(problem: Problem, solution: WnpSolution) -> Joint | None:
    """The arrivals and the schedule of a valid solution; None if it needs slots that no optimum does."""
    decisions = Decisions.of(problem, solution)
    if decisions is None:
        return None
    schedule = Schedule(decisions.makespan, decisions.core, decisions.start)
    return Joint(Arrivals(0, decisions.arrival, decisions.count), schedule)
