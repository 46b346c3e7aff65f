"""From plans back to layers: maps beside instances, schedules by layer, pictures that tell the layers."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from wnpopt.cli.main import main
from wnpopt.domain.files.graph import load_graph
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.verify import replay
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.verify import transfer_ticks

GRAPHS = Path(__file__).resolve().parents[2] / "instances/graphs"
RADIO = {
    "kind": "radio", "schema_version": 1, "name": "hall", "environment": "InF-DH", "carrier_hz": 3.7e9,
    "spacing_khz": 30, "resource_blocks": 6, "slots": 60, "block_slots": 8, "rate": "cqi-2",
    "links": {"camera": {"distance_m": 20}},
}  # fmt: skip
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def placed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of :func:`placed`, made once."""
    folder = tmp_path_factory.mktemp("placed")
    (folder / "hall.json").write_text(json.dumps(RADIO))
    core = {"peak_flop_per_s": 3e11, "memory_bytes_per_s": 1e10, "launch_s": 1e-6}
    cores = [{"name": f"a{x}", "x": x, "y": 0, **core, "unsupported": ["Softmax", "LRN"]} for x in range(2)]
    cores.append({"name": "dsp", "x": 2, "y": 0, **core, "peak_flop_per_s": 1e11})
    chip = {"kind": "chip", "schema_version": 1, "name": "three", "hop_s": 3e-9, "bytes_per_s": 1.6e10, "cores": cores}
    (folder / "chip.json").write_text(json.dumps(chip))
    run(
        "import", "onnx", GRAPHS / "inception-v1.json", "--chip", folder / "chip.json", "--radio",
        folder / "hall.json", "--modality", "camera", "--payload-bits", "20000", "--subgraphs", "30",
        "-o", folder / "net.json", "--layers", folder / "net.layers.json",
    )  # fmt: skip
    run("solve", folder / "net.json", "--method", "pacs", "--out", folder / "plan.json")
    return folder


