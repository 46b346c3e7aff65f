"""Depths along the axis of an instance's picture are whole numbers."""

from __future__ import annotations

import pytest

from wnpopt.core import registry
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.plots.picture import picture


@pytest.mark.parametrize("subgraphs", [1, 2, 5])
def test_depths_are_whole(subgraphs: int) -> None:
    instance = registry.family("wnp").generate({"subgraphs": subgraphs, "modalities": 0, "radio_release": 0}, 1)
    assert isinstance(instance, WnpInstance)
    figure = picture(instance)
    axes = figure.axes[-1]
    figure.draw_without_rendering()
    assert all(float(tick).is_integer() for tick in axes.get_xticks())
