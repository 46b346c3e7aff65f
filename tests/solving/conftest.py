"""Troublesome methods that are installed as another package's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.solving import solver_trouble
from wnpopt.core import registry
from wnpopt.core.patience import patience


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Registered in this process and in those that it starts."""
    site = tmp_path_factory.mktemp("site")
    solver_trouble.install(site)
    sys.path.insert(0, str(site))
    registry.forget()
    yield site
    sys.path.remove(str(site))
    registry.forget()


@pytest.fixture(autouse=True)
def _impatient() -> Iterator[None]:
    """As users have it: that runs are killed is what is tested here."""
    with patience(0.0):
        yield
