"""Every exact method, bound and heuristic against the optimum of hundreds of tiny instances."""

from __future__ import annotations

import pytest

import wnpopt
from tests.samples import ordinarily
from tests.wnp.brute import optimum
from tests.wnp.tiny import tiny_instance
from wnpopt import testing
from wnpopt.core.budget import Budget
from wnpopt.core.registry import family
from wnpopt.problems.wnp.bounds import bounds
from wnpopt.problems.wnp.formulations.cpsat import compile_cpsat, decode
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.kernels.problem import Problem
from wnpopt.problems.wnp.verify import verify

WNP = family("wnp")
CHUNK = 20
SEEDS = range(0, 320, CHUNK)
OPTIMA: dict[int, int | None] = {}


def known(seed: int) -> tuple[WnpInstance, int | None]:
    instance = tiny_instance(seed)
    if seed not in OPTIMA:
        OPTIMA[seed] = optimum(instance)
    return instance, OPTIMA[seed]


@pytest.mark.parametrize("first", ordinarily(3, SEEDS))
@pytest.mark.parametrize("method", ["milp", "cpsat", "lbbd", "auto"])
def test_exact_methods(method: str, first: int) -> None:
    for seed in range(first, first + CHUNK):
        instance, best = known(seed)
        cold = testing.check_method(WNP, method, instance, best)
        warm = wnpopt.solve(instance, method, time_limit=30, threads=1)
        testing.check_result(WNP, instance, warm)
        if best is None:
            assert cold.status == warm.status == "infeasible", (seed, cold.message, warm.message)
            assert "infeasible" in warm.message
        else:
            assert warm.status == "optimal", (seed, warm.message)
            assert warm.objective == best
            if method in ("milp", "cpsat") and "meets a known bound" not in warm.message:
                assert warm.warm_start == "accepted", seed


@pytest.mark.parametrize("first", ordinarily(6, SEEDS))
def test_bounds_and_heuristics(first: int) -> None:
    for seed in range(first, first + CHUNK):
        instance, best = known(seed)
        found = {bound.source: bound.value for bound in bounds(instance, Budget())}
        sequential = wnpopt.solve(instance, "rtfs")
        overlapped = wnpopt.solve(instance, "pacs")
        for result in (sequential, overlapped):
            testing.check_result(WNP, instance, result)
        if best is None:
            assert sequential.status == overlapped.status == "infeasible", seed
        else:
            assert sequential.objective is not None
            assert overlapped.objective is not None
            assert all(value <= best for value in found.values()), (seed, found, best)
            assert best <= overlapped.objective <= sequential.objective
            last = max((a for a in _arrivals(instance, sequential.solution) if a is not None), default=0)
            assert all(start >= last for start in sequential.solution.start.values())  # type: ignore[union-attr]


def _arrivals(instance: WnpInstance, solution: object) -> list[int | None]:
    from wnpopt.problems.wnp.solution import WnpSolution
    from wnpopt.problems.wnp.verify import arrivals

    assert isinstance(solution, WnpSolution)
    named = {s.modality for s in instance.subgraphs}
    every = arrivals(instance, solution)
    return [a for a, m in zip(every, instance.modalities, strict=True) if m.name in named]


@pytest.mark.parametrize("first", ordinarily(4, range(0, 200, CHUNK)))
def test_both_encodings_of_the_radio_agree(first: int) -> None:
    """Hall's condition over subsets and along the deadlines' order: two formulations of the same radio."""
    from wnpopt.backends.cpsat import solve_cpsat

    for seed in range(first, first + CHUNK):
        instance, best = known(seed)
        problem = Problem.of(instance)
        if problem.uplink.alone() is None:
            assert best is None
            continue
        compiled = compile_cpsat(problem, subsets_up_to=0)
        assert compiled is not None
        report = solve_cpsat(compiled.model, Budget(30))
        if best is None:
            assert report.ending == "infeasible"
        else:
            assert report.objective == best
            assert report.values is not None
            certificate = verify(instance, decode(compiled, report.values))
            assert certificate.accepted
            assert certificate.objective == best


def test_the_corners_are_in_the_set() -> None:
    """The tiny instances cover what the issue of exactness names; a change of the generator must not lose it."""
    instances = [tiny_instance(seed) for seed in range(320)]
    assert sum(i.blocks > 1 for i in instances) > 50
    assert sum(i.radio.slots % i.radio.block_slots > 0 for i in instances) > 30
    assert sum(any(t is None for s in i.subgraphs for t in s.ticks) for i in instances) > 50
    assert sum(any(m.payload_bits == 0 for m in i.modalities) for i in instances) > 50
    assert sum(not i.modalities for i in instances) > 20
    assert sum(known(seed)[1] is None for seed in range(320)) >= 8
