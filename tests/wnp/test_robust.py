"""Robust plans: chosen by sampled worlds, compared in others."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wnpopt
from tests.samples import ordinarily
from tests.wnp.brute import optimum
from tests.wnp.tiny import tiny_data
from wnpopt.cli.main import main
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.hindsight import lower_bound
from wnpopt.problems.wnp.runtime.program import PlanRules, Program
from wnpopt.problems.wnp.runtime.repeat import repeat
from wnpopt.problems.wnp.runtime.robust import sample as sampling
from wnpopt.problems.wnp.runtime.robust.bound import SampleBound
from wnpopt.problems.wnp.runtime.robust.sample import Sample, criterion
from wnpopt.problems.wnp.runtime.robust.scenarios import WnpScenarios
from wnpopt.problems.wnp.runtime.sampled import SampledWorlds
from wnpopt.problems.wnp.runtime.scenario import PRESETS
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.worlds import Worlds


def scenarios(**fields: Any) -> WnpScenarios:
    """Two scenarios and small samples."""
    data = {
        "kind": "wnp-scenarios",
        "schema_version": 1,
        "name": "two",
        "worlds": 40,
        "test_worlds": 60,
        "moves": 60,
        "scenarios": [
            {"kind": "wnp-scenario", "schema_version": 1, "name": "slow", "ticks": {"sigma": 0.3}},
            {"kind": "wnp-scenario", "schema_version": 1, "name": "fades", "rates": {"sigma": 0.4}},
        ],
    }
    return WnpScenarios.from_data(data | fields)


def gamble(**fields: Any) -> WnpInstance:
    """One subgraph that is one tick faster on a core that mostly fails or is slow."""
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": "gamble",
            "radio": {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": []},
            "modalities": [],
            "chip": {
                "cores": [{"name": "quick", "x": 0, "y": 0}, {"name": "steady", "x": 1, "y": 0}],
                "hop_ticks": 1,
                "bytes_per_tick": 1,
            },
            "subgraphs": [{"name": "a", "ticks": [99, 100]}],
            "edges": [],
            **fields,
        }
    )


def slow(probability: float, slowdown: float = 3.0) -> list[dict[str, Any]]:
    return [
        {
            "kind": "wnp-scenario",
            "schema_version": 1,
            "name": "slow",
            "cores": [{"probability": probability, "core": "quick", "slowdown": slowdown}],
        }
    ]


def test_the_steady_core_is_taken_where_the_quick_one_is_slow_half_of_the_time() -> None:
    result: Any = wnpopt.solve(gamble(), "auto", threads=1, robust=scenarios(scenarios=slow(0.5)))
    assert result.solution.core == {"a": "steady"}
    assert (result.objective, result.status) == (100, "feasible")
    report = result.robust
    assert report["robust_plan"]["value"] == 100
    assert report["nominal_plan"]["planned"] == 99
    assert report["nominal_plan"]["value"] > 150
    assert "robust: mean 100 ticks" in result.message


def test_mean_and_cvar_choose_differently_where_trouble_is_rare() -> None:
    rare = slow(0.06, 1.1)  # mean 99 + 0.06 * 10 < 100; the worst tenth is 99 + 0.6 * 10 > 100
    mean: Any = wnpopt.solve(gamble(), "auto", threads=1, robust=scenarios(scenarios=rare, worlds=2000))
    cvar: Any = wnpopt.solve(
        gamble(), "auto", threads=1, robust=scenarios(scenarios=rare, worlds=2000, criterion="cvar")
    )
    assert mean.solution.core == {"a": "quick"}
    assert mean.objective == 99
    assert mean.robust["origin"] == "nominal"
    assert cvar.solution.core == {"a": "steady"}


def test_a_plan_that_ends_is_better_than_one_that_is_quick_where_it_ends() -> None:
    fails = slow(0.5)
    fails[0]["cores"] = [{"probability": 0.3, "core": "quick", "fails_within_ticks": 99}]
    result: Any = wnpopt.solve(gamble(), "auto", threads=1, robust=scenarios(scenarios=fails))
    assert result.solution.core == {"a": "steady"}
    assert result.robust["robust_plan"]["unfinished_share"] == 0
    assert result.robust["nominal_plan"]["unfinished_share"] > 0


def test_cvar_is_the_mean_of_the_worst() -> None:
    values = np.arange(1.0, 11.0)
    assert criterion(scenarios(criterion="cvar", level=0.8), values) == 9.5
    assert criterion(scenarios(criterion="cvar", level=0.999), values) == 10
    assert criterion(scenarios(), values) == 5.5


@pytest.mark.parametrize(
    "options", ordinarily(1, [{"jobs": 2, "objective": "weighted_latency"}, {}, {"bus": "exclusive"}])
)
def test_a_chosen_plan_is_accepted_and_no_worse_where_it_was_chosen(options: dict[str, Any]) -> None:
    for seed in range(3):
        instance = generate({"subgraphs": 8, **options}, seed)
        asked = scenarios(seed=seed)
        first = wnpopt.solve(instance, "pacs", threads=1)
        result: Any = wnpopt.solve(instance, "pacs", threads=1, time_limit=None, robust=asked)
        assert wnpopt.verify(instance, result.solution).objective == result.objective
        nominal: Any = first.solution
        sample = Sample.of(instance, asked, max(len(nominal.rb), len(result.solution.rb)), 1)
        assert sample.worth(result.solution) <= sample.worth(nominal)
        again = wnpopt.solve(instance, "pacs", threads=1, time_limit=None, robust=asked)
        assert again.solution == result.solution
        assert again.robust == result.robust


def test_without_deviation_nothing_beats_an_optimum() -> None:
    instance = generate({"subgraphs": 5, "cores": 2, "modalities": 2, "resource_blocks": 2, "slots": 8}, 1)
    calm = [{"kind": "wnp-scenario", "schema_version": 1, "name": "none"}]
    result: Any = wnpopt.solve(instance, "auto", threads=1, robust=scenarios(scenarios=calm))
    assert result.robust["origin"] == "nominal"
    assert result.robust["nominal_plan"]["worst"] <= result.objective
    assert math.isclose(result.gap, 0)
    assert "none of" in result.message


def test_worlds_in_memory_give_the_same_values() -> None:
    instance = generate({"subgraphs": 8, "jobs": 2}, 0)
    plan: Any = wnpopt.solve(instance, "pacs", threads=1).solution
    worlds = Worlds(Setting.of(instance, len(plan.rb)), PRESETS["rough"], 3)
    program = Program.of(worlds.setting, plan, PlanRules())
    fresh = repeat(worlds, program, 600, first=7)
    for count in (600, 700, 300, 1):
        kept = SampledWorlds.of(worlds, 7, count)
        for threads in (1, 2):
            again = repeat(worlds, program, 600, first=7, threads=threads, kept=kept)
            for one, other in zip(fresh.arrays, again.arrays, strict=True):
                assert np.array_equal(one, other)
    with pytest.raises(ValueError, match="worlds from 7 on"):
        repeat(worlds, program, 600, kept=kept)


def test_a_sample_that_does_not_fit_into_memory_has_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = generate({"subgraphs": 8}, 0)
    plan: Any = wnpopt.solve(instance, "pacs", threads=1).solution
    sample = Sample.of(instance, scenarios(), len(plan.rb), 1)
    whole = sample.objectives(plan)
    monkeypatch.setattr(sampling, "KEPT_BYTES", 2 * 10 * SampledWorlds.bytes_each(sample.worlds[0]))
    part = Sample.of(instance, scenarios(), len(plan.rb), 1)
    assert [kept.count for kept in part.kept] == [10, 10]
    assert np.array_equal(part.objectives(plan), whole, equal_nan=True)


def test_no_plan_in_no_world_is_better_than_the_bound() -> None:
    """Bound <= optimum by exhaustion <= what happens, in each world, and so for mean and CVaR over them."""
    noise = {"rates": {"sigma": 0.4}, "ticks": {"sigma": 0.4}, "transfers": {"sigma": 0.4, "delay_ticks": 2}}
    rough = [{"kind": "wnp-scenario", "schema_version": 1, "name": "rough", **noise}]
    tight, compared = 0, 0
    for seed in range(40):
        instance = WnpInstance.from_data(tiny_data(seed))
        if instance.resource_blocks > 1 or len(instance.modalities) > 2:
            continue
        plan: Any = wnpopt.solve(instance, "pacs", threads=1).solution
        if plan is None:
            continue
        asked = scenarios(scenarios=rough, test_worlds=6, bound_worlds=6)
        sample = Sample.of(instance, asked, len(plan.rb), 1)
        sample = Sample(sample.worlds, asked, 0, 6)
        reached = sample.objectives(plan)
        bounds = np.array([lower_bound(sample.setting, sample.kept[0].world(w)) for w in range(6)], dtype=np.float64)
        best = [optimum(sample.kept[0].world(w).instance(sample.setting)) for w in range(6)]
        least = np.array([np.nan if value is None else value for value in best])
        ended = ~np.isnan(reached)
        assert not np.isnan(least[ended]).any()
        assert (least[ended] <= reached[ended]).all()
        known = ~np.isnan(least)
        assert (bounds[known] <= least[known]).all()
        tight += int((bounds[known] == least[known]).sum())
        compared += int(known.sum())
        if not known.all():
            continue
        for chosen in (asked, asked.model_copy(update={"criterion": "cvar", "level": 0.5})):
            told = SampleBound.of(sample, Budget(None)).compared(Sample(sample.worlds, chosen, 0, 6), plan)
            assert told is not None
            assert told["worlds"] == 6
            assert told["bound"] == criterion(asked, bounds) or chosen is not asked
            assert told["bound"] <= criterion(chosen, least)  # type: ignore[operator]
            assert (told["value"] is None) == (not ended.all())
            if ended.all():
                assert criterion(chosen, least) <= told["value"] == criterion(chosen, reached)  # type: ignore[operator]
    assert tight > compared / 2 > 40


def test_the_bound_is_told_with_its_gap() -> None:
    instance = generate({"subgraphs": 8}, 0)
    result: Any = wnpopt.solve(instance, "pacs", threads=1, time_limit=None, robust=scenarios(bound_worlds=5))
    told = result.robust["bound"]
    assert told["worlds"] == 10
    assert 0 < told["bound"] <= told["value"]
    assert told["gap"] == pytest.approx(1 - told["bound"] / told["value"])
    assert "to a bound on every policy in 10 of them" in result.message
    without: Any = wnpopt.solve(instance, "pacs", threads=1, time_limit=None, robust=scenarios(bound_worlds=0))
    assert without.robust["bound"] is None
    assert "bound on every" not in without.message
    assert without.solution == result.solution


def test_static_plans_start_nothing_early() -> None:
    instance = gamble(
        subgraphs=[{"name": "a", "ticks": [99, 100]}, {"name": "b", "ticks": [50, 50]}],
        edges=[{"from": "a", "to": "b", "bytes": 0}],
    )
    noise = [{"kind": "wnp-scenario", "schema_version": 1, "name": "noise", "ticks": {"sigma": 0.3}}]
    plan: Any = wnpopt.solve(instance, "auto", threads=1).solution
    early, kept = (
        Sample.of(instance, scenarios(scenarios=noise, policy=policy), 0, 1).objectives(plan)
        for policy in ("order", "static")
    )
    assert (early <= kept).all()
    assert (early < kept).any()
    result: Any = wnpopt.solve(instance, "auto", threads=1, robust=scenarios(scenarios=noise, policy="static"))
    assert result.robust["policy"] == "static"
    assert result.robust["bound"]["bound"] <= result.robust["bound"]["value"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"scenarios": []}, "scenarios"),
        ({"level": 1.0}, "level"),
        ({"criterion": "median"}, "criterion"),
        ({"worlds": 0}, "worlds"),
        ({"bound_worlds": -1}, "bound_worlds"),
        ({"policy": "pacs-online"}, "policy"),
        ({"scenarios": slow(0.5)}, 'scenarios[0].cores[0].core: "quick" is no core'),
        ({"kind": "wnp"}, "kind"),
    ],
)
def test_scenarios_that_do_not_fit_are_refused(
    change: dict[str, Any], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instance, file = tmp_path / "i.json", tmp_path / "s.json"
    wnpopt.save(generate({}, 0), instance)
    file.write_text(json.dumps(scenarios().to_data() | change))
    assert main(["solve", str(instance), "--method", "pacs", "--robust", str(file)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert str(file) in said.err
    assert told in said.err


def test_other_families_and_running_plans_refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from wnpopt.problems.slide.generate import generate as slide
    from wnpopt.problems.wnp.state import at_start

    file = tmp_path / "slide.json"
    wnpopt.save(slide({}, 0), file)
    assert main(["solve", str(file), "--robust", "rough"]) == 2
    assert "slide has no robust plans" in capsys.readouterr().err
    with pytest.raises(wnpopt.UnsupportedError, match="robust"):
        wnpopt.solve(gamble(), "pacs", robust="rough", fixed=at_start(gamble()))
    with pytest.raises(wnpopt.InputError, match="robust: found 'ruogh'"):
        wnpopt.solve(gamble(), "pacs", robust="ruogh")
    odd: Any = 3
    with pytest.raises(wnpopt.InputError, match="robust: found a int"):
        wnpopt.solve(gamble(), "pacs", robust=odd)


def test_the_command_tells_the_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = tmp_path / "i.json"
    wnpopt.save(generate({}, 0), instance)
    file = tmp_path / "s.json"
    file.write_text(json.dumps(scenarios().to_data()))
    given = ["solve", str(instance), "--method", "pacs", "--robust", str(file), "--threads", "1"]
    assert main([*given, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["robust"]["test_worlds"] == 120
    assert data["robust"]["robust_plan"]["planned"] == data["objective"]
    assert main(given) == 0
    assert "robust: " in capsys.readouterr().out
