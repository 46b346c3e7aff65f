"""What holds for all tests: none of them depends on how fast the machine is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from wnpopt.core.patience import patience

settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")


@pytest.fixture(scope="session", autouse=True)
def _patient() -> Iterator[None]:
    """A run in a child process that is over its limit is killed late: on a busy machine it ends late."""
    with patience(60.0):
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[None]:
    """The Chromium in which ``tests.bench.report_browser.opened`` opens pages."""
    from tests.bench import report_browser

    with report_browser.started():
        yield
