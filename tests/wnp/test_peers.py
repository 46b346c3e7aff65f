"""Other people's schedulers on chip-only instances: valid answers, bounds that hold, nothing said that is not so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import wnpopt
from tests.wnp.brute import optimum
from tests.wnp.tiny import tiny_data
from wnpopt import testing
from wnpopt.core import attempt, registry
from wnpopt.core.errors import MissingDependencyError, UnsupportedError
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.peers.rank_one import fit

pytest.importorskip("pyjobshop", reason="the extra peers is not installed")
pytest.importorskip("saga", reason="the extra peers is not installed")

ROOT = Path(__file__).resolve().parents[2]
SUITE = ROOT / "instances" / "wnp" / "chip-only"
FAMILY = registry.family("wnp")
PEERS = ["pyjobshop", "heft", "cpop"]


def tiny(seed: int, *, nulls: bool = True) -> WnpInstance:
    """The tiny instance number ``seed`` without its radio; ``nulls``: with cores that cannot run everything."""
    data: dict[str, Any] = tiny_data(seed)
    data["modalities"], data["radio"]["bits_per_slot"] = [], []
    for subgraph in data["subgraphs"]:
        subgraph["modality"] = None
        if not nulls:
            subgraph["ticks"] = [7 if t is None else t for t in subgraph["ticks"]]
    return WnpInstance.from_data(data)


def drawn(seed: int, subgraphs: int = 14, cores: int = 3) -> WnpInstance:
    instance = FAMILY.generate({"modalities": 0, "subgraphs": subgraphs, "cores": cores}, seed)
    assert isinstance(instance, WnpInstance)
    return instance


def edited(instance: WnpInstance, **chip: int) -> dict[str, Any]:
    data: dict[str, Any] = instance.to_data()
    data["chip"] = {**data["chip"], **chip}
    return data


def related(seed: int) -> WnpInstance:
    """Cores with a speed each and hops that take no time: what SAGA's networks say exactly."""
    data = edited(drawn(seed, 16, 4), hop_ticks=0)
    rng = np.random.default_rng(seed)
    slowness = rng.integers(1, 5, len(data["chip"]["cores"])).tolist()
    for subgraph in data["subgraphs"]:
        cost = int(rng.integers(1, 60))
        subgraph["ticks"] = [cost * s for s in slowness]
    return WnpInstance.from_data(data)


