"""Calibration: a perturbed instance is recovered from what it "measures", noise and gross errors included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.intradp.fields import with_fields
from tests.intradp.tiny import random_plan, tiny
from tests.samples import ordinarily
from wnpopt import load, save, verify
from wnpopt.backends.stopping import never
from wnpopt.cli.main import main
from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.calibration.calibrate import calibrate
from wnpopt.problems.intradp.calibration.measured import Measurement, read_measurements
from wnpopt.problems.intradp.calibration.observed import Observed
from wnpopt.problems.intradp.calibration.parameters import fitted_instance, parameters
from wnpopt.problems.intradp.generate import generate
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.online.planners import PLANNERS
from wnpopt.problems.intradp.online.table import at_bandwidth, build_table
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import replay

TRUTH = {
    "link.efficiency": 0.89, "link.latency_s": 6e-4, "device.rows": 0.9, "device.launches": 1.4,
    "server.launches": 2.0, "device.partial_s": 5e-4, "power_w.compute": 16.6, "power_w.launch": 6.1,
}  # fmt: skip


def network(seed: int, operators: int = 14) -> IntradpInstance:
    """Its operators' launches are all kinds of shares of their time, so that they can be told from rows."""
    rng = np.random.default_rng(seed)
    data: Any = generate({"shape": "chain", "operators": operators, "units": 24, "bandwidth": 1.0}, seed).to_data()
    for operator in data["operators"]:
        for side in ("device", "server"):
            operator[side]["fixed_s"] = operator[side]["full_s"] * float(rng.choice([0.05, 0.4, 0.8]))
    return IntradpInstance.from_data(data)


def device_only(instance: IntradpInstance) -> IntradpSolution:
    rows = tuple(operator.units for operator in instance.operators)
    return IntradpSolution(instance=instance.name, device_end=rows, server_begin=rows)


def measured(
    instance: IntradpInstance, true: IntradpInstance, seed: int, noise: float, gross: int = 0
) -> list[Measurement]:
    """What the ``true`` instance takes for plans made with ``instance``; ``gross`` of them are far too much."""
    rng = np.random.default_rng(seed)
    rate = instance.link.uplink_bytes_per_s / 1e6
    made = []
    for share in (0.3, 0.6, 1.0, 2.0, 4.0):
        problem = Problem.of(at_bandwidth(instance, rate * share))
        flag = never()
        plans = [PLANNERS[name](problem, 0, flag).solution(problem) for name in PLANNERS]
        plans += [problem.solution(*random_plan(problem.arrays, rng, 2)) for _ in range(4)]
        for plan in plans:
            replayed = replay(at_bandwidth(true, rate * share), plan)
            factors = np.exp(rng.normal(0.0, noise, 2))
            made.append((plan, rate * share, replayed.latency_s * factors[0], replayed.energy_j * factors[1]))
    wrong = set(rng.choice(len(made), gross, replace=False).tolist())
    factor = [float(rng.uniform(1.5, 3.0)) if i in wrong else 1.0 for i in range(len(made))]
    return [
        Measurement(plan, rate, latency * f, energy * f, f"{'wrong' if f > 1 else 'right'} {i}")
        for i, ((plan, rate, latency, energy), f) in enumerate(zip(made, factor, strict=True))
    ]


def test_the_compiled_model_is_the_verifiers() -> None:
    rng = np.random.default_rng(3)
    for seed in range(40):
        instance = with_fields(tiny(seed), seed) if seed % 4 else tiny(seed)
        problem = Problem.of(instance)
        plans = [problem.solution(*random_plan(problem.arrays, rng, 2)) for _ in range(3)]
        rows = [
            Measurement(plan, None if rng.random() < 0.3 else float(rng.uniform(1e-7, 1e-5)), 1.0, 1.0)
            for plan in plans
            if min(replay(instance, plan).latency_s, replay(instance, plan).energy_j) > 0
            and not any(v.rule == "transfers" for v in verify(instance, plan).violations)
        ]
        if not rows:
            continue
        observed = Observed(instance, rows)
        for _ in range(4):
            known = parameters(instance, 10.0, energies=True)
            values = {
                p.name: p.value(float(p.coordinate(p.start) + rng.uniform(-0.9, 0.9)))
                for p in known
                if rng.random() < 0.5
            }
            made = fitted_instance(instance, values)
            assert observed.errors(values) == pytest.approx(observed.verified_errors(made), rel=1e-9, abs=1e-9)


