"""Costs of one side that fit what was measured: of operators alone, of the network as a whole, of segments of plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wnpopt.problems.intradp.execution.costs.bench import OperatorTimes, SegmentTime
from wnpopt.problems.intradp.instance import Cost

TIED = 0.05
"""How firmly an operator's factor is tied to that of all: segments off by so much of themselves outweigh a factor that
is off by all of itself."""

LEAST_S = 5e-5
"""Shorter segments count as if they took so long: their deviations are of no weight."""

IDLE = 0.1
"""A segment that takes less than this share of what its operators take has none of them to run."""

SCALE_S = 1e-4


@dataclass(frozen=True)
class SideCosts:
    """``costs`` of each operator of the instance but the first and the last, and ``segment_s``, for this machine.

    ``whole_s`` is the unsplit network, ``sum_s`` its operators one by one; ``error`` the median deviation of the
    segments measured from what these costs make of them, relative.
    """

    costs: tuple[Cost, ...]
    segment_s: float
    whole_s: float
    sum_s: float
    error: float

    def times(self, factor: float) -> SideCosts:
        """Those of a machine so many times as slow."""
        costs = tuple(
            Cost(fixed_s=c.fixed_s * factor, full_s=c.full_s * factor, partial_s=c.partial_s * factor)
            for c in self.costs
        )
        return SideCosts(costs, self.segment_s * factor, self.whole_s * factor, self.sum_s * factor, self.error)


def fit(operators: Sequence[OperatorTimes], whole_s: float, segments: Sequence[SegmentTime]) -> SideCosts:
    """Costs by which the whole network takes ``whole_s`` and the segments what they took, as nearly as may be.

    An operator alone is slower or quicker than inside a session (fusion, layouts): the times of each get a factor, tied
    to a common one where no segment tells it; parts of operators get a share more, and each message adds ``segment_s``.
    Least squares of relative deviations, the whole network weighing as much as the segments together.
    """
    from scipy.optimize import nnls

    count = len(operators)
    full = np.array([one.full_s for one in operators])
    lines = [one.line() for one in operators]
    total = max(float(full.sum()), 1e-12)
    common = whole_s / total
    # Columns: a factor for each operator, the share that parts take more, seconds of a message in units of SCALE_S.
    weight = max(1.0, float(np.sqrt(len(segments)))) / max(whole_s, 1e-12)
    rows = [np.concatenate([full * weight, [0.0, 0.0]])]
    wanted = [whole_s * weight]
    for segment in segments:
        row, share = np.zeros(count + 2), segment.weight / max(segment.seconds, LEAST_S)
        for number, some in segment.rows:
            one, (a, b) = operators[number - 1], lines[number - 1]
            if some == one.units:
                row[number - 1] += one.full_s
            elif some:
                row[number - 1] += a + b * some / one.units
                row[count] += common * (a + b * some / one.units)
        row[count + 1] = segment.messages * SCALE_S
        if segment.seconds < IDLE * common * float(row[:count].sum()):
            continue  # nothing reads what it computes, so that nothing was computed
        rows.append(row * share)
        wanted.append(segment.seconds * share)
    ties = np.zeros((count + 1, count + 2))
    ties[:, : count + 1] = np.diag(np.full(count + 1, TIED))
    goal = np.concatenate([np.full(count, TIED * common), [0.0]])
    design, target = np.array(rows), np.array(wanted)
    solved, _ = nnls(np.vstack([design, ties]), np.concatenate([target, goal]), maxiter=100 * (count + 2))
    more, segment_s = float(solved[count]) * common, float(solved[count + 1]) * SCALE_S
    costs = tuple(
        _cost(factor * one.full_s, (factor + more) * a, (factor + more) * b)
        for factor, one, (a, b) in zip(solved[:count].tolist(), operators, lines, strict=True)
    )
    off = np.abs(design[1:] @ solved - target[1:])
    return SideCosts(costs, segment_s, whole_s, total, float(np.median(off)) if len(off) else 0.0)


def _cost(full: float, start: float, slope: float) -> Cost:
    """Of a whole operator and of the line that its parts follow."""
    fixed = min(full, max(0.0, full - slope))
    return Cost(fixed_s=fixed, full_s=full, partial_s=max(0.0, start - fixed))
