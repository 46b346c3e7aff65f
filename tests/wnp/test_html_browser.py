"""The page of a schedule in a real browser, without a network: no console message, and everything is drawn."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import cast

import pytest

import wnpopt
from tests.bench.report_browser import BROWSER, opened
from tests.wnp.test_html_figures import HOSTILE, hostile, solved
from wnpopt.core.registry import family
from wnpopt.plotting.draw import draw, draw_beside
from wnpopt.plotting.palette import colour
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution

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
  const schedule = document.getElementById("schedule");
  const texts = (where) => [...schedule.querySelectorAll(where)].map((element) => element.textContent);
"""
Drawn = tuple[WnpInstance, WnpSolution, Path]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """100 subgraphs and 50 resource blocks, as a page."""
    shape = {"subgraphs": 100, "cores": 8, "modalities": 6, "resource_blocks": 50, "slots": 100, "block_slots": 10}
    instance = family("wnp").generate(shape, 1)
    assert isinstance(instance, WnpInstance)
    solution = solved(instance)
    path = tmp_path_factory.mktemp("page") / "plan.html"
    draw(instance, solution, 1.0, path)
    return instance, solution, path


@pytest.mark.slow
@pytest.mark.parametrize(("width", "dark"), [(1400, False), (420, True)])
def test_a_large_plan_is_drawn(drawn: Drawn, width: int, dark: bool) -> None:
    instance, solution, path = drawn
    script = """
      const tips = schedule.data.filter((trace) => trace.mode === "markers").flatMap((trace) => trace.x);
      const dashed = schedule.data.filter((trace) => trace.hovertemplate?.includes("has arrived"));
      const axis = schedule.querySelector(".xtitle").getBoundingClientRect();
      const end = schedule.getBoundingClientRect().bottom;
      const keys = [...schedule.querySelectorAll(".legend .traces")].map((key) => key.getBoundingClientRect());
      return { bars: schedule.querySelectorAll(".bars .point path").length, tips: tips.length,
               grids: schedule.querySelectorAll(".hm image").length,
               channels: document.querySelectorAll("#channel .hm image").length,
               dashed: new Set(dashed.map((trace) => trace.hovertemplate)).size,
               names: texts(".legendtext"), axis: texts(".xtitle"), lanes: texts(".ytick text"),
               fits: document.documentElement.scrollWidth <= innerWidth,
               clear: keys.every((key) => key.top >= axis.bottom - 1 && key.bottom <= end + 1),
               paper: getComputedStyle(document.body).backgroundColor,
               title: document.querySelector("h3").textContent };
    """
    with opened(path, width=width, dark=dark) as browser:
        answer = cast(dict[str, object], browser.run(SEE + script))
    assert answer["bars"] == len(instance.subgraphs)
    moved = [e for e in instance.edges if solution.core[e.source] != solution.core[e.target]]
    assert answer["tips"] == len(moved) > 0
    assert (answer["grids"], answer["channels"]) == (1, len(instance.modalities))
    names = cast(list[str], answer["names"])
    assert {m.name for m in instance.modalities} | {"arrival", "makespan", "bound", "transfer"} <= set(names)
    assert answer["dashed"] == len(instance.modalities)
    assert answer["axis"] == ["time in ms"]
    assert {core.name for core in instance.chip.cores} <= set(cast(list[str], answer["lanes"]))
    assert (answer["fits"], answer["clear"]) == (True, True)
    assert answer["paper"] == ("rgb(21, 24, 28)" if dark else "rgb(255, 255, 255)")
    assert f"{instance.name}: makespan " in cast(str, answer["title"])


@pytest.mark.slow
def test_pointing_tells_what_a_bar_a_transfer_a_cell_and_an_arrival_are(drawn: Drawn) -> None:
    instance, solution, path = drawn
    script = """
      const told = async (test, point) => {
        const at = schedule.data.findIndex(test);
        const axes = schedule.data[at].yaxis === "y2" ? "xy2" : "xy";
        Plotly.Fx.hover(schedule, [{ curveNumber: at, pointNumber: point }], [axes]);
        await pause(150);
        return texts(".hoverlayer .hovertext").join("");
      };
      const target = schedule.data.filter((trace) => trace.type === "bar").flatMap((trace) => trace.hovertext)
        .find((text) => text.includes(": ") && text.includes(" B in "));
      return { bar: await told((trace) => trace.type === "bar", 0),
               link: await told((trace) => trace.mode === "markers", 0),
               arrival: await told((trace) => trace.hovertemplate?.includes("has arrived"), 0), target };
    """
    corner = f"""
      const box = document.querySelector("#schedule .hm image").getBoundingClientRect();
      return [box.x + (5.5 / {len(solution.rb)}) * box.width, box.y + (1.5 / {instance.resource_blocks}) * box.height];
    """
    with opened(path) as browser:
        answer = cast(dict[str, str], browser.run(SEE + script))
        x, y = cast(list[float], browser.run(corner))
        for step in (0, 1):
            browser.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x + step, y=y)
            browser.run("await pause(150);")
        cell = str(browser.run("return document.querySelector('#schedule .hovertext')?.textContent;"))
    first = next(s for s in instance.subgraphs if s.modality == instance.modalities[0].name)
    for words in (first.name, f"on {solution.core[first.name]}", f"({solution.start[first.name]} to ", "reads m0"):
        assert words in answer["bar"]
    assert "\\n" not in answer["bar"]
    moved = next(e for e in instance.edges if solution.core[e.source] != solution.core[e.target])
    for words in (f"{moved.source} to {moved.target}", f"{moved.bytes} B in "):
        assert words in answer["link"]
    owner = solution.rb[5][1]
    assert owner is not None
    for words in (instance.modalities[owner].name, "resource block 1, slot 5", f"{instance.rates[owner, 1, 0]} bit"):
        assert words in cell
    assert "has arrived: " in answer["arrival"]
    assert "there " in answer["target"]


