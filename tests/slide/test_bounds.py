"""The family's bounds on an instance that can be followed by hand, and against exhaustion."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest

from tests.mutations import Change, put
from tests.slide.hand import GENEROUS, INSTANCE, MULTICAST
from tests.slide.oracle import optimum
from tests.slide.tiny import VARIANTS, tiny_instance
from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.problems.slide import bounds as file
from wnpopt.problems.slide.exhaustion import _least_width
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.kernels.needs import Needs


def posed(*changes: Change) -> SlideInstance:
    data = copy.deepcopy(INSTANCE)
    for change in changes:
        change(data)
    return SlideInstance.from_data(data)


def bounds(*changes: Change) -> list[tuple[str, float]]:
    return [(bound.source, bound.value) for bound in file.bounds(posed(*changes), Budget(None))]


WEIGHTED = put("objective", value="weighted")
CACHE = put("cache_bits", value=5e6)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), [("reach", 3), ("prefix", 3)]),
        ((put("bandwidth_hz", value=5.2e6),), [("reach", 3), ("prefix", 2)]),
        ((put("users", 0, "models", value=["b"]),), [("reach", 2), ("prefix", 2)]),
        ((put("bandwidth_hz", value=1.0),), [("reach", 0), ("prefix", 0)]),
        ((put("users", value=[]),), [("reach", 0), ("prefix", 0)]),
        ((put("resource_block_hz", value=3e6),), [("reach", 3), ("prefix", 2)]),
        ((MULTICAST, *GENEROUS), [("reach", 3), ("lagrangian", 3)]),
        ((MULTICAST, *GENEROUS, CACHE), [("reach", 3), ("lagrangian", 3)]),
        ((CACHE,), [("reach", 3), ("prefix", 3), ("lagrangian", 3)]),
        ((put("cache_bits", value=4.9e6),), [("reach", 3), ("prefix", 3), ("lagrangian", 0)]),
        ((put("cache_bits", value=0),), [("reach", 3), ("prefix", 3), ("lagrangian", 0)]),
        ((put("cache_bits", value=5e6 * (1 - 0.9e-9)),), [("reach", 3), ("prefix", 3), ("lagrangian", 3)]),
    ],
)  # fmt: skip
def test_counts(changes: tuple[Change, ...], expected: list[tuple[str, float]]) -> None:
    assert bounds(*changes) == expected


def test_weights() -> None:
    """Dantzig's bound: w, of least Hz for its weight, then as much of u as fits."""
    assert bounds(WEIGHTED) == [("reach", 4.25), ("fractional", pytest.approx(4.25, rel=1e-8))]
    narrow = (WEIGHTED, put("bandwidth_hz", value=5.2e6))
    instance = posed(*narrow)
    small = _least_width(instance, instance.users[2], instance.models[0])
    assert small is not None
    assert bounds(*narrow) == [("reach", 4.25), ("fractional", pytest.approx(1 + 3 * (5.2e6 - small) / 5e6, rel=1e-7))]
    assert bounds(WEIGHTED, put("users", 0, "weight", value=0.5), put("users", 0, "models", value=["b"]))[0][1] == 1.25
    named = [source for source, _ in bounds(WEIGHTED, MULTICAST)]
    assert named == ["reach", "lagrangian"]
    assert [source for source, _ in bounds(WEIGHTED, CACHE)] == ["reach", "fractional", "lagrangian"]
    # equal weights are no matter of weights
    assert [source for source, _ in bounds(WEIGHTED, *(put("users", i, "weight", value=1) for i in range(3)))] in (
        ["reach", "prefix"],
        ["reach", "fractional"],
    )


def test_sums_are_rounded_once() -> None:
    """Ten users of weight 0.1 are worth 1, as the verifier says, and not 0.9999999999999999."""
    users = [{**INSTANCE["users"][2], "name": f"u{i}", "weight": 0.1} for i in range(10)]
    assert bounds(WEIGHTED, put("users", value=users))[0] == ("reach", 1.0)


def test_nobody_waits_for_them() -> None:
    raised = never()
    raised[0] = 1
    for changes in ((), (MULTICAST,), (CACHE,)):
        told = file.column_bounds(posed(*changes).columns, raised)
        assert [(bound.source, bound.value) for bound in told] == [("reach", 3)]
    assert len(file.column_bounds(posed().columns)) == 2
    assert file.prove_infeasible(posed(), Budget(None)) is None


