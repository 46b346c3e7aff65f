"""Exact methods agree with each other on mid-size instances; WNPOPT_EXAMINE_SEED draws a sample again."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest

import wnpopt
from tests.examined.larger import METHODS, compare, disagreements
from wnpopt.core import registry
from wnpopt.core.status import Status

PER_FAMILY = {"wnp": 1, "slide": 2, "intradp": 1}


@pytest.mark.slow
@pytest.mark.parametrize("family", METHODS)
def test_methods_agree_on_a_fresh_sample(family: str, capsys: pytest.CaptureFixture[str]) -> None:
    seed = int(os.environ.get("WNPOPT_EXAMINE_SEED") or random.SystemRandom().randrange(2_000_000, 2**31))
    with capsys.disabled():
        print(f"\nWNPOPT_EXAMINE_SEED={seed} ({family}, mid-size)")
    compared = [compare(family, seed + i, 0.4) for i in range(PER_FAMILY[family])]
    assert [what for each in compared for what in each.mismatches] == [], f"WNPOPT_EXAMINE_SEED={seed}"


def test_what_disagrees_is_told() -> None:
    instance = registry.family("wnp").generate({"subgraphs": 5}, 1)
    right = wnpopt.solve(instance, "rtfs")
    assert right.objective is not None
    assert disagreements("wnp", instance, {"rtfs": right}) == []
    crossing = replace(right, bound=right.objective + 1)
    worse = replace(right, status=Status.OPTIMAL, objective=right.objective + 1, bound=None)
    none = replace(right, status=Status.INFEASIBLE, objective=None, bound=None)
    for wrong, word in ((crossing, "crosses"), (worse, "optimal"), (none, "infeasible")):
        (told,) = disagreements("wnp", instance, {"rtfs": right, "other": wrong})
        assert told.startswith("other: ")
        assert word in told
