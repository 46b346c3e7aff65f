"""Figures by name: the row split, users, the graph by core, a plan table, convergence, a front."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from tests.plotting.test_plot_command import MAGIC, known
from wnpopt.cli.main import main
from wnpopt.core import registry
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import InputError
from wnpopt.core.front import FrontPoint, LatencyEnergyFront
from wnpopt.core.result import Result
from wnpopt.core.trace import TracePoint
from wnpopt.plotting.chart import Chart
from wnpopt.plotting.chart_image import chart_figure
from wnpopt.plotting.chart_page import chart_data
from wnpopt.plotting.convergence import convergence, result_convergence
from wnpopt.plotting.gantt import Bar, Mark, lane_turns
from wnpopt.plotting.gantt_image import label_for
from wnpopt.plotting.named import chart_of_plan, figures_of, write_chart
from wnpopt.problems.intradp.online.table import PlanTable, build_table
from wnpopt.problems.intradp.plots.table import table_chart
from wnpopt.problems.intradp.verify import replay

METHODS = {"wnp": "pacs", "slide": "greedy", "intradp": "layer-cut"}
OWN = {"wnp": "graph", "slide": "users", "intradp": "rows"}
HOSTILE = "<script>alert(1)</script>$x_1$ %{y} \u202e" + "long " * 30


def solved(family: str, instance: Instance | None = None) -> tuple[Instance, Result[Any]]:
    instance = known(family) if instance is None else instance
    return instance, wnpopt.solve(instance, METHODS[family], isolate=False)


def series(chart: Chart, name: str) -> Any:
    return next(s for panel in chart.panels for s in panel.series if s.name == name)


@pytest.mark.parametrize("family", sorted(METHODS))
@pytest.mark.parametrize("ending", [".svg", pytest.param(".html", marks=pytest.mark.slow)])
def test_each_family_has_a_figure_of_its_own(family: str, ending: str, tmp_path: Path) -> None:
    instance, result = solved(family)
    wnpopt.save(instance, tmp_path / "i.json")
    wnpopt.save(result.solution, tmp_path / "p.json")
    out = tmp_path / f"f{ending}"
    command = ["plot", str(tmp_path / "i.json"), str(tmp_path / "p.json"), "--figure", OWN[family], "-o", str(out)]
    assert main(command) == 0
    content = out.read_bytes()
    assert content.startswith(MAGIC[ending])
    assert instance.name.encode() in content
    assert main(command) == 0
    assert out.read_bytes() == content


def test_rows_add_up_and_messages_are_those_of_the_replay() -> None:
    instance = known("intradp")
    plan = wnpopt.solve(instance, "milp", isolate=False).solution
    assert plan is not None
    chart = chart_of_plan(instance, plan, "rows")
    device, both, server = (series(chart, name) for name in ("device", "both", "server"))
    for i, operator in enumerate(instance.operators):
        assert device.y[i] == pytest.approx(100 * plan.server_begin[i] / operator.units)
        assert device.y[i] + both.y[i] == pytest.approx(100 * plan.device_end[i] / operator.units)
        assert device.y[i] + both.y[i] + server.y[i] == pytest.approx(100)
        assert server.base[i] == pytest.approx(device.y[i] + both.y[i])
    sent = replay(instance, plan)
    for name, messages in (("uplink", sent.uplink), ("downlink", sent.downlink)):
        drawn = [s for panel in chart.panels[1:] for s in panel.series if s.name == name]
        assert sum(sum(s.y) for s in drawn) == pytest.approx(sum(m.bytes for m in messages) / 1e3)


def test_users_are_all_there_with_their_slack() -> None:
    instance, result = solved("slide", known("slide").replace({"users[*].deadline_s": 0.9}))
    plan = result.solution
    assert plan is not None
    chart = chart_of_plan(instance, plan, "users")
    assert sorted(name for _, name in chart.ticks) == sorted(user.name for user in instance.users)
    used, slack = series(chart, "used"), series(chart, "slack")
    assert len(used.x) == len(plan.served)
    assert all(0 < part <= 100 + 1e-6 for part in used.y)
    assert [a + b for a, b in zip(used.y, slack.y, strict=True)] == pytest.approx([100.0] * len(used.y))
    assert sum(series(chart, "given").y) <= instance.bandwidth_hz / 1e6 * (1 + 1e-9)


def test_users_who_are_not_served_say_what_would_do() -> None:
    instance = known("slide")
    nobody = registry.family("slide").solution_type.from_data(
        {"kind": "slide-solution", "instance": instance.name, "served": []}
    )
    chart = chart_of_plan(instance, nobody, "users")
    needed = series(chart, "not served: least that would do alone")
    for x, mhz in zip(needed.x, needed.y, strict=True):
        name = dict(chart.ticks)[x]
        alone = instance.replace(
            users=[user.to_data() for user in instance.users if user.name == name], bandwidth_hz=mhz * 1e6 * (1 + 1e-6)
        )
        assert wnpopt.solve(alone, "greedy", isolate=False).objective == 1
        less = alone.replace(bandwidth_hz=mhz * 1e6 * (1 - 1e-6))
        assert wnpopt.solve(less, "greedy", isolate=False).objective == 0


def test_the_graph_has_each_subgraph_once_in_the_colour_of_its_core() -> None:
    instance, result = solved("wnp")
    assert result.solution is not None
    chart = chart_of_plan(instance, result.solution, "graph")
    told = [line for s in chart.panels[0].series if s.shape == "points" for line in s.told]
    assert sorted(text.partition("\n")[0] for text in told) == sorted(
        f"{name} on {core}" for name, core in result.solution.core.items()
    )
    ends = [(s.x[i], s.y[i]) for s in chart.panels[0].series if s.shape == "segments" for i in range(len(s.x))]
    points = {(x, y) for s in chart.panels[0].series if s.shape == "points" for x, y in zip(s.x, s.y, strict=True)}
    assert len(ends) >= 2 * len(instance.edges)
    assert points & set(ends)
    moved = sum(result.solution.core[e.source] != result.solution.core[e.target] for e in instance.edges)
    assert f"{moved} of {len(instance.edges)} edges between cores" in chart.title


def test_a_plan_table_against_the_bandwidth(tmp_path: Path) -> None:
    instance = known("intradp")
    table = build_table(instance, [1.0, 2.0, 5.0], method="layer-cut")
    chart = table_chart(table)
    assert series(chart, "latency").y == pytest.approx([1e3 * entry.latency_s for entry in table.plans])
    parts = [series(chart, name).y for name in ("device alone", "both", "server alone")]
    assert [sum(share) for share in zip(*parts, strict=True)] == pytest.approx([100.0] * 3)
    file = tmp_path / "table.json"
    file.write_text(json.dumps(table.to_data()))
    wnpopt.save(instance, tmp_path / "i.json")
    assert main(["plot", str(tmp_path / "i.json"), str(file), "-o", str(tmp_path / "t.svg")]) == 0
    old = PlanTable.from_data({key: value for key, value in table.to_data().items() if key != "network"})
    assert len(table_chart(old).panels) == 2


def test_a_table_is_drawn_as_it_is_made(tmp_path: Path) -> None:
    wnpopt.save(known("intradp"), tmp_path / "i.json")
    command = ["table", str(tmp_path / "i.json"), "--bandwidths", "1,3", "--method", "layer-cut", "-o"]
    command += [str(tmp_path / "t.json"), "--plot"]
    assert main([*command, str(tmp_path / "t.gif")]) == 2
    assert not (tmp_path / "t.json").exists()
    assert main([*command, str(tmp_path / "t.pdf")]) == 0
    assert (tmp_path / "t.pdf").read_bytes().startswith(MAGIC[".pdf"])


def test_how_a_solve_converged(tmp_path: Path) -> None:
    points = [TracePoint(0.1, None, 2.0), TracePoint(0.5, 4.0, 2.0), TracePoint(2.0, 3.0, 3.0)]
    chart = convergence(points, "run", "s")
    assert series(chart, "incumbent").y == (None, 4000.0, 3000.0)
    assert series(chart, "bound").y == (2000.0, 2000.0, 3000.0)
    assert chart.panels[1].series[0].y == (None, 50.0, 0.0)
    instance, result = solved("wnp")
    last = series(result_convergence(instance, result), "incumbent").y[-1]
    assert last == result.objective
    (tmp_path / "r.json").write_text(json.dumps(result.to_data()))
    wnpopt.save(instance, tmp_path / "i.json")
    command = ["plot", str(tmp_path / "i.json"), str(tmp_path / "r.json"), "-o", str(tmp_path / "c.svg")]
    assert main(command) == 0
    wnpopt.plot(instance, result, tmp_path / "d.svg", figure="convergence")
    assert (tmp_path / "d.svg").read_bytes() == (tmp_path / "c.svg").read_bytes()
    wnpopt.plot(instance, result, tmp_path / "plan.svg")  # the plan, with its bound
    assert b"no bound" not in (tmp_path / "plan.svg").read_bytes()


def test_a_front_that_was_written(tmp_path: Path) -> None:
    instance = known("wnp")
    points = tuple(FrontPoint(latency=x, energy_j=9 - x, energy_bound_j=1, proved=x > 2, solution={}) for x in (2, 5))
    front = LatencyEnergyFront(
        instance=instance.name, instance_hash=instance.instance_hash, latency_unit="ticks", complete=True, points=points
    )
    (tmp_path / "f.json").write_text(json.dumps(front.to_data()))
    wnpopt.save(instance, tmp_path / "i.json")
    assert main(["plot", str(tmp_path / "i.json"), str(tmp_path / "f.json"), "-o", str(tmp_path / "f.svg")]) == 0


@pytest.mark.parametrize(
    ("figure", "given", "told"),
    [
        ("grahp", "plan", 'did you mean "graph"'),
        ("rows", "plan", "one of schedule, instance, convergence, front, graph is needed"),
        ("graph", "none", r"\(plan\), and what is given is: instance"),
        ("schedule", "result", "of that there is convergence"),
        (None, "other result", "r2.json: found a result of"),
        (None, "bad trace", r"trace\[0\].time_s"),
    ],
)
def test_figures_that_there_are_not(
    figure: str | None, given: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance, result = solved("wnp")
    wnpopt.save(instance, tmp_path / "i.json")
    wnpopt.save(result.solution, tmp_path / "p.json")
    data = result.to_data()
    for name, changed in (("r", data), ("r2", {**data, "instance_hash": "0"}), ("r3", {**data, "trace": [{}]})):
        (tmp_path / f"{name}.json").write_text(json.dumps(changed))
    file = {"plan": "p", "none": None, "result": "r", "other result": "r2", "bad trace": "r3"}[given]
    command = ["plot", str(tmp_path / "i.json"), *([] if file is None else [str(tmp_path / f"{file}.json")])]
    command += ["-o", str(tmp_path / "x.svg"), *([] if figure is None else ["--figure", figure])]
    assert main(command) == 2
    error = capsys.readouterr().err
    assert re.search(told, error), error
    assert not (tmp_path / "x.svg").exists()


@pytest.mark.parametrize("family", sorted(METHODS))
def test_hostile_names_stand_for_themselves(family: str, tmp_path: Path) -> None:
    data: Any = known(family).to_data()
    old = {"wnp": data.get("subgraphs"), "slide": data.get("users"), "intradp": data.get("operators")}[family]
    name = old[1 if family == "intradp" else 0]["name"]
    text = json.dumps(data).replace(f'"{name}"', json.dumps(HOSTILE.replace("\u202e", "").strip()))
    instance = registry.family(family).instance_type.from_data(json.loads(text))
    instance, result = solved(family, instance)
    assert result.solution is not None
    chart = chart_of_plan(instance, result.solution, OWN[family])
    write_chart(chart, tmp_path / "p.html", instance)
    assert b"<script>alert" not in (tmp_path / "p.html").read_bytes()
    told = json.dumps(chart_data(chart))
    assert "<script>" not in told


def test_the_list_of_figures_is_that_of_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "plot.md").read_text(encoding="utf-8")
    for family in METHODS:
        for name in figures_of(registry.family(family)):
            assert f"`{name}`" in page, name


def test_an_empty_chart_of_nobody_can_be_drawn() -> None:
    instance = known("slide").replace(users=[])
    empty = registry.family("slide").solution_type.from_data(
        {"kind": "slide-solution", "instance": instance.name, "served": []}
    )
    assert isinstance(empty, Solution)
    chart_figure(chart_of_plan(instance, empty, "users"))
    with pytest.raises(InputError, match="empty trace"):
        convergence([], "nothing")


def test_marks_of_a_lane_at_one_time_are_all_seen() -> None:
    marks = [
        Mark(1.0, "a", 0, 0),
        Mark(1.001, "b", 1, 0),
        Mark(1.0, "c", 0, 1),
        Mark(5.0, "d", 0, 0),
        Mark(5.0, "e"),
        Mark(5.0, "f"),
    ]
    assert lane_turns(marks, 10.0) == [(0, 2), (1, 2), (0, 1), (0, 1), (0, 1), (0, 1)]


@pytest.mark.parametrize(
    ("name", "room", "label"),
    [
        ("camera.12", 9, "camera.12"), ("camera.12", 6, "cam.12"), ("camera.12", 4, "c.12"), ("camera.12", 3, ""),
        ("net.conv1", 5, "conv1"), ("12", 2, "12"), ("a.b.3", 3, "b.3"),
    ],
)  # fmt: skip
def test_labels_say_something(name: str, room: int, label: str) -> None:
    assert label_for(Bar(0, 0.0, 1.0, name, 0), room) == label