@given(st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_pyjobshop_proves_what_exhaustion_finds(seed: int) -> None:
    instance = tiny(seed)
    testing.check_method(FAMILY, "pyjobshop", instance, optimum(instance))


@given(st.integers(0, 10**6), st.sampled_from(["heft", "cpop"]))
@settings(max_examples=60, deadline=None)
def test_heuristics_of_saga_are_valid(seed: int, method: str) -> None:
    """``check_method`` verifies the answer and holds every bound against the optimum."""
    instance = tiny(seed, nulls=False)
    result = testing.check_method(FAMILY, method, instance, optimum(instance))
    assert result.solution is not None
    assert result.objective is not None
    assert result.found_by == method


@pytest.mark.parametrize("seed", range(4))
def test_pyjobshop_equals_cpsat_without_transfers(seed: int) -> None:
    data = edited(drawn(seed), hop_ticks=0)
    for edge in data["edges"]:
        edge["bytes"] = 0
    instance = WnpInstance.from_data(data)
    theirs, ours = (wnpopt.solve(instance, method, time_limit=30, threads=2) for method in ("pyjobshop", "cpsat"))
    assert (theirs.status, ours.status) == ("optimal", "optimal")
    assert theirs.objective == ours.objective
    assert len(shop_of(instance).model.tasks) == len(instance.subgraphs), "nothing to transfer, no task for it"


@pytest.mark.parametrize("seed", range(4))
def test_pyjobshop_equals_cpsat_with_transfers(seed: int) -> None:
    instance = drawn(seed, 12)
    theirs, ours = (wnpopt.solve(instance, method, time_limit=30, threads=2) for method in ("pyjobshop", "cpsat"))
    assert (theirs.status, ours.status) == ("optimal", "optimal")
    assert theirs.objective == ours.objective
    assert len(shop_of(instance).model.tasks) == len(instance.subgraphs) + len(instance.edges)


def shop_of(instance: WnpInstance) -> Any:
    from wnpopt.problems.wnp.peers.shop import shop

    problem = Problem.of(instance)
    return shop(problem, problem.latest_makespan())


@pytest.mark.parametrize("seed", [3, 9, 11, 24])
def test_pyjobshop_by_its_own_front_says_the_same(seed: int) -> None:
    """The adapter bypasses ``pyjobshop.solve`` to be interruptible: the model must be the one that it solves."""
    instance = tiny(seed)
    built = shop_of(instance)
    answer = built.model.solve(display=False, num_workers=1, time_limit=30)
    assert answer.status.value == "Optimal"
    result = wnpopt.solve(instance, "pyjobshop", threads=1)
    assert answer.objective == answer.lower_bound == result.objective
    # Each transfer lasts as long as the cores of its two subgraphs are apart.
    number = {name: i for i, name in enumerate(s.name for s in instance.subgraphs)}
    core = [built.core_of[answer.best.tasks[i].mode] for i in range(len(number))]
    problem = Problem.of(instance)
    ends = {(i, j): k for k, (i, j) in enumerate(instance.edge_index.tolist())}
    transfers = answer.best.tasks[len(number) :]
    starts = built.model.constraints.end_at_start
    assert len(starts) == len(transfers)
    follows = {c.task1: c.task2 for c in built.model.constraints.end_before_start}
    for constraint in starts:
        i, j = constraint.task1, follows[constraint.task2]
        apart = problem.plan.hop[core[i], core[j]] + problem.plan.width[ends[i, j]]
        assert answer.best.tasks[constraint.task2].duration == (apart if core[i] != core[j] else 0)


@pytest.mark.parametrize("file", sorted(path.name for path in SUITE.glob("*-*.json")))
@pytest.mark.parametrize("method", PEERS)
def test_the_suite(file: str, method: str) -> None:
    instance = wnpopt.load(SUITE / file)
    assert isinstance(instance, WnpInstance)
    best = {entry["file"]: entry["best"] for entry in json.loads((SUITE / "index.json").read_text())}[file]
    if method != "pyjobshop" and (instance.ticks < 0).any():
        with pytest.raises(UnsupportedError, match=r"subgraphs\[\d+\]\.ticks\[\d+\]: found null"):
            wnpopt.solve(instance, method)
        return
    result = wnpopt.solve(instance, method, time_limit=2, threads=1)
    testing.check_result(FAMILY, instance, result)
    assert result.bound is not None
    assert result.bound <= best
    if method != "pyjobshop":
        assert result.objective is not None


@pytest.mark.parametrize("method", ["heft", "cpop"])
def test_saga_repeats_itself(method: str) -> None:
    testing.check_repeatable(method, drawn(5, 30, 4))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["heft", "cpop"])
def test_saga_does_not_depend_on_the_hashes_of_names(method: str) -> None:
    """Equal cores and equal tasks: every choice is one among equals, which SAGA takes in the order of its sets."""
    data = edited(drawn(2, 24, 6), hop_ticks=1)
    for subgraph in data["subgraphs"]:
        subgraph["ticks"] = [10] * 6
    program = (
        "import json, sys, wnpopt; from wnpopt.problems.wnp.instance import WnpInstance\n"
        f"r = wnpopt.solve(WnpInstance.from_data(json.load(sys.stdin)), {method!r})\n"
        "print(json.dumps(r.solution.to_data()))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program], input=json.dumps(data), capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (1, 2, 3)
    }  # fmt: skip
    assert len(answers) == 1


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("method", ["HeftScheduler", "CpopScheduler"])
def test_where_saga_can_say_it_all_nothing_is_lost(seed: int, method: str) -> None:
    """Related cores: SAGA's own makespan, in ticks again, is what its cores and orders take with the real times."""
    from saga import schedulers

    from wnpopt.problems.wnp.peers.answer import timed
    from wnpopt.problems.wnp.peers.saga import HORIZON, plant, read

    problem = Problem.of(related(seed))
    built = plant(problem)
    assert built.ticks.error < 1e-12
    assert built.moves.error < 1e-12
    answer = getattr(schedulers, method)().schedule(built.network, built.graph)
    scale = HORIZON / (built.ticks.cost.sum() + built.moves.cost.sum())
    objective = wnpopt.verify(problem.instance, timed(problem, *read(problem, answer))).objective
    assert objective == pytest.approx(answer.makespan / scale, rel=1e-9)


