"""Shared by the tests of slide: the family is registered, and small random instances of every variant."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint

import pytest

from wnpopt.core import registry


@pytest.fixture(scope="session", autouse=True)
def slide_registered() -> Iterator[None]:
    """An installation from before the family's entry point still runs its tests."""
    if "slide" in registry.family_names():
        yield
        return
    original = registry._entry_points
    point = EntryPoint("slide", "wnpopt.problems.slide:FAMILY", "wnpopt.families")

    def patched(group: str) -> tuple[EntryPoint, ...]:
        return (*original(group), point) if group == "wnpopt.families" else original(group)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_entry_points", patched)
        registry.family.cache_clear()
        registry.methods.cache_clear()
        yield
    registry.family.cache_clear()
    registry.methods.cache_clear()
