"""The makespan-energy front: against exhaustion, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from tests.wnp.brute_fields import optimum
from tests.wnp.tiny_fields import tiny_fields
from wnpopt.cli.main import main
from wnpopt.problems.wnp.instance import WnpInstance


def by_exhaustion(instance: WnpInstance) -> list[tuple[int, float]]:
    """Every makespan with the least energy that it needs, where less energy needs more time."""
    of_time = instance.model_copy(update={"objective": "makespan"})
    points: list[tuple[int, float]] = []
    limit: int | None = None
    while True:
        energy = optimum(instance.model_copy(update={"objective": "energy", "makespan_limit_ticks": limit}))
        if energy is None:
            return points[::-1]
        within = {"makespan_limit_ticks": limit, "energy_limit_j": energy}
        time = optimum(of_time.model_copy(update=within))
        assert time is not None
        points.append((int(time), energy))
        limit = int(time) - 1


@pytest.mark.parametrize("seed", [2, 3, 5, 9, 11, 14])
def test_the_front_is_that_of_exhaustion(seed: int) -> None:
    instance = tiny_fields(seed, ("energy", "bus") if seed % 2 else ("energy",))
    expected = by_exhaustion(instance)
    if not expected:
        pytest.skip("there is no plan")

    made = wnpopt.pareto(instance, points=1000, threads=1, isolate=False)
    assert made.complete
    assert all(point.proved for point in made.points)
    assert [point.latency for point in made.points] == [time for time, _ in expected]
    assert [point.energy_j for point in made.points] == pytest.approx([energy for _, energy in expected], rel=1e-6)
    few = wnpopt.pareto(instance, points=2, threads=1, isolate=False)
    assert len(few.points) <= 3
    assert {p.latency for p in few.points} <= {time for time, _ in expected}


INSTANCE: dict[str, Any] = tiny_fields(5, ("energy",)).to_data()


def test_the_command_writes_points_that_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "i.json", tmp_path / "front.json"
    path.write_text(json.dumps(INSTANCE))
    assert main(["pareto", str(path), "-o", str(out), "--threads", "1"]) == 0
    assert "the front is complete" in capsys.readouterr().out
    written = json.loads(out.read_text())
    assert written["kind"] == "front"
    instance = WnpInstance.from_data(INSTANCE)
    for point in written["points"]:
        solution = type(wnpopt.solve(instance, "cpsat", isolate=False).solution).from_data(point["solution"])
        certificate = wnpopt.verify(instance, solution)
        assert certificate.accepted
        assert certificate.objective == pytest.approx(point["energy_j"], rel=1e-12)


def test_what_has_no_energy_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain = {**INSTANCE, "objective": "makespan", "chip": {**INSTANCE["chip"]}}
    plain["chip"].pop("joule_per_byte_hop", None)
    plain["chip"]["cores"] = [{k: core[k] for k in ("name", "x", "y")} for core in INSTANCE["chip"]["cores"]]
    plain["modalities"] = [{k: m[k] for k in ("name", "payload_bits")} for m in INSTANCE["modalities"]]
    (tmp_path / "i.json").write_text(json.dumps(plain))
    assert main(["pareto", str(tmp_path / "i.json"), "-o", str(tmp_path / "front.json")]) == 2
    assert "i.json: chip: has no energy" in capsys.readouterr().err
    assert main(["generate", "slide", "--out", str(tmp_path / "s")]) == 0
    slide = next(path for path in (tmp_path / "s").glob("*.json") if path.name != "index.json")
    assert main(["pareto", str(slide), "-o", str(tmp_path / "front.json")]) == 2
    assert not (tmp_path / "front.json").exists()
