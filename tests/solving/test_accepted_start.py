"""What becomes of a start: taken by the solver, by the method, or enough as it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

import wnpopt

INSTANCES = Path(__file__).resolve().parents[2] / "instances"
FILES = {
    "wnp": "wnp/tiny/tiny-14.json",
    "slide": "slide/tiny/tiny-lists-1501.json",
    "intradp": "intradp/tiny/intradp-chain-5x3-s0.json",
}


@cache
def known(family: str) -> tuple[wnpopt.Instance, wnpopt.Solution]:
    instance = wnpopt.load(INSTANCES / FILES[family])
    plan = wnpopt.solve(instance).solution
    assert plan is not None
    return instance, plan


@pytest.mark.parametrize(
    ("family", "method"),
    [
        *(("wnp", name) for name in ("milp", "cpsat", "lbbd", "pacs-ls", "auto")),
        ("slide", "milp"),
        *(("intradp", name) for name in ("milp", "search", "auto")),
    ],
)
def test_a_start_that_is_of_use(family: str, method: str) -> None:
    instance, plan = known(family)
    limit = 1 if method == "pacs-ls" else 10  # it proves nothing
    made = wnpopt.solve(instance, method, time_limit=limit, warm_start=plan)
    assert made.warm_start == "accepted"
    assert wnpopt.solve(instance, method, time_limit=limit, warm_start="none").warm_start == "none"


@pytest.mark.parametrize(("family", "method"), [("wnp", "rtfs"), ("slide", "greedy"), ("intradp", "layer-cut")])
def test_a_method_without_use_for_it(family: str, method: str) -> None:
    instance, plan = known(family)
    assert wnpopt.solve(instance, method, warm_start=plan).warm_start == "none"
