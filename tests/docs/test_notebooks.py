"""The notebooks run from top to bottom, without Jupyter; the site's build runs them with it, and shows the outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "docs/notebooks").glob("*.ipynb"))


def cells(notebook: Path) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has assertions of its own about what it shows."""
    pytest.importorskip("matplotlib", reason="the extra plot is not installed").use("agg")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    names: dict[str, object] = {}
    for number, cell in enumerate(cells(notebook)):
        exec(compile("".join(cell["source"]), f"{notebook.name}, code {number}", "exec", dont_inherit=True), names)
    from matplotlib import pyplot

    pyplot.close("all")


def test_there_are_six_and_they_are_stored_without_outputs() -> None:
    assert len(NOTEBOOKS) == 6
    for notebook in NOTEBOOKS:
        code = cells(notebook)
        assert len(code) > 3, notebook.name
        assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code), notebook.name
