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
from wnpopt.cli.main import main
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.robust.sample import Sample, criterion
from wnpopt.problems.wnp.runtime.robust.scenarios import WnpScenarios


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


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"scenarios": []}, "scenarios"),
        ({"level": 1.0}, "level"),
        ({"criterion": "median"}, "criterion"),
        ({"worlds": 0}, "worlds"),
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
