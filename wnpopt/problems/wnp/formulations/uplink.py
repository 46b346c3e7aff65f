"""The radio alone as an integer programme: can these payloads be delivered by these deadlines?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.core.errors import InputError
from wnpopt.problems.wnp.instance import IntArray, WnpInstance
from wnpopt.problems.wnp.kernels.uplink import Uplink

if TYPE_CHECKING:
    from wnpopt.problems.wnp.kernels.problem import Problem


def deliverable(instance: WnpInstance) -> Problem:
    """``instance`` for a model, in whose arrivals each payload has a place.

    Raises :class:`InputError` naming a modality whose payload all slots together do not carry: it has no place in any.
    """
    from wnpopt.problems.wnp.kernels.problem import Problem

    problem = Problem.of(instance)
    if problem.uplink.alone() is None:
        never = problem.uplink.names[problem.uplink.never()]
        where = next(k for k, modality in enumerate(instance.modalities) if modality.name == never)
        raise InputError(
            "all slots together do not carry it: the instance has no plan, and no model of plans",
            where=f"modalities[{where}].payload_bits",
        )
    return problem


def allocate(uplink: Uplink, deadline: IntArray, budget: Budget) -> tuple[IntArray | None, bool]:
    """Slot counts (K', N, B) that meet ``deadline`` (K') in slots, and whether it is proved that there are none.

    None and False if CP-SAT finds neither within the budget.
    """
    from ortools.sat.python import cp_model

    from wnpopt.backends.cpsat import solve_cpsat

    model = cp_model.CpModel()
    usable = uplink.usable(deadline)
    count = {
        (k, n, b): model.new_int_var(0, int(usable[k, b]), f"x[{k},{n},{b}]")
        for k, n, b in np.argwhere(uplink.rates > 0).tolist()
    }
    for members, n, b, limit in _prefixes(uplink, usable):
        model.add(sum(count[k, n, b] for k in members) <= limit)
    for k in range(uplink.count):
        terms = [int(uplink.rates[k, n, b]) * var for (j, n, b), var in count.items() if j == k]
        model.add(sum(terms) >= int(uplink.payload[k]))
    report = solve_cpsat(model, Budget(budget.remaining(), 1, budget.seed, stop=budget.stop))
    if report.values is None:
        return None, report.ending == "infeasible"
    result = np.zeros(uplink.rates.shape, dtype=np.int64)
    for (k, n, b), variable in count.items():
        result[k, n, b] = round(report.values[variable.index])
    return result, False


def undeliverable(uplink: Uplink, budget: Budget) -> str | None:
    """A proof by two solvers that the payloads cannot be delivered in all slots: CP-SAT and HiGHS agree; else None."""
    import pyomo.environ as pyo

    from wnpopt.backends.highs import solve_highs

    everything = np.full(uplink.count, uplink.slots, dtype=np.int64)
    if not allocate(uplink, everything, budget)[1]:
        return None
    usable = uplink.usable(everything)
    cells = [tuple(cell) for cell in np.argwhere(uplink.rates > 0).tolist()]
    model = pyo.ConcreteModel()
    model.x = pyo.Var(cells, domain=pyo.Integers, bounds=lambda _, k, _n, b: (0, int(usable[k, b])))
    model.capacity, model.delivery = pyo.ConstraintList(), pyo.ConstraintList()
    for members, n, b, limit in _prefixes(uplink, usable):
        model.capacity.add(sum(model.x[k, n, b] for k in members) <= limit)
    for k in range(uplink.count):
        terms = [int(uplink.rates[cell]) * model.x[cell] for cell in cells if cell[0] == k]
        model.delivery.add(sum(terms) >= int(uplink.payload[k]))
    model.cost = pyo.Objective(expr=0)
    report = solve_highs(model, Budget(budget.remaining(), 1, budget.seed, stop=budget.stop))
    agreed = report.ending == "infeasible"
    return "CP-SAT and HiGHS both prove that no whole slots deliver all payloads" if agreed else None


def _prefixes(uplink: Uplink, usable: IntArray) -> list[tuple[list[int], int, int, int]]:
    """(modalities, resource block, block, slots): what is due by a deadline fits before it.

    K' sets for each cell at most.
    """
    found = []
    for b in range(uplink.block_length.size):
        for limit in sorted(set(usable[:, b].tolist())):
            due = [k for k in range(uplink.count) if usable[k, b] <= limit]
            for n in range(uplink.rates.shape[1]):
                members = [k for k in due if uplink.rates[k, n, b] > 0]
                if members:
                    found.append((members, n, b, int(limit)))
    return found
