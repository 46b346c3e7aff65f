"""What every result must keep, and every run of a method with a known optimum.

What is expected is worked out here, not by the functions that made the result.
"""

from __future__ import annotations

import json
import math

from wnpopt import api
from wnpopt.core import registry
from wnpopt.core.document import Instance, Solution
from wnpopt.core.proof import Proof
from wnpopt.core.registry import AnyFamily
from wnpopt.core.result import Result, Status, Termination, WarmStart
from wnpopt.testing.kit import expect

FEW = 3
"""Iterations of a method that counts them."""


def check_result(family: AnyFamily, instance: Instance, result: Result[Solution]) -> None:
    """Nothing in ``result`` says more than is known, and what it says is consistent."""
    expect(result.family == family.name, "the result names its family")
    expect(result.instance_hash == instance.instance_hash, "the result names its instance's content")
    expect(result.sense == family.sense, "the result has the family's sense")
    for value in (result.objective, result.bound, result.gap):
        expect(value is None or math.isfinite(value), "what is not known is None, never infinite")
    if result.objective is None or result.bound is None:
        expect(result.gap is None, "without objective and bound there is no gap")
    else:
        gap = abs(result.objective - result.bound) / max(abs(result.objective), 1e-12)
        expect(result.gap == gap, "the gap is the contract's")
    expect(isinstance(result.warm_start, WarmStart), "the warm start is one of the three words")
    expect(result.runtime_s >= result.build_s >= 0.0, "building is a part of the run")
    expect((result.bound is None) == (result.bound_by is None), "a bound has a source")
    expect((result.solution is None) == (result.found_by is None), "a solution has a finder")
    if result.solution is None:
        expect(result.objective is None and not result.verified, "without a solution there is no objective")
        expect(result.status in (Status.INFEASIBLE, Status.UNKNOWN), "without a solution nothing is feasible")
    else:
        certificate = api.verify(instance, result.solution)
        expect(certificate.accepted, f"the solution is valid: {certificate.violations}")
        expect(certificate.objective == result.objective, "the objective is the verifier's")
        expect(result.verified and not result.violations, "a returned solution is verified")
        copy = family.solution_type.from_data(json.loads(json.dumps(result.solution.to_data())))
        expect(copy.to_data() == result.solution.to_data(), "a solution survives being written and read")
        expect(result.status in (Status.OPTIMAL, Status.FEASIBLE), "with a solution the status says so")
        _check_bound(family, instance, result)
    json.dumps(result.to_data(), allow_nan=False)
    _check_trace(family, result)


def _check_trace(family: AnyFamily, result: Result[Solution]) -> None:
    side = 1.0 if family.sense == "min" else -1.0
    times = [point.time_s for point in result.trace]
    expect(times == sorted(times), "the trace is in order of time")
    objectives = [side * point.objective for point in result.trace if point.objective is not None]
    expect(objectives == sorted(objectives, reverse=True), "the incumbents of the trace never get worse")
    bounds = [side * point.bound for point in result.trace if point.bound is not None]
    expect(bounds == sorted(bounds), "the bounds of the trace never get weaker")


def _check_bound(family: AnyFamily, instance: Instance, result: Result[Solution]) -> None:
    if result.bound is None or result.objective is None:
        expect(result.status is not Status.OPTIMAL, "nothing is optimal without a bound")
        return
    integral = family.has_integers(instance)
    side = 1.0 if family.sense == "min" else -1.0
    gap = abs(result.objective - result.bound) / max(abs(result.objective), 1e-12)
    beyond = side * (result.bound - result.objective)
    expect(beyond <= (0.0 if integral else 1e-6 * abs(result.objective)), "no bound passes the objective of a solution")
    meets = result.bound == result.objective if integral else gap <= 1e-6
    expect((result.status is Status.OPTIMAL) == meets, "optimal is said exactly when the bound meets the objective")
    if integral:
        expect(float(result.bound).is_integer(), "the bound of an integer objective is an integer")
    if result.status is Status.OPTIMAL:
        expect(
            result.termination in (Termination.PROVED, Termination.INTERRUPTED, Termination.ERROR),
            "a proved answer says that it is proved",
        )


def check_no_defect(method: str, result: Result[Solution]) -> None:
    """Nothing was withheld: the verifier took what the method returned, and nothing contradicts what it claims."""
    rejected = "; ".join(map(str, result.violations))
    expect(not result.violations, f"the verifier rejects the solution of {method}: {rejected}")
    expect(result.termination is not Termination.ERROR, f"{method} ends in an error: {result.message}")


def rounds_of(family: AnyFamily, method: str) -> int | None:
    """So many iterations for a method that counts them, which would use up any time it is given; else None."""
    return FEW if registry.method(family.name, method).iterative else None


def check_method(
    family: AnyFamily, method: str, instance: Instance, optimum: float | None, *, finds: bool = True
) -> Result[Solution]:
    """Solve ``instance`` with ``method`` and check everything; ``optimum`` is None for an infeasible instance.

    ``finds`` is False for a heuristic that need not find a solution of this instance.
    """
    few = rounds_of(family, method)
    result = api.solve(instance, method, time_limit=30, threads=1, seed=0, warm_start="none", iterations=few)
    check_result(family, instance, result)
    check_no_defect(method, result)
    proves = bool(registry.method(family.name, method).proves & Proof.OPTIMALITY)
    side = 1.0 if family.sense == "min" else -1.0
    if optimum is None:
        expect(result.solution is None, "an infeasible instance has no solution")
        return result
    slack = 0.0 if family.has_integers(instance) else 1e-6 * abs(optimum)
    expect(result.status is not Status.INFEASIBLE, f"{method} calls an instance infeasible that has a solution")
    if proves:
        expect(result.status is Status.OPTIMAL, f"{method} proves the optimum of a tiny instance")
    if finds:
        expect(result.objective is not None, f"{method} finds a solution")
    if result.objective is not None:
        expect(side * (result.objective - optimum) >= -slack, f"no solution of {method} is better than the optimum")
        if result.status is Status.OPTIMAL:
            expect(abs(result.objective - optimum) <= slack, f"{method} finds the optimum")
    if result.bound is not None:
        expect(side * (optimum - result.bound) >= -slack, "a bound holds for the optimum")
    return result


def check_repeatable(method: str, instance: Instance) -> None:
    """A method without a time limit, or that counts iterations, gives the same answer again, byte for byte."""
    few = rounds_of(api.family_of(instance), method)
    limit = None if few is not None else 60.0
    first, second = (api.solve(instance, method, seed=3, threads=1, time_limit=limit, iterations=few) for _ in range(2))
    for result in (first, second):
        check_no_defect(method, result)
    solutions = [None if r.solution is None else json.dumps(r.solution.to_data()) for r in (first, second)]
    expect(solutions[0] == solutions[1], f"{method} repeats its solution")
    told = [(r.status, r.termination, r.objective, r.bound, r.found_by, r.message) for r in (first, second)]
    expect(told[0] == told[1], f"{method} repeats what it says")
