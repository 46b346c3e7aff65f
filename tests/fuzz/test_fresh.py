"""Every reader with inputs at random, and with bombs: what asks for much work or memory.

The sample is the same each time, so that no run fails by chance for what another change brought in; others are drawn by
``scripts/fuzz.py`` and with the variable WNPOPT_FUZZ_SEED.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.fuzz.drive import attack
from tests.fuzz.targets import TARGETS

pytest.importorskip("onnx", reason="the extra onnx is not installed")
pytest.importorskip("onnxruntime", reason="the extra run is not installed")

VARIABLE = "WNPOPT_FUZZ_SEED"
"""``fresh`` draws another sample, a number repeats the beginning of the one that printed it."""

INPUTS = 150
"""For each reader in the sample that is always the same."""

SHARE_S = float(os.environ.get("WNPOPT_FUZZ_SECONDS") or 0.6)
"""Of processor time for each reader in a sample that was asked for."""

BOMBED = ("json", "slide-allocation", "onnx", "serve-greeting", "words", "solution-file", "solver-log", "stg", "index")
"""Readers whose bombs are tried each time; ``python -m tests.fuzz.bounded TARGET`` tries those of any."""


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_inputs_at_random(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = os.environ.get(VARIABLE)
    if not asked:
        faults = attack(TARGETS[name], random.Random(20), lambda number: number < INPUTS)
        assert faults == []
        return
    seed = random.SystemRandom().randrange(2**31) if asked == "fresh" else int(asked)
    with capsys.disabled():
        print(f"\n{VARIABLE}={seed} ({name})")
    end = time.process_time() + SHARE_S
    faults = attack(TARGETS[name], random.Random(seed), lambda number: number < 5 or time.process_time() < end)
    assert [told for told, _ in faults] == [], f"repeat with {VARIABLE}={seed}; shrunk: {[data for _, data in faults]}"


@pytest.mark.slow
def test_bombs() -> None:
    """A gigabyte beyond what the process begins with, and half a minute of its own time for an input."""
    command = [sys.executable, "-m", "tests.fuzz.bounded", *BOMBED]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    assert done.returncode == 0, done.stdout[-2000:]
    ended = [line for line in lines if line[0] == "ends"]
    assert {line[1] for line in ended} == set(BOMBED)
    assert 2 * len(ended) == len(lines)
    assert [line for line in ended if line[-1]] == []
