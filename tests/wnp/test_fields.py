"""The optional fields: exact methods against exhaustion, hashes and files that stay, messages, generator, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import wnpopt
from tests.samples import ordinarily
from tests.wnp.brute_fields import optimum
from tests.wnp.tiny import tiny_data
from tests.wnp.tiny_fields import FIELDS, PAIRS, tiny_fields
from wnpopt.core import registry
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.instance import WnpInstance

SUITE = Path(__file__).resolve().parents[2] / "instances" / "wnp" / "tiny-fields"
ROWS = json.loads((SUITE / "index.json").read_text())
EVERYTHING = [tuple(f for f in FIELDS if f != left) for left in ("energy", "latency")]


def check(instance: WnpInstance, method: str) -> None:
    best = optimum(instance)
    result = wnpopt.solve(instance, method, threads=1, isolate=False)
    if best is None:
        assert (result.status, result.solution) == ("infeasible", None), result.message
        return
    assert result.status == "optimal", result.message
    assert result.objective == pytest.approx(best, rel=1e-6, abs=1e-15)
    assert result.bound is not None
    assert result.bound <= best * (1 + 1e-9)


@pytest.mark.parametrize("seeds", ordinarily(1, [range(100, 103), range(103, 108)]))
@pytest.mark.parametrize("method", ["cpsat", "milp"])
@pytest.mark.parametrize("fields", [*((field,) for field in FIELDS), *EVERYTHING], ids="+".join)
def test_each_field_and_all_of_them_have_the_optimum_of_exhaustion(
    fields: tuple[str, ...], method: str, seeds: range
) -> None:
    for seed in seeds:
        check(tiny_fields(seed, fields), method)


@pytest.mark.parametrize(("first", "last"), ordinarily(1, [(200, 202), (202, 205)]))
@pytest.mark.parametrize("fields", PAIRS, ids="+".join)
def test_each_pair_has_the_optimum_of_exhaustion(fields: tuple[str, ...], first: int, last: int) -> None:
    for seed in range(first, last):
        check(tiny_fields(seed, fields), "cpsat")
    check(tiny_fields(first + 5, fields), "milp")


@pytest.mark.slow
@pytest.mark.parametrize("method", ["cpsat", "milp"])
@pytest.mark.parametrize("seed", range(300, 308))
def test_many_more(seed: int, method: str) -> None:
    for fields in [*((field,) for field in FIELDS), *PAIRS, *EVERYTHING]:
        check(tiny_fields(seed, fields), method)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_the_suite_has_the_optima_of_exhaustion(row: dict[str, Any]) -> None:
    instance = wnpopt.load(SUITE / row["file"])
    assert isinstance(instance, WnpInstance)
    assert row["proved"]
    assert optimum(instance) == pytest.approx(row["best"], rel=1e-9)


def test_the_suite_has_each_field_and_each_pair_and_is_what_doctor_solves() -> None:
    names = {Path(row["file"]).stem.removeprefix("tiny-") for row in ROWS}
    assert names == {*FIELDS, *("+".join(pair) for pair in PAIRS)}
    known = [(case.instance, case.optimum) for case in registry.family("wnp").cases]
    assert known == [(json.loads((SUITE / row["file"]).read_text()), row["best"]) for row in ROWS]


def test_defaults_that_are_written_out_change_neither_hash_nor_file() -> None:
    data: dict[str, Any] = tiny_data(4)
    plain = WnpInstance.from_data(data)
    told: dict[str, Any] = plain.model_dump(mode="json", by_alias=True)
    assert told["jobs"] == []
    assert {"release_ticks", "job"} <= told["subgraphs"][0].keys()
    assert {"active_w", "idle_w"} <= told["chip"]["cores"][0].keys()
    written = WnpInstance.from_data(told)
    assert written.instance_hash == plain.instance_hash
    assert written.to_data() == plain.to_data()
    assert "jobs" not in plain.to_data()


def test_each_field_changes_the_hash() -> None:
    hashes = {tiny_fields(0, ()).instance_hash}
    hashes |= {tiny_fields(0, (field,)).instance_hash for field in FIELDS}
    assert len(hashes) == len(FIELDS) + 1


@pytest.mark.parametrize(
    ("change", "where", "told"),
    [
        ({"objective": "weighted_latency"}, "objective", "at least one job is needed"),
        ({"objective": "latency"}, "objective", "makespan"),
        ({"jobs": [{"name": "a"}]}, "jobs[0]", "no subgraph belongs to it"),
        ({"jobs": [{"name": "a", "weight": 0}]}, "jobs[0].weight", "1"),
        ({"jobs": [{"name": "a"}, {"name": "a"}]}, "jobs[1].name", "a"),
        ({"jobs": [{"name": "a", "deadline_ticks": 1.5}]}, "jobs[0].deadline_ticks", "integer"),
        ({"makespan_limit_ticks": -1}, "makespan_limit_ticks", "0"),
        ({"energy_limit_j": float("nan")}, "energy_limit_j", "finite"),
    ],
)
def test_bad_fields_are_refused_where_they_are(change: dict[str, Any], where: str, told: str) -> None:
    with pytest.raises(wnpopt.InputError) as raised:
        WnpInstance.from_data({**tiny_data(4), **change})
    assert raised.value.where == where
    assert told in str(raised.value)


def test_a_job_that_does_not_exist_is_refused() -> None:
    data: dict[str, Any] = tiny_data(4)
    data["subgraphs"][0]["job"] = "z"
    with pytest.raises(wnpopt.InputError, match=r'subgraphs\[0\].job: "z" is no job'):
        WnpInstance.from_data(data)


def test_an_overflow_of_energies_or_latencies_is_refused() -> None:
    data: dict[str, Any] = tiny_data(4)
    data["chip"]["cores"][0]["active_w"] = 1e308
    data["chip"]["cores"][0]["idle_w"] = 1e308
    with pytest.raises(wnpopt.InputError, match="overflows"):
        WnpInstance.from_data(data)
    data = tiny_data(4)
    data["jobs"] = [{"name": "a", "weight": 2**53}]
    data["subgraphs"][0]["job"] = "a"
    with pytest.raises(wnpopt.InputError, match="jobs: the sum of weights"):
        WnpInstance.from_data(data)


def test_units_and_integrality_follow_the_objective() -> None:
    family = registry.family("wnp")
    energy = tiny_fields(4, ("energy",))
    assert (family.unit_of(energy), family.has_integers(energy)) == ("J", False)
    latency = tiny_fields(4, ("latency",))
    assert (family.unit_of(latency), family.has_integers(latency)) == ("ticks", True)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"bus": "exclusive"}, '"exclusive_bus": true'),
        ({"radio_release": 0.5}, "release_slot"),
        ({"release": 1.0}, "release_ticks"),
        ({"jobs": 2, "objective": "weighted_latency"}, "jobs"),
        ({"jobs": 2, "deadline_slack": 1.5}, "deadline_ticks"),
        ({"limit_slack": 1.5}, "makespan_limit_ticks"),
        ({"core_w": 3.0, "objective": "energy"}, "active_w"),
        ({"slot_uj": 3.0}, "transmit_j_per_rb_slot"),
        ({"byte_hop_nj": 3.0, "energy_slack": 2.0}, "energy_limit_j"),
    ],
)
def test_the_generator_draws_the_fields_apart_from_all_else(options: dict[str, Any], field: str) -> None:
    plain, made = generate({}, 5), generate(options, 5)
    assert field in json.dumps(made.to_data())
    assert field not in json.dumps(plain.to_data())
    assert made.rates.max() <= plain.rates.max()
    assert [s.ticks for s in made.subgraphs] == [s.ticks for s in plain.subgraphs]
    assert made.to_data() == generate(options, 5).to_data()


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"objective": "weighted_latency"}, "objective"),
        ({"deadline_slack": 1.0}, "deadline_slack"),
        ({"energy_slack": 1.0}, "energy_slack"),
        ({"jobs": 13}, "jobs"),
        ({"bus": "shared"}, "bus"),
    ],
)
def test_options_that_lack_something_are_refused(options: dict[str, Any], where: str) -> None:
    with pytest.raises(wnpopt.InputError) as raised:
        generate(options, 1)
    assert raised.value.where == where


@pytest.mark.parametrize(
    ("fields", "told"),
    [(("makespan-limit",), "its limit is"), (("energy-limit",), "J, and its limit is"), (("deadline",), "deadline")],
)
def test_limits_that_bounds_are_above_are_proved_without_solvers(fields: tuple[str, ...], told: str) -> None:
    data = tiny_fields(5, fields).to_data()
    if "jobs" in data:
        for job in data["jobs"]:  # type: ignore[attr-defined]
            job["deadline_ticks"] = 0
    if "makespan_limit_ticks" in data:
        data["makespan_limit_ticks"] = 1
    if "energy_limit_j" in data:
        data["energy_limit_j"] = 1e-12
        data["chip"]["cores"][0] |= {"active_w": 1.0, "idle_w": 1.0}  # type: ignore[index]
    result = wnpopt.solve(WnpInstance.from_data(data), "cpsat", threads=1, isolate=False)
    assert result.status == "infeasible"
    assert told in result.message


def test_changes_of_instances_go_on_from_the_table_and_not_from_released_rates() -> None:
    import numpy as np

    from wnpopt.problems.wnp.perturb import perturb

    origin = generate({"radio_release": 0.9}, 3)
    assert origin.rates.shape != origin.table.shape
    changed, rng = origin, np.random.default_rng(1)
    for _ in range(60):
        changed = perturb(changed, rng, origin)
    assert changed.table.shape == origin.table.shape


def test_changes_of_instances_reach_the_optional_fields_that_there_are() -> None:
    import numpy as np

    from wnpopt.problems.wnp.perturb import perturb

    options = {
        "radio_release": 0.5, "release": 0.5, "jobs": 2, "objective": "weighted_latency", "deadline_slack": 2.0,
        "core_w": 3.0, "slot_uj": 10.0, "byte_hop_nj": 2.0, "energy_slack": 2.0, "limit_slack": 3.0, "bus": "exclusive",
    }  # fmt: skip
    origin = generate(options, 3)
    before, changed, rng = origin.to_data(), origin, np.random.default_rng(1)
    seen: set[str] = set()
    for _ in range(300):
        following = perturb(changed, rng, origin)
        seen |= _changed(changed.to_data(), following.to_data())
        changed = following
        assert all(m.release_slot < changed.radio.slots for m in changed.modalities)
    wanted = {
        "release_slot", "release_ticks", "weight", "deadline_ticks", "job", "active_w", "idle_w", "joule_per_byte_hop",
        "transmit_j_per_rb_slot", "energy_limit_j", "makespan_limit_ticks",
    }  # fmt: skip
    assert wanted <= seen
    after = changed.to_data()
    assert after["objective"] == before["objective"]
    assert changed.chip.exclusive_bus
    plain = generate({}, 3)
    for _ in range(100):
        plain = perturb(plain, rng, plain)
    assert not {"jobs", "energy_limit_j", "makespan_limit_ticks", "objective"} & set(plain.to_data())


def _changed(one: object, other: object, name: str = "") -> set[str]:
    """The names of the fields that differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {f for key in one.keys() | other.keys() for f in _changed(one.get(key), other.get(key), key)}
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return {f for a, b in zip(one, other, strict=True) for f in _changed(a, b, name)}
    return set() if one == other else {name}
