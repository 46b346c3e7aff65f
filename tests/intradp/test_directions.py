"""Bounds by directions of clocks: never above the optimum of all plans, and what they are for: networks with skips."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tests.intradp.branches import branched
from tests.intradp.exhausted import optimum
from tests.intradp.fields import with_fields
from tests.intradp.tiny import random_plan, tiny
from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.directions.lattice import lattice
from wnpopt.problems.intradp.kernels.directions.twins import Grain, Groups
from wnpopt.problems.intradp.kernels.heads import Front
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.search import directed as directed_module
from wnpopt.problems.intradp.search.borders import finer
from wnpopt.problems.intradp.search.directed import Directed
from wnpopt.problems.intradp.search.plans import device_only
from wnpopt.problems.intradp.search.proving import Prover, prices_of
from wnpopt.problems.intradp.verify import replay


def checked(instance: IntradpInstance, rng: np.random.Generator) -> tuple[int, float]:
    """(bounds compared with the optimum, the last one relative to it); asserts that none is above it."""
    problem = Problem.of(instance)
    best = optimum(problem)
    if not 0 < best < np.inf:
        return 0, 1.0
    compared, ratio = 0, 1.0
    for prices in prices_of(problem):
        front = Front(problem.arrays, prices.time, 1.0, extra=prices.extra)
        directed = Directed(
            problem,
            front,
            prices,
            parts=int(rng.integers(2, 5)),
            threads=int(rng.integers(1, 3)),
            rows=int(rng.integers(1, 5)),
            middle=int(rng.choice([1, 64])),
        )
        for cutoff in (best * (1 + 1e-9), best * float(rng.uniform(1.05, 2.0))):
            verdict = directed.refute(cutoff, rounds=int(rng.integers(1, 4)))
            assert verdict.bound <= best * (1 + 1e-9), instance.name
            assert not verdict.dead, instance.name
            bound, plan = directed.complete(cutoff, float(rng.choice([0.0, 1e-3, 0.05])))
            assert bound <= best * (1 + 1e-9), instance.name
            assert plan is None or plan.value >= best * (1 - 1e-9), instance.name
            compared += 2
            ratio = bound / best
    tried = Prover(problem, Budget(None), never()).straight(0.0, device_only(problem))
    assert tried.bound <= best * (1 + 1e-9), instance.name
    assert tried.plan is not None
    assert tried.plan.value >= best * (1 - 1e-9), instance.name
    assert tried.more or tried.plan.value <= best * (1 + 1e-7), instance.name
    return compared + 1, ratio


@pytest.mark.parametrize("objective", ["latency", "energy"])
def test_no_bound_is_above_the_optimum(objective: str) -> None:
    rng = np.random.default_rng(5)
    plain = [checked(tiny(seed, 20_000, objective=objective), rng) for seed in range(12)]
    told = [checked(with_fields(tiny(seed, 20_000, objective=objective), seed), rng) for seed in range(60, 68)]
    assert sum(compared for compared, _ in plain + told) >= 60
    # Loose ones would pass the above: on most instances the relaxation is all but exact. Where computing may draw less
    # than sending, the radio's joules cannot be told from the others.
    assert np.mean([ratio for _, ratio in plain]) > (0.9 if objective == "latency" else 0.8)
    assert np.mean([ratio for _, ratio in told]) > (0.8 if objective == "latency" else 0.6)


@pytest.mark.slow
@pytest.mark.parametrize("objective", ["latency", "energy"])
def test_no_bound_is_above_the_optimum_of_many(objective: str) -> None:
    rng = np.random.default_rng(6)
    told = [checked(tiny(seed, 20_000, objective=objective), rng) for seed in range(12, 60)]
    told += [checked(with_fields(tiny(seed, 20_000, objective=objective), seed), rng) for seed in range(68, 90)]
    told += [checked(tiny(seed, 100_000, objective=objective), rng) for seed in range(1000, 1400)]
    told += [checked(with_fields(tiny(seed, 50_000, objective=objective), seed), rng) for seed in range(2000, 2250)]
    assert sum(compared for compared, _ in told) >= 2_000


@pytest.mark.parametrize("objective", ["latency", "energy"])
def test_no_bound_of_branches_is_above_the_optimum(objective: str) -> None:
    """States of several groups multiply there: coarser ones come first, and heads are told from border to border."""
    rng = np.random.default_rng(7)
    ratios = [ratio for _, ratio in (checked(branched(seed, 4_000, objective=objective), rng) for seed in range(8))]
    assert np.mean(ratios) > (0.9 if objective == "latency" else 0.8)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(20, 3_020, 600))
def test_no_bound_of_branches_is_above_the_optimum_of_many(first: int) -> None:
    """3,000 networks: a cutoff at the optimum leaves its plans, of whatever grains; so do labels a bound."""
    rng = np.random.default_rng([8, first])
    for seed in range(first, first + 600):
        instance = branched(seed, 2_000, objective=("latency", "latency", "energy")[seed % 3])
        problem = Problem.of(with_fields(instance, seed) if seed % 4 == 0 else instance)
        best = optimum(problem)
        if not 0 < best < np.inf:
            continue
        prices = prices_of(problem)[0]
        front = Front(problem.arrays, prices.time, 1.0, extra=prices.extra)
        parts, rows = int(rng.integers(2, 5)), int(rng.integers(1, 5))
        directed = Directed(problem, front, prices, parts=parts, rows=rows, middle=(1, 64)[seed % 2])
        cutoff = best * float(rng.choice([1 + 1e-9, 1.3]))
        verdict = directed.refute(cutoff, rounds=1)
        assert verdict.bound <= best * (1 + 1e-9), seed
        assert not verdict.dead, seed
        if seed % 5 == 0:
            bound, _ = directed.complete(cutoff)
            assert bound <= best * (1 + 1e-9), seed


def test_what_a_coarser_grain_stands_for() -> None:
    """It asks for no more rows than are needed, for some of each tensor of which some are, and for all of all."""
    for units in (*range(1, 70), 113, 197, 224):
        for rows, halves in product((1, 2, 5, 7, 40), (1, 2)):
            grain = Grain(rows, early=False, finer=halves)
            device, server = grain.asks(units)
            r = np.arange(units + 1)
            assert (device <= r).all()
            assert (server >= r).all()
            assert (np.diff(device) >= 0).all()
            assert (np.diff(server) >= 0).all()
            assert (device[device] == device).all()
            assert (server[server] == server).all()
            assert ((device > 0) == (r > 0)).all()
            assert ((server < units) == (r < units)).all()
            assert device[units] == units
            assert server[0] == 0 or units == 1 or server[0] == min(0, units - 1)
            step = grain.step(units)
            assert len(set(device.tolist())) <= -(-units // step) + 2
            assert step <= 4 or units <= 56 * step, units
            assert step >= 4 or units <= rows * step or halves == 2
            # Each part of a finer grain lies within one of the coarser grain.
            coarse = Grain(rows, early=False).asks(units)
            assert (coarse[0][device] == coarse[0]).all()
            assert (coarse[1][server] == coarse[1]).all()


def test_tails_of_a_coarser_grain_are_no_larger() -> None:
    """At borders finer states get them: also where readers that need different rows ask for as many."""
    compared = 0
    for seed in range(60):
        problem = Problem.of(branched(seed, 2_000))
        (prices,) = prices_of(problem)
        front = Front(problem.arrays, prices.time, 1.0, extra=prices.extra)
        directed = Directed(problem, front, prices, rows=1)
        coarse, fine = ({cut: (states, steps) for cut, states, steps in directed.tails(grain)} for grain in (0, 1))
        for cut, (states, steps) in coarse.items():
            there, fine_steps = fine[cut]
            known = {tuple(key): values for key, values in zip(there.needs.tolist(), there.values, strict=True)}
            needs, given = finer(states.needs, states.values, steps, fine_steps)
            for key, values in zip(needs.tolist(), given, strict=True):
                if tuple(key) in known:
                    assert (values <= known[tuple(key)] * (1 + 1e-9) + 1e-12).all(), (seed, cut, key)
                    compared += 1
    assert compared >= 150


def test_the_whole_gap_is_closed_at_once_where_that_is_soon_done() -> None:
    """From the plan of the device alone, and no bound."""
    closed = 0
    for seed in range(40):
        problem = Problem.of(tiny(seed, 5_000))
        tried = Prover(problem, Budget(None), never()).straight(0.0, device_only(problem))
        if not tried.more:
            assert tried.plan is not None
            assert tried.plan.value == pytest.approx(optimum(problem), rel=1e-7)
            closed += 1
    assert closed >= 20


def test_a_cutoff_below_the_optimum_is_refuted() -> None:
    """Whether it is depends on the relaxation, but a tenth below it should be on many."""
    dead = 0
    for seed in range(60):
        problem = Problem.of(tiny(seed, 20_000))
        best = optimum(problem)
        if 0 < best < np.inf:
            (prices,) = prices_of(problem)
            dead += Directed(problem, Front(problem.arrays), prices).refute(0.9 * best).dead
    assert dead >= 35


def test_twins_of_a_dense_block_are_two_groups() -> None:
    """All layers of a dense block are read by all later ones; the newest by one more."""
    cost = {"fixed_s": 0.0, "full_s": 1.0}
    free = {"fixed_s": 0.0, "full_s": 0.0}
    local = {"kernel": 1, "stride": 1, "padding": 0}
    names = ["input", *(f"l{i}" for i in range(5)), "output"]
    operators = [
        {
            "name": name,
            "units": 4,
            "output_bytes": 8,
            "inputs": [{"from": before, "window": local} for before in names[:i]],
            "device": free if i in (0, len(names) - 1) else cost,
            "server": free if i in (0, len(names) - 1) else cost,
        }
        for i, name in enumerate(names)
    ]
    instance = IntradpInstance.from_data(
        {
            "kind": "intradp",
            "schema_version": 1,
            "name": "dense",
            "operators": operators,
            "link": {"uplink_bytes_per_s": 1.0, "downlink_bytes_per_s": 1.0},
            "power_w": {"compute": 3, "communicate": 2, "standby": 1},
        }
    )
    assert Groups(Problem.of(instance).arrays).at[4] == [[0, 1, 2, 3]]


@pytest.mark.parametrize("fields", [False, True])
def test_prices_never_exceed_the_energy(fields: bool) -> None:
    """On random plans: latency, the device's joules and the uplink's time by their prices are at most the energy.

    Of plans that send nothing after the end: what comes later nobody needs, and states of needs have no such messages.
    """
    rng = np.random.default_rng(8)
    compared = 0
    for seed in range(150):
        instance = tiny(seed, objective="energy")
        problem = Problem.of(with_fields(instance, seed) if fields else instance)
        p = problem.arrays
        a, b = random_plan(p, rng, 2)
        replayed = replay(problem.instance, problem.solution(a, b))
        if any(message.end_s > replayed.latency_s for message in replayed.uplink):
            continue
        compared += 1
        for prices in prices_of(problem):
            extra = float(prices.extra[p.row_ptr[:-1] + a].sum())
            sent = sum(prices.send[sent.operator] * (sent.end_s - sent.start_s) for sent in replayed.uplink)
            least = prices.time * replayed.latency_s + extra + sent
            assert least <= replayed.energy_j * (1 + 1e-9)
    assert compared >= 60


def test_threads_leave_the_same_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their shares are made apart and joined, in memory that the next pass uses again."""
    monkeypatch.setattr(directed_module, "WORTH", 2)
    left = 0
    for seed in range(20):
        problem = Problem.of(branched(seed, 2_000))
        (prices,) = prices_of(problem)
        front = Front(problem.arrays, prices.time, 1.0, extra=prices.extra)
        alone, together = (Directed(problem, front, prices, rows=2, threads=threads) for threads in (1, 3))
        value = device_only(problem).value
        for part in (0.6, 0.9, 1.1):
            assert alone.refute(part * value) == together.refute(part * value)
            assert (alone.states, alone.options) == (together.states, together.options)
            left += alone.states
        bound, _ = alone.complete(1.1 * value, 0.0)
        assert together.complete(1.1 * value, 0.0)[0] == pytest.approx(bound)
    assert left > 500


def test_lattice() -> None:
    grid, count = lattice(3), 20
    assert len(grid.counts) % 8 == 0
    assert (grid.counts[count:] == 0).all()
    assert len(set(map(tuple, grid.counts[:count].tolist()))) == count
    assert np.allclose(grid.weights[:, :count].sum(axis=0), 1)
    for k, less, more in product(range(count), range(4), range(4)):
        there = int(grid.moved[less, more, k])
        steps = grid.counts[k].copy()
        steps[less] -= 1
        steps[more] += 1
        assert (there == -1) == (grid.counts[k, less] == 0)
        assert there == -1 or (grid.counts[there] == steps).all()
        assert there == -1 or less == more or (there > k) == (more < less)  # passes go through them in this order
    assert (grid.moved[:, :, count:] == -1).all()
    assert grid.weights[:, grid.pure].tolist() == np.eye(4).tolist()
