"""The radio side of the CP-SAT model: arrivals, slot counts, Hall's condition, dual cuts."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.formulations.cpsat_model import CpsatModel
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.radio import least_makespan

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

_CUT_SCALE = 1 << 12


def add_radio(built: CpsatModel, subsets_up_to: int, budget: Budget) -> bool:
    """Constraints (R1) to (R7) of ``models/wnp/cpsat.md``; False if ``budget`` is exhausted before they are there."""
    problem = built.problem
    uplink = problem.uplink
    if uplink.count == 0:
        return True
    add_arrivals(built)
    _add_counts(built)
    if uplink.count <= subsets_up_to:
        for size in range(1, uplink.count + 1):
            for members in combinations(range(uplink.count), size):
                _add_hall(built, members)
    elif not _add_pairwise(built, budget):
        return False
    for weight in cut_weights(problem, budget):
        add_cut(built, weight)
    return not budget.exhausted()


def add_arrivals(built: CpsatModel) -> None:
    """(R1) T_k = sum_b p[k,b]; (R2) the slots before the deadline fill block after block."""
    model, uplink = built.model, built.problem.uplink
    alone = uplink.alone()
    assert alone is not None, "an undeliverable payload is refused before"
    blocks = range(uplink.block_length.size)
    for k in range(uplink.count):
        arrival = built.integer(f"T[{k}]", int(alone[k]), uplink.slots)
        parts = []
        for b in blocks:
            length = int(uplink.block_length[b])
            part = built.integer(f"p[{k},{b}]", 0, length)
            full = built.flag(f"full[{k},{b}]")
            model.add(part >= length * full)
            model.add(part <= length - 1 + full)
            if b > 0:
                model.add(part <= length * built[f"full[{k},{b - 1}]"])
            parts.append(part)
        model.add(arrival == sum(parts))


def _add_counts(built: CpsatModel) -> None:
    """(R3) payloads are delivered, counted in whole slots."""
    model, uplink = built.model, built.problem.uplink
    for k in range(uplink.count):
        terms = []
        for n, b in np.argwhere(uplink.rates[k] > 0):
            name = f"x[{k},{n},{b}]"
            built.integer(name, 0, int(uplink.block_length[b]))
            terms.append(int(uplink.rates[k, n, b]) * built[name])
        model.add(sum(terms) >= int(uplink.payload[k]))


def _capacity(built: CpsatModel, members: tuple[int, ...], b: int) -> cp_model.IntVar:
    """P(S,b), the slots of block b that lie before the latest deadline in S (R4)."""
    model, uplink = built.model, built.problem.uplink
    if len(members) == 1:
        return built[f"p[{members[0]},{b}]"]
    name = f"P[{'+'.join(map(str, members))},{b}]"
    if name not in built.variables:
        built.integer(name, 0, int(uplink.block_length[b]))
        model.add_max_equality(built[name], [built[f"p[{k},{b}]"] for k in members])
    return built[name]


def _add_hall(built: CpsatModel, members: tuple[int, ...]) -> None:
    """(R5) sum_{k in S} x[k,n,b] <= P(S,b)."""
    model, uplink = built.model, built.problem.uplink
    for b in range(uplink.block_length.size):
        capacity = _capacity(built, members, b)
        for n in range(uplink.rates.shape[1]):
            counts = [built[f"x[{k},{n},{b}]"] for k in members if uplink.rates[k, n, b] > 0]
            if len(counts) == len(members):  # otherwise the condition of a smaller set says more
                model.add(sum(counts) <= capacity)


def _add_pairwise(built: CpsatModel, budget: Budget) -> bool:
    """(R6) the same along the deadlines' order: what is due no later than k fits before k's deadline."""
    model, uplink = built.model, built.problem.uplink
    modalities = range(uplink.count)
    for j, k in combinations(modalities, 2):
        for first, second in ((j, k), (k, j)):
            name = f"o[{first},{second}]"
            built.flag(name)
            early, late = built[f"T[{first}]"], built[f"T[{second}]"]
            model.add(early <= late).only_enforce_if(built[name])
            model.add(early > late).only_enforce_if(~built[name])
        model.add_bool_or(built[f"o[{j},{k}]"], built[f"o[{k},{j}]"])
    for b in range(uplink.block_length.size):
        if budget.exhausted():
            return False
        length = int(uplink.block_length[b])
        for n in range(uplink.rates.shape[1]):
            users = [k for k in modalities if uplink.rates[k, n, b] > 0]
            if len(users) > 1:
                model.add(sum(built[f"x[{k},{n},{b}]"] for k in users) <= length)
            for k in users:
                terms = [built[f"x[{k},{n},{b}]"]]
                for j in users:
                    if j != k:
                        name = f"y[{j},{k},{n},{b}]"
                        due = built.integer(name, 0, length)
                        count, order = built[f"x[{j},{n},{b}]"], built[f"o[{j},{k}]"]
                        model.add(due == count).only_enforce_if(order)
                        model.add(due == 0).only_enforce_if(~order)
                        terms.append(due)
                model.add(sum(terms) <= built[f"p[{k},{b}]"])
    return True


def cut_weights(problem: Problem, budget: Budget) -> list[IntArray]:
    """Weights that prove the radio's bounds for several tails: the cuts that bind near an optimum.

    Fewer where ``budget`` is exhausted before.
    """
    uplink = problem.uplink
    shortest = problem.modality_tails(problem.shortest_tails())
    nothing = np.zeros(uplink.count, dtype=np.int64)
    tails = [shortest, nothing]
    for k in range(uplink.count):  # each modality urgent in turn, and each at leisure
        for factor in (0, 2):
            tail = shortest.copy()
            tail[k] *= factor
            tails.append(tail)
    found: dict[tuple[int, ...], IntArray] = {}
    for tail in tails:
        if budget.exhausted():
            break
        _, cut = least_makespan(uplink, tail, budget, give_up=0)
        if cut is not None:
            weight = coarse(cut.weight)
            found.setdefault(tuple(weight.tolist()), weight)
    return list(found.values())


def coarse(weight: IntArray) -> IntArray:
    """``weight`` as integers of at most 12 bits: any non-negative ones give a valid cut, small ones a light model."""
    return np.asarray(np.rint(weight * (_CUT_SCALE / weight.max())).astype(np.int64))


def add_cut(built: CpsatModel, weight: IntArray, surplus: float = 0.0) -> None:
    """(R7) no weights are served better than greedily; valid for every integer weight, so rounding it does no harm.

    With a ``surplus`` so much more has to be served, as a share of the payloads: no longer valid, but what satisfies it
    leaves the radio room to round.
    """
    model, uplink = built.model, built.problem.uplink
    coefficients: dict[tuple[tuple[int, ...], int], int] = {}
    for b in range(uplink.block_length.size):
        for n in range(uplink.rates.shape[1]):
            value = [int(weight[k] * uplink.rates[k, n, b]) for k in range(uplink.count)]
            order = sorted((k for k in range(uplink.count) if value[k] > 0), key=lambda k: (-value[k], k))
            for q, k in enumerate(order):
                step = value[k] - (value[order[q + 1]] if q + 1 < len(order) else 0)
                if step > 0:
                    key = (tuple(sorted(order[: q + 1])), b)
                    coefficients[key] = coefficients.get(key, 0) + step
    right = sum(int(u) * int(d) for u, d in zip(weight, uplink.payload, strict=True))
    largest = max(coefficients.values(), default=0)
    # Smaller numbers search faster and cannot overflow: coefficients up, right-hand side down keeps the cut valid.
    divisor = max(1, largest // 100_000)
    total = sum(-(-step // divisor) * _capacity(built, members, b) for (members, b), step in coefficients.items())
    need = right // divisor
    model.add(total >= need + int(surplus * need))


def add_no_good(built: CpsatModel, limit: IntArray) -> None:
    """(R8) some modality arrives later than ``limit`` (K', slots): no allocation meets them all."""
    model, uplink = built.model, built.problem.uplink
    later = []
    for k in range(uplink.count):
        name = f"late[{k},{int(limit[k])}]"
        if name not in built.variables and limit[k] < uplink.slots:
            built.flag(name)
            model.add(built[f"T[{k}]"] >= int(limit[k]) + 1).only_enforce_if(built[name])
            model.add(built[f"T[{k}]"] <= int(limit[k])).only_enforce_if(~built[name])
        if name in built.variables:
            later.append(built[name])
    model.add_bool_or(later)
