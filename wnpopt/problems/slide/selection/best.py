"""The best plan that is known without a solver."""

from __future__ import annotations

from wnpopt.backends.stopping import Flag
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection.exact import prove
from wnpopt.problems.slide.selection.greedy import greedy_selection
from wnpopt.problems.slide.selection.plan import Selected


def best_selection(exact: Needs, flag: Flag | None = None) -> Selected:
    """The special exact method's plan under the ``exact`` needs, else the greedy one; the best until the ``flag`` is
    raised."""
    return prove(exact.columns, exact, flag) or greedy_selection(exact, flag)
