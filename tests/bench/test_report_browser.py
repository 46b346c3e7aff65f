"""The report in a real browser, without a network: it draws, sorts, filters, unfolds, and runs nothing of others."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import msgspec
import pytest

from tests.bench.record_factory import record
from tests.bench.report_browser import BROWSER, opened
from tests.bench.report_store import failed, run_record, tiny_store
from tests.bench.suite_store import small, solved_store
from tests.samples import ordinarily
from wnpopt.bench.analysis.table import shown
from wnpopt.bench.report.page import write_report
from wnpopt.bench.store.record import Failure
from wnpopt.bench.store.store import Store, write_records
from wnpopt.core import registry
from wnpopt.problems.wnp.instance import WnpInstance

pytest.importorskip("plotly", reason="the extra plot is not installed")
pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed"),
    pytest.mark.usefixtures("browser"),
]

HOSTILE = "</script><img src=x onerror=ran=1>%{y}"
"""No longer than a label in a figure, so that none of it is cut."""


SEEN = """
  const drawn = (where) => [...document.querySelectorAll(`${where} .js-plotly-plot`)];
  const see = async (where) => {
    for (const canvas of document.querySelectorAll(`${where} .canvas`)) {
      canvas.scrollIntoView();
      await until(() => canvas.classList.contains("js-plotly-plot"));
    }
    return drawn(where);
  };
