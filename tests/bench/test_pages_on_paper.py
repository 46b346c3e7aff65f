"""Pages on paper and on a telephone: nothing is left out, nothing sticks out, and what is dark can be seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

import wnpopt
from tests.bench.report_browser import BROWSER, opened
from tests.plotting.test_plot_command import known
from wnpopt.bench.report.page import write_report
from wnpopt.bench.store.store import Store

pytest.importorskip("plotly", reason="the extra plot is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
    pytest.mark.usefixtures("browser"),
]

STORE = Path(__file__).parent / "data" / "store-1"


@pytest.mark.filterwarnings("ignore")
def test_a_report_on_paper_is_whole(tmp_path: Path) -> None:
    write_report(Store.open(STORE), tmp_path / "r.html")
    script = """
      await until(() => document.querySelector("#instances tbody tr"));
      const page = () => getComputedStyle(document.body).backgroundColor;
      const canvases = () => [...document.querySelectorAll(".canvas")];
      const before = page();
      dispatchEvent(new Event("beforeprint"));
      await until(() => canvases().every((canvas) => canvas.classList.contains("js-plotly-plot")));
      const wide = [...document.querySelectorAll("table, .canvas")].filter((one) => one.scrollWidth > 1001).length;
      const print = { page: page(), figures: canvases().length, wide };
      dispatchEvent(new Event("afterprint"));
      return { before, print, after: page(), printing: document.documentElement.className };
    """
    with opened(tmp_path / "r.html", width=1400, dark=True) as browser:
        told = cast("dict[str, Any]", browser.run(script))
    assert told["print"]["page"] == "rgb(255, 255, 255)"
    assert told["print"]["figures"] == 8  # six profiles, two sweeps
    assert told["print"]["wide"] == 0
    assert told["before"] == told["after"] != told["print"]["page"]
    assert told["printing"] == ""


def test_long_tables_are_printed_to_their_last_row(tmp_path: Path) -> None:
    write_report(Store.open(STORE), tmp_path / "r.html")
    script = """
      const host = document.createElement("div");
      document.body.append(host);
      addTable(host, { name: "long", columns: [{ title: "n", kind: "count" }], limit: 10,
        rows: Array.from({ length: 500 }, (_, index) => [index]) });
      const rows = () => host.querySelectorAll("tbody tr").length;
      const seen = [rows()];
      dispatchEvent(new Event("beforeprint"));
      seen.push(rows());
      dispatchEvent(new Event("afterprint"));
      seen.push(rows());
      return seen;
    """
    with opened(tmp_path / "r.html") as browser:
        assert browser.run(script) == [10, 500, 10]


@pytest.mark.parametrize("figure", ["users", "schedule"])
def test_slide_on_a_telephone_in_the_dark(figure: str, tmp_path: Path) -> None:
    instance = known("slide")
    plan = wnpopt.solve(instance, "greedy").solution
    wnpopt.plot(instance, plan, tmp_path / "p.html", figure=figure)
    script = """
      await until(() => document.querySelector(".js-plotly-plot .xtick"));
      const colours = [...document.querySelectorAll(".js-plotly-plot path, .js-plotly-plot text")]
        .map((one) => getComputedStyle(one).stroke);
      const page = getComputedStyle(document.body).backgroundColor;
      return { wide: document.documentElement.scrollWidth, page, colours };
    """
    with opened(tmp_path / "p.html", width=420, dark=True) as browser:
        told = cast("dict[str, Any]", browser.run(script))
    assert told["wide"] <= 420
    assert told["page"] == "rgb(21, 24, 28)"
    assert "rgb(68, 68, 68)" not in told["colours"]  # the grey of links would hardly be seen
