"""The radio side of the CP-SAT model: arrivals, slot counts, Hall's condition, dual cuts."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.kernels.radio import least_makespan
from wnpopt.problems.wnp.kernels.uplink import Uplink

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

_CUT_SCALE = 1 << 12


def add_radio(
    model: cp_model.CpModel,
    variables: dict[str, cp_model.IntVar],
    problem: Problem,
    subsets_up_to: int,
    budget: Budget,
) -> bool:
    """Constraints (R1) to (R7) of ``models/wnp/cpsat.md``; False if ``budget`` is exhausted before they are there."""
    uplink = problem.uplink
    if uplink.count == 0:
        return True
    add_arrivals(model, variables, uplink)
    _add_counts(model, variables, uplink)
    if uplink.count <= subsets_up_to:
        for size in range(1, uplink.count + 1):
            for members in combinations(range(uplink.count), size):
                _add_hall(model, variables, uplink, members)
    elif not _add_pairwise(model, variables, uplink, budget):
        return False
    for weight in cut_weights(problem, budget):
        add_cut(model, variables, uplink, weight)
    return not budget.exhausted()


def add_arrivals(model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], uplink: Uplink) -> None:
    """(R1) T_k = sum_b p[k,b]; (R2) the slots before the deadline fill block after block."""
    alone = uplink.alone()
    assert alone is not None, "an undeliverable payload is refused before"
    blocks = range(uplink.block_length.size)
    for k in range(uplink.count):
        arrival = variables[f"T[{k}]"] = model.new_int_var(int(alone[k]), uplink.slots, f"T[{k}]")
        parts = []
        for b in blocks:
            length = int(uplink.block_length[b])
            part = variables[f"p[{k},{b}]"] = model.new_int_var(0, length, f"p[{k},{b}]")
            full = variables[f"full[{k},{b}]"] = model.new_bool_var(f"full[{k},{b}]")
            model.add(part >= length * full)
            model.add(part <= length - 1 + full)
            if b > 0:
                model.add(part <= length * variables[f"full[{k},{b - 1}]"])
            parts.append(part)
        model.add(arrival == sum(parts))


def _add_counts(model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], uplink: Uplink) -> None:
    """(R3) payloads are delivered, counted in whole slots."""
    for k in range(uplink.count):
        terms = []
        for n, b in np.argwhere(uplink.rates[k] > 0):
            name = f"x[{k},{n},{b}]"
            variables[name] = model.new_int_var(0, int(uplink.block_length[b]), name)
            terms.append(int(uplink.rates[k, n, b]) * variables[name])
        model.add(sum(terms) >= int(uplink.payload[k]))


def _capacity(
    model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], uplink: Uplink, members: tuple[int, ...], b: int
) -> cp_model.IntVar:
    """P(S,b), the slots of block b that lie before the latest deadline in S (R4)."""
    if len(members) == 1:
        return variables[f"p[{members[0]},{b}]"]
    name = f"P[{'+'.join(map(str, members))},{b}]"
    if name not in variables:
        variables[name] = model.new_int_var(0, int(uplink.block_length[b]), name)
        model.add_max_equality(variables[name], [variables[f"p[{k},{b}]"] for k in members])
    return variables[name]


def _add_hall(
    model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], uplink: Uplink, members: tuple[int, ...]
) -> None:
    """(R5) sum_{k in S} x[k,n,b] <= P(S,b)."""
    for b in range(uplink.block_length.size):
        capacity = _capacity(model, variables, uplink, members, b)
        for n in range(uplink.rates.shape[1]):
            counts = [variables[f"x[{k},{n},{b}]"] for k in members if uplink.rates[k, n, b] > 0]
            if len(counts) == len(members):  # otherwise the condition of a smaller set says more
                model.add(sum(counts) <= capacity)


def _add_pairwise(
    model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], uplink: Uplink, budget: Budget
) -> bool:
    """(R6) the same along the deadlines' order: what is due no later than k fits before k's deadline."""
    modalities = range(uplink.count)
    for j, k in combinations(modalities, 2):
        for first, second in ((j, k), (k, j)):
            name = f"o[{first},{second}]"
            variables[name] = model.new_bool_var(name)
            early, late = variables[f"T[{first}]"], variables[f"T[{second}]"]
            model.add(early <= late).only_enforce_if(variables[name])
            model.add(early > late).only_enforce_if(~variables[name])
        model.add_bool_or(variables[f"o[{j},{k}]"], variables[f"o[{k},{j}]"])
    for b in range(uplink.block_length.size):
        if budget.exhausted():
            return False
        length = int(uplink.block_length[b])
        for n in range(uplink.rates.shape[1]):
            users = [k for k in modalities if uplink.rates[k, n, b] > 0]
            if len(users) > 1:
                model.add(sum(variables[f"x[{k},{n},{b}]"] for k in users) <= length)
            for k in users:
                terms = [variables[f"x[{k},{n},{b}]"]]
                for j in users:
                    if j != k:
                        name = f"y[{j},{k},{n},{b}]"
                        due = variables[name] = model.new_int_var(0, length, name)
                        count, order = variables[f"x[{j},{n},{b}]"], variables[f"o[{j},{k}]"]
                        model.add(due == count).only_enforce_if(order)
                        model.add(due == 0).only_enforce_if(~order)
                        terms.append(due)
                model.add(sum(terms) <= variables[f"p[{k},{b}]"])
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


def add_cut(model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], uplink: Uplink, weight: IntArray) -> None:
    """(R7) no weights are served better than greedily; valid for every integer weight, so rounding it does no harm."""
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
    total = sum(
        -(-step // divisor) * _capacity(model, variables, uplink, members, b)
        for (members, b), step in coefficients.items()
    )
    model.add(total >= right // divisor)


def add_no_good(
    model: cp_model.CpModel, variables: dict[str, cp_model.IntVar], uplink: Uplink, limit: IntArray
) -> None:
    """(R8) some modality arrives later than ``limit`` (K', slots): no allocation meets them all."""
    later = []
    for k in range(uplink.count):
        name = f"late[{k},{int(limit[k])}]"
        if name not in variables and limit[k] < uplink.slots:
            variables[name] = model.new_bool_var(name)
            model.add(variables[f"T[{k}]"] >= int(limit[k]) + 1).only_enforce_if(variables[name])
            model.add(variables[f"T[{k}]"] <= int(limit[k])).only_enforce_if(~variables[name])
        if name in variables:
            later.append(variables[name])
    model.add_bool_or(later)
