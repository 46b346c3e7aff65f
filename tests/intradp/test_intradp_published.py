"""The published profiles, where they are present: totals, proofs, and the gain over the layer cut."""

from __future__ import annotations

import json

import pytest
from mobicom import DATA, profile

from wnpopt.api import solve
from wnpopt.core.result import Status

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the published profiles are not here")


@pytest.mark.parametrize("name", ["VGG19_BN", "DenseNet121"])
def test_device_only_is_the_profile_s_total(name: str) -> None:
    data = json.loads((DATA / f"mobicom_{name}.json").read_text())
    total = sum(op["device_time_mean_over_runs_s"] for op in data["ops"] if not op["excluded"])
    assert solve(profile(name, 10), "device-only").objective == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("rate", [1, 2, 4, 6, 8, 10, 12, 15, 20, 30])
def test_vgg_is_proved(rate: float) -> None:
    instance = profile("VGG19_BN", rate)
    cut = solve(instance, "layer-cut").objective
    result = solve(instance, "search", time_limit=30)
    assert result.status is Status.OPTIMAL
    assert cut is not None
    assert result.objective is not None
    gain = {4: 0.01, 6: 0.05, 8: 0.025}.get(rate, 0.0)
    assert result.objective <= cut * (1 - gain) + 1e-12


def test_densenet_beats_the_layer_cut() -> None:
    instance = profile("DenseNet121", 15)
    cut = solve(instance, "layer-cut", time_limit=None)
    result = solve(instance, "search", time_limit=10)
    assert cut.objective is not None
    assert result.objective is not None
    assert result.objective <= 0.93 * cut.objective
