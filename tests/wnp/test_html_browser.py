"""The interactive figures in a real browser, without a network: no console message, and everything is drawn."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import wnpopt
from wnpopt.core.registry import family
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--window-size=1400,1200",
    "--virtual-time-budget=20000",
)  # fmt: skip


def rendered(page: Path, *flags: str) -> str:
    """The page's elements once its scripts have run; fails if the console has a message."""
    assert BROWSER is not None
    done = subprocess.run(
        [BROWSER, *FLAGS, *flags, f"--user-data-dir={page.parent / 'profile'}", page.as_uri()],
        capture_output=True, text=True, timeout=300, check=False, errors="replace",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not console, console
    return done.stdout


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[WnpInstance, WnpSolution, Path]:
    """100 subgraphs and 50 resource blocks, as a page."""
    pytest.importorskip("plotly", reason="the extra plot is not installed")
    from wnpopt.problems.wnp.plots.image import draw

    shape = {"subgraphs": 100, "cores": 8, "modalities": 6, "resource_blocks": 50, "slots": 100, "block_slots": 10}
    instance = family("wnp").generate(shape, 1)
    assert isinstance(instance, WnpInstance)
    solution = wnpopt.solve(instance, "pacs", threads=1).solution
    assert isinstance(solution, WnpSolution)
    path = tmp_path_factory.mktemp("page") / "plan.html"
    draw(instance, solution, 1.0, path)
    return instance, solution, path


def test_a_large_plan_is_drawn_and_tells_what_a_bar_is(
    drawn: tuple[WnpInstance, WnpSolution, Path], tmp_path: Path
) -> None:
    instance, solution, path = drawn
    page = tmp_path / "hover.html"
    # Hover over a bar: the first ones are those of modality 0, in the instance's order.
    find = "document.getElementById('schedule').data.findIndex(trace => trace.type == 'bar')"
    script = f"<script>Plotly.Fx.hover('schedule', [{{curveNumber: {find}, pointNumber: 0}}], ['x2y2'])</script>"
    page.write_text(path.read_text(encoding="utf-8").replace("</body>", script + "</body>"), encoding="utf-8")
    elements = rendered(page, "--dump-dom")
    assert elements.count('class="main-svg"') >= 2
    # A bar is a path in a group of class "point".
    assert len(re.findall(r'<g class="point">\s*<path', elements)) == len(instance.subgraphs)
    for modality in instance.modalities:
        assert f">{modality.name}</text>" in elements
    moved = [e for e in instance.edges if solution.core[e.source] != solution.core[e.target]]
    assert len(re.findall(r'<path class="point"', elements)) >= len(moved)
    # One image for the resource blocks, one for each modality's channel.
    assert len(re.findall(r"<image [^>]*data:image/png", elements)) == 1 + len(instance.modalities)
    assert "makespan" in elements
    (label,) = re.findall(r'<g class="hovertext".*?</g>', elements, re.DOTALL)
    first = next(s for s in instance.subgraphs if s.modality == instance.modalities[0].name)
    for words in (first.name, f"on {solution.core[first.name]}", f"({solution.start[first.name]} to ", "reads m0"):
        assert words in re.sub(r"<[^>]*>", "", label)


def test_it_has_something_to_see(drawn: tuple[WnpInstance, WnpSolution, Path]) -> None:
    """A screenshot in which every modality's colour is there."""
    import matplotlib.image
    import numpy as np

    from wnpopt.problems.wnp.plots.image import colour

    instance, _, path = drawn
    shot = path.parent / "plan.png"
    rendered(path, f"--screenshot={shot}")
    pixels = np.rint(255 * matplotlib.image.imread(shot)[:, :, :3]).astype(int)
    for k in range(len(instance.modalities)):
        paint = [int(colour(k)[i : i + 2], 16) for i in (1, 3, 5)]
        assert (np.abs(pixels - paint).max(axis=2) <= 2).sum() > 500, instance.modalities[k].name


def test_hostile_names_run_nothing(tmp_path: Path) -> None:
    pytest.importorskip("plotly", reason="the extra plot is not installed")
    from tests.wnp.test_html_figures import HOSTILE, hostile, solved
    from wnpopt.problems.wnp.plots.page import schedule_page, write_page

    instance = hostile()
    page = tmp_path / "hostile.html"
    write_page(schedule_page(instance, solved(instance), 0.0), page)
    elements = rendered(page, "--dump-dom")
    body = re.sub(r"<script\b[^>]*>.*?</script>", "", elements, flags=re.DOTALL)
    assert "<img" not in body
    assert "&lt;b&gt;" in body
    assert HOSTILE not in body
