"""Fixtures of the batch's tests: instances to run, and a package of methods that go wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import wnpopt
from tests.bench import trouble_package
from tests.bench.in_process import InProcess
from wnpopt.core import registry

SHAPE = {"subgraphs": 5, "cores": 2, "modalities": 2, "resource_blocks": 2, "slots": 6, "block_slots": 2}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six tiny wnp instances, w0.json to w5.json."""
    place = tmp_path / "instances"
    place.mkdir()
    for seed in range(6):
        wnpopt.save(registry.family("wnp").generate({**SHAPE, "name": f"w{seed}"}, seed), place / f"w{seed}.json")
    return place


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of this test run in its own process."""
    monkeypatch.setattr("wnpopt.bench.batch.run.LocalExecutor", InProcess)


@pytest.fixture(scope="session")
def trouble_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the package of troublesome methods is installed."""
    site = tmp_path_factory.mktemp("site")
    trouble_package.install(site)
    return site


@pytest.fixture
def trouble(trouble_site: Path) -> Iterator[Path]:
    """The troublesome methods, registered in this process and in those that it starts."""
    sys.path.insert(0, str(trouble_site))
    registry.forget()
    yield trouble_site
    sys.path.remove(str(trouble_site))
    registry.forget()
