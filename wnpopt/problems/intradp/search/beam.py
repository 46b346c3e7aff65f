"""Runs the label-setting programme over a whole instance and says what it found and what it proved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.backends.stopping import Flag, never
from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.kernels.arrays import Arrays, RowArray
from wnpopt.problems.intradp.kernels.evaluate import score, scratch
from wnpopt.problems.intradp.kernels.heads import Front
from wnpopt.problems.intradp.kernels.labels import Ahead, Live, Rules, decide, first_label
from wnpopt.problems.intradp.kernels.pool import pool
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.kernels.runs import least_power

MEMORY = 600e6
"""Bytes that the two levels of labels in work may take."""

SAFETY = 1e-9
"""How far, relatively, a bound stays below what was computed; far below the contract's gap.

All that is added up is positive, so that the error is relative too: about 10^-16 for each addition along a path."""

AHEAD = 64
"""Live tensors whose heads together bound a label: each further one costs time and adds little."""

UNBOUNDED = 2**62
"""The effort of a run that time alone ends."""


@dataclass(frozen=True)
class Found:
    """The best plan of a run, its objective, and a bound that holds for every plan.

    ``device_end`` is None if the run found nothing below the cutoff, or was stopped. ``bound`` is infinite if no plan
    meets the deadline. ``complete`` says that no label fell out of the beam: a wider one finds the same.
    """

    device_end: RowArray | None
    server_begin: RowArray | None
    objective: float
    bound: float
    complete: bool


def run_labels(
    problem: Problem,
    width: int,
    cutoff: float,
    budget: Budget,
    *,
    hope: float = 1e-3,
    effort: int = UNBOUNDED,
    flag: Flag | None = None,
    front: Front | None = None,
) -> Found:
    """Label-setting with a beam of ``width`` labels a level, for plans whose objective is below ``cutoff``.

    Labels leave the beam by their bound plus ``hope`` times what both sides have to do at least: near 0 for the best
    bound, about 0.05 for good plans where the bounds do not tell labels apart. The bound of the result is at most
    ``cutoff``: it says that nothing better exists than min(cutoff, found). ``effort`` bounds the steps of the whole run
    (see :class:`~wnpopt.problems.intradp.kernels.labels.Rules`), some 10^7 a second; it, the budget and the ``flag``
    (see :mod:`wnpopt.backends.stopping`) end the run with the bound that it has by then. ``front`` are the problem's
    heads, if there are some already.
    """
    p = problem.arrays
    n = problem.count
    flag = never() if flag is None else flag
    w_time, w_extra = weights(problem)
    front = Front(p, w_time, w_extra, flag=flag) if front is None else front
    cost = front.heads
    time = Front(p, flag=flag).heads if problem.by_energy and problem.limit < np.inf else cost
    rules = Rules(
        cost, time, np.array([w_time, w_extra, hope]), _under(cutoff), problem.limit, width, 0
    )  # fmt: skip
    tensors = _inputs(p, n - 1)
    slots = _slots(n, tensors)
    old = pool(1, len(tensors))
    first_label(p, old, slots)
    dropped = np.inf
    history: list[tuple[RowArray, RowArray, RowArray]] = []
    for u in range(n - 2, -1, -1):
        if flag[0] or budget.exhausted():
            break
        slot = int(slots[u])
        further = tensors[tensors != u]
        tensors = np.union1d(further, _inputs(p, u))
        live = Live(p.units[tensors], slots[tensors])
        slots = _slots(n, tensors)
        room = max(16, int(MEMORY / (2 * (120 + 64 * len(tensors)))))
        beam = min(width, room // 2)
        new = pool(min(2 * beam + 64, room), len(tensors))
        # A level may take four times its share of what is left: some need more than others.
        here = rules._replace(width=beam, effort=max(1000, min(UNBOUNDED, 4 * effort // (u + 1))))
        fell = decide(p, u, old, new, slot, slots, live, _ahead(front, p, tensors, flag), here, flag)
        dropped = min(dropped, fell)
        effort -= int(new.tally[2])
        kept = int(new.tally[0])
        history.append((new.parent[:kept].copy(), new.end[:kept].copy(), new.begin[:kept].copy()))
        old = new
    bounds = old.bound[: int(old.tally[0])]
    if len(history) < n - 1:
        least = min(dropped, _under(cutoff), float(bounds.min(initial=np.inf)))
        return Found(None, None, np.inf, _under(least), False)
    return _best(problem, history, bounds, dropped, _under(cutoff))


def weights(problem: Problem) -> tuple[float, float]:
    """Weights of latency and of the joules that computing adds, whose sum never exceeds the objective.

    Energy charges every second with at least the least of all powers, and the device's computing with its own.
    """
    return (least_power(problem.instance), 1.0) if problem.by_energy else (1.0, 0.0)


def _under(value: float) -> float:
    return value * (1 - SAFETY) if value < np.inf else value


def _inputs(p: Arrays, u: int) -> RowArray:
    """The tensors that operator u reads, ascending."""
    return np.unique(p.in_source[p.in_ptr[u] : p.in_ptr[u + 1]])


def _slots(count: int, tensors: RowArray) -> RowArray:
    """Place of each of ``tensors`` among them, -1 for all others, shape (count,)."""
    slots = np.full(count, -1, np.int32)
    slots[tensors] = np.arange(len(tensors), dtype=np.int32)
    return slots


def _ahead(front: Front, p: Arrays, live: RowArray, flag: Flag) -> Ahead:
    """The heads of the first live tensors together, for every number of them up to a limit."""
    tensors = tuple(int(w) for w in live[:AHEAD])
    most = max((int(p.units[w]) for w in tensors), default=0) + 1
    tables = np.zeros((4, len(tensors), most))
    for k in range(len(tensors)):
        if flag[0]:
            break  # zeros are bounds too
        # A set that was relaxed bounds the one asked for only if rows mean the same: by its last tensor, they do.
        _, need = front.need(tensors[: k + 1])
        for table, values in zip(tables, need, strict=True):
            table[k, : len(values)] = values
    units = np.array([p.units[w] for w in tensors], dtype=np.int64)
    return Ahead(tables[0], tables[1], tables[2], tables[3], units)


def _best(
    problem: Problem,
    history: list[tuple[RowArray, RowArray, RowArray]],
    bounds: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    dropped: float,
    cutoff: float,
) -> Found:
    """The best plan among the labels that reached the input, by its true objective."""
    p, n = problem.arrays, problem.count
    work = scratch(n)
    best_a = best_b = None
    best = np.inf
    for i in range(len(bounds)):
        if bounds[i] >= best:
            break
        a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
        a[n - 1] = b[n - 1] = p.units[n - 1]
        label = i
        for u, (parent, end, begin) in enumerate(reversed(history)):
            a[u], b[u] = end[label], begin[label]
            label = int(parent[label])
        value = score(p, a, b, work, problem.by_energy, problem.limit)
        if value < best:
            best, best_a, best_b = value, a, b
    least = min(dropped, cutoff, float(bounds.min(initial=np.inf)))
    return Found(best_a, best_b, best, _under(least), dropped == np.inf)
