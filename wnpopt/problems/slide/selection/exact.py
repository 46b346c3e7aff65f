"""The variants that need no solver, solved exactly, and how an exact selection becomes a proof."""

from __future__ import annotations

from wnpopt.problems.slide.columns import BoolArray, SlideColumns
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection.cache import open_sets
from wnpopt.problems.slide.selection.multicast import best_requested, requested
from wnpopt.problems.slide.selection.plan import Selected, fits, repaired, value_of
from wnpopt.problems.slide.selection.unicast import best_unicast, everything_open

_MOST_WORK = 50_000_000
"""Users times sets of models that are tried one by one."""


def exact_selection(needs: Needs) -> Selected | None:
    """The best plan under ``needs``, with its bound; None for a variant without a special method.

    Those are multicast where users have a choice of model, and caches with very many models.
    """
    sets = _sets(needs)
    if sets is None:
        return None
    if needs.columns.multicast:
        return best_requested(needs, sets) if requested(needs) else None
    if len(sets) * needs.columns.users > _MOST_WORK:
        return None
    found = [best_unicast(needs, chosen) for chosen in sets]
    best = max(found, key=lambda selected: selected.value)
    bounds = [selected.bound for selected in found]
    return Selected(best.plan, best.value, max(bound for bound in bounds if bound is not None))


def _sets(needs: Needs) -> list[BoolArray] | None:
    if needs.columns.cache_bits is None:
        return [everything_open(needs)]
    return open_sets(needs)


def prove(columns: SlideColumns, exact: Needs) -> Selected | None:
    """The best plan under the ``exact`` needs, with a bound on all that the verifier accepts; None as above.

    The relaxed problem is solved first: when its plan keeps the limits exactly too, as nearly always, that is all.
    Otherwise some limit is met within the verifier's tolerance, and the two may differ.
    """
    relaxed = exact_selection(Needs.of(columns, relaxed=True))
    if relaxed is None:
        return None
    if fits(exact, relaxed.plan):
        return relaxed
    strict = exact_selection(exact)
    plan = repaired(exact, strict.plan if strict is not None else relaxed.plan)
    return Selected(plan, value_of(exact, plan), relaxed.bound)
