"""A plan that cannot be started from is refused with the rule that it breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

import wnpopt

INSTANCES = Path(__file__).resolve().parents[2] / "instances"


def test_the_broken_rule_is_told() -> None:
    instance = wnpopt.load(INSTANCES / "wnp/tiny/tiny-14.json")
    plan = wnpopt.solve(instance, "rtfs").solution
    assert plan is not None
    broken = plan.model_copy(update={"instance": "another"})
    with pytest.raises(wnpopt.InputError, match="rejects this solution: instance-name at") as refused:
        wnpopt.solve(instance, "cpsat", warm_start=broken)
    assert refused.value.where == "warm_start"


def test_a_plan_of_another_family() -> None:
    plan = wnpopt.solve(wnpopt.load(INSTANCES / "wnp/tiny/tiny-14.json"), "rtfs").solution
    assert plan is not None
    other = wnpopt.load(INSTANCES / "slide/tiny/tiny-lists-1501.json")
    with pytest.raises(wnpopt.InputError, match="found a solution of kind wnp-solution; slide-solution is needed"):
        wnpopt.solve(other, "milp", warm_start=plan)


@pytest.mark.parametrize(
    ("method", "words"), [("milp", "slide-solution is needed"), ("auto", "slide-solution is needed")]
)
def test_it_is_told_by_a_worker_that_has_not_all_libraries_yet(method: str, words: str) -> None:
    """A small instance is rehearsed there before its libraries are imported."""
    from wnpopt.core import registry
    from wnpopt.solving.pool import POOL

    plan = wnpopt.solve(wnpopt.load(INSTANCES / "wnp/tiny/tiny-14.json"), "rtfs").solution
    assert plan is not None
    POOL.close()
    POOL.prepare(registry.method("slide", method), small=True)
    other = wnpopt.load(INSTANCES / "slide/tiny/tiny-lists-1501.json")
    with pytest.raises(wnpopt.InputError, match=words):
        wnpopt.solve(other, method, warm_start=plan)
