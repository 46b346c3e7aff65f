"""The axes of an instance's picture: depths and resource blocks are whole numbers, time ends with the last slot."""

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


def test_the_channel_has_whole_resource_blocks_and_ends_with_its_last_slot() -> None:
    shape = {"modalities": 2, "resource_blocks": 2, "slots": 10, "block_slots": 4}
    instance = registry.family("wnp").generate(shape, 1)
    assert isinstance(instance, WnpInstance)
    figure = picture(instance)
    figure.draw_without_rendering()
    for axes in figure.axes[:2]:
        assert [tick for tick in axes.get_yticks() if -0.5 <= tick <= 1.5] == [0, 1]
        assert axes.get_xlim() == pytest.approx((0, 10 * instance.radio.slot_ticks * instance.tick_s * 1e3))