def test_saga_keeps_nothing_of_an_instance() -> None:
    from saga.schedulers.cpop import cpop_ranks, upward_rank

    wnpopt.solve(drawn(1), "cpop", isolate=False)
    assert upward_rank.cache_info().currsize == cpop_ranks.cache_info().currsize == 0


@given(arrays(np.int64, st.tuples(st.integers(1, 8), st.integers(1, 5)), elements=st.integers(0, 10**6)))
def test_the_fit_is_the_nearest_product(times: np.ndarray) -> None:
    found = fit(times)
    assert (found.cost >= 0).all()
    assert (found.slowness >= 0).all()
    assert 0 <= found.error < 1
    mean = times.mean(axis=1, keepdims=True) * np.ones_like(times)  # each row's mean is a product too
    assert np.linalg.norm(times - np.outer(found.cost, found.slowness)) <= np.linalg.norm(times - mean) + 1e-6


@given(
    arrays(np.int64, st.integers(1, 8), elements=st.integers(1, 10**4)),
    arrays(np.int64, st.integers(1, 5), elements=st.integers(1, 10**4)),
)
def test_the_fit_of_a_product_is_the_product(cost: np.ndarray, slowness: np.ndarray) -> None:
    times = np.outer(cost, slowness)
    found = fit(times)
    assert np.outer(found.cost, found.slowness) == pytest.approx(times, rel=1e-9)
    assert found.slowness.mean() == pytest.approx(1.0)


@pytest.mark.parametrize("method", PEERS)
def test_what_is_not_of_the_chip_is_refused(method: str) -> None:
    with pytest.raises(UnsupportedError, match=r"^modalities: found 3; .*method " + method):
        wnpopt.solve(FAMILY.generate({}, 1), method)
    bus = WnpInstance.from_data(edited(drawn(1), exclusive_bus=True))
    with pytest.raises(UnsupportedError, match=r"^chip\.exclusive_bus: found true"):
        wnpopt.solve(bus, method)


def test_times_beyond_what_pyjobshop_allows_are_refused() -> None:
    data = tiny(3, nulls=False).to_data()
    long: dict[str, Any] = {
        **data,
        "subgraphs": [{**s, "ticks": [2**42 for _ in s["ticks"]]} for s in data["subgraphs"]],
    }  # type: ignore[attr-defined]
    with pytest.raises(UnsupportedError, match=r"^subgraphs: .* at most 2\^42"):
        wnpopt.solve(WnpInstance.from_data(long), "pyjobshop")
    assert wnpopt.solve(WnpInstance.from_data(long), "heft").solution is not None


@pytest.mark.parametrize("method", PEERS)
def test_a_missing_library_is_named_with_the_extra(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "installed", lambda module: module not in ("pyjobshop", "saga"))
    with pytest.raises(MissingDependencyError, match=r"not installed: pip install 'wnpopt\[peers\]'$"):
        wnpopt.solve(drawn(1), method)


def test_the_command_refuses_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "radio.json"
    wnpopt.save(FAMILY.generate({}, 1), file)
    command = [sys.executable, "-m", "wnpopt", "solve", str(file), "--method", "heft"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "modalities" in done.stderr


def test_no_time_is_no_error() -> None:
    result = wnpopt.solve(drawn(1), "pyjobshop", time_limit=0.0, threads=1)
    testing.check_result(FAMILY, drawn(1), result)
    assert (result.status, result.termination) == ("unknown", "time_limit")


def test_ctrl_c_ends_pyjobshop() -> None:
    instance = wnpopt.load(SUITE / "random-80x8.json")
    timer = threading.Timer(3.0, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        result = wnpopt.solve(instance, "pyjobshop", time_limit=600, threads=1)
    finally:
        timer.cancel()
    assert result.termination == "interrupted"
    testing.check_result(FAMILY, instance, result)