def test_an_instance_of_another_machine_is_calibrated() -> None:
    """What the instance is off by before the fit is no noise, however much it is."""
    instance = network(1)
    true = fitted_instance(instance, {"device.rows": 15.0, "device.launches": 15.0, "link.latency_s": 0.3})
    rate = instance.link.uplink_bytes_per_s / 1e6
    rows = []
    for share in (0.5, 1.0, 2.0, 6.0):
        problem = Problem.of(at_bandwidth(instance, rate * share))
        for name in ("device-only", "server-only"):
            plan = PLANNERS[name](problem, 0, never()).solution(problem)
            latency = replay(at_bandwidth(true, rate * share), plan).latency_s
            rows.append(Measurement(plan, rate * share, latency * (1.03 if share == 1.0 else 0.98)))
    made = calibrate(instance, rows)
    assert made.latency is not None
    assert made.latency.before.median > 0.5
    assert made.latency.after.largest < 0.06
    assert made.latency.left_out.largest < 0.06


def test_without_noise_the_truth_is_recovered() -> None:
    instance = network(1)
    made = calibrate(instance, measured(instance, fitted_instance(instance, TRUTH), 1, 0.0))
    assert made.fitted == pytest.approx(TRUTH, rel=1e-3)
    assert made.latency is not None
    assert made.latency.before.median > 0.05
    assert made.latency.left_out.largest < 1e-3
    assert not made.gross
    for estimate in made.estimates:
        assert estimate.fitted or estimate.reason


@pytest.mark.parametrize("seed", ordinarily(1, [2, 3, 4]))
def test_noise_and_gross_errors(seed: int) -> None:
    instance = network(seed)
    true = fitted_instance(instance, TRUTH)
    rows = measured(instance, true, seed, 0.01, gross=4)
    made = calibrate(instance, rows)
    inside = 0
    for estimate in made.estimates:
        if estimate.low is not None and estimate.high is not None:
            assert estimate.low <= estimate.value <= estimate.high or not estimate.fitted
            inside += estimate.low <= TRUTH.get(estimate.parameter.name, estimate.parameter.start) <= estimate.high
    known = sum(estimate.low is not None for estimate in made.estimates)
    assert known >= 10
    assert inside >= known - 1  # of 95 % intervals
    assert {where for where, *_ in made.gross} == {row.where for row in rows if row.where.startswith("wrong")}
    assert made.latency is not None
    assert made.energy is not None
    assert made.latency.after.median < 0.015
    assert made.latency.left_out.median < 0.02
    assert made.energy.left_out.median < 0.02
    # what nobody measured is predicted, too
    rng = np.random.default_rng(seed)
    rate = instance.link.uplink_bytes_per_s / 1e6
    problem = Problem.of(instance)
    for share in (0.2, 0.8, 3.0):
        plan = problem.solution(*random_plan(problem.arrays, rng, 3))
        here, there = (replay(at_bandwidth(one, rate * share), plan) for one in (true, made.instance))
        assert there.latency_s == pytest.approx(here.latency_s, rel=0.05)
        assert there.energy_j == pytest.approx(here.energy_j, rel=0.05)


