"""The compute side of the CP-SAT model: cores, intervals, transfers over the mesh, heads and tails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wnpopt.problems.wnp.kernels.plan import FAR, plan_heads
from wnpopt.problems.wnp.kernels.problem import Problem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def add_compute(model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], problem: Problem, horizon: int) -> None:
    """Constraints (C1) to (C8) of ``models/wnp/cpsat.md``."""
    plan, uplink = problem.plan, problem.uplink
    alone = uplink.alone()
    assert alone is not None, "an undeliverable payload is refused before"
    head = plan_heads(plan, problem.release(alone))
    count, cores = plan.ticks.shape
    intervals: list[list[cp_model.IntervalVar]] = [[] for _ in range(cores)]
    for i in range(count):
        able = [m for m in range(cores) if plan.ticks[i, m] < FAR]
        first = min(int(head[i, m]) for m in able)
        last = horizon - min(int(plan.ticks[i, m] + problem.tail[i, m]) for m in able)
        ends = horizon - min(int(problem.tail[i, m]) for m in able)
        start = variables[f"s[{i}]"] = model.new_int_var(min(first, last), max(first, last), f"s[{i}]")
        end = variables[f"e[{i}]"] = model.new_int_var(min(first, ends), max(first, ends), f"e[{i}]")
        for m in able:
            here = variables[f"a[{i},{m}]"] = model.new_bool_var(f"a[{i},{m}]")
            # (C2) the interval on the core that is chosen
            intervals[m].append(
                model.new_optional_interval_var(start, int(plan.ticks[i, m]), end, here, f"on[{i},{m}]")
            )
        chosen = [variables[f"a[{i},{m}]"] for m in able]
        model.add_exactly_one(chosen)  # (C1)
        model.add(end == start + sum(int(plan.ticks[i, m]) * variables[f"a[{i},{m}]"] for m in able))
        # (C7) core-aware heads, (C8) core-aware tails
        model.add(start >= sum(int(head[i, m]) * variables[f"a[{i},{m}]"] for m in able))
        model.add(variables["C"] >= end + sum(int(problem.tail[i, m]) * variables[f"a[{i},{m}]"] for m in able))
    for m in range(cores):
        model.add_no_overlap(intervals[m])  # (C3)
    for k, members in enumerate(problem.readers):
        for i in members:
            model.add(variables[f"s[{i}]"] >= uplink.slot_ticks * variables[f"T[{k}]"])  # (C4)
    _add_transfers(model, variables, problem)
    _add_loads(model, variables, problem, np.where(plan.ticks < FAR, head, FAR))
    _add_tails(model, variables, problem)


def _add_transfers(model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], problem: Problem) -> None:
    """(C5) d[e] = 1 where the ends of an edge are on different cores.

    (C6) start_j >= end_i + width*d + hop*(sx*(X_i - X_j) + sy*(Y_i - Y_j)) for the four sign pairs: their maximum is
    the Manhattan distance, so no product of core choices is needed.
    """
    plan, chip = problem.plan, problem.instance.chip
    cores = range(len(chip.cores))
    left, low = min(c.x for c in chip.cores), min(c.y for c in chip.cores)
    x = [c.x - left for c in chip.cores]
    y = [c.y - low for c in chip.cores]

    def at(i: int, coordinate: list[int]) -> cp_model.LinearExpr | int:
        terms = [coordinate[m] * variables[f"a[{i},{m}]"] for m in cores if plan.ticks[i, m] < FAR]
        return sum(terms)

    spread_x, spread_y = max(x) > 0 and chip.hop_ticks > 0, max(y) > 0 and chip.hop_ticks > 0
    for e, (i, j) in enumerate(zip(plan.source.tolist(), plan.target.tolist(), strict=True)):
        end, start = variables[f"e[{i}]"], variables[f"s[{j}]"]
        width = int(plan.width[e])
        ready: cp_model.LinearExpr | cp_model.IntVar = end
        if width > 0 and len(chip.cores) > 1:
            apart = variables[f"d[{e}]"] = model.new_bool_var(f"d[{e}]")
            for m in cores:
                here, there = variables.get(f"a[{i},{m}]"), variables.get(f"a[{j},{m}]")
                if here is not None:
                    model.add_bool_or([apart, ~here] + ([] if there is None else [there]))
            ready = end + width * apart
        for sx in (1, -1) if spread_x else (0,):
            for sy in (1, -1) if spread_y else (0,):
                hop = chip.hop_ticks
                model.add(start >= ready + sx * hop * (at(i, x) - at(j, x)) + sy * hop * (at(i, y) - at(j, y)))


def _add_loads(
    model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], problem: Problem, head: np.ndarray
) -> None:
    """(C9) a core's work lies between the least head and the least tail of what it can run."""
    plan = problem.plan
    for m in range(plan.ticks.shape[1]):
        members = np.flatnonzero(plan.ticks[:, m] < FAR)
        if members.size:
            work = sum(int(plan.ticks[i, m]) * variables[f"a[{i},{m}]"] for i in members)
            least = int(head[members, m].min()) + int(problem.tail[members, m].min())
            busy = model.new_bool_var(f"busy[{m}]")
            variables[f"busy[{m}]"] = busy
            for i in members:
                model.add_implication(variables[f"a[{i},{m}]"], busy)
            model.add(variables["C"] >= work + least * busy)


def _add_tails(model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], problem: Problem) -> None:
    """(C10) what waits for a modality follows its arrival."""
    from wnpopt.problems.wnp.bounds import branch_tails

    if problem.uplink.count == 0:
        return
    tail = np.maximum(problem.modality_tails(problem.shortest_tails()), branch_tails(problem))
    for k in range(problem.uplink.count):
        model.add(variables["C"] >= problem.uplink.slot_ticks * variables[f"T[{k}]"] + int(tail[k]))
