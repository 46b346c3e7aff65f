"""equal: the band in equal parts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.methods.refusals import refuse_shared
from wnpopt.problems.slide.solution import SlideSolution

if TYPE_CHECKING:
    from wnpopt.problems.slide.columnar.columns import SlideColumns

_MOST_WORK = 50_000_000
"""Users times numbers of users that are tried: about a second."""


def solve(instance: SlideInstance, context: Context[SlideSolution]) -> Outcome[SlideSolution]:
    """For each number n: the n heaviest users whom an n-th of the band is enough for; the best n of all."""
    from wnpopt.problems.slide.columnar.allocation import Allocation
    from wnpopt.problems.slide.kernels.knapsack import cheapest
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.plan import Assignment
    from wnpopt.problems.slide.selection.unicast import everything_open

    columns = instance.columns
    needs = Needs.of(columns)
    least, model = cheapest(needs.costs, everything_open(needs))
    whole = columns.resource_block_hz is not None
    block = columns.resource_block_hz or 1.0
    band = math.floor(needs.capacity) if whole else columns.bandwidth_hz
    # Heaviest first, then cheapest, then by number.
    order = np.lexsort((np.arange(columns.users), least, -columns.values))
    numbers = np.arange(1, int(np.isfinite(least).sum()) + 1)
    shares = np.floor(band / numbers) if whole else band / numbers
    # The more users the smaller the share, and the fewer for whom it is enough: a prefix of the numbers is possible.
    possible = int(np.count_nonzero(np.sort(least)[: numbers.size] <= shares))
    best_value, best, best_share = -1.0, np.zeros(0, dtype=np.int64), 0.0
    for count in _counts(possible, columns):
        if context.budget.interrupted:
            break
        share = float(shares[count - 1]) if count else 0.0
        chosen = order[least[order] <= share][:count]
        if float(columns.values[chosen].sum()) < best_value * (1 - 1e-9):
            continue
        value = math.fsum(columns.values[chosen])
        if value > best_value:
            best_value, best, best_share = value, np.sort(chosen), share
    plan = Assignment(best, model[best])
    width = np.full(best.size, best_share * block)
    return Outcome(
        Allocation(plan.user, plan.model, width, needs.frequencies(plan.user, plan.model)).to_solution(columns),
        Termination.HEURISTIC,
    )


def _counts(possible: int, columns: SlideColumns) -> list[int]:
    """The numbers of users that are tried: all, or as many as there is work for (a count), spread evenly."""
    if columns.unit_weights or possible == 0:
        return [possible]
    most = max(100, _MOST_WORK // max(1, columns.users))
    return sorted({round(count) for count in np.linspace(1, possible, min(possible, most)).tolist()})


METHOD = Method(
    family="slide",
    name="equal",
    summary="baseline: the band in n equal parts, for the best n",
    proves=Proof.NOTHING,
    run=solve,
    modules=("numba",),
    refuse=refuse_shared,
)
