"""The simulator against the verifier: without deviation they agree tick by tick, with it what happens is a solution."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

import wnpopt
from tests.wnp.random_plans import LIMITS, random_plan
from tests.wnp.tiny import tiny_instance
from tests.wnp.tiny_fields import FIELDS, PAIRS, tiny_fields
from wnpopt.problems.wnp import WnpInstance, WnpSolution
from wnpopt.problems.wnp.runtime.engine import run
from wnpopt.problems.wnp.runtime.episode import execute
from wnpopt.problems.wnp.runtime.execution import PlanExecution
from wnpopt.problems.wnp.runtime.hindsight import lower_bound, oracle
from wnpopt.problems.wnp.runtime.kernels.engine import NEVER
from wnpopt.problems.wnp.runtime.measured import Measured
from wnpopt.problems.wnp.runtime.planner import planned
from wnpopt.problems.wnp.runtime.policies.known import policy
from wnpopt.problems.wnp.runtime.policies.own import ORDER, PACS_ONLINE, RTFS, STATIC
from wnpopt.problems.wnp.runtime.policy import Policy, View
from wnpopt.problems.wnp.runtime.program import PlanRules, Program
from wnpopt.problems.wnp.runtime.repeat import repeat
from wnpopt.problems.wnp.runtime.scenario import PRESETS, WnpScenario
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.world import World
from wnpopt.problems.wnp.runtime.worlds import Worlds
from wnpopt.problems.wnp.verify import arrivals, energy, makespan, verify

INSTANCES = Path(__file__).resolve().parents[2] / "instances" / "wnp"
FILES = sorted(file for file in INSTANCES.glob("*/*.json") if file.name != "index.json")

WILD = WnpScenario.from_data(
    {
        "kind": "wnp-scenario",
        "schema_version": 1,
        "name": "wild",
        "rates": {"sigma": 0.5, "correlation_slots": 2},
        "ticks": {"sigma": 0.5},
        "transfers": {"sigma": 0.5, "delay_ticks": 3},
        "outages": [{"probability": 0.5, "slots": 2}, {"probability": 0.3, "slots": 1, "factor": 0.5}],
        "cores": [{"probability": 0.3, "slowdown": 2.5}, {"probability": 0.2, "fails_within_ticks": 60}],
    }
)
STEADY = WILD.model_copy(update={"name": "steady", "cores": ()})


def instance_of(number: int) -> WnpInstance:
    """Tiny instances without and with optional fields in turn."""
    kinds = [(), *[(field,) for field in FIELDS], *PAIRS, ("bus", "release", "radio-release", "energy")]
    fields = kinds[number % len(kinds)]
    return tiny_fields(number, fields) if fields else tiny_instance(number)


def executed(instance: WnpInstance, plan: WnpSolution, rules: PlanRules) -> tuple[Setting, PlanExecution]:
    setting = Setting.of(instance, len(plan.rb))
    execution = PlanExecution.new(setting)
    run(setting, World.nominal(setting), Program.of(setting, plan, rules), execution)
    return setting, execution


def broken(instance: WnpInstance, plan: WnpSolution) -> list[str]:
    return [str(v) for v in verify(instance, plan).violations if v.rule not in LIMITS]


def agree(instance: WnpInstance, plan: WnpSolution) -> None:
    """A plan in the nominal world is what the verifier says of it, in everything."""
    assert not broken(instance, plan)
    setting, execution = executed(instance, plan, STATIC.rules)
    assert execution.makespan == makespan(instance, plan)
    done = execution.solution(setting)
    assert (done.start, done.core, done.transfer_start) == (plan.start, plan.core, plan.transfer_start)
    real = [
        None if m.payload_bits and at < 0 else at for m, at in zip(instance.modalities, execution.arrival, strict=True)
    ]
    needed = [bool(flag) for flag in instance.needed]
    wanted = arrivals(instance, plan)
    assert [a for a, n in zip(real, needed, strict=True) if n] == [a for a, n in zip(wanted, needed, strict=True) if n]
    measured = Measured.empty(setting, 1)
    measured.put(setting, 0, execution)
    assert measured.objective(setting)[0] == pytest.approx(verify(instance, plan).objective, rel=1e-12)
    assert measured.energy_j(setting)[0] == pytest.approx(energy(instance, plan), rel=1e-12, abs=1e-18)
    setting, early = executed(instance, plan, ORDER.rules)
    assert early.makespan is not None
    assert early.makespan <= makespan(instance, plan)
    assert not broken(World.nominal(setting).instance(setting), early.solution(setting))


@pytest.mark.parametrize("file", [f for f in FILES if f.parent.name in ("tiny", "tiny-fields", "small", "chip-only")])
def test_plans_of_pacs_run_as_planned(file: Path) -> None:
    instance = cast(WnpInstance, wnpopt.load(file))
    plan = planned(instance, "rtfs" if "80" in file.name else "pacs", 0)
    if plan is not None and not broken(instance, plan):
        agree(instance, plan)


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_plans_of_all_instances_run_as_planned(file: Path) -> None:
    instance = cast(WnpInstance, wnpopt.load(file))
    for method in ("rtfs", "pacs"):
        plan = planned(instance, method, 0)
        if plan is not None and not broken(instance, plan):
            agree(instance, plan)


def random_plans(first: int, last: int) -> int:
    tried = 0
    for number in range(first, last):
        rng = random.Random(number)
        instance = instance_of(number)
        plan = random_plan(instance, rng)
        if plan is not None:
            agree(instance, plan)
            tried += 1
    return tried


def test_random_plans_run_as_planned() -> None:
    assert random_plans(0, 300) > 150


@pytest.mark.slow
def test_ten_thousand_random_plans_run_as_planned() -> None:
    assert random_plans(300, 15_000) >= 10_000


def sometimes(instance: WnpInstance, seed: int) -> Any:
    """A policy that plans anew at each event, by rtfs or pacs, sometimes."""
    del instance
    rng = random.Random(seed)

    def decide(view: View) -> WnpSolution | None:
        if rng.random() < 0.4:
            return None
        return planned(view.instance, rng.choice(["rtfs", "pacs"]), seed, view.state)

    return decide


RESTLESS = Policy("restless", "plans anew at each event", decider=sometimes, drift_time=-1.0, drift_bits=-1.0)


@pytest.mark.parametrize("entry", [STATIC, ORDER, RTFS, PACS_ONLINE, RESTLESS], ids=lambda entry: entry.name)
@pytest.mark.parametrize("scenario", [PRESETS["mild"], PRESETS["rough"], STEADY, WILD], ids=lambda s: s.name)
def test_what_happens_is_a_solution_of_the_world(entry: Policy, scenario: WnpScenario) -> None:
    """Whatever policy and world: the verifier accepts the execution as a solution of the world as an instance."""
    ended = 0
    for number in range(40):
        instance = instance_of(number)
        plan = random_plan(instance, random.Random(number))
        if plan is None:
            continue
        setting = Setting.of(instance, len(plan.rb))
        world = Worlds(setting, scenario, number).world(number)
        execution = execute(setting, world, entry, plan, number)
        running = execution.start >= 0
        assert (execution.end[running] <= world.fails[execution.where[running]]).all()
        if not execution.finished:
            assert (world.fails < NEVER).any() or (execution.arrival < 0).any()
            continue
        ended += 1
        done = execution.solution(setting)
        assert not broken(world.instance(setting), done)
        assert makespan(world.instance(setting), done) == execution.makespan
        if entry is STATIC:
            assert all(done.start[name] >= at for name, at in plan.start.items())
        if entry in (STATIC, ORDER):
            assert done.core == plan.core
            for m in range(len(instance.chip.cores)):
                here = [i for i in range(len(instance.subgraphs)) if execution.where[i] == m]
                begun = [plan.start[s.name] for s in instance.subgraphs]
                here.sort(key=lambda i: (execution.start[i], execution.end[i], begun[i]))
                assert [begun[i] for i in here] == sorted(begun[i] for i in here)
        if entry is RTFS and not instance.jobs and instance.needed.any():
            assert execution.start.min() >= execution.arrival[instance.needed].max()
    assert ended > 15


@pytest.mark.parametrize("entry", [PACS_ONLINE, RESTLESS], ids=lambda entry: entry.name)
@pytest.mark.parametrize("scenario", [PRESETS["rough"], WILD], ids=lambda s: s.name)
@pytest.mark.parametrize("delay", [1, 13, 300])
def test_answers_that_take_time_are_followed_for_what_has_not_begun(
    entry: Policy, scenario: WnpScenario, delay: int
) -> None:
    """What happens is a solution of the world; nobody is asked before the last answer has taken effect."""
    ended = 0
    for number in range(40):
        instance = instance_of(number)
        plan = random_plan(instance, random.Random(number))
        if plan is None:
            continue
        setting = Setting.of(instance, len(plan.rb))
        world = Worlds(setting, scenario, number).world(number)
        times: list[int] = []

        def noted(instance: WnpInstance, seed: int, times: list[int] = times) -> Callable[[View], WnpSolution | None]:
            assert entry.decider is not None
            decide = entry.decider(instance, seed)

            def ask(view: View) -> WnpSolution | None:
                times.append(view.state.now_ticks)
                return decide(view)

            return ask

        execution = execute(setting, world, replace(entry, decider=noted), plan, number, None, delay)
        assert all(later - before >= delay for before, later in pairwise(times))
        if not execution.finished:
            assert (world.fails < NEVER).any() or (execution.arrival < 0).any()
            continue
        ended += 1
        assert not broken(world.instance(setting), execution.solution(setting))
    assert ended > 10


def test_answers_that_come_too_late_change_nothing() -> None:
    for number in range(0, 60, 3):
        instance = instance_of(number)
        plan = random_plan(instance, random.Random(number))
        if plan is None:
            continue
        setting = Setting.of(instance, len(plan.rb))
        world = Worlds(setting, PRESETS["rough"], 1).world(number)
        late, kept = execute(setting, world, RESTLESS, plan, 0, None, 10**9), execute(setting, world, ORDER, plan, 0)
        for one, other in zip(late.arrays[:-1], kept.arrays[:-1], strict=True):
            assert np.array_equal(one, other)
        assert np.array_equal(late.clock[1:], kept.clock[1:])


@pytest.mark.parametrize("scenario", [PRESETS["rough"], WILD], ids=lambda s: s.name)
def test_the_batch_does_what_single_executions_do(scenario: WnpScenario) -> None:
    for number in range(0, 60, 3):
        instance = instance_of(number)
        plan = random_plan(instance, random.Random(number))
        if plan is None:
            continue
        setting = Setting.of(instance, len(plan.rb))
        worlds = Worlds(setting, scenario, 5)
        for entry in (STATIC, ORDER, RTFS):
            many = repeat(worlds, Program.of(setting, plan, entry.rules), 300, threads=2)
            one = Measured.empty(setting, 300)
            for w in range(0, 300, 37):
                one.put(setting, w, execute(setting, worlds.world(w), entry, plan, 0))
                for got, wanted in zip(many.part(w, w + 1).arrays, one.part(w, w + 1).arrays, strict=True):
                    assert np.array_equal(got, wanted)


def test_nobody_sees_what_has_not_happened() -> None:
    """Worlds that are alike up to a tick show a policy the same up to it, forecasts included."""
    compared = 0
    for number in range(60):
        instance = instance_of(number)
        plan = random_plan(instance, random.Random(number))
        if plan is None:
            continue
        setting = Setting.of(instance, len(plan.rb))
        world = Worlds(setting, STEADY, 3).world(number)
        seen: list[list[Any]] = [[], []]

        def watch(views: list[Any]) -> Policy:
            def decide(view: View) -> WnpSolution | None:
                ahead = view.forecast(view.plan)
                views.append((view.state.to_data(), view.failed, view.value(view.plan), ahead and ahead.to_data()))
                return planned(view.instance, "rtfs", 0, view.state) if len(views) % 2 else None

            return Policy("watch", "", decider=lambda *_: decide, drift_time=-1.0, drift_bits=-1.0)

        first = execute(setting, world, watch(seen[0]), plan, 0)
        if not seen[0]:
            continue
        until = sorted(row[0]["now_ticks"] for row in seen[0])[len(seen[0]) // 2]
        slot = -(-until // instance.radio.slot_ticks)
        later = World(*(array.copy() for array in world.arrays))
        later.bits[:, :, slot:] = later.bits[:, :, slot:] // 2 + 1
        open_end = (first.end < 0) | (first.end > until)  # of what runs, the end is not known either
        later.ticks[open_end] = np.where(later.ticks[open_end] < 0, -1, later.ticks[open_end] * 3 + until + 1)
        ended = first.end[setting.plan.source]
        first_time = (ended < 0) | (ended >= until) | (first.sent == ended)  # not sent before to another core
        later.width[first_time & ((first.there < 0) | (first.there > until))] += until + 7
        later.release[(first.start < 0) | (first.start >= until)] += until
        later.fails[:] = until + 5
        execute(setting, later, watch(seen[1]), plan, 0)
        before = [[row for row in rows if row[0]["now_ticks"] <= until] for rows in seen]
        same = min(len(before[0]), len(before[1]))
        assert before[0][:same] == before[1][:same]
        # A later event may wake nobody, but none of the first is missing.
        assert {row[0]["now_ticks"] for row in before[0] if row[0]["now_ticks"] < until} == {
            row[0]["now_ticks"] for row in before[1] if row[0]["now_ticks"] < until
        }
        compared += same
    assert compared > 50


def test_oracle_and_bound_enclose_the_optimum_with_hindsight() -> None:
    tight = 0
    for number in range(40):
        instance = instance_of(number)
        plan = random_plan(instance, random.Random(number))
        if plan is None:
            continue
        setting = Setting.of(instance, len(plan.rb))
        worlds = Worlds(setting, STEADY if number % 2 else WILD, 1)
        world = worlds.world(number)
        best, bound = oracle(setting, world, plan, 0), lower_bound(setting, world)
        ends = [best, *(execute(setting, world, entry, plan, 0) for entry in (STATIC, ORDER, RTFS, PACS_ONLINE))]
        measured = Measured.empty(setting, len(ends))
        for row, execution in enumerate(ends):
            measured.put(setting, row, execution)
        values = measured.objective(setting)
        assert bound is None or not (values < bound * (1 - 1e-12)).any()
        early = ends[2]
        if early.finished:
            assert best.finished
        tight += bound is not None and bool(values[0] <= bound * (1 + 1e-9))
    assert tight > 3


CHAIN: dict[str, Any] = {
    "kind": "wnp",
    "schema_version": 1,
    "name": "chain",
    "radio": {"slot_ticks": 10, "slots": 6, "block_slots": 6, "bits_per_slot": [[[5]], [[5]]]},
    "modalities": [{"name": "a", "payload_bits": 10}, {"name": "b", "payload_bits": 10}],
    "chip": {
        "cores": [{"name": "c0", "x": 0, "y": 0}, {"name": "c1", "x": 1, "y": 0}],
        "hop_ticks": 1,
        "bytes_per_tick": 1,
    },
    "subgraphs": [
        {"name": "p", "modality": "a", "ticks": [20, 20]},
        {"name": "q", "modality": "b", "ticks": [20, 20]},
    ],
    "edges": [{"from": "p", "to": "q", "bytes": 4}],
}
PLAN = {
    "kind": "wnp-solution",
    "instance": "chain",
    "rb": [[0], [0], [1], [1]],
    "core": {"p": "c0", "q": "c1"},
    "start": {"p": 20, "q": 45},
}


def chain(**changes: Any) -> tuple[Setting, WnpSolution, World]:
    """Two subgraphs on two cores, and a world with other values at the end of the nominal arrays."""
    instance = WnpInstance.from_data(CHAIN)
    setting = Setting.of(instance, 4)
    world = World.nominal(setting)
    for name, (place, value) in changes.items():
        getattr(world, name)[place] = value
    return setting, WnpSolution.from_data(PLAN), world


@pytest.mark.parametrize(
    ("changes", "static", "order"),
    [
        ({}, 65, 65),
        ({"ticks": ((0, 0), 30)}, 75, 75),  # p ends at 50, 5 ticks of transfer, q of 20
        ({"ticks": ((0, 0), 10)}, 65, 60),  # q waits for its planned start, or for b at 40
        ({"width": (0, 9)}, 70, 70),
        ({"bits": ((0, 0, 0), 0)}, 75, 75),  # a takes slot 2 as well; b is there at 50, p ends at 50
        ({"bits": ((1, 0, 3), 0)}, 70, 70),  # b comes at 50
        ({"release": (0, 31)}, 76, 76),
        ({"release_slot": (1, 4)}, 80, 80),
        ({"fails": (0, 40)}, 65, 65),  # it has just ended
        ({"fails": (0, 39)}, None, None),
    ],
)
def test_by_hand(changes: Any, static: int | None, order: int | None) -> None:
    setting, plan, world = chain(**changes)
    assert execute(setting, world, STATIC, plan, 0).makespan == static
    assert execute(setting, world, ORDER, plan, 0).makespan == order


def test_planning_again_survives_a_core_that_fails() -> None:
    setting, plan, world = chain(fails=(0, 39))
    execution = execute(setting, world, PACS_ONLINE, plan, 0)
    # p is lost at 39 and runs anew on c1 as soon as the slot is over, at 40; q follows there.
    assert execution.makespan == 80
    assert execution.lost.tolist() == [19, 0]
    assert execution.where.tolist() == [1, 1]


def test_measures_by_hand() -> None:
    setting, plan, world = chain()
    measured = Measured.empty(setting, 1)
    measured.put(setting, 0, execute(setting, world, STATIC, plan, 0))
    # Makespan; busy; transfer; in flight; RB-slots; radio; of that with a core busy (20 to 40); no gap; last arrival.
    assert measured.rows[0].tolist() == [65, 40, 5, 5, 4, 40, 20, 0, 0, 40]
    assert measured.busy.tolist() == [[20, 20]]
    assert measured.carrying.tolist() == [[2, 2]]
    assert measured.arrivals.tolist() == [[20, 40]]
    assert measured.slack.tolist() == [[0, 5]]


def test_policies_are_named() -> None:
    assert policy("static") is STATIC
    with pytest.raises(wnpopt.InputError, match=r"statc.*the policies are static, order, rtfs, pacs-online, oracle"):
        policy("statc")
