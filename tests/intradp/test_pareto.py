"""The latency-energy front: against exhaustion, and the command."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

import wnpopt
from tests.intradp.fields import with_fields
from tests.intradp.tiny import tiny
from wnpopt.cli.main import main
from wnpopt.problems.intradp.generate import KINDS, generate
from wnpopt.problems.intradp.instance import IntradpInstance, Power
from wnpopt.problems.intradp.pareto import RESOLUTION
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay, verify


def by_exhaustion(instance: IntradpInstance) -> list[tuple[float, float]]:
    """(latency, energy) of all plans that no other one beats, by rising latency; the verifier's timing."""
    values = []
    small = instance.transfers == "small"
    for rows in itertools.product(*(range(operator.units + 1) for operator in instance.operators[1:-1])):
        for begins in itertools.product(*(range(end + 1) for end in rows)):
            first, last = instance.operators[0].units, instance.operators[-1].units
            solution = IntradpSolution(
                instance=instance.name, device_end=(first, *rows, last), server_begin=(first, *begins, last)
            )
            if small and not verify(instance, solution).accepted:
                continue
            timed = replay(instance, solution)
            values.append((timed.latency_s, timed.energy_j))
    kept: list[tuple[float, float]] = []
    for latency, energy in sorted(values):
        if not kept or energy < kept[-1][1] * (1 - 1e-9):
            if kept and latency <= kept[-1][0] * (1 + 2 * RESOLUTION):
                kept.pop()
            kept.append((latency, energy))
    return kept


def instance_of(seed: int) -> IntradpInstance:
    """Sending costs much more than computing, so that quick plans are not thrifty; odd seeds have optional fields."""
    if seed >= 100:
        seed -= 100
        options: dict[str, int | float | str] = {"operators": 5 + seed % 3, "units": 3 + (seed % 15 > 0)}
        options |= {"bandwidth": (0.7, 2.0, 6.0)[seed // 3 % 3], "launch": 0.05 * (seed % 4), "shape": KINDS[seed % 5]}
        instance = generate(options, seed)
    else:
        instance = tiny(seed, 3_000)
    priced = instance.changed(power_w=Power(compute=3.0, communicate=25.0, standby=1.0))
    return with_fields(priced, seed) if seed % 2 else priced


@pytest.mark.parametrize("seed", [0, 4, 5, 7, 8, 13, 20, 29, 31, 115, 122, 130])
def test_the_front_is_that_of_exhaustion(seed: int) -> None:
    instance = instance_of(seed)
    expected = by_exhaustion(instance)
    made = wnpopt.pareto(instance, points=1000, threads=1)
    assert made.latency_unit == "s"
    assert made.complete
    assert all(point.proved for point in made.points)
    assert [point.latency for point in made.points] == pytest.approx([time for time, _ in expected], rel=1e-7)
    assert [point.energy_j for point in made.points] == pytest.approx([energy for _, energy in expected], rel=1e-6)
    few = wnpopt.pareto(instance, points=2, threads=1)
    assert len(few.points) <= 3
    assert few.points[0] == made.points[0]
    assert few.points[-1] == made.points[-1]
    assert not few.complete or len(expected) <= 2


def test_plans_of_one_energy_are_the_quickest() -> None:
    """Energy of the device's work alone: there are many plans of each energy, slow and quick ones."""
    instance = tiny(4, 3_000).replace(power_w={"compute": 10.0, "communicate": 0.0, "standby": 0.0})
    assert isinstance(instance, IntradpInstance)
    made = wnpopt.pareto(instance, points=1000, threads=1)
    expected = by_exhaustion(instance)
    assert made.complete
    assert [point.latency for point in made.points] == pytest.approx([time for time, _ in expected], rel=1e-7)


def test_the_deadline_stays() -> None:
    instance = instance_of(31)
    assert len(by_exhaustion(instance)) > 2
    free = wnpopt.pareto(instance, points=1000, threads=1)
    limited = wnpopt.pareto(instance.changed(deadline_s=free.points[1].latency), points=1000, threads=1)
    assert [p.latency for p in limited.points] == [p.latency for p in free.points[:2]]


def test_a_network_that_is_not_proved_has_honest_points() -> None:
    instance = generate({"shape": "residual", "operators": 14, "units": 12, "bandwidth": 1.0}, 5)
    made = wnpopt.pareto(instance, "layer-cut", points=4, threads=1)
    assert not made.complete
    assert not any(point.proved for point in made.points)
    assert all(p.latency < q.latency for p, q in itertools.pairwise(made.points))
    assert all(p.energy_j > q.energy_j for p, q in itertools.pairwise(made.points))
    assert all(p.energy_bound_j is None or p.energy_bound_j <= p.energy_j for p in made.points)


def test_the_command_writes_points_that_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "i.json", tmp_path / "front.json"
    instance = instance_of(31)
    wnpopt.save(instance, path)
    picture = tmp_path / "front.svg"
    assert main(["pareto", str(path), "-o", str(out), "--threads", "1", "--plot", str(picture)]) == 0
    told = capsys.readouterr().out
    assert "the front is complete" in told
    assert f"picture: {picture}" in told
    assert picture.read_bytes().startswith(b"<?xml")
    written = json.loads(out.read_text())
    assert written["kind"] == "front"
    assert written["instance_hash"] == instance.instance_hash
    for point in written["points"]:
        solution = IntradpSolution.from_data(point["solution"])
        by_energy = verify(instance.changed(objective="energy"), solution)
        assert by_energy.accepted
        assert by_energy.objective == pytest.approx(point["energy_j"], rel=1e-12)
        assert verify(instance, solution).objective == pytest.approx(point["latency"], rel=1e-12)


@pytest.mark.parametrize("picture", ["front.json", "front.jpg", "absent/front.svg"])
def test_pictures_that_cannot_be_written_are_refused_before_the_work(picture: str, tmp_path: Path) -> None:
    path, out = tmp_path / "i.json", tmp_path / "front.json"
    wnpopt.save(instance_of(31), path)
    assert main(["pareto", str(path), "-o", str(out), "--plot", str(tmp_path / picture)]) == 2
    assert not out.exists()


def test_what_has_no_energy_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    free = tiny(0, 3_000).replace(power_w={"compute": 0.0, "communicate": 0.0, "standby": 0.0})
    wnpopt.save(free, tmp_path / "i.json")
    assert main(["pareto", str(tmp_path / "i.json"), "-o", str(tmp_path / "front.json")]) == 2
    assert "i.json: power_w: has no energy" in capsys.readouterr().err
    assert not (tmp_path / "front.json").exists()
