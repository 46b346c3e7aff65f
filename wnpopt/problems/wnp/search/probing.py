"""Destructive bounds with radio cuts: masters that only have to be feasible, at makespans near the bound.

A master that is minimised with the incumbent as its horizon has wide windows, and its bound hardly moves. Asked whether
anything ends by C, a little above the bound, the same master is refuted in seconds: windows, cores and arrivals shrink
before the search begins. What it finds instead is either served by the radio, a better incumbent, or refuted by it, a
new cut. After Klein and Scholl, "Computing lower bounds by destructive improvement", EJOR 112(2), 1999.
"""

from __future__ import annotations

from wnpopt.core.method import Outcome
from wnpopt.core.result import Termination
from wnpopt.problems.wnp.search.decomposition import Decomposition
from wnpopt.problems.wnp.solution import WnpSolution

_FIRST_STEP = 0.1  # of the gap
_SHARE = 0.25  # of the time that is left, for the first probes
_LEAST_S, _MOST_S = 2.0, 15.0
_INCUMBENT_EVERY = 4  # probes, one is made just below the incumbent


def probe(state: Decomposition) -> Outcome[WnpSolution]:
    """Probe until the gap is closed or the time is over; ``state`` has an incumbent."""
    budget = state.context.budget
    step, cap, turn = _step(state, _FIRST_STEP), None, 0
    seconds = min(max(_SHARE * budget.remaining(), _LEAST_S), _MOST_S)
    while not state.closed:
        if budget.exhausted():
            return state.outcome(budget.why_over())
        assert state.value is not None
        before = state.value
        turn += 1
        nearest = min(state.lower + step - 1, before - 1)
        horizon = before - 1 if turn % _INCUMBENT_EVERY == 0 else nearest
        solved = state.master(horizon, budget.share(seconds), optimise=False)
        if solved is None:
            return state.outcome(budget.why_over(), message="there was not enough time to build the master problem")
        report, master = solved
        if report.ending == "infeasible":
            state.prove(horizon + 1)
            step = 2 * step if cap is None or 2 * step <= cap else step
            continue
        if report.values is not None:
            answer = state.serve(master, report, horizon, budget)
            if state.value < before:
                step = cap = max(1, min(step, (state.value - state.lower) // 2))
                continue
            if answer.refuted:
                turn -= 1  # the same question again, under one cut more
                continue
            if step == 1 and horizon == nearest:
                # Neither an allocation nor a proof that there is none: the bound must not move past this vector.
                return state.outcome(Termination.TIME_LIMIT)
        if horizon > nearest:
            continue  # just below the incumbent: nothing is learned of the bound
        if step <= max(4, (before - state.lower) // 200):
            seconds *= 2
        step = cap = max(1, step // 3)
    return state.outcome(Termination.PROVED)


def _step(state: Decomposition, share: float) -> int:
    assert state.value is not None
    return max(1, int((state.value - state.lower) * share))
