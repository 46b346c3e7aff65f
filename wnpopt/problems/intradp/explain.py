"""The least latency that can be reached, and the bandwidth that would meet a deadline."""

from __future__ import annotations

import time

from wnpopt.core.explanation import Cause, Explanation, ExplanationRequest, Feasibility, Remedy
from wnpopt.core.facts import Fact
from wnpopt.core.result import Result
from wnpopt.core.text import number
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution

_FURTHEST = 4096.0
"""Rates are raised to so many times of what they are, at most."""
_PRECISION = 1e-3
"""Relative, to which the least rate is looked for."""
_SLACK = 1e-9
"""Relative tolerance of deadlines."""
_RATES = ("link.uplink_bytes_per_s", "link.downlink_bytes_per_s")


def explain(instance: IntradpInstance, asked: ExplanationRequest[IntradpSolution]) -> Explanation:
    """Whether the deadline can be met; the least latency; what deadline, or which rates of the link, would do."""
    began = time.monotonic()
    posed = instance.changed(objective="latency", deadline_s=None)
    least = asked.solve(posed, seconds=asked.seconds / 3)
    if least.objective is None or least.solution is None:
        return Explanation(instance.name, "intradp", "unknown", "no plan was made in the time")
    proved = "proved least" if least.status == "optimal" else f"at least {number(least.bound)} s"
    notes = [
        Fact("least_latency_s", least.objective, f"{number(least.objective)} s ({proved})"),
        Fact("latency_bound_s", least.bound),
        Fact("deadline_s", instance.deadline_s),
    ]
    deadline = instance.deadline_s
    if deadline is None:
        text = "there is no deadline, so every plan is possible"
        return Explanation(instance.name, "intradp", "feasible", text, notes=tuple(notes))
    if least.objective <= deadline * (1 + _SLACK):
        text = f"the deadline of {number(deadline)} s can be met: a plan takes {number(least.objective)} s"
        return Explanation(instance.name, "intradp", "feasible", text, notes=tuple(notes))
    impossible = least.bound is not None and least.bound > deadline * (1 + _SLACK)
    missing = least.objective - deadline
    cause = Cause(
        "deadline", "deadline",
        f"the deadline is {number(deadline)} s, and the quickest plan takes {number(least.objective)} s",
        missing, "s",
    )  # fmt: skip
    remedies = [
        Remedy(
            "deadline", "deadline", deadline, least.objective, "s",
            f"deadline {number(deadline)} to {number(least.objective)} s", {"deadline_s": least.objective},
        )
    ]  # fmt: skip
    remedies += _faster_link(instance, posed, least, asked, asked.seconds - (time.monotonic() - began))
    verdict: Feasibility = "infeasible" if impossible else "unknown"
    text = "no plan meets the deadline" if impossible else "no plan that meets the deadline is known"
    return Explanation(instance.name, "intradp", verdict, text, (cause,), tuple(remedies), tuple(notes))


def _faster_link(
    instance: IntradpInstance,
    posed: IntradpInstance,
    least: Result[IntradpSolution],
    asked: ExplanationRequest[IntradpSolution],
    seconds: float,
) -> list[Remedy]:
    """Both directions by one factor, the least by which a plan meets the deadline; nothing where none does."""
    deadline, link = instance.deadline_s, instance.link
    assert deadline is not None
    end = time.monotonic() + seconds

    def rates(factor: float) -> dict[str, float]:
        return dict(zip(_RATES, (link.uplink_bytes_per_s * factor, link.downlink_bytes_per_s * factor), strict=True))

    def latency(factor: float, share: float) -> float | None:
        left = max(0.2, min(share, end - time.monotonic()))
        return asked.solve(posed.replace(rates(factor)), seconds=left, target=deadline).objective

    def meets(factor: float, share: float) -> bool:
        value = latency(factor, share)
        return value is not None and value <= deadline * (1 + _SLACK)

    del least
    low, high = 1.0, 2.0
    while not meets(high, seconds / 10):
        low, high = high, 4 * high
        if high > _FURTHEST or time.monotonic() > end:
            return []
    while high > low * (1 + _PRECISION) and time.monotonic() < end:
        middle = (low * high) ** 0.5
        if meets(middle, seconds / 15):
            high = middle
        else:
            low = middle
    changes = rates(high)
    text = " and ".join(
        f"{name} {number(now)} to {number(needed)} B/s"
        for name, now, needed in zip(
            ("uplink", "downlink"), (link.uplink_bytes_per_s, link.downlink_bytes_per_s), changes.values(), strict=True
        )
    )
    now, needed = link.uplink_bytes_per_s, changes[_RATES[0]]
    return [Remedy("deadline", "bandwidth", now, needed, "B/s", f"{text} (times {number(high, 4)})", changes)]