def test_what_the_measurements_do_not_tell_stays() -> None:
    instance = network(5)
    seconds = replay(instance, device_only(instance)).latency_s
    rows = [
        Measurement(device_only(instance), rate, 0.9 * seconds * f) for rate in (1.0, 2.0) for f in (0.99, 1.0, 1.01)
    ]
    made = calibrate(instance, rows)
    assert len(made.fitted) == 1
    assert made.fitted.keys() <= {"device.rows", "device.launches"}
    reasons = {e.parameter.name: e.reason for e in made.estimates if not e.fitted}
    (other,) = {"device.rows", "device.launches"} - made.fitted.keys()
    (fitted,) = made.fitted
    assert fitted in reasons[other]
    for name in ("link.efficiency", "server.rows", "segment_s.device", "device.partial_s"):
        assert "no measurement" in reasons[name]
    assert not [name for name in reasons if name.startswith("power_w")]  # nobody measured energies
    assert replay(made.instance, device_only(made.instance)).latency_s == pytest.approx(0.9 * seconds, rel=0.01)
    assert made.instance.link == instance.link
    assert made.instance.power_w == instance.power_w
    assert [o.server for o in made.instance.operators] == [o.server for o in instance.operators]
    kept = calibrate(instance, rows, keep=[fitted])
    assert kept.fitted.keys() == {other}


def test_fields_that_are_there_are_scaled() -> None:
    instance = with_fields(network(6), 0, ("partial_s", "compute_w", "segment_s"))
    made = fitted_instance(instance, {"device.partial_s": 2.0, "power_w.compute": 2 * instance.power_w.compute})
    for before, after in zip(instance.operators, made.operators, strict=True):
        assert after.device.partial_s == 2 * before.device.partial_s
        assert after.server == before.server
        assert (after.device.compute_w is None) == (before.device.compute_w is None)
        if before.device.compute_w is not None:
            assert after.device.compute_w == pytest.approx(2 * before.device.compute_w)
    assert made.segment_s == instance.segment_s
    assert fitted_instance(instance, {}) == instance
    with pytest.raises(InputError, match="psychic"):
        calibrate(instance, [Measurement(device_only(instance), 1.0, 1.0)] * 2, keep=["psychic"])


def files(folder: Path) -> tuple[IntradpInstance, Path]:
    instance = network(7)
    save(instance, folder / "instance.json")
    save(device_only(instance), folder / "plan.json")
    save(build_table(instance, [0.5, 2.0], method="layer-cut"), folder / "table.json")
    return instance, folder / "measured.csv"


