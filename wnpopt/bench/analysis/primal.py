"""Primal integrals: how good the incumbent was, averaged over the time that a run had (Berthold, 2013).

T. Berthold, "Measuring the impact of primal heuristics", Operations Research Letters 41 (2013), 611-614.
"""

from __future__ import annotations

import math

from wnpopt.bench.store.record import Record, trace_of
from wnpopt.core.verdict import GAP_OPTIMAL


def primal_gap(value: float | None, best: float) -> float:
    """Berthold's gap of an incumbent to the best known value, in [0, 1].

    1 without an incumbent and where the signs differ, 0 where both are 0, else
    ``|best - value| / max(|best|, |value|)``.
    """
    if value is None or min(value, best) < 0 < max(value, best):
        return 1.0
    larger = max(abs(value), abs(best))
    return 0.0 if larger == 0 else abs(best - value) / larger


def incumbents(record: Record) -> tuple[tuple[float, float], ...]:
    """When the run's incumbent became better (s), and its value from then on; nothing of a run that has no answer.

    The values are those of the trace, which is what methods said, up to the verified objective: points that promise
    more than the verifier found do not count, and the verified objective is there at the latest when the run ended.
    """
    result = record.result
    if record.failure is not None or result.objective is None:
        return ()
    sign = -1.0 if result.sense == "max" else 1.0
    final = sign * result.objective
    slack = GAP_OPTIMAL * abs(final)
    trace = sorted(trace_of(result), key=lambda point: point.time_s)
    points = [
        (point.time_s, max(sign * point.objective, final))
        for point in trace
        if point.objective is not None and sign * point.objective >= final - slack
    ]
    end = trace[-1].time_s if result.runtime_s is None and trace else result.runtime_s
    if end is not None:
        points = sorted([*points, (end, final)])
    steps: list[tuple[float, float]] = []
    for time, value in points:
        if not steps or value < sign * steps[-1][1]:
            steps.append((time, sign * value))
    return tuple(steps)


def primal_integral(record: Record, best: float | None, horizon: float | None) -> float | None:
    """The integral of :func:`primal_gap` over the first ``horizon`` seconds of a run, in seconds.

    The gap is a step function, so the sum is exact. A run that failed has no incumbent: its integral is the horizon.
    None where the best value or the horizon (a time limit) is not known.
    """
    if best is None or horizon is None:
        return None
    parts: list[float] = []
    began, gap = 0.0, 1.0
    for time, value in incumbents(record):
        now = min(max(time, 0.0), horizon)
        parts.append(gap * (now - began))
        began, gap = now, primal_gap(value, best)
    parts.append(gap * (horizon - began))
    return math.fsum(parts)


def normalised_integral(record: Record, best: float | None) -> float | None:
    """The primal integral over the run's time limit, divided by it: 0 is the best value at once, 1 is nothing."""
    limit = record.key.time_limit_s
    integral = primal_integral(record, best, limit)
    return None if integral is None or not limit else integral / limit
