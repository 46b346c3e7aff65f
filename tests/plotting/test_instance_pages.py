"""What instances look like without a plan: everything is in their charts, their pages tell it to who points at it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from tests.bench.report_browser import BROWSER, opened
from tests.plotting.test_plot_command import FAMILIES, known
from tests.samples import ordinarily
from wnpopt.core import registry
from wnpopt.core.lazy import resolve
from wnpopt.plotting.chart import Chart
from wnpopt.problems.slide.plots.instance import charts as slide_charts

pytest.importorskip("plotly", reason="the extra plot is not installed")

HOSTILE = "<script>alert(1)</script>$x_1$ %{y}"


def charts(instance: Any) -> dict[str, Chart]:
    reference = registry.family(instance.kind).charts
    assert reference is not None
    return resolve(reference)(instance)  # type: ignore[operator, no-any-return]


def told(chart: Chart) -> list[str]:
    """What every point says, one a point."""
    return [text for panel in chart.panels for series in panel.series for text in series.told]


def figures(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="figures">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])  # type: ignore[no-any-return]


def hostile(family: str) -> Any:
    """The known instance with one of its names changed for markup."""
    data = known(family).to_data()
    name = {"wnp": data.get("subgraphs"), "slide": data.get("users"), "intradp": data.get("operators")}[family][0][
        "name"
    ]
    text = json.dumps(data).replace(f'"{name}"', json.dumps(HOSTILE))
    return registry.family(family).instance_type.from_data({**json.loads(text), "name": HOSTILE})


@pytest.mark.parametrize("family", FAMILIES)
def test_a_page_is_made_of_charts_and_tells_of_everything(family: str, tmp_path: Path) -> None:
    instance = known(family)
    wnpopt.plot(instance, None, tmp_path / "i.html")
    page = (tmp_path / "i.html").read_text(encoding="utf-8")
    assert "<img" not in page
    drawn = figures(page)
    for name, chart in charts(instance).items():
        hover = [line for trace in drawn[name]["data"] for line in trace.get("hovertext", [])]
        assert [html.unescape(line).split("<br>") for line in hover] == [text.splitlines() for text in told(chart)]
        assert drawn[name]["layout"]["title"]["text"] == chart.title
    parts = {
        "wnp": {"graph": [s.name for s in getattr(instance, "subgraphs", ())]},
        "slide": {
            "users": [u.name for u in getattr(instance, "users", ())],
            "models": [m.name for m in getattr(instance, "models", ())],
        },
        "intradp": {"operators": [o.name for o in getattr(instance, "operators", ())]},
    }[family]
    for name, names in parts.items():
        said = {re.split(r"[:,\n]", text)[0] for text in told(charts(instance)[name])}
        assert said == set(names)
    assert list(drawn) == [*charts(instance), *(["channel"] if family == "wnp" else [])]


@pytest.mark.parametrize("family", FAMILIES)
def test_names_stand_for_themselves(family: str, tmp_path: Path) -> None:
    instance = hostile(family)
    wnpopt.plot(instance, None, tmp_path / "i.html")
    wnpopt.plot(instance, None, tmp_path / "i.svg")
    page = (tmp_path / "i.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page  # the title of the page
    assert "<script>" not in json.dumps([figure["data"] for figure in figures(page).values()])


def test_the_charts_have_the_numbers_of_the_instance() -> None:
    instance = known("intradp")
    times, sizes = charts(instance)["operators"].panels
    device, server = times.series
    assert device.y == tuple(1e3 * o.device.full_s for o in instance.operators)
    assert server.y == tuple(1e3 * o.server.full_s for o in instance.operators)
    output, given = sizes.series
    assert output.y == tuple(o.output_bytes / 1e3 for o in instance.operators)
    assert given.y == (instance.input_bytes / 1e3,) * 2
    instance = known("slide")
    drawn = charts(instance)
    assert sorted(x for s in drawn["users"].panels[0].series for x in s.x) == sorted(
        u.deadline_s for u in instance.users
    )
    assert [(s.x[0], s.y[0]) for s in drawn["models"].panels[0].series] == [
        (m.bits / 1e6, m.flop / 1e9) for m in instance.models
    ]
    instance = known("wnp")
    (panel,) = charts(instance)["graph"].panels
    edges, *groups = panel.series
    assert len(edges.x) >= 2 * len(instance.edges)
    assert sum(len(s.x) for s in groups) == len(instance.subgraphs)


def test_many_models_and_many_users_are_one_series_and_a_part_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = known("slide")
    model, user = instance.models[0].to_data(), {**instance.users[0].to_data(), "models": None}
    large = instance.replace(
        models=[{**model, "name": f"m{i}"} for i in range(13)], users=[{**user, "name": f"u{i}"} for i in range(10)]
    )
    assert [len(s.x) for s in slide_charts(large)["models"].panels[0].series] == [13]
    monkeypatch.setattr("wnpopt.problems.slide.plots.instance._MOST", 4)
    chart = slide_charts(large)["users"]
    assert [text.partition(":")[0] for text in told(chart)] == ["u0", "u3", "u6", "u9"]
    assert "10 users" in chart.title
    assert "one of 3 users" in chart.title


def test_a_family_with_a_picture_alone_has_a_page_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As packages for wnpopt have it that know of no charts."""
    family = replace(registry.family("wnp"), charts=None)
    monkeypatch.setattr("wnpopt.plotting.draw.registry.family", lambda _: family)
    wnpopt.plot(hostile("wnp"), None, tmp_path / "i.html")
    page = (tmp_path / "i.html").read_text(encoding="utf-8")
    assert page.count("<img") == 1
    assert "<script>alert" not in page
    assert list(figures(page)) == ["channel"]


@pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
@pytest.mark.usefixtures("browser")
@pytest.mark.parametrize("family", ordinarily(1, FAMILIES))
def test_a_browser_draws_them_and_tells_what_is_pointed_at(family: str, tmp_path: Path) -> None:
    instance = hostile(family)
    wnpopt.plot(instance, None, tmp_path / "i.html")
    script = """
      for (const canvas of document.querySelectorAll(".canvas")) {
        canvas.scrollIntoView();
        await until(() => canvas.classList.contains("js-plotly-plot"));
      }
      const first = document.querySelector(".canvas");
      const curve = first.data.findIndex((trace) => trace.hovertext);
      Plotly.Fx.hover(first, [{ curveNumber: curve, pointNumber: 0 }], ["xy"]);
      await until(() => first.querySelector(".hovertext"));
      return { ids: [...document.querySelectorAll(".canvas")].map((canvas) => canvas.id),
               told: first.querySelector(".hovertext").textContent,
               scripts: document.querySelectorAll("main script").length };
    """
    with opened(tmp_path / "i.html") as browser:
        answer: Any = browser.run(script)
    assert answer["ids"] == [*charts(instance), *(["channel"] if family == "wnp" else [])]
    assert answer["scripts"] == 0
    first = next(iter(charts(instance).values()))
    assert answer["told"].startswith(told(first)[0][:20])
