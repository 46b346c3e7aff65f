"""Upper bounds on what can be served, valid for all that the verifier accepts, its tolerance included.

Sources: ``reach`` (users that could be served alone), ``prefix`` (the most users whose least bandwidths fit; exact
without a cache limit), ``fractional`` (Dantzig's bound for weights), ``lagrangian`` (prices on bandwidth, cache and
places; for multicast and caches).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from wnpopt.core.bound import Bound
from wnpopt.core.budget import Budget
from wnpopt.problems.slide.instance import SlideInstance

if TYPE_CHECKING:
    from wnpopt.backends.stopping import Flag
    from wnpopt.problems.slide.columnar.columns import FloatArray, SlideColumns
    from wnpopt.problems.slide.kernels.needs import Needs

_ROUNDS = 300
_MOST_WORK = 200_000_000
"""Pairs times rounds of the subgradient method: about a second."""


def bounds(instance: SlideInstance, budget: Budget) -> Sequence[Bound]:
    """All bounds of ``instance``, weakest first; stops early when the budget is exhausted."""
    from wnpopt.backends.stopping import run_stoppable

    return run_stoppable(lambda flag: column_bounds(instance.columns, flag), budget)


@np.errstate(all="ignore")  # what overflows is infinite, and no plan
def column_bounds(columns: SlideColumns, flag: Flag | None = None) -> list[Bound]:
    """:func:`bounds` of an instance in columns; those that there are when the ``flag`` is raised."""
    from wnpopt.backends.stopping import never
    from wnpopt.problems.slide.kernels.needs import Needs
    from wnpopt.problems.slide.selection.unicast import everything_open, fractional_bound, most_users

    flag = never() if flag is None else flag
    needs = Needs.of(columns, relaxed=True)
    # fsum rounds correctly, as the verifier's does: no part of the users adds up to more.
    found = [Bound(math.fsum(columns.values[np.isfinite(needs.costs).any(axis=1)]), "reach")]
    if not columns.multicast and not flag[0]:
        if columns.unit_weights:
            found.append(Bound(most_users(needs, everything_open(needs)).value, "prefix"))
        else:
            found.append(Bound(fractional_bound(needs), "fractional"))
    if (columns.multicast or columns.cache_bits is not None) and not flag[0]:
        found.append(Bound(lagrangian_bound(needs, flag), "lagrangian"))
    return found


def lagrangian_bound(needs: Needs, flag: Flag) -> float:
    """Bound by prices; see :mod:`~wnpopt.problems.slide.kernels.lagrange`. The best until the ``flag`` is raised."""
    from wnpopt.problems.slide.kernels.lagrange import lagrangian

    columns = needs.columns
    usable = columns.model_bits <= needs.cache
    costs: FloatArray = np.where(usable, needs.costs, np.inf) / max(needs.capacity, 1e-300)
    cached = columns.cache_bits is not None
    limit = max(needs.cache, 1e-300)
    sizes = np.where(usable, columns.model_bits / limit, 0.0) if cached else np.zeros(columns.models)
    order = np.ascontiguousarray(np.argsort(costs, axis=0, kind="stable").T)
    rounds = int(min(_ROUNDS, max(20, _MOST_WORK // max(1, costs.size))))
    total = lagrangian(costs, order, columns.values, sizes, columns.multicast, cached, rounds, flag)
    return columns.rounded(total * (1 + 1e-9))


def prove_infeasible(_instance: SlideInstance, _budget: Budget) -> str | None:
    """Never: serving nobody keeps every limit."""
    return None
