"""Methods of a test that are registered as those of a package are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint

import pytest

from wnpopt.core import registry


@contextmanager
def registered(module: str, names: Iterable[str]) -> Iterator[None]:
    """Within the block wnp has these methods; each is what its name in capitals is in ``module``."""
    genuine = registry.entry_points
    points = [EntryPoint(f"wnp.{name}", f"{module}:{name.upper()}", "wnpopt.methods") for name in names]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            registry, "entry_points", lambda group: points if group == "wnpopt.methods" else genuine(group=group)
        )
        registry.forget()
        yield
    registry.forget()
