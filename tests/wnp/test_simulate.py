"""``wnpopt.simulate`` and ``wnpopt simulate``: the same worlds for all, the same results again, and bad input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import wnpopt
from tests.wnp.test_simulator import CHAIN, PLAN
from tests.wnp.tiny_fields import tiny_fields
from wnpopt.cli.main import main
from wnpopt.problems.wnp import WnpInstance, WnpSolution
from wnpopt.problems.wnp.generate import generate
from wnpopt.problems.wnp.runtime.policies import known
from wnpopt.problems.wnp.runtime.policies.own import ORDER, STATIC
from wnpopt.problems.wnp.runtime.policy import Policy, View
from wnpopt.problems.wnp.runtime.program import Program
from wnpopt.problems.wnp.runtime.repeat import repeat
from wnpopt.problems.wnp.runtime.scenario import PRESETS, WnpScenario
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.simulation import Simulation
from wnpopt.problems.wnp.runtime.worlds import Worlds

HEAD = {"kind": "wnp-scenario", "schema_version": 1, "name": "s"}
INSTANCE = WnpInstance.from_data(CHAIN)
SOLUTION = WnpSolution.from_data(PLAN)


def scenario(**fields: Any) -> WnpScenario:
    return WnpScenario.from_data({**HEAD, **fields})


def without_times(simulation: Simulation) -> dict[str, object]:
    data = simulation.to_data()
    del data["measured"]
    return data


def generated() -> WnpInstance:
    from wnpopt.core import registry

    options = {"subgraphs": 8, "cores": 3, "modalities": 2, "resource_blocks": 4, "slots": 20}
    return cast(WnpInstance, registry.family("wnp").generate(options, 3))


def test_equal_arguments_give_equal_runs() -> None:
    instance = generated()
    names = ["static", "order", "rtfs", "pacs-online", "oracle"]
    runs = [
        wnpopt.simulate(instance, None, names, scenario="rough", runs=12, seed=4, threads=threads) for threads in (1, 2)
    ]
    assert without_times(runs[0]) == without_times(runs[1])
    assert json.loads(json.dumps(runs[0].to_data(), allow_nan=False)) == runs[0].to_data()
    other = wnpopt.simulate(instance, None, "static", scenario="rough", runs=12, seed=5)
    assert not np.array_equal(other.entry("static").measured.makespan, runs[0].entry("static").measured.makespan)
    more = wnpopt.simulate(instance, None, ["order", "static"], scenario="rough", runs=20, seed=4)
    assert np.array_equal(more.entry("static").measured.makespan[:12], runs[0].entry("static").measured.makespan)


def test_frames_and_summary_agree() -> None:
    instance = generated()
    simulation = wnpopt.simulate(instance, None, ["static", "order", "oracle"], scenario="rough", runs=15, seed=1)
    frame, summary = simulation.frame, simulation.summary.set_index("policy")
    assert len(frame) == 45
    for name in ("static", "order", "oracle"):
        own = frame[frame.policy == name]
        assert own.world.tolist() == list(range(15))
        assert summary.loc[name, "mean"] == pytest.approx(own.objective.mean())
        assert summary.loc[name, "worst"] == own.objective.max()
        assert summary.loc[name, "p50"] == np.sort(own.objective)[7]
        assert (own.objective >= own.bound).all()
        assert (own.regret >= 0).all()
        assert own.core_utilisation.between(0, 1).all()
        assert own.masked_share.between(0, 1).all()
        assert own.noc_utilisation.between(0, 1).all()
        assert own.rb_utilisation.between(0, 1).all()
    assert (frame.groupby("world").regret.min() == 0).all()
    cores = simulation.cores
    busy = cores[cores.policy == "order"].groupby("world").busy_ticks.sum()
    own = frame[frame.policy == "order"].set_index("world")
    assert np.allclose(busy + own.idle_ticks, 3 * own.makespan_ticks)
    assert set(simulation.modalities.modality) == {m.name for m in instance.modalities}
    assert simulation.planning.empty


def test_without_deviation_nothing_deviates() -> None:
    simulation = wnpopt.simulate(
        INSTANCE, SOLUTION, ["static", "order", "rtfs", "pacs-online", "oracle"], scenario="none", runs=3
    )
    for entry in simulation.policies:
        wanted = 65 if entry.name != "rtfs" else wnpopt.solve(INSTANCE, "rtfs").objective
        best = wnpopt.solve(INSTANCE, "pacs").objective
        assert entry.measured.makespan.tolist() == [wanted if entry.name != "oracle" else min(65, best or 65)] * 3
    assert not [seconds for asked in simulation.entry("pacs-online").asked for seconds in asked.seconds]


def test_jobs_and_energy_are_told() -> None:
    instance = tiny_fields(3, ("bus", "deadline", "energy"))
    simulation = wnpopt.simulate(instance, None, ["static", "order"], scenario="none", runs=2)
    columns = simulation.columns(simulation.policies[0])
    assert columns["energy_j"][0] == pytest.approx(wnpopt.verify(instance, simulation.plan).objective)
    assert columns["missed_deadlines"].tolist() == [0, 0]


def test_rates_are_as_the_scenario_says() -> None:
    """Mean 1, the sigma, the correlation in time and between resource blocks that were asked for."""
    data = json.loads(json.dumps(CHAIN))
    data["radio"] = {"slot_ticks": 1, "slots": 100, "block_slots": 100, "bits_per_slot": [[[10**9]] * 4, [[10**9]] * 4]}
    instance = WnpInstance.from_data(data)
    rates = {"sigma": 0.3, "correlation_slots": 5, "common": 0.25}
    worlds = Worlds(Setting.of(instance), scenario(rates=rates), 1)
    bits = np.array([worlds.world(number).bits for number in range(400)]) / 1e9
    assert bits.mean() == pytest.approx(1.0, abs=0.01)
    level = np.log(bits)
    assert level.std() == pytest.approx(0.3, rel=0.03)
    level = (level - level.mean()) / level.std()
    for lag in (1, 5):
        assert (level[..., lag:] * level[..., :-lag]).mean() == pytest.approx(np.exp(-lag / 5), abs=0.03)
    assert (level[:, :, 0] * level[:, :, 1]).mean() == pytest.approx(0.25, abs=0.04)
    assert (level[:, 0] * level[:, 1]).mean() == pytest.approx(0.0, abs=0.04)


def test_other_deviations_are_as_the_scenario_says() -> None:
    data = json.loads(json.dumps(CHAIN))
    data["subgraphs"][0]["ticks"] = [10**6, 10**6]
    data["edges"][0]["bytes"] = 10**6
    instance = WnpInstance.from_data(data)
    setting = Setting.of(instance)
    told = scenario(
        ticks={"sigma": 0.2},
        transfers={"sigma": 0.1, "delay_ticks": 1000},
        outages=[{"probability": 0.3, "slots": 3, "modality": "b"}],
        cores=[{"probability": 0.25, "core": "c1", "fails_within_ticks": 1000}],
        releases=[{"probability": 0.5, "modality": "a", "slots": 4}, {"probability": 1, "subgraph": "q", "ticks": 50}],
    )
    told.check(instance)
    worlds = [Worlds(setting, told, 9).world(number) for number in range(2000)]
    ticks = np.array([world.ticks[0, 0] for world in worlds]) / 1e6
    assert (ticks.mean(), ticks.std()) == (pytest.approx(1.0, abs=0.02), pytest.approx(0.2, abs=0.02))
    assert np.mean([world.width[0] for world in worlds]) == pytest.approx(1_001_000, rel=0.01)
    cut = [(world.bits[1] == 0).any() for world in worlds]
    assert np.mean(cut) == pytest.approx(0.3, abs=0.04)
    assert not any((world.bits[0] == 0).any() for world in worlds)
    failed = np.array([world.fails for world in worlds])
    assert (failed[:, 0] >= 2**60).all()
    assert np.mean(failed[:, 1] < 1000) == pytest.approx(0.25, abs=0.04)
    assert np.mean([world.release_slot[0] > 0 for world in worlds]) == pytest.approx(0.5, abs=0.04)
    assert np.mean([world.release[1] for world in worlds]) == pytest.approx(50.5, rel=0.1)
    # A deviation that is added changes none of the others.
    less = Worlds(setting, told.model_copy(update={"outages": (), "releases": ()}), 9)
    assert all(np.array_equal(less.world(n).ticks, worlds[n].ticks) for n in range(20))


def test_the_plan_is_executed_ten_times_in_two_threads_as_in_one() -> None:
    setting = Setting.of(INSTANCE, 4)
    worlds = Worlds(setting, PRESETS["rough"], 2)
    program = Program.of(setting, SOLUTION, STATIC.rules)
    one, two = (repeat(worlds, program, 600, threads=threads) for threads in (1, 2))
    late = repeat(worlds, program, 100, first=500)
    assert np.array_equal(one.rows, two.rows)
    assert np.array_equal(one.rows[500:], late.rows)


def planner(_instance: WnpInstance, _seed: int) -> Any:
    def decide(view: View) -> WnpSolution | None:
        return view.forecast(view.plan)

    return decide


def fails(_instance: WnpInstance, _seed: int) -> Any:
    raise RuntimeError("no\nluck")


def answers_badly(_instance: WnpInstance, _seed: int) -> Any:
    return lambda view: view.plan.model_copy(update={"start": dict.fromkeys(view.plan.start, 0)})


OTHERS = {
    "theirs": Policy("theirs", "a third party's", decider=planner, drift_time=-1.0),
    "fails": Policy("fails", "raises", decider=fails),
    "cheats": Policy("cheats", "plans what cannot be", decider=answers_badly, drift_time=-1.0),
    "misnamed": Policy("another", ""),
    "nothing": 3,
}


@pytest.fixture
def third_party(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    points = [EntryPoint(f"wnp.{name}", f"tests.wnp.test_simulate:OTHERS_{name}", known.GROUP) for name in OTHERS]
    points += [
        EntryPoint("wnp.absent", "no.such.module:P", known.GROUP),
        EntryPoint("wnp.static", "tests.wnp.test_simulate:OTHERS_theirs", known.GROUP),
    ]
    for name, entry in OTHERS.items():
        monkeypatch.setitem(globals(), f"OTHERS_{name}", entry)
    monkeypatch.setattr(known, "entry_points", lambda group: [p for p in points if p.group == group])
    known.forget()
    yield
    known.forget()


@pytest.mark.usefixtures("third_party")
def test_policies_of_other_packages() -> None:
    simulation = wnpopt.simulate(INSTANCE, SOLUTION, ["order", "theirs", "cheats"], scenario="rough", runs=5)
    order, theirs, cheats = (entry.measured.makespan.tolist() for entry in simulation.policies)
    assert order == theirs == cheats
    assert sum(asked.plans for asked in simulation.entry("theirs").asked) > 0
    assert sum(asked.rejected for asked in simulation.entry("cheats").asked) > 0
    assert sum(asked.plans for asked in simulation.entry("cheats").asked) == 0
    assert wnpopt.simulate(INSTANCE, SOLUTION, "static", runs=1).policies[0].name == "static"
    with pytest.raises(wnpopt.SolverError, match="the policy fails failed: RuntimeError: no"):
        wnpopt.simulate(INSTANCE, SOLUTION, ["fails"], scenario="rough", runs=1)
    for name, told in [("misnamed", "a policy called 'another'"), ("nothing", "it is a int"), ("absent", "no")]:
        with pytest.raises(wnpopt.InputError, match=told):
            wnpopt.simulate(INSTANCE, SOLUTION, [name], runs=1)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"outages": [{"probability": 1, "slots": 2, "modality": "z"}]}, r'outages\[0\].modality: "z" is no modality'),
        ({"outages": [{"probability": 1, "slots": 2, "resource_blocks": [1]}]}, r"resource_blocks\[0\]: found 1"),
        ({"outages": [{"probability": 1, "slots": 2, "first_slot": 6}]}, r"first_slot: found 6; the radio has 6"),
        ({"outages": [{"probability": 2, "slots": 2}]}, r"outages\[0\].probability: found 2"),
        ({"cores": [{"probability": 1, "core": "c9", "slowdown": 2}]}, r'cores\[0\].core: "c9" is no core'),
        ({"cores": [{"probability": 1}]}, r"cores\[0\].slowdown: slowdown or fails_within_ticks"),
        ({"cores": [{"probability": 1, "slowdown": 0.5}]}, r"cores\[0\].slowdown: found 0.5"),
        ({"releases": [{"probability": 1, "modality": "a", "ticks": 2}]}, r"releases\[0\].slots: missing field"),
        ({"releases": [{"probability": 1, "subgraph": "a", "ticks": 2}]}, r'releases\[0\].subgraph: "a" is no'),
        ({"releases": [{"probability": 1, "ticks": 2}]}, r"releases\[0\].modality: modality, subgraph or job"),
        ({"rates": {"sigma": -0.1}}, r"rates.sigma: found -0.1"),
        ({"rates": {"sigma": True}}, r"rates.sigma: found true"),
        ({"instance": "other"}, r'instance: found "other"; "chain" is simulated'),
        ({"wind": 1}, "wind: unknown field"),
    ],
)
def test_scenarios_that_do_not_fit(
    fields: dict[str, Any], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, instance = tmp_path / "scenario.json", tmp_path / "chain.json"
    file.write_text(json.dumps({**HEAD, **fields}))
    with pytest.raises(wnpopt.InputError, match=told) as caught:
        wnpopt.simulate(INSTANCE, SOLUTION, "static", scenario=str(file), runs=1)
    assert caught.value.file == str(file)
    wnpopt.save(INSTANCE, instance)
    assert main(["simulate", str(instance), "--scenario", str(file)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"wnpopt: {file}: ")
    assert err.count("\n") == 1


def command(tmp_path: Path, *arguments: str) -> int:
    wnpopt.save(INSTANCE, tmp_path / "chain.json")
    wnpopt.save(SOLUTION, tmp_path / "plan.json")
    return main(["simulate", str(tmp_path / "chain.json"), *arguments])


def test_the_command_writes_what_it_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "runs.json"
    plan = str(tmp_path / "plan.json")
    policies = ["--policy", "static,order", "--policy", "oracle"]
    assert command(tmp_path, plan, *policies, "--runs", "4", "--scenario", "rough", "-o", str(out)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["chain:", "policy", "static", "order", "oracle"]
    written = json.loads(out.read_text())
    assert list(written["policies"]) == ["static", "order", "oracle"]
    assert written["runs"] == len(written["policies"]["static"]["worlds"]["objective"]) == 4
    assert command(tmp_path, plan, *policies, "--runs", "4", "--scenario", "rough", "--json") == 0
    assert json.loads(capsys.readouterr().out) == written


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--policy", "statc"], "--policy: found 'statc'; the policies are static, order"),
        (["--policy", "static,static"], "--policy: static is named twice"),
        (["--policy", ""], "--policy: found ''"),
        (["--policy", "\x1b[31m"], r"--policy: found '\\x1b[31m'"),
        (["--scenario", "wild"], "--scenario: found 'wild'; none, mild, rough or a file is needed"),
        (["--scenario", "no.json"], "no.json: no such file"),
        (["--runs", "0"], "--runs: found 0"),
        (["--overtime", "-1"], "--overtime: found -1"),
        (["--plot", "x.pdf"], "--plot: found x.pdf"),
        (["no-plan.json"], "no-plan.json: no such file"),
    ],
)
def test_bad_arguments(arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"wnpopt: {told}")
    assert err.count("\n") == 1


def test_a_plan_that_is_not_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = SOLUTION.model_copy(update={"start": {"p": 20, "q": 44}})
    with pytest.raises(wnpopt.InputError, match="solution: is not accepted: precedence at edge p->q: 1"):
        wnpopt.simulate(INSTANCE, bad, runs=1)
    wnpopt.save(bad, tmp_path / "bad.json")
    assert command(tmp_path, str(tmp_path / "bad.json")) == 2
    assert capsys.readouterr().err == f"wnpopt: {tmp_path / 'bad.json'}: is not accepted: precedence at edge p->q: 1\n"


@pytest.mark.parametrize(("given", "where"), [((3,), "instance"), ((INSTANCE, 4), "solution")])
def test_what_is_no_document(given: tuple[Any, ...], where: str) -> None:
    with pytest.raises(wnpopt.InputError) as caught:
        wnpopt.simulate(*given)
    assert caught.value.where == where


@pytest.mark.parametrize("ending", ["html", "png", "svg"])
def test_pictures(ending: str, tmp_path: Path) -> None:
    pytest.importorskip("plotly" if ending == "html" else "matplotlib")
    from wnpopt.problems.wnp.plots.simulation import charts, draw

    data = json.loads(json.dumps(CHAIN))
    data["modalities"][0]["name"] = "<b>$x$</b>"
    data["subgraphs"][0]["modality"] = "<b>$x$</b>"
    instance = WnpInstance.from_data(data)
    simulation = wnpopt.simulate(instance, SOLUTION, ["static", "order", "oracle"], scenario="rough", runs=5)
    files = [tmp_path / f"{n}.{ending}" for n in range(2)]
    for file in files:
        draw(simulation, file)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert list(charts(simulation)) == ["planned", "world-0", "world-1", "world-2"]
    if ending == "html":
        assert b"<b>$x$" not in files[0].read_bytes()


def test_worlds_in_which_nothing_ends_are_counted() -> None:
    told = scenario(
        cores=[
            {"probability": 1, "fails_within_ticks": 1},
            {"probability": 1, "core": "c1", "fails_within_ticks": 1},
            {"probability": 1, "core": "c0", "fails_within_ticks": 1},
        ]
    )
    simulation = wnpopt.simulate(INSTANCE, SOLUTION, ["static", "pacs-online", "oracle"], scenario=told, runs=3)
    for entry in simulation.policies:
        summary = simulation.summarised(entry)
        assert (summary["unfinished"], summary["mean"], summary["worst"]) == (3, None, None)
    assert json.dumps(simulation.to_data(), allow_nan=False)
    assert simulation.frame.objective.isna().all()


def test_order_is_never_later_than_static() -> None:
    """With the same deviations, except where what is sent instead differs: on the chip alone it cannot."""
    data = json.loads(json.dumps(CHAIN))
    data["modalities"], data["radio"]["bits_per_slot"] = [], []
    for subgraph in data["subgraphs"]:
        subgraph["modality"] = None
    instance = WnpInstance.from_data(data)
    plan = SOLUTION.model_copy(update={"rb": ()})
    simulation = wnpopt.simulate(instance, plan, [STATIC.name, ORDER.name], scenario="rough", runs=200)
    static, order = (entry.measured.makespan for entry in simulation.policies)
    assert (order <= static).all()
    assert (order < static).any()


def test_answers_take_as_long_as_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = generate({"subgraphs": 10}, 1)
    kept, late, soon = (
        wnpopt.simulate(instance, None, policies, scenario="rough", runs=20, planning_delay=delay)
        for policies, delay in (("order", 0), ("pacs-online", 10**9), ("pacs-online", 0))
    )
    values = [simulation.frame.objective.to_numpy() for simulation in (kept, late, soon)]
    assert (values[0] == values[1]).all()
    assert (values[0] != values[2]).any()
    assert late.to_data()["planning_delay_ticks"] == 10**9
    assert kept.to_data()["planning_delay_ticks"] == 0
    with pytest.raises(wnpopt.InputError, match="planning_delay"):
        wnpopt.simulate(instance, runs=1, planning_delay=-1)
    assert command(tmp_path, "--planning-delay", "-1") == 2
    assert "--planning-delay" in capsys.readouterr().err
