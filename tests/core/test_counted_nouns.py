"""One of a thing is told in the singular, in titles, descriptions and explanations."""

from __future__ import annotations

import pytest

from wnpopt.core import registry
from wnpopt.problems.wnp.explained.radio import lacking
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.show import show


@pytest.mark.parametrize(
    ("missing", "payload", "told"),
    [(1, None, "1 bit is"), (2, None, "2 bits are"), (1, 8, "1 of 8 bits is"), (1, 1, "1 of 1 bit is")],
)
def test_missing_bits_have_their_verb(missing: int, payload: int | None, told: str) -> None:
    assert lacking(missing, payload) == told


def test_one_subgraph_is_described_in_the_singular() -> None:
    instance = registry.family("wnp").generate({"subgraphs": 1, "modalities": 0, "radio_release": 0}, 1)
    assert isinstance(instance, WnpInstance)
    (depth,) = [fact for fact in show(instance).facts if fact.key == "depth"]
    assert depth.shown == "1 subgraph on the longest path"
