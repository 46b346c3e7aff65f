"""Stretches that both sides compute in proportion: the best of all that are tried, and never worse than what was."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

import wnpopt
from tests.intradp.fields import with_fields
from tests.intradp.tiny import tiny
from wnpopt.backends.stopping import never
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.evaluate import expand, score, scratch
from wnpopt.problems.intradp.kernels.moves import overrides_of
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.kernels.split import SHARES, best_split
from wnpopt.problems.intradp.search.improvement import split
from wnpopt.problems.intradp.search.plans import device_only, layer_cut, server_only
from wnpopt.problems.intradp.verify import verify

STORED = Path(__file__).resolve().parents[2] / "instances" / "intradp"


def split_values(problem: Problem, device: np.ndarray, server: np.ndarray) -> list[float]:
    """The score of every split of a stretch at a multiple of 1 / SHARES, by the definition."""
    p, n, values = problem.arrays, problem.count, []
    a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
    for first, last, part in product(range(1, n - 1), range(1, n - 1), range(1, SHARES)):
        for on_device, on_server in ((True, False), (False, True), (True, True)):
            if last < first:
                continue
            ends, begins = device.copy(), server.copy()
            for v in range(first, last + 1):
                rows = round(part / SHARES * int(p.units[v]))
                ends[v] = rows if on_device or v == last else -1
                begins[v] = rows if on_server or v == last else -1
            expand(p, ends, begins, a, b)
            values.append(score(p, a, b, scratch(n), problem.by_energy, problem.limit))
    return values


@pytest.mark.parametrize("seed", range(12))
def test_no_stretch_of_a_small_network_is_better_than_the_best(seed: int) -> None:
    instance = with_fields(tiny(seed, 3_000), seed) if seed % 3 else tiny(seed, 3_000)
    problem = Problem.of(instance)
    n, work = problem.count, scratch(problem.count)
    for plan in (device_only(problem), server_only(problem)):
        device, server = np.zeros(n, np.int32), np.zeros(n, np.int32)
        overrides_of(problem.arrays, plan.device_end, plan.server_begin, device, server)
        every = split_values(problem, device, server)
        value = best_split(problem.arrays, device, server, work, problem.by_energy, problem.limit, never())
        assert value <= min(plan.value, *every)
        a, b = np.zeros(n, np.int32), np.zeros(n, np.int32)
        expand(problem.arrays, device, server, a, b)
        assert score(problem.arrays, a, b, work, problem.by_energy, problem.limit) == value


@pytest.mark.parametrize("seed", range(20, 32))
def test_split_plans_verify_at_their_value(seed: int) -> None:
    problem = Problem.of(with_fields(tiny(seed, 3_000), seed))
    for plan in (device_only(problem), server_only(problem), layer_cut(problem)):
        if not plan.feasible:
            continue
        better = split(problem, plan, never())
        assert better.value <= plan.value
        certificate = verify(problem.instance, better.solution(problem))
        assert certificate.accepted
        assert certificate.objective == pytest.approx(better.value, rel=1e-12)


def test_a_network_of_many_branches_gains_by_splits_alone() -> None:
    """The server receives the halo of each layer of the first half; single exchanges there gain nothing."""
    instance = wnpopt.load(STORED / "onnx-nine" / "inception_v2-50MBps.json")
    assert isinstance(instance, IntradpInstance)
    problem = Problem.of(instance)
    assert split(problem, server_only(problem), never()).value < 0.97 * layer_cut(problem).value
