"""``wnpopt show``: what an instance holds and when what of a plan happens, for people and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from tests.cli.test_hostile_names import ACTING, NAMES, WIDTHS, width
from wnpopt.core.registry import family

FAMILIES = ("intradp", "slide", "wnp")


def solved(name: str, folder: Path, **changes: Any) -> tuple[Path, Path]:
    """Files of the family's known instance and of an optimal solution."""
    case = family(name).doctor
    assert case is not None
    instance = family(name).instance_type.from_data({**case.instance, **changes})
    result = wnpopt.solve(instance, isolate=False, threads=1)
    assert result.solution is not None
    files = folder / f"{name}.json", folder / f"{name}-plan.json"
    wnpopt.save(instance, files[0])
    wnpopt.save(result.solution, files[1])
    return files


@pytest.mark.parametrize("name", FAMILIES)
def test_an_instance_and_its_plan(name: str, cli, tmp_path: Path) -> None:
    instance, plan = solved(name, tmp_path)
    case = family(name).doctor
    assert case is not None
    code, text, err = cli("show", instance)
    assert (code, err) == (0, "")
    assert text.startswith(f"{case.instance['name']}\n")
    code, text, err = cli("show", instance, plan)
    assert (code, err) == (0, "")
    assert "accepted" in text
    code, text, err = cli("show", instance, plan, "--json")
    assert (code, err) == (0, "")
    told = json.loads(text)
    loaded = wnpopt.load(instance)
    assert (told["name"], told["kind"], told["instance_hash"]) == (loaded.name, name, loaded.instance_hash)
    assert told["solution"]["accepted"] is True
    assert told["solution"]["objective"] == pytest.approx(case.optimum)
    code, text, _ = cli("show", instance, "--json")
    assert json.loads(text) == {key: value for key, value in told.items() if key != "solution"}


def test_a_schedule_of_wnp_is_that_of_the_plan(cli, tmp_path: Path) -> None:
    instance, plan = solved("wnp", tmp_path)
    told = json.loads(cli("show", instance, plan, "--json")[1])
    loaded, stored = wnpopt.load(instance), json.loads(plan.read_text())
    shown = told["solution"]
    assert {row["subgraph"]: (row["core"], row["start"]) for row in shown["schedule"]} == {
        name: (stored["core"][name], stored["start"][name]) for name in stored["core"]
    }
    assert [row["start"] for row in shown["schedule"]] == sorted(stored["start"].values())
    assert max(row["end"] for row in shown["schedule"]) == shown["makespan_ticks"] == shown["objective"]
    assert sum(row["busy_ticks"] for row in shown["load"]) == sum(row["ticks"] for row in shown["schedule"])
    different = [e for e in loaded.to_data()["edges"] if stored["core"][e["from"]] != stored["core"][e["to"]]]  # type: ignore[attr-defined]
    assert len(shown.get("transfers", [])) == len(different)
    assert {row["core"] for row in told["core_list"]} == {c["name"] for c in loaded.to_data()["chip"]["cores"]}  # type: ignore[index]


def test_what_the_path_and_the_cores_are(cli, tmp_path: Path) -> None:
    from wnpopt import wnp

    made = wnp.instance(
        "diamond",
        chip=wnp.chip(["a", "b"], hop_ticks=3, bytes_per_tick=2),
        radio=wnp.radio([[10, 20]], slot_ticks=100, slots=9, block_slots=3),
        modalities={"camera": 100},
        subgraphs=[
            wnp.subgraph("top", ticks=[5, 9], modality="camera"),
            wnp.subgraph("left", ticks=[7, None]),
            wnp.subgraph("right", ticks=[4, 2]),
            wnp.subgraph("end", ticks=[None, 1]),
        ],
        edges=[("top", "left", 8), ("top", "right", 8), ("left", "end", 8), ("right", "end", 8)],
    )
    wnpopt.save(made, tmp_path / "i.json")
    told = json.loads(cli("show", tmp_path / "i.json", "--json")[1])
    assert (told["subgraphs"], told["edges"], told["edge_bytes"], told["depth"]) == (4, 4, 32, 3)
    assert (told["critical_path_ticks"], told["work_ticks"]) == (5 + 7 + 1, 5 + 7 + 2 + 1)
    assert [(row["core"], row["runs"], row["only_here"]) for row in told["core_list"]] == [("a", 3, 1), ("b", 3, 1)]
    assert told["modality_list"] == [
        {"modality": "camera", "payload_bits": 100, "least_bits_per_slot": 10, "most_bits_per_slot": 20,
         "least_slots": 4, "readers": 1}
    ]  # fmt: skip


def test_who_is_served_and_when(cli, tmp_path: Path) -> None:
    instance, plan = solved("slide", tmp_path)
    told = json.loads(cli("show", instance, plan, "--json")[1])
    stored = json.loads(plan.read_text())
    rows = told["solution"]["served"]
    assert [row["user"] for row in rows] == [entry["user"] for entry in stored["served"]]
    assert all(row["done_s"] <= row["deadline_s"] * (1 + 1e-9) for row in rows)
    assert all(row["downloaded_s"] <= row["done_s"] for row in rows)
    assert told["solution"]["used_hz"] <= told["bandwidth_hz"] * (1 + 1e-9)


