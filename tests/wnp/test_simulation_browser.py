"""The page of a simulation in a real browser, on a telephone in the dark: readable, and names run nothing."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

import wnpopt
from tests.bench.report_browser import BROWSER, opened
from tests.wnp.test_html_figures import HOSTILE, hostile
from wnpopt.problems.wnp.plots.simulation import draw
from wnpopt.problems.wnp.runtime.scenario import PRESETS

pytest.importorskip("plotly", reason="the extra plot is not installed")
pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
    pytest.mark.usefixtures("browser"),
]

SEE = """
  for (const canvas of document.querySelectorAll(".canvas")) {
    canvas.scrollIntoView();
    await until(() => canvas.classList.contains("js-plotly-plot"));
  }
  scrollTo(0, 0);
  const figures = ["distribution", "utilisation"].map((id) => document.getElementById(id));
  const within = (canvas, where) => [...canvas.querySelectorAll(where)].map((part) => part.getBoundingClientRect());
  return {
    headings: [...document.querySelectorAll("h1, h3")].map((element) => element.textContent),
    note: document.querySelector(".note").textContent,
    page: getComputedStyle(document.body).backgroundColor,
    behind: figures.flatMap((canvas) => [...canvas.querySelectorAll(".bglayer .bg, .main-svg > .bg")]
      .map((element) => getComputedStyle(element).fill)),
    papers: figures.map((canvas) => getComputedStyle(canvas.querySelector(".main-svg")).backgroundColor),
    inks: figures.flatMap((canvas) => [...canvas.querySelectorAll(".xtitle, .ytitle, .legendtext")]
      .map((element) => getComputedStyle(element).fill)),
    names: [...figures[0].querySelectorAll(".legendtext")].map((element) => element.textContent),
    lines: figures.map((canvas) => canvas.querySelectorAll(".scatterlayer .trace").length),
    fits: document.documentElement.scrollWidth <= innerWidth,
    clear: figures.every((canvas) => {
      const below = Math.max(...within(canvas, ".xtitle").map((box) => box.bottom));
      const end = canvas.getBoundingClientRect().bottom;
      return within(canvas, ".legend .traces").every((box) => box.top >= below - 1 && box.bottom <= end + 1);
    }),
    images: document.images.length, bold: document.querySelectorAll("svg b").length,
  };
"""


@pytest.mark.parametrize(("width", "dark"), [(1200, False), (420, True)])
def test_it_can_be_read_and_names_run_nothing(tmp_path: Path, width: int, dark: bool) -> None:
    instance = hostile()
    scenario = PRESETS["mild"].model_copy(update={"name": HOSTILE})
    simulation = wnpopt.simulate(instance, None, ["static", "pacs-online", "oracle"], scenario=scenario, runs=3)
    page = tmp_path / "runs.html"
    draw(simulation, page)
    # Without its policy: what the names do must not depend on it.
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("Content-Security-Policy", "X-None", 1), encoding="utf-8")
    with opened(page, width=width, dark=dark) as browser:
        answer = cast(dict[str, object], browser.run(SEE))
    headings = cast(list[str], answer["headings"])
    assert headings[0].startswith(HOSTILE)
    assert headings[1].startswith(f"{HOSTILE}, as planned"[:50])
    assert headings[2].startswith("static in world 0")
    assert headings[-2:] == [
        "makespan: share of the worlds that is not beyond it",
        "utilisation over time, mean of 3 worlds",
    ]
    assert "3 worlds of scenario " in cast(str, answer["note"])
    assert answer["page"] == ("rgb(21, 24, 28)" if dark else "rgb(255, 255, 255)")
    assert set(cast(list[str], answer["papers"])) == {answer["page"]}
    assert set(cast(list[str], answer["behind"])) <= {answer["page"], "rgba(0, 0, 0, 0)", "none"}
    assert set(cast(list[str], answer["inks"])) == {"rgb(228, 231, 235)" if dark else "rgb(28, 33, 38)"}
    assert answer["names"] == ["static", "pacs-online", "oracle"]
    assert answer["lines"] == [3, 9]
    assert (answer["fits"], answer["clear"]) == (True, True)
    assert (answer["images"], answer["bold"]) == (0, 0)
