"""The variants that need no solver, solved exactly, and how an exact selection becomes a proof."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.stopping import Flag, never
from wnpopt.problems.slide.columnar.columns import BoolArray, SlideColumns
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection.cache import open_sets
from wnpopt.problems.slide.selection.multicast import best_requested, requested
from wnpopt.problems.slide.selection.plan import Selected, fits, repaired, value_of
from wnpopt.problems.slide.selection.unicast import best_unicast, everything_open
from wnpopt.problems.slide.selection.work import MOST_WORK, TIMED_WORK, Work

_MOST_PAIRS = 50_000_000
"""Users times sets of models that are tried one by one."""


@np.errstate(all="ignore")  # what overflows is infinite, and no plan
def exact_selection(needs: Needs, flag: Flag | None = None, most_work: int = MOST_WORK) -> Selected | None:
    """The best plan under ``needs``, with its bound; None for a variant without a special method.

    Those are multicast where users have a choice of model, and what takes too much work (a count): caches with very
    many models, very many users. When the ``flag`` is raised, or the work is done, the best plan until then; its bound
    is None where not every set of models was looked at.
    """
    work = Work(most_work, never() if flag is None else flag)
    sets = _sets(needs)
    if sets is None:
        return None
    if needs.columns.multicast:
        return best_requested(needs, sets, work) if requested(needs) else None
    if len(sets) * needs.columns.users > _MOST_PAIRS:
        return None
    found: list[Selected] = []
    for chosen in sets:
        if found and work.over:
            break
        found.append(best_unicast(needs, chosen, work))
    best = max(found, key=lambda selected: selected.value)
    if len(found) < len(sets):
        return Selected(best.plan, best.value, None)
    bounds = [selected.bound for selected in found]
    return Selected(best.plan, best.value, max(bound for bound in bounds if bound is not None))


def _sets(needs: Needs) -> list[BoolArray] | None:
    if needs.columns.cache_bits is None:
        return [everything_open(needs)]
    return open_sets(needs)


def prove(columns: SlideColumns, exact: Needs, flag: Flag | None = None) -> Selected | None:
    """The best plan under the ``exact`` needs, with a bound on all that the verifier accepts; None and ``flag`` as
    above.

    The relaxed problem is solved first: when its plan keeps the limits exactly too, as nearly always, that is all.
    Otherwise some limit is met within the verifier's tolerance, and the two may differ.
    """
    relaxed = exact_selection(Needs.of(columns, relaxed=True), flag, TIMED_WORK)
    if relaxed is None:
        return None
    if fits(exact, relaxed.plan):
        return relaxed
    strict = None if flag is not None and flag[0] else exact_selection(exact, flag, TIMED_WORK)
    plans = [repaired(exact, found.plan) for found in (strict, relaxed) if found is not None]
    plan = max(plans, key=lambda found: value_of(exact, found))
    return Selected(plan, value_of(exact, plan), relaxed.bound)
