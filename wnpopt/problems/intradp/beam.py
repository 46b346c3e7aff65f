"""Runs the label-setting programme over a whole instance and says what it found and what it proved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.kernels.evaluate import score, scratch
from wnpopt.problems.intradp.kernels.heads import Front
from wnpopt.problems.intradp.kernels.labels import Ahead, Rules, decide, first_label
from wnpopt.problems.intradp.kernels.pool import pool
from wnpopt.problems.intradp.kernels.problem import Arrays, Problem, RowArray

MEMORY = 600e6
"""Bytes that the two levels of labels in work may take."""

SAFETY = 1e-9
"""How far, relatively, a bound stays below what was computed: far above rounding, far below the contract's gap."""


@dataclass(frozen=True)
class Found:
    """The best plan of a run, its objective, and a bound that holds for every plan.

    ``device_end`` is None if the run found nothing below the cutoff. ``bound`` is infinite if no plan meets the
    deadline. ``complete`` says that no label fell out of the beam: a wider one finds the same.
    """

    device_end: RowArray | None
    server_begin: RowArray | None
    objective: float
    bound: float
    complete: bool


def run_labels(
    problem: Problem, width: int, cutoff: float, budget: Budget, *, hope: float = 1e-3, most: int = 50_000_000
) -> Found | None:
    """Label-setting with a beam of ``width`` labels a level, for plans whose objective is below ``cutoff``.

    Labels leave the beam by their bound plus ``hope`` times what both sides have to do at least: near 0 for the best
    bound, about 0.05 for good plans where the bounds do not tell labels apart. The bound of the result is at most
    ``cutoff``: it says that nothing better exists than min(cutoff, found). None if the budget ended first.
    """
    p = problem.arrays
    n = problem.count
    w_time, w_busy = weights(problem)
    front = Front(p, w_time, w_busy)
    cost = front.heads
    time = Front(p).heads if problem.by_energy and problem.limit < np.inf else cost
    slots = [_slots(problem, u) for u in range(n)]
    rules = Rules(
        cost, time, np.array([w_time, w_busy, hope]), _under(cutoff), problem.limit, width, most
    )  # fmt: skip
    old = pool(1, _live(slots[n - 1]))
    first_label(p, old, slots[n - 1])
    dropped = np.inf
    history: list[tuple[RowArray, RowArray, RowArray]] = []
    for u in range(n - 2, -1, -1):
        if budget.exhausted():
            return None
        live = _live(slots[u])
        room = max(16, int(MEMORY / (2 * (120 + 64 * live))))
        beam = min(width, room // 2)
        capacity = min(2 * beam + 64, room)
        new = pool(capacity, live)
        dropped = min(
            dropped,
            decide(p, u, old, new, slots[u + 1], slots[u], _ahead(front, p, slots[u]), rules._replace(width=beam)),
        )
        kept = int(new.tally[0])
        history.append((new.parent[:kept].copy(), new.end[:kept].copy(), new.begin[:kept].copy()))
        old = new
    return _best(problem, history, old.bound[: int(old.tally[0])], dropped, _under(cutoff))


def weights(problem: Problem) -> tuple[float, float]:
    """Weights of latency and of busy seconds whose sum never exceeds the objective.

    Energy charges every second with at least the least of the three powers, and a busy one with the compute power.
    """
    if not problem.by_energy:
        return 1.0, 0.0
    power = problem.instance.power_w
    least = min(power.compute, power.communicate, power.standby)
    return least, power.compute - least


def _under(value: float) -> float:
    return value * (1 - SAFETY) if np.isfinite(value) else value


def _slots(problem: Problem, u: int) -> RowArray:
    """Place of each tensor made before u and read at u or after, -1 for the others, shape (N,)."""
    p = problem.arrays
    slots = np.full(problem.count, -1, np.int32)
    sources = p.in_source[(p.in_consumer >= u) & (p.in_source < u)]
    for s, w in enumerate(np.unique(sources)):
        slots[w] = s
    return slots


def _ahead(front: Front, p: Arrays, slots: RowArray) -> Ahead:
    """The heads of the first live tensors together, for every number of them."""
    tensors = tuple(int(w) for w in np.flatnonzero(slots >= 0))
    live = len(tensors)
    most = max((int(p.units[w]) for w in tensors), default=0) + 1
    tables = np.zeros((4, live, most))
    for k in range(live):
        # A set that was relaxed bounds the one asked for only if rows mean the same: by its last tensor, they do.
        _, need = front.need(tensors[: k + 1])
        for table, values in zip(tables, need, strict=True):
            table[k, : len(values)] = values
    units = np.array([p.units[w] for w in tensors], dtype=np.int64)
    return Ahead(tables[0], tables[1], tables[2], tables[3], units)


def _live(slots: RowArray) -> int:
    return int(slots.max(initial=-1)) + 1


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
    least = min(dropped, cutoff, float(bounds.min()) if len(bounds) else np.inf)
    return Found(best_a, best_b, best, _under(least) if least < np.inf else np.inf, dropped == np.inf)
