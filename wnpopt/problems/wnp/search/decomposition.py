"""The decomposition's state: incumbent, bound, the radio's answers, and the master problems under them.

The arrival vector is the only interface between radio and compute, and feasible vectors form an up-set. So the master
holds the compute side and the arrivals alone, under cuts that every feasible vector satisfies; the radio is asked
about one vector at a time and answers with an allocation or with new cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.bound import Bound, best_bound
from wnpopt.core.budget import Budget
from wnpopt.core.method import Context, Outcome
from wnpopt.core.result import Termination, WarmStart
from wnpopt.core.trace import Trace
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.search.radio_check import Answer, RadioCheck
from wnpopt.problems.wnp.solution import WnpSolution

if TYPE_CHECKING:
    from wnpopt.backends.ending import Report
    from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel
    from wnpopt.problems.wnp.kernels.problem import Problem
    from wnpopt.problems.wnp.kernels.uplink import Arrivals
    from wnpopt.problems.wnp.search.master_schedule import MasterSchedule


class Decomposition:
    """One run: ``value`` and ``best`` are the incumbent (None so far), ``lower`` is proved.

    ``weights`` are cuts (K',) that somebody met already, in integers.
    """

    def __init__(
        self, problem: Problem, context: Context[WnpSolution], began: float, weights: Sequence[IntArray] = ()
    ) -> None:
        from wnpopt.problems.wnp.formulations.cpsat_radio import cut_weights

        known = best_bound(context.bounds, "min")
        self.problem = problem
        self.context = context
        self.best: WnpSolution | None = None if context.start is None else context.start.solution
        self.value: int | None = None if context.start is None else int(context.start.objective)
        self.improved = False
        self.found_by: str | None = None
        self.lower = 0 if known is None else int(known.value)
        self.proved: int | None = None
        self.check = RadioCheck(problem.uplink, cut_weights(problem, context.budget) if problem.uplink.count else [])
        for weight in weights:
            self.check.remember(weight)
        self.warm_start = WarmStart.NONE  # of the masters: until one is asked
        self.build_s = context.budget.elapsed() - began

    @property
    def closed(self) -> bool:
        """True if the incumbent is proved optimal."""
        return self.value is not None and self.value <= self.lower

    def prove(self, lower: int) -> None:
        """Take over and tell a bound that a master has proved."""
        if lower > self.lower or self.proved is None:
            self.lower = max(self.lower, lower)
            self.proved = self.lower
            self.context.trace.bound(self.lower, "lbbd")

    def master(
        self, horizon: int | None, budget: Budget, *, optimise: bool, surplus: float = 0.0, relaxed: bool = False
    ) -> tuple[Report, CpsatModel] | None:
        """A solved master with makespans up to ``horizon``: the least one, or any. None without time to build it.

        Of a master with a ``surplus`` (:func:`~wnpopt.problems.wnp.formulations.cpsat_radio.add_cut`) nothing follows
        but what it finds. ``relaxed``: with a linear relaxation. May be called in several threads at once.
        """
        from wnpopt.backends.cpsat import solve_cpsat
        from wnpopt.problems.wnp.formulations.cpsat import compile_master, hint
        from wnpopt.problems.wnp.kernels.identical import cores_are_identical

        began = budget.elapsed()
        cuts, no_goods = tuple(self.check.weights), tuple(self.check.no_goods)
        master = compile_master(self.problem, horizon, self.lower, cuts, no_goods, budget, surplus)
        self.build_s += budget.elapsed() - began
        if master is None:
            return None
        if not optimise:
            master.model.clear_objective()
        elif self.best is not None:
            hint(master, self.best)
        # The master's incumbents may be out of the radio's reach: only its bound is news.
        trace = self.context.trace
        silent = Trace("min", budget, on_log=trace.log if trace.logged else None)
        plain = not cores_are_identical(self.problem.plan)
        report = solve_cpsat(
            master.model,
            replace(budget, threads=1) if plain else budget,
            silent,
            probing_level=None if optimise else 3,
            linearization_level=int(relaxed) if plain else None,
        )
        if optimise and self.context.start is not None and self.warm_start is WarmStart.NONE:
            self.warm_start = report.warm_start
        return report, master

    def serve(self, master: CpsatModel, report: Report, makespan: int | None, budget: Budget) -> Answer:
        """What the radio says of the arrivals that the master's answer can wait for, within ``makespan`` or its own.

        A served schedule, or the radio's best for it, is offered as incumbent; a refusal is kept as a cut.
        """
        from wnpopt.problems.wnp.kernels.uplink import Arrivals
        from wnpopt.problems.wnp.search.master_schedule import MasterSchedule

        assert report.values is not None
        planned = MasterSchedule.of(master, report.values)
        deadline = self._deadlines(planned, planned.makespan if makespan is None else makespan)
        answer = self.check.ask(deadline, budget)
        if answer.count is not None:
            self._offer(Arrivals(0, deadline, answer.count), planned)
        else:
            self._repair(planned)
        return answer

    def adopt(self, solution: WnpSolution, makespan: int, found_by: str) -> None:
        """Take over a verified solution, which has been told, if it is better."""
        if self.value is None or makespan < self.value:
            self.best, self.value, self.improved, self.found_by = solution, makespan, True, found_by

    def outcome(
        self, termination: Termination, infeasible: str | None = None, message: str = ""
    ) -> Outcome[WnpSolution]:
        """The run's outcome."""
        start = self.context.start
        return Outcome(
            self.best,
            termination,
            () if self.proved is None else (Bound(self.proved, "lbbd"),),
            WarmStart.ACCEPTED if start is not None and self.warm_start is WarmStart.NONE else self.warm_start,
            found_by=start.found_by if start is not None and not self.improved else self.found_by,
            build_s=self.build_s,
            message="; ".join(filter(None, [self.check.summary(), message])),
            infeasible=infeasible,
        )

    def _deadlines(self, planned: MasterSchedule, makespan: int) -> IntArray:
        """The latest arrivals, in slots, under which cores and orders of ``planned`` keep ``makespan``."""
        problem, uplink = self.problem, self.problem.uplink
        latest = planned.latest_starts() + (makespan - planned.makespan)
        slots = [int(latest[members].min()) // uplink.slot_ticks for members in problem.readers]
        return np.minimum(np.array(slots, dtype=np.int64), uplink.slots)

    def _repair(self, planned: MasterSchedule) -> None:
        """The radio's best for the master's schedule: not what the master hoped for, but often a better incumbent."""
        from wnpopt.problems.wnp.kernels.radio import least_makespan

        problem = self.problem
        arrivals, cut = least_makespan(problem.uplink, planned.slack_tails(), self.context.budget)
        if cut is not None:
            self.check.remember(cut.weight)
        if arrivals is not None:
            self._offer(arrivals, planned)

    def _offer(self, arrivals: Arrivals, planned: MasterSchedule) -> None:
        problem = self.problem
        release = problem.release(problem.arrival(arrivals))
        retimed = planned.retimed(release)
        if self.value is None or retimed.makespan < self.value:
            solution = retimed.solution(arrivals)
            objective = self.context.verified_objective(solution)
            if objective is not None and (self.value is None or objective < self.value):
                self.best, self.value, self.improved, self.found_by = solution, int(objective), True, None
                self.context.trace.incumbent(objective, solution)
