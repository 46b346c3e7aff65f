"""A plan with its price, as methods hand it to each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.backends.stopping import Flag, never
from wnpopt.problems.intradp.kernels.arrays import RowArray
from wnpopt.problems.intradp.kernels.evaluate import expand, score, scratch
from wnpopt.problems.intradp.kernels.moves import anneal, best_range, overrides_of
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.search.beam import weights
from wnpopt.problems.intradp.solution import IntradpSolution

RANGE_WORK = 2_000_000_000
"""Steps (operators and edges looked at) that trying ranges may take: some seconds' work."""


@dataclass(frozen=True)
class PricedPlan:
    """Rows [0, device_end) of each operator on the device, [server_begin, units) on the server.

    ``value`` is the objective as the compiled evaluation sees it; infinite where the plan misses the deadline or sends
    what it may not. ``found_by`` names the method.
    """

    device_end: RowArray
    server_begin: RowArray
    value: float
    found_by: str

    @property
    def feasible(self) -> bool:
        """True if the plan keeps the deadline and sends only what it may."""
        return bool(np.isfinite(self.value))

    def solution(self, problem: Problem) -> IntradpSolution:
        """The plan as a solution of the problem's instance."""
        return problem.solution(self.device_end, self.server_begin)


def price(problem: Problem, device_end: RowArray, server_begin: RowArray, found_by: str) -> PricedPlan:
    """The plan with these rows."""
    value = score(
        problem.arrays, device_end, server_begin, scratch(problem.count), problem.by_energy, problem.limit
    )  # fmt: skip
    return PricedPlan(device_end, server_begin, value, found_by)


def of_solution(problem: Problem, solution: IntradpSolution, found_by: str) -> PricedPlan:
    """The plan of a solution."""
    a, b = np.array(solution.device_end, np.int32), np.array(solution.server_begin, np.int32)
    return price(problem, a, b, found_by)


def device_only(problem: Problem) -> PricedPlan:
    """Everything on the device: nothing is sent."""
    units = problem.arrays.units
    return price(problem, units.copy(), units.copy(), "device-only")


def on_server(problem: Problem, first: int, end: int, found_by: str) -> PricedPlan:
    """Operators ``first`` to ``end`` - 1 on the server, the others on the device."""
    a, b = problem.arrays.units.copy(), problem.arrays.units.copy()
    a[first:end] = 0
    b[first:end] = 0
    return price(problem, a, b, found_by)


def server_only(problem: Problem) -> PricedPlan:
    """All operators but the input and the output on the server."""
    return on_server(problem, 1, problem.count - 1, "server-only")


def layer_cut(problem: Problem, flag: Flag | None = None) -> PricedPlan:
    """The best contiguous range of operators on the server, by the true timing; empty and whole range included.

    Of networks so large that trying all ranges would take more than :data:`RANGE_WORK` steps, the best on a grid of
    operators and then among its neighbours. Once the flag is raised, the best so far.
    """
    p = problem.arrays
    most = max(1000, RANGE_WORK // (problem.count + 3 * len(p.in_source)))
    first, end = best_range(
        p, scratch(problem.count), problem.by_energy, problem.limit, np.array(weights(problem)), most,
        never() if flag is None else flag,
    )  # fmt: skip
    return on_server(problem, first, end, "layer-cut")


def best_of(*plans: PricedPlan) -> PricedPlan:
    """The plan of least value; the first of equal ones."""
    return min(plans, key=lambda plan: plan.value)


def honest(problem: Problem, flag: Flag | None = None) -> PricedPlan:
    """The best of device-only, server-only and layer-cut: nothing that wnpopt returns is worse."""
    return best_of(device_only(problem), server_only(problem), layer_cut(problem, flag))


def annealed(
    problem: Problem, plan: PricedPlan, steps: int, hot: float, rng: np.random.Generator, flag: Flag | None = None
) -> PricedPlan:
    """``plan`` after ``steps`` steps of annealing on its overrides; never worse."""
    p, n = problem.arrays, problem.count
    if n < 3 or steps < 1:
        return plan
    device, server = np.zeros(n, np.int32), np.zeros(n, np.int32)
    overrides_of(p, plan.device_end, plan.server_begin, device, server)
    anneal(
        p, device, server, steps, hot, rng, scratch(n), problem.by_energy, problem.limit,
        never() if flag is None else flag,
    )  # fmt: skip
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    expand(p, device, server, a, b)
    return best_of(plan, price(problem, a, b, "annealing"))
