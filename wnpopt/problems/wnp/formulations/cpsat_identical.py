"""The compute side of the CP-SAT model where cores are identical: one cumulative resource instead of core choices."""

from __future__ import annotations

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel

IDENTICAL = "identical"
"""The mark of a model whose schedule is to be given its cores afterwards."""


def add_identical(built: CpsatModel, budget: Budget) -> bool:
    """Constraints (I1) to (I4) of ``models/wnp/cpsat.md``; False if ``budget`` is exhausted before they are there."""
    model, problem = built.model, built.problem
    plan, uplink = problem.plan, problem.uplink
    ticks, head, tail = plan.ticks[:, 0], problem.head[:, 0], problem.tail[:, 0]
    intervals = []
    for i in range(ticks.size):
        if budget.exhausted():
            return False
        first, lasts = int(head[i]), int(ticks[i])
        last = built.horizon - lasts - int(tail[i])
        start = built.integer(f"s[{i}]", min(first, last), max(first, last))
        model.add(start >= first)
        model.add(built["C"] >= start + lasts + int(tail[i]))  # (I3)
        if lasts > 0:
            intervals.append(model.new_fixed_size_interval_var(start, lasts, f"on[{i}]"))
    if len(intervals) > plan.ticks.shape[1]:
        model.add_cumulative(intervals, [1] * len(intervals), plan.ticks.shape[1])  # (I1)
    for i, j in zip(plan.source.tolist(), plan.target.tolist(), strict=True):
        model.add(built[f"s[{j}]"] >= built[f"s[{i}]"] + int(ticks[i]))  # (I2)
    for k, members in enumerate(problem.readers):
        for i in members:
            model.add(built[f"s[{i}]"] >= uplink.slot_ticks * built[f"T[{k}]"])  # (C4)
    _add_tails(built, budget)
    built.marks.add(IDENTICAL)
    return not budget.exhausted()


def _add_tails(built: CpsatModel, budget: Budget) -> None:
    """(I4) what waits for a modality follows its arrival."""
    from wnpopt.problems.wnp.bounds import branch_tails

    problem = built.problem
    if problem.uplink.count == 0:
        return
    tail = np.maximum(problem.modality_tails(problem.shortest_tails()), branch_tails(problem, budget))
    for k in range(problem.uplink.count):
        built.model.add(built["C"] >= problem.uplink.slot_ticks * built[f"T[{k}]"] + int(tail[k]))
