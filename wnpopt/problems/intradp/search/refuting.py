"""The bound that directions of clocks give within a count of options: the same wherever it runs."""

from __future__ import annotations

from wnpopt.backends.stopping import Flag
from wnpopt.problems.intradp.kernels.heads import Front
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.search.directed import Directed, safe
from wnpopt.problems.intradp.search.proving import prices_of

CLOSED = (0.03125, 0.0625, 0.125, 0.25, 0.5, 0.75, 0.875, 0.9375, 0.96875, 1.0)
"""Parts of the gap that cutoffs close, in turn: each takes some times as long as the one before."""


def refuted(problem: Problem, bound: float, value: float, options: int, flag: Flag) -> float:
    """A bound of at least ``bound``: the last of ever higher cutoffs below ``value`` under which no plan is left.

    Ends at the first cutoff that is not refuted, or after ``options`` looks at an operator's rows (a fifth of
    a microsecond each); the flag ends it earlier.
    """
    best = bound
    choices = prices_of(problem)
    for prices in choices:
        front = Front(problem.arrays, prices.time, 1.0, extra=prices.extra, flag=flag)
        directed = Directed(problem, front, prices)
        directed.watch(flag)
        directed.spend(options // len(choices))
        for part in CLOSED:
            cutoff = bound + part * (value - bound)
            if safe(cutoff) <= best:
                continue
            verdict = directed.refute(cutoff)
            best = max(best, safe(verdict.bound))
            if not verdict.dead or flag[0]:
                break
    return best
