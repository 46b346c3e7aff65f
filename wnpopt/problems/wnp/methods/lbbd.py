"""Logic-based Benders decomposition (branch and check) of wnp (``models/wnp/lbbd.md``).

The arrival vector is the only interface between radio and compute, and feasible vectors form an up-set. So the master
holds the compute side and the arrivals alone, under cuts that every feasible vector satisfies; the radio is asked
about one vector at a time and answers with an allocation or with new cuts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.errors import SolverError
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.core.trace import Trace
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.methods.outcome import on_problem
from wnpopt.problems.wnp.methods.refusals import refuse_unplanned
from wnpopt.problems.wnp.search.radio_check import Answer, RadioCheck
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.backends.ending import Report
    from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.kernels.schedule import Schedule
    from wnpopt.problems.wnp.kernels.uplink import Arrivals


def solve(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    """Solve masters under growing cuts until one's arrivals can be served, or the bound meets the incumbent."""
    return on_problem(
        instance, context, lambda problem, context, began: _Decomposition(problem, context, began).solve()
    )


class _Decomposition:
    """The state of one run: incumbent, bound, and the radio's answers so far."""

    def __init__(self, problem: Problem, context: Context[WnpSolution], began: float) -> None:
        from wnpopt.problems.wnp.formulations.cpsat_radio import cut_weights

        known = best_bound(context.bounds, "min")
        self.problem = problem
        self.context = context
        self.best: WnpSolution | None = None if context.start is None else context.start.solution
        self.value: int | None = None if context.start is None else int(context.start.objective)
        self.improved = False
        self.lower = 0 if known is None else int(known.value)
        self.check = RadioCheck(problem.uplink, cut_weights(problem, context.budget) if problem.uplink.count else [])
        self.warm_start = WarmStart.NONE
        self.master_bound: int | None = None
        self.build_s = context.budget.elapsed() - began

    def solve(self) -> Outcome[WnpSolution]:
        """The loop; every round adds a cut, so it ends."""
        budget = self.context.budget
        while True:
            solved = self._master(budget)
            if solved is None:
                return self._outcome(budget.why_over(), message="there was not enough time to build the master problem")
            report, master = solved
            if report.ending == "infeasible":
                return self._outcome(Termination.PROVED, infeasible="the master problem is infeasible")
            if report.bound is not None:
                self.lower = max(self.lower, int(np.ceil(report.bound - 1e-6)))
                self.master_bound = self.lower
                self.context.trace.bound(self.lower, "lbbd")
            if report.values is None:
                return self._outcome(report.termination())
            schedule = self._schedule(master, report)
            deadline = self._deadlines(schedule)
            answer = self.check.ask(deadline, budget)
            if answer.count is not None:
                self._accept(schedule, deadline, answer)
            else:
                self._repair(schedule)
            if self.value is not None and self.value <= self.lower:
                return self._outcome(Termination.PROVED)
            if report.ending != "optimal" or budget.exhausted():
                return self._outcome(budget.why_over())
            if answer.count is None and not answer.refuted:
                # Neither an allocation nor a proof that there is none: the bound must not move past this vector.
                return self._outcome(Termination.TIME_LIMIT)
            if answer.count is not None:
                raise SolverError("the radio serves the master's optimum, but the verifier does not accept it")

    def _master(self, budget: Budget) -> tuple[Report, CpsatModel] | None:
        from wnpopt.backends.cpsat import solve_cpsat
        from wnpopt.problems.wnp.formulations.cpsat import compile_master, hint

        began = budget.elapsed()
        master = compile_master(self.problem, self.value, self.lower, self.check.weights, self.check.no_goods, budget)
        if master is None:
            self.build_s += budget.elapsed() - began
            return None
        if self.best is not None:
            hint(master, self.best)
        self.build_s += budget.elapsed() - began
        # The master's incumbents may be out of the radio's reach: only its bound is news.
        silent = Trace("min", budget)
        report = solve_cpsat(master.model, budget, silent)
        if self.context.start is not None and self.warm_start is WarmStart.NONE:
            self.warm_start = report.warm_start
        return report, master

    def _schedule(self, master: CpsatModel, report: Report) -> Schedule:
        from wnpopt.problems.wnp.kernels.schedule import Schedule

        assert report.values is not None
        problem = self.problem
        subgraphs, cores = problem.plan.ticks.shape
        chosen = np.zeros(subgraphs, dtype=np.int64)
        start = np.zeros(subgraphs, dtype=np.int64)
        for i in range(subgraphs):
            start[i] = master.value(report.values, f"s[{i}]")
            for m in range(cores):
                if master.value(report.values, f"a[{i},{m}]"):
                    chosen[i] = m
        end = start + problem.plan.ticks[np.arange(subgraphs), chosen]
        return Schedule(int(end.max()), chosen, start)

    def _deadlines(self, schedule: Schedule) -> IntArray:
        """The latest arrivals, in slots, under which cores and orders of ``schedule`` keep its makespan."""
        problem, uplink = self.problem, self.problem.uplink
        latest = problem.scheduler.latest_starts(schedule)
        slots = [int(latest[members].min()) // uplink.slot_ticks for members in problem.readers]
        return np.minimum(np.array(slots, dtype=np.int64), uplink.slots)

    def _accept(self, schedule: Schedule, deadline: IntArray, answer: Answer) -> None:
        from wnpopt.problems.wnp.kernels.uplink import Arrivals

        assert answer.count is not None
        self._offer(Arrivals(0, deadline, answer.count), schedule)

    def _repair(self, schedule: Schedule) -> None:
        """The radio's best for the master's schedule: not what the master hoped for, but often a better incumbent."""
        from wnpopt.problems.wnp.kernels.radio import least_makespan

        problem = self.problem
        tail = problem.modality_tails(schedule.makespan - problem.scheduler.latest_starts(schedule))
        arrivals, cut = least_makespan(problem.uplink, tail, self.context.budget)
        if cut is not None:
            self.check.remember(cut.weight)
        if arrivals is not None:
            self._offer(arrivals, schedule)

    def _offer(self, arrivals: Arrivals, schedule: Schedule) -> None:
        problem = self.problem
        release = problem.release(problem.arrival(arrivals))
        retimed = problem.scheduler.retimed(schedule, release)
        if self.value is None or retimed.makespan < self.value:
            solution = problem.solution(arrivals, retimed)
            objective = self.context.verified_objective(solution)
            if objective is not None and (self.value is None or objective < self.value):
                self.best, self.value, self.improved = solution, int(objective), True
                self.context.trace.incumbent(objective, solution)

    def _outcome(
        self, termination: Termination, infeasible: str | None = None, message: str = ""
    ) -> Outcome[WnpSolution]:
        bounds = () if self.master_bound is None else (Bound(self.master_bound, "lbbd"),)
        start = self.context.start
        return Outcome(
            self.best,
            termination,
            bounds,
            self.warm_start,
            found_by=start.found_by if start is not None and not self.improved else None,
            build_s=self.build_s,
            message="; ".join(filter(None, [self.check.summary(), message])),
            infeasible=infeasible,
        )


METHOD = Method(
    family="wnp",
    name="lbbd",
    summary="branch and check: CP-SAT on compute and arrivals, the radio answers with dual cuts or an allocation",
    proves=Proof.OPTIMALITY | Proof.INFEASIBILITY,
    run=solve,
    modules=("ortools", "numba"),
    timed=True,
    warm_startable=True,
    refuse=refuse_unplanned,
)