def test_what_happens_on_each_side(cli, tmp_path: Path) -> None:
    instance, plan = solved("intradp", tmp_path)
    told = json.loads(cli("show", instance, plan, "--json")[1])
    shown = told["solution"]
    assert told["local_operators"] + told["global_operators"] == told["operators"]
    assert max(row["end_s"] for row in shown["schedule"]) <= shown["latency_s"] * (1 + 1e-12)
    starts = [row["start_s"] for row in shown["schedule"]]
    assert starts == sorted(starts)
    spent = sum(row["end_s"] - row["start_s"] for row in shown["schedule"] if row["on"] == "device")
    assert spent == pytest.approx(shown["device_busy_s"])


def test_cuts_at_messages_are_in_the_schedule_and_count_as_busy(cli, tmp_path: Path) -> None:
    case = family("intradp").doctor
    assert case is not None
    data = json.loads(json.dumps(case.instance)) | {"segment_s": {"device": 0.001, "server": 0.0005}}
    data["operators"][1]["device"] |= {"partial_s": 0.002, "compute_w": 5.5}
    read = family("intradp").instance_type.from_data(data)
    result = wnpopt.solve(read, "server-only", isolate=False)
    assert result.solution is not None
    instance, plan = tmp_path / "i.json", tmp_path / "p.json"
    wnpopt.save(read, instance)
    wnpopt.save(result.solution, plan)
    told = json.loads(cli("show", instance, plan, "--json")[1])
    schedule = told["solution"]["schedule"]
    cuts = [(row["event"], row["on"], row["operator"]) for row in schedule if row["event"] in ("cut", "join")]
    names = [operator["name"] for operator in data["operators"]]
    # The input goes up, the last layer's tensor down; the output waits for it.
    expected = [("cut", "device", names[0]), ("join", "server", names[1]), ("cut", "server", names[-2])]
    assert cuts == [*expected, ("join", "device", names[-1])]
    assert told["solution"]["device_busy_s"] == pytest.approx(0.002)
    assert told["solution"]["latency_s"] == pytest.approx(schedule[-1]["end_s"])
    assert (told["device_partial_s"], told["own_compute_w"]) == (0.002, 1)


def test_a_plan_that_breaks_rules(cli, tmp_path: Path) -> None:
    instance, plan = solved("wnp", tmp_path)
    broken = json.loads(plan.read_text())
    broken["start"] = dict.fromkeys(broken["start"], 0)
    broken["instance"] = "another"
    plan.write_text(json.dumps(broken))
    code, text, err = cli("show", instance, plan)
    assert code == 1
    assert "the solution is for the instance another" in err
    assert "violations" in text
    code, text, _ = cli("show", instance, plan, "--json")
    told = json.loads(text)["solution"]
    assert (code, told["accepted"]) == (1, False)
    violations = json.loads(cli("verify", instance, plan, "--json")[1])["violations"]
    assert told["violations"] == violations
    assert "schedule" not in told


@pytest.mark.parametrize("wrong", ["missing.json", "wnp-plan.json", "slide-plan.json"])
def test_files_that_are_something_else(wrong: str, cli, tmp_path: Path) -> None:
    instance, plan = solved("wnp", tmp_path)
    solved("slide", tmp_path)
    code, out, err = cli("show", tmp_path / wrong)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert wrong in err
    for other in (instance, tmp_path / "slide-plan.json", tmp_path / "missing.json"):
        code, out, err = cli("show", instance, other)
        assert (code, out) == (2, "")
        assert other.name in err
    assert cli("show", instance, plan)[0] == 0


@pytest.mark.parametrize("name", NAMES)
def test_names_are_whole_and_act_on_nothing(name: str, cli, data, tmp_path: Path, monkeypatch) -> None:
    renamed = json.loads(json.dumps(data).replace(json.dumps(data["subgraphs"][0]["name"]), json.dumps(name)))
    path, plan = tmp_path / "i.json", tmp_path / "p.json"
    path.write_text(json.dumps(renamed | {"name": name, "source": ACTING}))
    assert cli("solve", path, "--method", "rtfs", "--out", plan)[0] == 0
    for columns in WIDTHS:
        width(monkeypatch, columns)
        code, text, err = cli("show", path, plan)
        assert (code, err) == (0, "")
        assert "…" not in text
        assert all(line.isprintable() for line in text.split("\n"))
    monkeypatch.delenv("COLUMNS", raising=False)
    assert sum(line.startswith(f"{name} ") for line in cli("show", path, plan)[1].split("\n")) == 1


def test_lines_are_not_wrapped_into_a_pipe(cli, data, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    path = tmp_path / "i.json"
    path.write_text(json.dumps(data | {"source": "word " * 300}))
    lines = cli("show", path)[1].split("\n")
    assert [line.split() for line in lines if line.startswith("source")] == [["source", *["word"] * 300]]