"""
"""Helpers of the scripts: figures are drawn when they come into view."""


def probed(page: Path, script: str, fragment: str = "", *, width: int = 1400, dark: bool = False) -> object:
    with opened(page, fragment, width=width, dark=dark) as browser:
        return browser.run(SEEN + script)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Path]:
    """Three tiny instances of each family with all their methods, a failure, and a contradiction."""
    folder = tmp_path_factory.mktemp("report")
    store = tiny_store(folder / "results", count=3, seeds=(0, 1))
    records = list(store.latest().values())
    base = next(r for r in records if r.key.method == "pacs")
    crash = failed(base, Failure.CRASH, "the process died of signal 11")
    write_records(
        store,
        [
            msgspec.structs.replace(crash, key=msgspec.structs.replace(base.key, seed=7)),
            record("contra", "pacs", objective=10.0, file="odd/contra.json"),
            record("contra", "cpsat", objective=12.0, bound=12.0, file="odd/contra.json"),
        ],
        "more",
    )
    path = folder / "report.html"
    write_report(store, path)
    return store, path


@pytest.mark.parametrize(("width", "dark"), ordinarily(1, [(1400, False), (400, True)]))
def test_it_draws_without_a_word_on_the_console_or_a_request(
    report: tuple[Store, Path], width: int, dark: bool
) -> None:
    script = """
      const plots = await see("#profiles");
      return { svgs: plots.map((plot) => plot.querySelectorAll(".main-svg").length),
               curves: plots.map((plot) => plot.querySelectorAll(".scatterlayer .js-line").length),
               paper: getComputedStyle(document.body).backgroundColor, text: document.body.innerText,
               fits: document.documentElement.scrollWidth <= innerWidth,
               boxes: [...document.querySelectorAll(".frame, .canvas, .main-svg")].every(
                 (box) => box.getBoundingClientRect().right <= innerWidth) };
    """
    answer = cast(dict[str, object], probed(report[1], script, width=width, dark=dark))
    # A profile of time and one of quality for each family, three layers of svg each; two or three methods a family.
    assert answer["svgs"] == [3] * 6
    assert answer["curves"] == [2, 2, 3, 3, 3, 3]
    assert (answer["fits"], answer["boxes"]) == (True, True)
    assert answer["paper"] == ("rgb(21, 24, 28)" if dark else "rgb(255, 255, 255)")
    for words in ("1 run failed: 1 crash.", "cannot both hold", "the process died of signal 11"):
        assert words in cast(str, answer["text"])


@pytest.mark.slow
def test_its_policy_lets_no_other_script_run(report: tuple[Store, Path]) -> None:
    copy = report[1].with_name("injected.html")
    text = report[1].read_text(encoding="utf-8")
    copy.write_text(text.replace("<body>", "<body><script>window.ran = 1</script>"), encoding="utf-8")
    with opened(copy) as browser:
        assert browser.run("return window.ran ?? null") is None
        # The console tells of the refusal: it is what this test is about.
        assert any("Content Security Policy" in message for message in browser.messages)
        browser.messages.clear()


@pytest.mark.slow
@pytest.mark.parametrize("heading", ["mean gap", "mean time", "runs", "method"])
def test_the_gap_table_sorts_and_unknown_cells_come_last(report: tuple[Store, Path], heading: str) -> None:
    script = f"""
      const table = document.querySelector("#gaps table");
      const heads = [...table.querySelectorAll("th")];
      const at = heads.findIndex((th) => th.textContent === "{heading}");
      const column = () => [...table.querySelectorAll("tbody tr")].map((tr) => tr.children[at].textContent);
      const found = [];
      for (let click = 0; click < 2; click += 1) {{
        heads[at].querySelector("button").click();
        found.push([heads[at].getAttribute("aria-sort"), column()]);
      }}
      return {{ found, others: heads.filter((th) => th.getAttribute("aria-sort") !== "none").length }};
    """
    answer = cast(dict[str, list[tuple[str, list[str]]] | int], probed(report[1], script))
    assert answer["others"] == 1
    (first, up), (second, down) = cast(list[tuple[str, list[str]]], answer["found"])
    assert (first, second) == ("ascending", "descending")
    assert sorted(up) == sorted(down)

    def value(cell: str) -> float:
        amount, _, unit = cell.partition(" ")
        return float(amount) * (1e-3 if unit == "ms" else 1.0)

    known_up, known_down = [c for c in up if c != "–"], [c for c in down if c != "–"]
    unknown = ["–"] * (len(up) - len(known_up))
    assert (up, down) == (known_up + unknown, known_down + unknown)
    if heading == "method":
        assert known_up == sorted(known_up)
        assert known_down == sorted(known_down, reverse=True)
    else:
        assert [value(c) for c in known_up] == sorted(map(value, known_up))
        assert [value(c) for c in known_down] == sorted(map(value, known_down), reverse=True)
    if heading == "mean gap":
        assert unknown, "the contradicted instance has no gap"


def test_the_filter_keeps_rows_with_all_words(report: tuple[Store, Path]) -> None:
    script = """
      const field = document.querySelector("#instances input");
      const rows = () => [...document.querySelectorAll("#instances .opener")].map((button) => button.textContent);
      const found = [rows()];
      for (const text of ["slide/tiny", "wnp PROVED", "contradiction", "no such thing", ""]) {
        field.value = text;
        field.dispatchEvent(new Event("input"));
        found.push(rows());
      }
      return { found, told: document.querySelector("#instances .count").textContent };
    """
    answer = cast(dict[str, list[list[str]]], probed(report[1], script))
    everything, slide, proved, contradicted, nothing, again = answer["found"]
    assert len(everything) == 10
    assert len(slide) == 3
    assert 0 < len(proved) <= 3
    assert contradicted == ["contra"]
    assert nothing == []
    assert again == everything
    assert cast(object, answer["told"]) == "10 rows"


@pytest.mark.slow
def test_opening_an_instance_draws_its_traces_and_its_schedule(report: tuple[Store, Path]) -> None:
    store, path = report
    best = next(r for r in store.latest().values() if r.key.method == "pacs" and r.failure is None and r.solution)
    instance = store.instance(best)
    assert isinstance(instance, WnpInstance)
    script = f"""
      const buttons = [...document.querySelectorAll("#instances .opener")];
      const button = buttons.find((found) => found.textContent === "{instance.name}");
      const before = document.querySelectorAll("#instances .main-svg").length;
      button.click();
      const plots = await see("#instances");
      const answer = {{
        before, svgs: plots.map((plot) => plot.querySelectorAll(".main-svg").length),
        curves: plots[0].data.length, lines: plots[0].querySelectorAll(".js-line").length,
        bars: plots[1].querySelectorAll(".bars .point path").length,
        cells: plots[1].querySelectorAll(".hm image").length,
        runs: document.querySelectorAll("#instances tr.detail tbody tr").length,
        expanded: document.querySelector('#instances .opener[aria-expanded="true"]').textContent,
      }};
      document.querySelector('#instances .opener[aria-expanded="true"]').click();
      answer.after = document.querySelectorAll("#instances tr.detail").length;
      return answer;
    """
    answer = cast(dict[str, object], probed(path, script))
    assert (answer["before"], answer["after"]) == (0, 0)
    assert answer["svgs"] == [3, 3]
    assert answer["expanded"] == instance.name
    runs = [r for r in store.latest().values() if r.key.instance_hash == best.key.instance_hash]
    assert answer["runs"] == len(runs)
    assert cast(int, answer["curves"]) >= len(runs) - 1
    assert cast(int, answer["lines"]) >= len(runs) - 1
    assert answer["bars"] == len(instance.subgraphs)
    assert answer["cells"] == 1


@pytest.mark.slow
def test_a_link_to_an_instance_opens_it(report: tuple[Store, Path]) -> None:
    store, path = report
    chosen = next(r for r in store.latest().values() if r.result.family == "intradp" and r.solution)
    script = """
      const opened = [...document.querySelectorAll('#instances .opener[aria-expanded="true"]')];
      return [opened.map((button) => button.textContent), (await see("#instances")).length];
    """
    found = probed(path, script, f"#instance-{chosen.key.instance_hash}")
    assert found == [[chosen.result.instance], 2]


@pytest.mark.slow
def test_switches_change_the_axis(report: tuple[Store, Path]) -> None:
    script = """
      await see("#profiles");
      const plot = document.querySelector("#profiles .plot");
      const button = plot.querySelector("button[aria-pressed]");
      const type = () => plot.querySelector(".canvas").layout.xaxis.type;
      const found = [button.getAttribute("aria-pressed"), type()];
      button.click();
      await pause();
      return [...found, button.getAttribute("aria-pressed"), type()];
    """
    assert probed(report[1], script) == ["true", "log", "false", "linear"]


@pytest.mark.slow
def test_a_sweep_has_the_colours_of_its_family_and_shows_lines_that_coincide(tmp_path: Path) -> None:
    chosen = small("intradp-bandwidth", (5.0, 50.0), variants=("vgg-19",), methods=("server-only", "layer-cut"))
    store, _ = solved_store(tmp_path / "results", chosen)
    write_report(store, tmp_path / "report.html")
    script = """
      const lines = (plot) => plot.data.filter((trace) => trace.showlegend !== false);
      const colours = (plot) => Object.fromEntries(lines(plot).map((trace) => [trace.name, trace.line.color]));
      const [profile] = await see("#profiles");
      const [sweep] = await see("#sweeps");
      const plot = document.querySelector("#sweeps .plot");
      plot.querySelector("button[data-switch=log]").click();
      await pause();
      return [colours(profile), colours(sweep), lines(sweep).map((trace) => trace.line.width),
              sweep.layout.xaxis.type, plot.querySelector("button").textContent];
    """
    answer = cast(list[object], probed(tmp_path / "report.html", script))
    methods, lines = cast(dict[str, str], answer[0]), cast(dict[str, str], answer[1])
    assert set(lines) == {"server-only", "layer-cut", "best bound"}
    assert {name: lines[name] for name in methods} == methods
    assert lines["best bound"] not in methods.values()
    widths = cast(list[float], answer[2])
    assert widths == sorted(set(widths), reverse=True)
    assert answer[3:] == ["log", "logarithmic bandwidth"]


@pytest.mark.slow
def test_numbers_of_gaps_are_those_of_the_terminal(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "results")
    write_records(store, [record("zero", objective=0.0, bound=5.0, family="slide", sense="max")])
    write_report(store, tmp_path / "report.html")
    script = """return [...document.querySelectorAll("#gaps td")].map((cell) => cell.textContent);"""
    assert shown(5e12, "percent") in cast(list[str], probed(tmp_path / "report.html", script))


@pytest.mark.slow
def test_figures_outside_the_view_are_not_drawn(report: tuple[Store, Path]) -> None:
    script = """
      await pause(500);
      const before = document.querySelectorAll(".js-plotly-plot").length;
      return [before, (await see("#profiles")).length];
    """
    with opened(report[1], height=500) as browser:
        assert browser.run(SEEN + script) == [0, 6]


def test_hostile_names_run_nothing(tmp_path: Path) -> None:
    shape = {"subgraphs": 4, "cores": 2, "modalities": 2, "resource_blocks": 2, "slots": 6, "block_slots": 2}
    data = registry.family("wnp").generate(shape, 1).to_data() | {"name": HOSTILE}
    text = msgspec.json.encode(data).decode()
    for name in ("m0", "m1"):
        text = text.replace(f'"{name}"', msgspec.json.encode(f"{name} {HOSTILE}").decode())
    instance = WnpInstance.from_data(msgspec.json.decode(text))
    store = Store.create(tmp_path / "results")
    file = f"in/{HOSTILE}/{HOSTILE}.json"
    runs = [run_record(store, instance, file, "pacs")]
    runs.append(failed(record("x", HOSTILE, file=file), Failure.ERROR, f"<!--{HOSTILE}\u2028"))
    runs.append(record(HOSTILE, HOSTILE, objective=10.0, file=file))
    runs.append(record(HOSTILE, "m", objective=12.0, bound=12.0, file=file, found_by=HOSTILE, bound_by=HOSTILE))
    write_records(store, runs)
    page = tmp_path / "report.html"
    write_report(store, page)
    # Without its policy: what the names do must not depend on it.
    policy = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')
    text, count = policy.subn("", page.read_text(encoding="utf-8"))
    assert count == 1
    page.write_text(text, encoding="utf-8")
    script = """
      document.querySelectorAll("#instances .opener").forEach((_, index) =>
        document.querySelectorAll("#instances .opener")[index].click());
      for (const plot of await see("#instances"))
        plot.data[0].type === "heatmap"
          ? Plotly.Fx.hover(plot, [{ curveNumber: 0, pointNumber: [0, 0] }], ["xy2"])
          : Plotly.Fx.hover(plot, [{ curveNumber: 0, pointNumber: 0 }], ["xy"]);
      await pause();
      const texts = [...document.querySelectorAll("td, li, svg text, h3")].map((element) => element.textContent);
      return { ran: window.ran ?? null, images: document.images.length, scripts: document.scripts.length,
               plots: document.querySelectorAll("#instances .js-plotly-plot").length, texts,
               hovered: [...document.querySelectorAll(".hoverlayer text")].map((element) => element.textContent) };
    """
    answer = cast(dict[str, object], probed(page, script))
    assert answer["ran"] is None
    assert answer["images"] == 0
    # The data, two scripts, and a figure for each of the three instances: nothing was added.
    assert answer["scripts"] == 3 + 3
    # The traces of two of them (nothing is known of the third), and one schedule.
    assert answer["plots"] == 3
    # In a hover text, too, a name is no template.
    assert any(text.startswith(f"{HOSTILE}, seed 0") for text in cast(list[str], answer["hovered"]))
    texts = cast(list[str], answer["texts"])
    assert any(HOSTILE in text for text in texts)
    assert f"m0 {HOSTILE}"[:29] in "".join(texts), "the figure names the modality as it is written"
