"""The best plan under a restricted scheme, for baselines."""

from __future__ import annotations

from wnpopt.backends.stopping import Flag
from wnpopt.problems.slide.columnar.allocation import Allocation
from wnpopt.problems.slide.columnar.columns import SlideColumns
from wnpopt.problems.slide.kernels.needs import Needs, Scheme
from wnpopt.problems.slide.selection.exact import exact_selection
from wnpopt.problems.slide.selection.greedy import greedy_selection
from wnpopt.problems.slide.selection.plan import allocate, repaired


def scheme_allocation(columns: SlideColumns, scheme: Scheme, flag: Flag | None = None) -> Allocation:
    """Users selected exactly where there is a special method, by the greedy rule elsewhere; the best until the
    ``flag`` is raised."""
    needs = Needs.of(columns, scheme=scheme)
    selected = exact_selection(needs, flag)
    if selected is None or selected.bound is None:  # not all was looked at
        greedy = greedy_selection(needs, flag)
        selected = greedy if selected is None or greedy.value > selected.value else selected
    return allocate(needs, repaired(needs, selected.plan))
