"""Figures of a store as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plotting.test_plot_command import MAGIC
from wnpopt.bench.analysis.profile import PerformanceProfile, ProfileCurve
from wnpopt.bench.report.pictures import profile_chart
from wnpopt.cli.main import main

STORE = Path(__file__).parent / "data" / "store-1"


def test_a_profile_as_steps() -> None:
    curves = (ProfileCurve("a", (1.0, 2.0), (0.5, 1.0), 2), ProfileCurve("b", (), (), 0))
    chart = profile_chart(PerformanceProfile("p", "P", "wnp", "factor", 2, 0, curves))
    (drawn,) = chart.panels[0].series
    assert (drawn.name, drawn.x, drawn.y) == ("a", (1.0, 2.0, 2.1), (50.0, 100.0, 100.0))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_bench_and_report_write_each_figure(tmp_path: Path) -> None:
    assert main(["bench", str(STORE), "--out", str(tmp_path / "b")]) == 0
    there = {file.name for file in (tmp_path / "b").iterdir()}
    for name in ("profile-proved-wnp", "profile-quality-slide", "slide-bandwidth-served"):
        assert {f"{name}.svg", f"{name}.pdf"} <= there
    command = ["report", str(STORE), "-o", str(tmp_path / "r.html"), "--pictures", str(tmp_path / "p")]
    assert main(command) == 0
    files = sorted((tmp_path / "p").iterdir())
    assert {file.name for file in files} > {name for name in there if name.endswith((".svg", ".pdf"))}
    assert len([file for file in files if file.stem.endswith("-schedule")]) == 2 * 6
    assert all(file.read_bytes().startswith(MAGIC[file.suffix]) for file in files)