@pytest.mark.slow
def test_it_has_something_to_see(drawn: Drawn) -> None:
    """A screenshot in which every modality's colour is there."""
    image = pytest.importorskip("matplotlib.image")
    import numpy as np

    instance, _, path = drawn
    with opened(path) as browser:
        browser.run(SEE + "await pause(300);")
        shot = base64.b64decode(cast(str, browser.ask("Page.captureScreenshot", format="png")["data"]))
    pixels = np.rint(255 * image.imread(io.BytesIO(shot))[:, :, :3]).astype(int)
    for k in range(len(instance.modalities)):
        paint = [int(colour(k)[i : i + 2], 16) for i in (1, 3, 5)]
        assert (np.abs(pixels - paint).max(axis=2) <= 2).sum() > 500, instance.modalities[k].name


def test_hostile_names_run_nothing(tmp_path: Path) -> None:
    instance = hostile()
    page = tmp_path / "hostile.html"
    draw(instance, solved(instance), 0.0, page)
    # Without its policy: what the names do must not depend on it.
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("Content-Security-Policy", "X-None", 1), encoding="utf-8")
    script = """
      schedule.data.forEach((trace, index) => {
        if (trace.type === "bar") Plotly.Fx.hover(schedule, [{ curveNumber: index, pointNumber: 0 }], ["xy"]);
      });
      await pause(150);
      return { images: document.images.length, bold: document.querySelectorAll("svg b").length,
               title: document.querySelector("h3").textContent, names: texts(".legendtext"),
               hover: texts(".hovertext") };
    """
    with opened(page) as browser:
        answer = cast(dict[str, object], browser.run(SEE + script))
    assert (answer["images"], answer["bold"]) == (0, 0)
    assert cast(str, answer["title"]).startswith(HOSTILE)
    assert any("<b>&amp;</script>" in name for name in cast(list[str], answer["names"]))
    assert any("onerror" in told for told in cast(list[str], answer["hover"]))


@pytest.mark.slow
def test_a_plan_with_one_of_each_is_drawn(tmp_path: Path) -> None:
    """One lane, one resource block: axes have whole numbers."""
    shape = {"subgraphs": 2, "cores": 1, "modalities": 1, "resource_blocks": 1, "slots": 4, "block_slots": 2}
    instance = family("wnp").generate(shape, 1)
    assert isinstance(instance, WnpInstance)
    solution = wnpopt.solve(instance, "pacs", threads=1).solution
    assert isinstance(solution, WnpSolution)
    draw(instance, solution, None, tmp_path / "plan.html")
    with opened(tmp_path / "plan.html", width=420) as browser:
        answer = cast(list[str], browser.run(SEE + 'return texts(".y2tick text");'))
    assert answer == ["0"]


@pytest.mark.slow
def test_plans_side_by_side_have_their_ends_and_their_shortest_messages(tmp_path: Path) -> None:
    instance = family("intradp").generate({}, 3)
    plans = {name: wnpopt.solve(instance, name).solution for name in ("device-only", "server-only")}
    draw_beside(instance, {name: plan for name, plan in plans.items() if plan is not None}, tmp_path / "both.html")
    ends = {name: wnpopt.verify(instance, plan).objective for name, plan in plans.items() if plan is not None}
    script = """
      const page = getComputedStyle(document.documentElement).getPropertyValue("--page").trim();
      const thin = schedule.data.filter((trace) => trace.type === "bar").flatMap((trace) => trace.x.flatMap(
        (width, i) => (width < 1e-3 * schedule.layout.xaxis.range[1] ? [trace.marker.line.color[i]] : [])));
      return { ends: schedule.data.filter((trace) => trace.name === "latency").map((trace) => trace.x),
               hidden: thin.filter((colour) => colour === page).length };
    """
    with opened(tmp_path / "both.html") as browser:
        answer = cast(dict[str, list[list[float | None]]], browser.run(SEE + script))
    assert len(answer["ends"]) == 1
    scale = max(x for x in answer["ends"][0] if x is not None) / max(cast(float, end) for end in ends.values())
    seen = {round(x / scale, 6) for x in answer["ends"][0] if x is not None}
    assert seen == {round(cast(float, end), 6) for end in ends.values()}
    assert answer["hidden"] == 0
