"""Commands that are stopped at random moments, as ``scripts/stop_and_go.py`` stops them a hundred times."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest

ROUNDS = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "stop_and_go.py"))["rounds"]
COMMANDS = ("solve", "batch", "report", "run-intradp", "served", "device")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="what a command has started is looked for in /proc")
def test_what_is_stopped_leaves_nothing_half_done() -> None:
    seed = int(os.environ.get("WNPOPT_STOP_SEED", "3"))
    counts, wrong = ROUNDS(6, seed, COMMANDS, lasts=dict.fromkeys(COMMANDS, 4.0))
    assert sum(counts.values()) == 6
    assert wrong == [], f"repeat with WNPOPT_STOP_SEED={seed}"
