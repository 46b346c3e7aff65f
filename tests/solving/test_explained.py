"""A result says why there is no plan, or whom it leaves out: when asked, and never at the cost of the answer."""

from __future__ import annotations

import pickle

import pytest

import wnpopt
from wnpopt.core import registry
from wnpopt.solving import explained


def crowded(users: int = 5):
    return wnpopt.slide.instance(
        "crowded",
        bandwidth_hz=2e6,
        models=[wnpopt.slide.model("net", 0.7, bits=[4e6], flop=[1e9])],
        users=[
            wnpopt.slide.user(
                f"u{n}", deadline_s=1.0, link=4.0, frequency_hz=(1e9, 2e9), flop_per_cycle=4, energy_per_flop_hz2=0.0
            )
            for n in range(users)
        ],
    )


def test_whom_a_plan_leaves_out_and_what_would_serve_them() -> None:
    instance = crowded()
    result = wnpopt.solve(instance, "greedy", isolate=False)
    told = result.explanation
    served = {entry.user for entry in result.solution.served}
    assert len(served) < len(instance.users)
    assert told.verdict == "unserved"
    assert {cause.name for cause in told.causes} == {user.name for user in instance.users} - served
    assert told.remedies
    for remedy in told.remedies:
        changed = remedy.applied(instance)
        assert wnpopt.solve(changed, isolate=False).objective > result.objective
    assert result.explanation is told
    assert pickle.loads(pickle.dumps(result)).explanation == told
    assert "explanation" not in result.to_data()


def test_nothing_to_explain_and_too_much_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wnpopt.solve(crowded(1).replace(bandwidth_hz=1e9), "greedy", isolate=False).explanation is None
    monkeypatch.setattr(explained, "MOST_ENTRIES", 5)
    assert wnpopt.solve(crowded(5), "greedy", isolate=False).explanation is None


def test_an_explanation_that_fails_costs_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from wnpopt import api

    def fails(*_arguments: object, **_limits: object) -> None:
        raise wnpopt.SolverError("no")

    monkeypatch.setattr(api, "explain", fails)
    result = wnpopt.solve(crowded(), "greedy", isolate=False)
    assert (result.verified, result.explanation) == (True, None)


def test_why_there_is_no_plan() -> None:
    known = registry.family("wnp").doctor
    instance = registry.family("wnp").instance_type.from_data(dict(known.instance)).replace(makespan_limit_ticks=1)
    result = wnpopt.solve(instance, "pacs", isolate=False)
    assert result.status == "infeasible"
    assert result.explanation.verdict == "infeasible"
    assert result.explanation.causes
