"""Multicast with a free choice of model: the search, and from its transmissions a plan that keeps every limit."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.stopping import Flag
from wnpopt.core.budget import Budget
from wnpopt.problems.slide.columnar.columns import SlideColumns
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection.branching import Search, Told
from wnpopt.problems.slide.selection.plan import Assignment, Selected, fits, repaired, value_of
from wnpopt.problems.slide.selection.rectangles import Rectangles


@np.errstate(all="ignore")  # what overflows is infinite, and no plan
def choose(
    columns: SlideColumns,
    exact: Needs,
    flag: Flag,
    budget: Budget,
    told: Told | None = None,
    start: Assignment | None = None,
) -> Selected:
    """The best plan until the budget ends, ``start`` or better, with a bound on all that the verifier accepts.

    As :func:`~wnpopt.problems.slide.selection.exact.prove`, the relaxed problem first; where its plan keeps the limits
    within the tolerance only, the exact one too.
    """
    relaxed = Rectangles(Needs.of(columns, relaxed=True))
    search = Search(relaxed, flag, budget.share(budget.remaining() * 0.9))
    # The last tenth is for the exact limits, if the plan does not keep them by then.
    search.extend = lambda chosen: budget if fits(exact, relaxed.plan(chosen)) else None
    if told is not None:
        search.told = told
    if start is not None:
        search.offer(relaxed.of_plan(start))
    search.run()
    plan = relaxed.plan(search.chosen)
    if not fits(exact, plan):
        plan = repaired(exact, plan)
        strict = Rectangles(exact)
        again = Search(strict, flag, budget)
        again.offer(strict.of_plan(plan))
        again.run()
        other = repaired(exact, strict.plan(again.chosen))
        plan = max(plan, other, key=lambda each: value_of(exact, each))
        # Where the exact limits took less than a tenth, the rest is for what the first search was cut from.
        search.resume(budget)
        plan = max(plan, repaired(exact, relaxed.plan(search.chosen)), key=lambda each: value_of(exact, each))
    return Selected(plan, value_of(exact, plan), columns.rounded(search.bound))