def test_what_overflows_is_no_warning() -> None:
    with np.errstate(all="raise"):
        assert bounds(put("users", 0, "link", value={"spectral_efficiency": 1e300}))[0] == ("reach", 3)
        assert bounds(put("users", 0, "deadline_s", value=1e-320))[0] == ("reach", 2)


@pytest.mark.parametrize("seed", range(20))
def test_none_is_below_the_optimum_and_prices_are_close(seed: int) -> None:
    """With a cache or multicast the prices' bound, of 300 rounds, is near; of users counted it is a whole number."""
    variants = frozenset({("cache", "multicast")[seed % 2], VARIANTS[seed % len(VARIANTS)]})
    instance = tiny_instance(variants, seed, users=4, models=2)
    best = optimum(instance)
    of = {bound.source: bound.value for bound in file.bounds(instance, Budget(None))}
    for source, value in of.items():
        assert value >= best * (1 - 1e-12), source
    assert of["lagrangian"] <= of["reach"] * (1 + 1e-6)
    if instance.objective == "count":
        assert of["lagrangian"] == math.floor(of["lagrangian"])


def test_what_prices_are_handed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Costs as shares of the band, sizes as shares of the cache, models beyond the cache left out; enough rounds."""
    from wnpopt.problems.slide.kernels import lagrange

    handed: dict[str, Any] = {}

    def noted(
        costs: Any, order: Any, values: Any, sizes: Any, multicast: bool, cached: bool, rounds: int, _flag: Any
    ) -> float:
        handed.update(
            costs=costs, order=order, values=values, sizes=sizes, multicast=multicast, cached=cached, rounds=rounds
        )
        return 2.9999999999

    monkeypatch.setattr(lagrange, "lagrangian", noted)
    for cache, sizes in ((None, [0, 0]), (6.4e6, [5 / 6.4, 0]), (16e6, [5 / 16, 8 / 16]), (8e6, [5 / 8, 1])):
        instance = posed(put("cache_bits", value=cache))
        needs = Needs.of(instance.columns, relaxed=True)
        assert file.lagrangian_bound(needs, never()) == 3.0  # of users counted, rounding included
        usable = [True, cache is None or cache >= 8e6]
        expected = np.where(usable, needs.costs, np.inf) / needs.capacity
        assert handed["costs"] == pytest.approx(expected, rel=1e-12)
        assert handed["sizes"] == pytest.approx(sizes, rel=1e-8)
        assert handed["order"].shape == (2, 3)
        for j in range(2):
            ordered = expected[handed["order"][j], j]
            assert (ordered[1:] >= ordered[:-1]).all()
        assert (handed["cached"], handed["multicast"], handed["rounds"]) == (cache is not None, False, 300)
    assert handed["values"].tolist() == [1, 1, 1]
    # a model that fills the cache to the last bit, one of a quarter of a bit, and less than a Hz of band
    filled = Needs.of(posed(put("cache_bits", value=8e6)).columns, relaxed=True)
    tight = posed(put("cache_bits", value=8e6), put("models", 1, "layers", 0, "bits", value=filled.cache))
    file.lagrangian_bound(Needs.of(tight.columns, relaxed=True), never())
    assert handed["sizes"][1] == 1
    small = posed(put("cache_bits", value=0.5), put("models", 1, "layers", 0, "bits", value=0.25))
    file.lagrangian_bound(Needs.of(small.columns, relaxed=True), never())
    assert handed["sizes"] == pytest.approx([0, 0.5], rel=1e-8)
    narrow = Needs.of(
        posed(put("bandwidth_hz", value=0.5), put("users", 2, "deadline_s", value=1e8)).columns, relaxed=True
    )
    file.lagrangian_bound(narrow, never())
    assert handed["costs"] == pytest.approx(narrow.costs / narrow.capacity, rel=1e-12)
    assert np.isfinite(handed["costs"]).any()
    weighted = Needs.of(posed(WEIGHTED, MULTICAST).columns, relaxed=True)
    assert file.lagrangian_bound(weighted, never()) == pytest.approx(2.9999999999 * (1 + 1e-9), rel=1e-15)
    assert handed["multicast"] is True
    for most, rounds in ((6 * 300, 300), (6 * 299 + 5, 299), (6 * 21, 21), (6 * 19, 20), (0, 20)):
        monkeypatch.setattr(file, "_MOST_WORK", most)
        file.lagrangian_bound(weighted, never())
        assert handed["rounds"] == rounds
    assert file.lagrangian_bound(Needs.of(posed(put("users", value=[])).columns, relaxed=True), never()) == 3.0
