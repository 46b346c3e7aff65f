"""Proofs that an instance has no solution: of the radio, of deadlines and limits that bounds are above, by two solvers.

A proof of our own is a bound that is above a limit, or that none of all plans of a tiny instance keeps them; where none
is, CP-SAT and HiGHS have to agree.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.core.errors import UnsupportedError
from wnpopt.core.text import number
from wnpopt.problems.wnp import bounds
from wnpopt.problems.wnp.exhaustion import exhaust
from wnpopt.problems.wnp.field_bounds import least_energy
from wnpopt.problems.wnp.instance import ENERGY_TOLERANCE, IntArray, WnpInstance

if TYPE_CHECKING:
    from wnpopt.problems.wnp.kernels.problem import Problem


def prove_infeasible(instance: WnpInstance, budget: Budget) -> str | None:
    """Why ``instance`` has no solution; None where that is not proved."""
    proof = bounds.prove_infeasible(instance, budget)
    limited = instance.makespan_limit_ticks is not None or instance.energy_limit_j is not None
    if proof is not None or not (limited or any(job.deadline_ticks is not None for job in instance.jobs)):
        return proof
    from wnpopt.problems.wnp.kernels.problem import Problem

    if budget.interrupted:  # before it was, the radio's proof would have told what not even one modality can do alone
        return None
    problem = Problem.of(instance)
    proof = _by_bounds(problem, budget)
    if proof is not None:
        return proof
    tried = exhaust(instance)
    if tried.complete:
        return None if tried.solution is not None else bounds.NONE_OF_ALL
    return _by_two_solvers(problem, budget)


def _by_bounds(problem: Problem, budget: Budget) -> str | None:
    instance = problem.instance
    for j, job in enumerate(instance.jobs):
        members = np.flatnonzero(instance.job_index == j)
        if job.deadline_ticks is None:
            continue
        least = earliest_end(problem, members, budget)
        if least > job.deadline_ticks:
            return f'job "{job.name}" cannot end before tick {least}, and its deadline is {job.deadline_ticks}'
    makespan = max(int(bound.value) for bound in bounds.problem_bounds(problem, budget))
    limit = instance.makespan_limit_ticks
    if limit is not None and makespan > limit:
        return f"the makespan is at least {makespan} ticks, and its limit is {limit}"
    if instance.energy_limit_j is not None:
        least_j = least_energy(problem, makespan)
        if least_j > Fraction(instance.energy_limit_j) * (1 + 2 * Fraction(ENERGY_TOLERANCE)):
            spent, allowed = number(float(least_j)), number(instance.energy_limit_j)
            return f"the energy is at least {spent} J, and its limit is {allowed} J"
    return None


def earliest_end(problem: Problem, members: IntArray, budget: Budget) -> int:
    """Ticks before which not all of the subgraphs ``members`` can have ended.

    Each by itself, or all of them by all cores together after the first of them can start.
    """
    plan = problem.plan
    ends = plan.least(problem.head + plan.ticks)
    nothing = np.zeros(members.size, dtype=np.int64)
    load = bounds.load_bound(plan.ticks[members], plan.least(problem.head)[members], nothing, budget)
    return max(int(ends[members].max()), load)


def _by_two_solvers(problem: Problem, budget: Budget) -> str | None:
    from wnpopt.backends.cpsat import solve_cpsat
    from wnpopt.backends.ending import Ending
    from wnpopt.backends.highs import solve_highs
    from wnpopt.problems.wnp.formulations.cpsat import compile_cpsat
    from wnpopt.problems.wnp.formulations.milp import build_milp
    from wnpopt.problems.wnp.methods.milp import refuse

    if budget.exhausted() or refuse(problem.instance) is not None:
        return None
    compiled = compile_cpsat(problem, budget=budget)
    if compiled is None:
        return None
    try:
        first = solve_cpsat(compiled.model, budget)
    except UnsupportedError:
        return None
    if first.ending is not Ending.INFEASIBLE or budget.exhausted():
        return None
    second = solve_highs(build_milp(problem), Budget(budget.remaining(), 1, budget.seed, stop=budget.stop))
    agreed = second.ending is Ending.INFEASIBLE
    return "CP-SAT and HiGHS both prove that no plan meets all deadlines and limits" if agreed else None
