"""The page on what the commands tell: its commands work, and the tables that it names are there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/cli.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the commands with --json print, in order."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "instances").symlink_to(ROOT / "instances")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(lines) == 7
    objects = []
    for line in lines:
        words = line.split()
        assert words[0] == "wnpopt"
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        if "--json" in words:
            objects.append(json.loads(done.stdout))
    return objects


@pytest.mark.slow
def test_the_tables_are_called_what_the_page_calls_them(told: list[dict[str, Any]]) -> None:
    shown, imported = told
    assert {"core_list", "modality_list"} <= set(shown)
    assert {"schedule", "load", "arrivals", "transfers"} <= set(shown["solution"])
    assert {"macs", "flop", "parameters", "core_support", "coarsening_loss"} <= set(imported)
    for name in (*shown["solution"], "core_list", "modality_list", "core_support"):
        assert name.replace("_", " ") in PAGE.replace("_", " ") or name in ("accepted", "objective", "makespan_ticks")


def test_what_a_family_may_name_is_there() -> None:
    from wnpopt.core.facts import Facts
    from wnpopt.core.family import Family

    assert Facts.__module__ == "wnpopt.core.facts"
    assert "show" in Family.__dataclass_fields__
