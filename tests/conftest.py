"""What holds for all tests: none of them depends on how fast the machine is."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests import compiling
from wnpopt.core.patience import patience

gc.disable()  # until all is collected: modules and tests stay, so nothing of it is garbage

# The tests start hundreds of processes: each would compile the sources for 0.3 s.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# In the background of a shell Ctrl-C is ignored, also by whatever is started there.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ORDINARY = "not slow"
"""The expression for ordinary runs, as pyproject.toml has it."""

USED = "_hypothesis_internal_use_settings"

FRESH = os.environ.get("WNPOPT_EXAMPLES") == "fresh"
"""Property tests draw other examples each time; else the same ones, so that no run fails by chance."""

settings.register_profile(
    "any-machine", deadline=None, derandomize=not FRESH, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any-machine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Property tests take a third of their examples in ordinary runs, others with every run; the slow ones take all."""
    seen = set()
    for item in items:
        test = getattr(item, "obj", None)
        if not getattr(test, "is_hypothesis_test", False):
            continue
        item.add_marker(pytest.mark.examples)
        function = getattr(test, "__func__", test)
        if config.option.markexpr == ORDINARY and function not in seen:
            seen.add(function)
            own = getattr(function, USED, settings.default)
            setattr(function, USED, settings(own, max_examples=max(5, own.max_examples // 3)))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is there stays, so it is not looked through for garbage again and again.

    Before many tests the workers compile the kernels, each its share: else all of them compile what comes first.
    """
    gc.freeze()
    gc.enable()
    worker, workers = os.environ.get("PYTEST_XDIST_WORKER", ""), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0"))
    if worker and workers > 1 and len(session.items) > 1000:
        compiling.compile_share(int(worker.removeprefix("gw")), workers)


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
