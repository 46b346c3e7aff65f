"""A good plan for every variant, at once: what warm starts the exact methods and stands in for them."""

from __future__ import annotations

import math

import numpy as np

from wnpopt.backends.stopping import Flag, never
from wnpopt.problems.slide.columnar.columns import BoolArray
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection.cover import greedy_cover
from wnpopt.problems.slide.selection.plan import Selected, repaired, value_of
from wnpopt.problems.slide.selection.unicast import dense_users, everything_open, most_users
from wnpopt.problems.slide.selection.work import MOST_WORK, Work

_STEPS_A_PAIR = 30
"""Elementary steps that a user and model take where a set of models is tried."""


@np.errstate(all="ignore")  # what overflows is infinite, and no plan
def greedy_selection(needs: Needs, flag: Flag | None = None) -> Selected:
    """The plan of the greedy rule under exact ``needs``; what there is of it when the ``flag`` is raised.

    Unicast: users by least cost (or by weight a Hz), each with its cheapest model; with a cache limit models are
    opened one by one, the one that adds most first. Multicast: the best of several beginnings, improved in turn.
    """
    flag = never() if flag is None else flag
    if needs.columns.multicast:
        found = greedy_cover(needs, flag)
    elif needs.columns.cache_bits is None:
        found = _fill(needs, everything_open(needs))
    else:
        found = _fill(needs, _open_models(needs, Work(MOST_WORK + 300 * needs.costs.size, flag)))
    plan = repaired(needs, found.plan)
    return Selected(plan, value_of(needs, plan), found.bound)


def _fill(needs: Needs, open_models: BoolArray) -> Selected:
    return (most_users if needs.columns.unit_weights else dense_users)(needs, open_models)


def _open_models(needs: Needs, work: Work) -> BoolArray:
    sizes = needs.columns.model_bits
    opened = np.zeros(needs.columns.models, dtype=np.bool_)
    value = 0.0
    while True:
        free = needs.cache - math.fsum(sizes[opened])
        best = None
        for j in np.flatnonzero(~opened & (sizes <= free)).tolist():
            if work.over:
                break
            work.spend(_STEPS_A_PAIR * needs.columns.users * (int(opened.sum()) + 1))
            trial = opened.copy()
            trial[j] = True
            gained = _fill(needs, trial).value
            if best is None or gained > best[0]:
                best = (gained, trial)
        if best is None or best[0] <= value:
            return opened
        value, opened = best
