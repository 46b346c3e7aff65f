"""The compute side of the CP-SAT model: cores, intervals, transfers over the mesh, heads and tails."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel
from wnpopt.problems.wnp.kernels.problem import Problem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def add_compute(built: CpsatModel, budget: Budget) -> bool:
    """Constraints (C1) to (C11) of ``models/wnp/cpsat.md``; False if ``budget`` is exhausted before they are there."""
    model, problem = built.model, built.problem
    plan, uplink = problem.plan, problem.uplink
    head = problem.head
    count, cores = plan.ticks.shape
    # (start, ticks, presence, name): the ends of intervals are no variables. CP-SAT 9.14 ended the process ("Check
    # failed" in its presolve) over intervals that shared one with e = s + ticks, and over intervals without length.
    intervals: list[list[tuple[cp_model.IntVar, int, cp_model.IntVar, str]]] = [[] for _ in range(cores)]
    for i in range(count):
        if budget.exhausted():
            return False
        able = np.flatnonzero(plan.able[i]).tolist()
        first = min(int(head[i, m]) for m in able)
        last = built.horizon - min(int(plan.ticks[i, m] + problem.tail[i, m]) for m in able)
        ends = built.horizon - min(int(problem.tail[i, m]) for m in able)
        start = built.integer(f"s[{i}]", min(first, last), max(first, last))
        end = built.integer(f"e[{i}]", min(first, ends), max(first, ends))
        chosen = [built.flag(f"a[{i},{m}]") for m in able]
        for m, here in zip(able, chosen, strict=True):
            # (C2) the interval on the core that is chosen; what takes no time has none (C11)
            ticks = int(plan.ticks[i, m])
            if ticks > 0:
                intervals[m].append((start, ticks, here, f"on[{i},{m}]"))
        model.add_exactly_one(chosen)  # (C1)
        model.add(end == start + _weighted(chosen, plan.ticks[i, able]))
        # (C7) core-aware heads, (C8) core-aware tails
        model.add(start >= _weighted(chosen, head[i, able]))
        model.add(built["C"] >= end + _weighted(chosen, problem.tail[i, able]))
    for m in range(cores):
        if len(intervals[m]) > 1:
            # (C2), (C3)
            model.add_no_overlap([model.new_optional_fixed_size_interval_var(*interval) for interval in intervals[m]])
    for k, members in enumerate(problem.readers):
        for i in members:
            model.add(built[f"s[{i}]"] >= uplink.slot_ticks * built[f"T[{k}]"])  # (C4)
    if not _add_instants(built, budget) or not _add_transfers(built, budget):
        return False
    _add_loads(built)
    _add_tails(built, budget)
    return not budget.exhausted()


def _weighted(variables: list[cp_model.IntVar], coefficients: Iterable[int]) -> cp_model.LinearExpr:
    from ortools.sat.python import cp_model

    return cp_model.LinearExpr.weighted_sum(variables, [int(c) for c in coefficients])


def instants(problem: Problem) -> list[tuple[int, int, list[int]]]:
    """(i, j, cores): i takes no time and j does on these cores, and no path orders the two."""
    plan = problem.plan
    no_time, some_time = plan.ticks == 0, (plan.ticks > 0) & plan.able
    if not no_time.any():
        return []
    related = plan.reachable()
    found = []
    for i in np.flatnonzero(no_time.any(axis=1)).tolist():
        both = no_time[i] & some_time
        both[related[i] | related[:, i]] = False
        found += [(i, j, np.flatnonzero(both[j]).tolist()) for j in np.flatnonzero(both.any(axis=1)).tolist()]
    return found


def _add_instants(built: CpsatModel, budget: Budget) -> bool:
    """(C11) a subgraph of no ticks may not stand strictly inside the interval of another one on its core.

    CP-SAT never gets an interval without length: it has ended the process over them ("Check failed" in its presolve).
    """
    model, problem = built.model, built.problem
    for number, (i, j, cores) in enumerate(instants(problem)):
        if number % 64 == 0 and budget.exhausted():
            return False
        meet = built.flag(f"meet[{i},{j}]")
        before = built.flag(f"before[{i},{j}]")
        for m in cores:
            model.add_bool_or([meet, ~built[f"a[{i},{m}]"], ~built[f"a[{j},{m}]"]])
        model.add(built[f"s[{i}]"] <= built[f"s[{j}]"]).only_enforce_if([meet, before])
        model.add(built[f"s[{i}]"] >= built[f"e[{j}]"]).only_enforce_if([meet, ~before])
    return True


def _add_transfers(built: CpsatModel, budget: Budget) -> bool:
    """(C5) d[e] = 1 where the ends of an edge are on different cores.

    (C6) start_j >= end_i + width*d + hop*(sx*(X_i - X_j) + sy*(Y_i - Y_j)) for the four sign pairs: their maximum is
    the Manhattan distance, so no product of core choices is needed.
    """
    model, problem = built.model, built.problem
    plan, chip = problem.plan, problem.instance.chip
    cores = range(len(chip.cores))
    left, low = min(c.x for c in chip.cores), min(c.y for c in chip.cores)
    x = np.array([c.x - left for c in chip.cores], dtype=np.int64)
    y = np.array([c.y - low for c in chip.cores], dtype=np.int64)
    able = [np.flatnonzero(row).tolist() for row in plan.able]
    hop = chip.hop_ticks
    across = (1, -1) if x.max() > 0 and hop > 0 else (0,)
    along = (1, -1) if y.max() > 0 and hop > 0 else (0,)
    for e, (i, j) in enumerate(zip(plan.source.tolist(), plan.target.tolist(), strict=True)):
        if budget.exhausted():
            return False
        end, start = built[f"e[{i}]"], built[f"s[{j}]"]
        width = int(plan.width[e])
        ends = [built[f"a[{i},{m}]"] for m in able[i]] + [built[f"a[{j},{m}]"] for m in able[j]]
        ready: cp_model.LinearExpr | cp_model.IntVar = end
        if width > 0 and len(chip.cores) > 1:
            apart = built.flag(f"d[{e}]")
            for m in cores:
                here, there = built.variables.get(f"a[{i},{m}]"), built.variables.get(f"a[{j},{m}]")
                if here is not None:
                    model.add_bool_or([apart, ~here] + ([] if there is None else [there]))
            ready = end + width * apart
        for sx in across:
            for sy in along:
                if sx == sy == 0:
                    model.add(start >= ready)
                    continue
                at = hop * (sx * x + sy * y)
                model.add(start >= ready + _weighted(ends, [*at[able[i]], *-at[able[j]]]))
    return True


def _add_loads(built: CpsatModel) -> None:
    """(C9) a core's work lies between the least head and the least tail of what it can run."""
    model, problem = built.model, built.problem
    plan = problem.plan
    for m in range(plan.ticks.shape[1]):
        members = np.flatnonzero(plan.able[:, m])
        if members.size:
            here = [built[f"a[{i},{m}]"] for i in members]
            least = int(problem.head[members, m].min()) + int(problem.tail[members, m].min())
            busy = built.flag(f"busy[{m}]")
            for chosen in here:
                model.add_implication(chosen, busy)
            model.add(built["C"] >= _weighted([*here, busy], [*plan.ticks[members, m], least]))


def _add_tails(built: CpsatModel, budget: Budget) -> None:
    """(C10) what waits for a modality follows its arrival."""
    from wnpopt.problems.wnp.bounds import branch_tails

    model, problem = built.model, built.problem
    if problem.uplink.count == 0:
        return
    tail = np.maximum(problem.modality_tails(problem.shortest_tails()), branch_tails(problem, budget))
    for k in range(problem.uplink.count):
        model.add(built["C"] >= problem.uplink.slot_ticks * built[f"T[{k}]"] + int(tail[k]))
