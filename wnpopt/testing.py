"""The conformance kit: what every family and method must keep, as functions that a third party's tests can call too.

Each raises ``AssertionError`` saying what was broken. They need no test framework.
"""

from __future__ import annotations

import json
import math

from wnpopt import api
from wnpopt.core.document import Instance, Solution
from wnpopt.core.judge import is_optimal
from wnpopt.core.registry import AnyFamily
from wnpopt.core.result import Result, Status, Termination, WarmStart, relative_gap
from wnpopt.core.verdict import tighten


def expect(condition: bool, what: str) -> None:
    """Raise ``AssertionError`` with ``what`` unless ``condition`` holds."""
    if not condition:
        raise AssertionError(what)


def check_family(family: AnyFamily) -> None:
    """The family's description is complete, and its documents survive being written and read."""
    expect(family.sense in ("min", "max"), "the sense is min or max")
    expect(family.warm_start == "none" or family.warm_start in api.methods(family.name), "the warm start is a method")
    expect("auto" in api.methods(family.name), "every family has a method auto")
    instance, again = family.generate({}, 1), family.generate({}, 1)
    expect(instance.instance_hash == again.instance_hash, "equal options and seed give the same instance")
    copy = family.instance_type.from_data(json.loads(json.dumps(instance.to_data())))
    expect(copy.instance_hash == instance.instance_hash, "an instance survives being written and read")


def check_result(family: AnyFamily, instance: Instance, result: Result[Solution]) -> None:
    """Nothing in ``result`` says more than is known, and what it says is consistent."""
    expect(result.family == family.name, "the result names its family")
    expect(result.instance_hash == instance.instance_hash, "the result names its instance's content")
    expect(result.sense == family.sense, "the result has the family's sense")
    for value in (result.objective, result.bound, result.gap):
        expect(value is None or math.isfinite(value), "what is not known is None, never infinite")
    expect(result.gap == relative_gap(result.objective, result.bound), "the gap is the contract's")
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
        expect(result.status in (Status.OPTIMAL, Status.FEASIBLE), "with a solution the status says so")
        _check_bound(family, instance, result)
    json.dumps(result.to_data(), allow_nan=False)
    times = [point.time_s for point in result.trace]
    expect(times == sorted(times), "the trace is in order of time")


def _check_bound(family: AnyFamily, instance: Instance, result: Result[Solution]) -> None:
    if result.bound is None or result.objective is None:
        expect(result.status is not Status.OPTIMAL, "nothing is optimal without a bound")
        return
    slack = 1e-6 * max(1.0, abs(result.objective))
    side = 1.0 if family.sense == "min" else -1.0
    expect(side * (result.objective - result.bound) >= -slack, "a bound is on the right side of the objective")
    integral = family.has_integers(instance)
    meets = is_optimal(result.objective, result.bound, family.sense, integral)
    expect((result.status is Status.OPTIMAL) == meets, "optimal is said exactly when the bound meets the objective")
    if integral:
        expect(result.bound == tighten(result.bound, family.sense), "the bound of an integer objective is an integer")
    if result.status is Status.OPTIMAL:
        expect(
            result.termination in (Termination.PROVED, Termination.INTERRUPTED, Termination.ERROR),
            "a proved answer says that it is proved",
        )


def check_method(family: AnyFamily, method: str, instance: Instance, optimum: float | None) -> Result[Solution]:
    """Solve ``instance`` with ``method`` and check everything; ``optimum`` is None for an infeasible instance."""
    result = api.solve(instance, method, time_limit=30, threads=1, seed=0, warm_start="none")
    check_result(family, instance, result)
    from wnpopt.core import registry

    proves = "optimality" in registry.method(family.name, method).proves
    if optimum is None:
        expect(result.solution is None, "an infeasible instance has no solution")
    else:
        if proves:
            expect(result.status is Status.OPTIMAL, f"{method} proves the optimum of a tiny instance")
        if result.status is Status.OPTIMAL:
            scale = max(1.0, abs(optimum))
            expect(abs((result.objective or 0) - optimum) <= 1e-6 * scale, f"{method} finds the optimum")
        if result.bound is not None:
            side = 1.0 if family.sense == "min" else -1.0
            expect(side * (optimum - result.bound) >= -1e-6 * max(1.0, abs(optimum)), "a bound holds for the optimum")
    return result


def check_repeatable(method: str, instance: Instance) -> None:
    """A method without a time limit gives the same solution, byte for byte, when it is run again."""
    first, second = (api.solve(instance, method, seed=3, threads=1) for _ in range(2))
    documents = [None if r.solution is None else r.solution.to_data() for r in (first, second)]
    expect(documents[0] == documents[1], f"{method} repeats itself")