@pytest.fixture
def placed(placed_once: Path, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Inception on arrays without vector work behind a radio: instance, map and plan."""
    shutil.copytree(placed_once, tmp_path, dirs_exist_ok=True)
    return tmp_path / "net.json", tmp_path / "net.layers.json", tmp_path / "plan.json"


@pytest.fixture(scope="module", params=["--fuse", "--no-fuse"])
def split(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The same network between a device and a server."""
    folder = tmp_path_factory.mktemp("split")
    paths = (folder / "two.json", folder / "two.layers.json", folder / "two-plan.json")
    run(
        "import", "onnx", GRAPHS / "squeezenet.json", "--device", "jetson-xavier-nx-fp32", "--server", "rtx-3080",
        "--bandwidth", "60", request.param, "-o", paths[0], "--layers", paths[1],
    )  # fmt: skip
    run("solve", paths[0], "--method", "layer-cut", "--out", paths[2])
    return paths


def run(*arguments: object) -> None:
    assert main([str(argument) for argument in arguments]) == 0


def events(cli: Run, paths: tuple[Path, Path, Path]) -> list[dict[str, Any]]:
    code, out, err = cli("layers", paths[0], paths[2], "--json")
    assert code == 0, err
    data = json.loads(out)
    instance = wnpopt.load(paths[0])
    assert (data["instance"], data["instance_hash"]) == (instance.name, instance.instance_hash)
    found: list[dict[str, Any]] = data["events"]
    assert all(a["start_s"] <= b["start_s"] for a, b in pairwise(found))
    return found


def test_every_layer_of_the_network_runs_once_within_its_subgraph(cli: Run, placed: tuple[Path, Path, Path]) -> None:
    graph, instance, solution = (
        load_graph(GRAPHS / "inception-v1.json"), wnpopt.load(placed[0]), wnpopt.load_solution(placed[2])
    )  # fmt: skip
    assert isinstance(instance, WnpInstance)
    plan: Any = solution
    runs = [event for event in events(cli, placed) if event["event"] == "run"]
    assert sorted(event["layer"] for event in runs) == sorted(operator.name for operator in graph.operators)
    kinds = {operator.name: operator.op_type for operator in graph.operators}
    assert all(event["type"] == kinds[event["layer"]] for event in runs)
    tick, column = instance.tick_s, [core.name for core in instance.chip.cores]
    end = {}
    for subgraph in instance.subgraphs:
        own = [event for event in runs if event["subgraph"] == subgraph.name]
        ticks = subgraph.ticks[column.index(plan.core[subgraph.name])]
        assert ticks is not None
        start = plan.start[subgraph.name]
        end[subgraph.name] = (start + ticks) * tick
        assert {event["core"] for event in own} == {plan.core[subgraph.name]}
        assert own[0]["start_s"] == start * tick
        assert all(a["end_s"] == b["start_s"] for a, b in pairwise(own))
        assert end[subgraph.name] - tick <= own[-1]["end_s"] <= end[subgraph.name] * (1 + 1e-9)
    place = {event["layer"]: event for event in runs}
    for edge in graph.edges:  # every layer starts when all that it reads is made
        a, b = (place[graph.operators[v].name] for v in (edge.producer, edge.consumer))
        assert a["end_s"] <= b["start_s"] * (1 + 1e-9) + 1e-12


def test_tensors_that_change_cores_are_sent_once_for_each_reader(cli: Run, placed: tuple[Path, Path, Path]) -> None:
    graph, instance = load_graph(GRAPHS / "inception-v1.json"), wnpopt.load(placed[0])
    assert isinstance(instance, WnpInstance)
    told = events(cli, placed)
    place = {event["layer"]: event for event in told if event["event"] == "run"}
    sent = [event for event in told if event["event"] == "transfer"]
    assert sent, "the plan uses more than one core"
    wanted: dict[tuple[str, str], int] = {}
    for edge in graph.edges:
        a, b = (place[graph.operators[v].name] for v in (edge.producer, edge.consumer))
        if a["core"] != b["core"]:
            wanted[a["layer"], b["subgraph"]] = edge.bytes
    got = {(event["layer"], place[event["to_layer"].split(", ")[0]]["subgraph"]): event["bytes"] for event in sent}
    assert got == wanted
    for event in sent:
        for layer in event["to_layer"].split(", "):
            assert place[layer]["core"] == event["to_core"]
            assert place[layer]["start_s"] >= event["end_s"] * (1 - 1e-9)
        source, target = place[event["layer"]]["subgraph"], place[event["to_layer"].split(", ")[0]]["subgraph"]
        number = next(i for i, e in enumerate(instance.edges) if (e.source, e.target) == (source, target))
        ticks = transfer_ticks(instance, number, event["core"], event["to_core"])
        assert event["end_s"] - event["start_s"] == pytest.approx(ticks * instance.tick_s)
    assert [event["layer"] for event in told if event["event"] == "arrival"] == ["camera"]


def test_rows_of_every_layer_on_both_sides(cli: Run, split: tuple[Path, Path, Path]) -> None:
    instance, plan = wnpopt.load(split[0]), wnpopt.load_solution(split[2])
    assert isinstance(instance, IntradpInstance)
    replayed = replay(instance, plan)  # type: ignore[arg-type]
    graph = load_graph(GRAPHS / "squeezenet.json")
    told = events(cli, split)
    by_part = wnpopt.load_layers(split[1]).by_part()
    assert sorted(name for layers in by_part.values() for name in layers) == sorted(o.name for o in graph.operators)
    for side in ("device", "server"):
        for run in getattr(replayed, side):
            part = instance.operators[run.operator].name
            own = [event for event in told if event["on"] == side and event["operator"] == part]
            assert [event["layer"] for event in own] == list(by_part.get(part, ()))
            if own:
                assert all((event["first_row"], event["end_row"]) == run.rows for event in own)
                assert (own[0]["start_s"], own[-1]["end_s"]) == (run.start_s, run.end_s)
                assert all(a["end_s"] == b["start_s"] for a, b in pairwise(own))
    sent = [event for event in told if event["event"] == "send"]
    assert sorted((e["on"], e["start_s"], e["bytes"]) for e in sent) == sorted(
        (way, m.start_s, m.bytes) for way in ("uplink", "downlink") for m in getattr(replayed, way)
    )


def test_a_window_says_which_rows_a_layer_reads(cli: Run, split: tuple[Path, Path, Path]) -> None:
    first = next(event for event in events(cli, split) if event["event"] == "run")
    lo, hi = first["first_row"], first["end_row"]
    assert first["reads"] == f"input[{2 * lo}:{min(2 * (hi - 1) + 3, 224)}]"  # 3x3, stride 2, no padding


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_files_that_a_runtime_reads(ending: str, cli: Run, placed: tuple[Path, Path, Path], tmp_path: Path) -> None:
    out = tmp_path / f"schedule.{ending}"
    assert cli("layers", placed[0], placed[2], "-o", out) == (0, f"{out}\n", "")
    told = events(cli, placed)
    if ending == "json":
        assert json.loads(out.read_text())["events"] == told
        return
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert len(rows) == len(told)
    for row, event in zip(rows, told, strict=True):
        assert row.keys() == event.keys()
        assert float(row["start_s"]) == event["start_s"]
        assert row["layer"] == event["layer"]
        assert all((row[key] == "") == (event[key] is None) for key in event)


def test_the_same_from_python(cli: Run, placed: tuple[Path, Path, Path]) -> None:
    layers = wnpopt.load_layers(placed[1])
    made = wnpopt.layer_schedule(wnpopt.load(placed[0]), wnpopt.load_solution(placed[2]), layers)
    assert made == events(cli, placed)


def test_pictures_tell_the_layers(cli: Run, placed: tuple[Path, Path, Path], tmp_path: Path) -> None:
    pytest.importorskip("plotly", reason="the extra plot is not installed")
    page = tmp_path / "plan.html"
    code, _, err = cli("solve", placed[0], "--method", "pacs", "--plot", page, "--layers", placed[1])
    assert code == 0, err
    text = page.read_text()
    layers = wnpopt.load_layers(placed[1]).by_part()
    assert "layers: " in text
    assert all(names[0] in text for names in layers.values())


def test_show_tells_the_layers_of_each_part(cli: Run, placed: tuple[Path, Path, Path]) -> None:
    code, out, err = cli("show", placed[0], "--layers", placed[1], "--json")
    assert code == 0, err
    rows = {row["part"]: row for row in json.loads(out)["layer_list"]}
    for part, names in wnpopt.load_layers(placed[1]).by_part().items():
        assert (rows[part]["layers"], rows[part]["first_layer"], rows[part]["last_layer"]) == (
            len(names), names[0], names[-1]
        )  # fmt: skip


def test_a_map_of_another_instance_is_refused(cli: Run, placed: tuple[Path, Path, Path], tmp_path: Path) -> None:
    data = json.loads(placed[0].read_text())
    data["chip"]["hop_ticks"] += 1
    other = tmp_path / "other.json"
    other.write_text(json.dumps(data))
    for command in (["layers", other, placed[2], "--map", placed[1]],
                    ["layers", other, placed[2], "--layers", placed[1]],
                    ["show", other, "--layers", placed[1]],
                    ["solve", other, "--plot", tmp_path / "p.html", "--layers", placed[1]]):  # fmt: skip
        code, out, err = cli(*command)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "instance_hash" in err
        assert str(placed[1]) in err


def test_maps_that_are_broken_are_refused(cli: Run, placed: tuple[Path, Path, Path], tmp_path: Path) -> None:
    good = json.loads(placed[1].read_text())
    broken = tmp_path / "broken.json"

    def refused(change: Callable[[Any], object], *words: str) -> None:
        data = json.loads(json.dumps(good))
        change(data)
        broken.write_text(json.dumps(data))
        code, out, err = cli("layers", placed[0], placed[2], "--map", broken)
        assert (code, out, err.count("\n")) == (2, "", 1), err
        assert all(word in err for word in (str(broken), *words)), err

    refused(lambda d: d.update(kind="wnp"), "kind", "wnp-layers", "intradp-layers")
    refused(lambda d: d.update(layers=[]), "layers")
    refused(lambda d: d.update(more=1), "more")
    refused(lambda d: d["cores"].pop(), "layers[0].seconds")
    refused(lambda d: d["cores"].reverse(), "cores")
    refused(lambda d: d["layers"][3].update(subgraph="nowhere"), "layers[3].subgraph", "nowhere")
    refused(lambda d: d["layers"][3].update(name=d["layers"][2]["name"]), "layers[3].name")
    refused(lambda d: d["layers"].reverse(), "inputs")


def test_plans_that_are_not_accepted_have_no_schedule(cli: Run, placed: tuple[Path, Path, Path]) -> None:
    plan = json.loads(placed[2].read_text())
    last = max(plan["start"], key=plan["start"].get)
    plan["start"][last] = 0
    placed[2].write_text(json.dumps(plan))
    code, out, err = cli("layers", placed[0], placed[2])
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "not accepted" in err


def test_without_a_map_the_option_is_named(cli: Run, placed: tuple[Path, Path, Path]) -> None:
    placed[1].unlink()
    code, out, err = cli("layers", placed[0], placed[2])
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "--map" in err
    code, out, err = cli("solve", placed[0], "--layers", placed[1])
    assert (code, out) == (2, "")
    assert "--plot" in err
    code, out, err = cli("layers", placed[0], placed[2], "-o", placed[0].with_suffix(".txt"))
    assert (code, out) == (2, "")
    assert ".csv" in err


def test_the_map_does_not_replace_the_instance(cli: Run, tmp_path: Path) -> None:
    out = tmp_path / "net.json"
    code, _, err = cli("import", "onnx", GRAPHS / "squeezenet.json", "--chip", "edge-2x2", "-o", out, "--layers", out)
    assert code == 2
    assert "twice" in err
    assert not out.exists()


def test_a_batch_passes_over_maps(cli: Run, placed: tuple[Path, Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "instances"
    folder.mkdir()
    for path in placed[:2]:
        path.rename(folder / path.name)
    code, _, err = cli("batch", folder, "--methods", "rtfs", "--out", tmp_path / "store", "--time-limit", "10")
    assert code == 0, err
    assert len(list(wnpopt.Store(tmp_path / "store").records())) == 1


def test_schemas(cli: Run) -> None:
    for kind in ("wnp-layers", "intradp-layers"):
        code, out, _ = cli("schema", kind)
        assert code == 0
        assert "instance_hash" in json.loads(out)["required"]
