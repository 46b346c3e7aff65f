"""The policy on the page about simulation: installed as the page says, it is found, and does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytest

import wnpopt
from wnpopt.core import registry
from wnpopt.problems.wnp import WnpInstance
from wnpopt.problems.wnp.runtime.policies import known
from wnpopt.problems.wnp.runtime.scenario import WnpScenario

PAGE = (Path(__file__).resolve().parents[2] / "docs/simulate.md").read_text(encoding="utf-8")


def test_the_policy_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n([^`]*Policy\(\"careful\"[^`]*)```", PAGE)
    (table,) = re.findall(r"```toml\n\[project\.entry-points\.\"wnpopt\.policies\"\]\n([^`]*)```", PAGE)
    (tmp_path / "careful.py").write_text(code)
    told = tmp_path / "careful-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: careful\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[wnpopt.policies]\n" + table.replace('"', ""))
    monkeypatch.syspath_prepend(tmp_path)
    known.forget()
    try:
        options = {"subgraphs": 8, "cores": 3, "modalities": 2, "resource_blocks": 4, "slots": 20}
        instance = cast(WnpInstance, registry.family("wnp").generate(options, 3))
        fails = WnpScenario.from_data(
            {
                "kind": "wnp-scenario",
                "schema_version": 1,
                "name": "fails",
                "cores": [{"probability": 1.0, "fails_within_ticks": 4000}],
            }
        )
        simulation = wnpopt.simulate(instance, None, ["order", "careful"], scenario=fails, runs=8)
    finally:
        monkeypatch.undo()
        known.forget()
    order, careful = (simulation.entry(name) for name in ("order", "careful"))
    assert not order.measured.finished.all()
    assert careful.measured.finished.sum() > order.measured.finished.sum()
    assert {asked.plans + asked.rejected for asked in careful.asked} == {1}, "once a core that fails"
