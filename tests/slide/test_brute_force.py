"""Against trying everything, over every variant, every pair of variants and random mixes."""

from __future__ import annotations

import pytest

import wnpopt
from tests.samples import ordinarily
from tests.slide.oracle import optimum
from tests.slide.tiny import VARIANTS, mixes, tiny_instance
from wnpopt.core.errors import UnsupportedError
from wnpopt.core.result import Status
from wnpopt.problems.slide import SlideInstance

CASES = mixes(640)
_known: dict[str, float] = {}


def exact(instance: SlideInstance) -> float:
    if instance.name not in _known:
        _known[instance.name] = optimum(instance)
    return _known[instance.name]


@pytest.mark.parametrize("part", ordinarily(3, range(8)))
def test_auto_is_exact(part: int) -> None:
    for variants, seed in CASES[part::8]:
        instance = tiny_instance(variants, seed)
        result = wnpopt.solve(instance, "auto", threads=1)
        assert result.status is Status.OPTIMAL, instance.name
        assert result.objective == pytest.approx(exact(instance), rel=1e-12), instance.name


def test_milp_is_exact() -> None:
    for variants, seed in CASES[::5]:
        instance = tiny_instance(variants, seed)
        result = wnpopt.solve(instance, "milp", threads=1)
        assert result.status is Status.OPTIMAL, instance.name
        assert result.objective == pytest.approx(exact(instance), rel=1e-12), instance.name
        assert result.bound_by in ("milp", "reach", "prefix", "fractional", "lagrangian")


@pytest.mark.parametrize("method", ["greedy", "dp", "dai", "equal", "random", "max-frequency"])
def test_answers_and_bounds_enclose_the_optimum(method: str) -> None:
    solved = 0
    for variants, seed in CASES[::4]:
        instance = tiny_instance(variants, seed)
        try:
            result = wnpopt.solve(instance, method)
        except UnsupportedError:
            continue
        solved += 1
        best = exact(instance)
        assert result.objective is not None
        assert result.bound is not None
        assert result.verified
        assert result.objective <= best * (1 + 1e-12), instance.name
        assert result.bound >= best * (1 - 1e-12), instance.name
        if method == "dp":
            assert result.status is Status.OPTIMAL, instance.name
    assert solved > 50


def test_convex_serves_its_selection() -> None:
    for variants, seed in CASES[::16]:
        instance = tiny_instance(variants, seed)
        try:
            result = wnpopt.solve(instance, "convex", threads=1)
        except UnsupportedError:
            assert "blocks" in variants
            continue
        assert result.verified, instance.name
        assert result.objective is not None
        assert result.objective <= exact(instance) * (1 + 1e-12)
        if "multicast" not in variants:
            assert result.status is Status.OPTIMAL, instance.name


def test_cases_cover_every_variant_and_pair() -> None:
    seen = {pair for variants, _ in CASES for pair in ((a, b) for a in variants for b in variants)}
    assert seen == {(a, b) for a in VARIANTS for b in VARIANTS}
    served = sum(exact(tiny_instance(variants, seed)) > 0 for variants, seed in CASES)
    assert served > 0.7 * len(CASES)