def test_a_file_and_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance, file = files(tmp_path)
    true = fitted_instance(instance, {"device.rows": 0.8, "link.efficiency": 0.7})
    lines = ["strategy,note,bandwidth,latency_ms,energy_j"]
    for rate in (0.5, 1.0, 2.0):
        problem = Problem.of(at_bandwidth(instance, rate))
        cut = PLANNERS["layer-cut"](problem, 0, never()).solution(problem)
        for name, plan in (
            ("plan.json", device_only(instance)), ("layer-cut", cut),
            ("server-only", PLANNERS["server-only"](problem, 0, never()).solution(problem)),
        ):  # fmt: skip
            replayed = replay(at_bandwidth(true, rate), plan)
            lines.append(f"{name},x,{rate},{1e3 * replayed.latency_s!r},{replayed.energy_j!r}")
    tabled = build_table(instance, [0.5, 2.0], method="layer-cut").at(1.0).solution(instance.name)
    lines += ["", f"table.json,,1.0,{1e3 * replay(at_bandwidth(true, 1.0), tabled).latency_s!r},"]
    lines.append(f"device-only,,,{1e3 * replay(true, device_only(instance)).latency_s!r},")
    file.write_text("\n".join(lines))
    rows = read_measurements(instance, file)
    assert len(rows) == 11
    assert rows[-2] == Measurement(tabled, 1.0, replay(at_bandwidth(true, 1.0), tabled).latency_s, None, "row 12")
    assert rows[-1].megabytes_per_s is None
    out = tmp_path / "calibrated.json"
    assert main(["calibrate", str(tmp_path / "instance.json"), str(file), "-o", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    calibrated = load(out)
    assert isinstance(calibrated, IntradpInstance)
    assert told["instance_hash"] == calibrated.instance_hash
    assert calibrated.name == instance.name
    assert calibrated.link.efficiency == pytest.approx(0.7, rel=1e-3)
    assert verify(calibrated, device_only(instance)).accepted
    fitted = {one["name"]: one["value"] for one in told["parameters"] if one["fitted"]}
    assert fitted["device.rows"] == pytest.approx(0.8, rel=1e-3)
    assert main(["calibrate", str(tmp_path / "instance.json"), str(file), "-o", str(out)]) == 0
    assert "link.efficiency: 1 -> 0.7" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("", "", "is empty"),
        ("plan,latency_s\n", "", "at least 2"),
        ("plan,megabytes_per_s,latency_s\nplan.json,1,1\n", "", "at least 2"),
        ("plan,speed,latency_s\n", "row 1, column 2", "megabytes_per_s"),
        ("plan,plan,latency_s\n", "row 1", "second time"),
        ("bandwidth,latency_s\n", "row 1", "plan or strategy"),
        ("plan;bandwidth;latency_s\nplan.json;1;0,5\n", "row 1", "separated by semicolons; commas"),
        ("plan,bandwidth\n", "row 1", "latency_s or latency_ms"),
        ("plan,bandwidth,latency_s\nplan.json,1\n", "row 2, column 3", "found 2 values; 3"),
        ("plan,bandwidth,latency_s\nplan.json,1,1,3\n", "row 2, column 4", "found 4 values; 3"),
        ("plan,bandwidth,latency_s\nplan.json,1,1\nplan.json,1,nan\n", "row 3, column latency_s", "above 0"),
        ("plan,bandwidth,latency_s\n\nplan.json,1,0\n", "row 3, column latency_s", "above 0"),
        ("plan,bandwidth,latency_s\nplan.json,1,'1,5'\n", "row 2, column 4", "found 4 values"),
        ('plan,bandwidth,latency_s\nplan.json,1,"1,5"\n', "row 2, column latency_s", "point for decimals"),
        ("plan,bandwidth,latency_s\nplan.json,-1,1\n", "row 2, column bandwidth", "at least 0"),
        ("plan,bandwidth,latency_s\nplan.json,1,\n", "row 2, column latency_s", "a latency or an energy"),
        ("plan,bandwidth,latency_s\n,1,1\n", "row 2, column plan", "found nothing"),
        ("plan,strategy,latency_s\nplan.json,device-only,1\n", "row 2, column strategy", "one of the two"),
        ("plan,bandwidth,latency_s\nsearch,1,1\n", "row 2, column plan", "layer-cut"),
        ("plan,bandwidth,latency_s\nnone.json,1,1\n", "row 2, column plan", "no such file"),
        ("plan,bandwidth,latency_s\ninstance.json,1,1\n", "row 2, column plan", "instance.json"),
        ("plan,bandwidth,latency_s\nother.json,1,1\n", "row 2, column plan", "not accepted"),
        ("plan,bandwidth,latency_s\ntable.json,,1\n", "row 2, column plan", "needs a bandwidth"),
        ("plan,bandwidth,latency_s\nserver-only,0,1\n", "row 2, column plan", "sends messages"),
    ],
)
def test_bad_files(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, where: str, what: str) -> None:
    instance, file = files(tmp_path)
    save(device_only(instance).model_copy(update={"instance": "another"}), tmp_path / "other.json")
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        read_measurements(instance, file)
    assert caught.value.file == str(file)
    assert caught.value.where == where
    assert what in caught.value.what
    arguments = ["calibrate", str(tmp_path / "instance.json"), str(file), "-o", str(tmp_path / "out.json")]
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert not told.out
    assert len(told.err.strip().splitlines()) == 1
    assert not (tmp_path / "out.json").exists()


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    instance, file = files(tmp_path)
    file.write_bytes(b"plan,latency_s\nplan.json,\xff\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_measurements(instance, file)
    with pytest.raises(InputError, match="no such file"):
        read_measurements(instance, tmp_path / "none.csv")
