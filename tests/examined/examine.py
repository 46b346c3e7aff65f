"""Every method, bound and proof of a family on one tiny instance, against what is known of its optimum."""

from __future__ import annotations

import json
import math
import runpy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import wnpopt
from tests.examined import draw_intradp, draw_slide, draw_wnp
from tests.examined.drawn import Drawn, Truth
from wnpopt import testing
from wnpopt.core import registry
from wnpopt.core.budget import Budget
from wnpopt.core.document import Instance, Solution
from wnpopt.core.extras import installed
from wnpopt.core.proof import Proof
from wnpopt.core.registry import AnyMethod
from wnpopt.core.result import Result, Status, Termination
from wnpopt.testing.results import FEW

DRAWS: dict[str, Callable[[int], Drawn]] = {
    "wnp": draw_wnp.draw,
    "slide": draw_slide.draw,
    "intradp": draw_intradp.draw,
}
TRUTHS: dict[str, Callable[[Drawn], Truth]] = {
    "wnp": draw_wnp.truth,
    "slide": draw_slide.truth,
    "intradp": draw_intradp.truth,
}
RARE = {
    "wnp": {"milp": 5, "lbbd": 3, "pacs-ls": 8, "heft": 4, "cpop": 4, "pyjobshop": 4, "auto": 3},
    "slide": {"milp": 4, "convex": 8, "random": 4},
    "intradp": {"milp": 6, "search": 2, "de": 8, "spso-ga": 8, "enumerate": 2},
}
"""A method that takes longer than the others looks at one in so many instances."""

OPEN = {("intradp", "search"), ("slide", "convex")}
"""Methods that need not prove what they say that they can, on every tiny instance."""

CHECK = Path(__file__).resolve().parents[2] / "instances" / "check.py"
"""The checker of the published instances, which uses nothing of the package: a second judge."""

LIMIT_S = 60.0


@dataclass
class Examined:
    """What was compared, and every mismatch in words."""

    counts: Counter[str] = field(default_factory=Counter)
    mismatches: list[str] = field(default_factory=list)

    def differ(self, who: str, what: str) -> None:
        """Keep a mismatch."""
        self.mismatches.append(f"{who}: {what}")


def examine(drawn: Drawn, methods: frozenset[str] | None = None) -> Examined:
    """All that can be compared on ``drawn``, or what ``methods`` say alone ("bounds" and "proof" are such, too)."""
    family, done = registry.family(drawn.family), Examined()
    instance, truth = drawn.instance(), TRUTHS[drawn.family](drawn)
    done.counts["instances"] += 1
    done.counts["infeasible"] += truth.best is None
    for name in _methods(drawn, methods):
        result = _solved(drawn, name, instance)
        done.counts[f"method {name}"] += 1
        for what in _compared(drawn, registry.method(family.name, name), instance, result, truth):
            done.differ(name, what)
        if result.solution is not None:
            done.counts["solutions verified"] += 1
            _checked(drawn, instance, result.solution, result.objective, done, name)
    if drawn.state is None:
        if methods is None or "bounds" in methods:
            _bounds(instance, drawn, truth, done)
        if methods is None or "proof" in methods:
            _proof(instance, drawn, truth, done)
    return done


def _methods(drawn: Drawn, chosen: frozenset[str] | None) -> Iterator[str]:
    instance = drawn.instance()
    for name, method in registry.methods(drawn.family).items():
        if chosen is not None and name not in chosen:
            continue
        if chosen is None and drawn.seed % RARE[drawn.family].get(name, 1):
            continue
        if drawn.state is not None and not method.replans:
            continue
        if all(installed(module) for module in method.modules) and method.refuse(instance) is None:
            yield name


def _solved(drawn: Drawn, name: str, instance: Instance) -> Result[Solution]:
    few = FEW if registry.method(drawn.family, name).iterative else None
    start = "auto" if drawn.seed % 5 < 2 else "none"
    return wnpopt.solve(
        instance, name, time_limit=LIMIT_S, threads=1, seed=drawn.seed, iterations=few, warm_start=start,
        isolate=False, fixed=drawn.fixed(),
    )  # fmt: skip


def _compared(
    drawn: Drawn, method: AnyMethod, instance: Instance, result: Result[Solution], truth: Truth
) -> Iterator[str]:
    family = registry.family(drawn.family)
    if drawn.state is None:
        try:
            testing.check_result(family, instance, result)
        except AssertionError as error:
            yield f"result: {error}"
    if result.termination is Termination.ERROR or "defect" in result.message:
        yield f"ended in {result.termination}: {result.message}"
    if result.termination in (Termination.TIME_LIMIT, Termination.INTERRUPTED):
        yield f"took more than {LIMIT_S:g} s"
    side = 1.0 if family.sense == "min" else -1.0
    relative = 1e-9 if family.has_integers(instance) else 1e-6
    must_say = not truth.open and (drawn.family, method.name) not in OPEN
    coarse = drawn.kind == "long" and drawn.data.get("objective") == "energy"  # CP-SAT's integers leave 1e-5 open
    must_prove = must_say and not coarse and not method.when and bool(method.proves & Proof.OPTIMALITY)
    if result.status is Status.INFEASIBLE and truth.worst is not None and not truth.open:
        yield f"infeasible, but {truth.worst!r} can be reached: {result.message}"
    if result.solution is not None and truth.best is None:
        yield f"a solution of {result.objective!r} where there is none"
    if result.objective is not None and truth.best is not None:
        if _beyond(side * truth.best, side * result.objective, relative):
            yield f"{result.objective!r} is better than the optimum {truth.best!r}"
        worse = truth.worst is not None and _beyond(side * result.objective, side * truth.worst, relative)
        if result.status is Status.OPTIMAL and worse:
            yield f"{result.objective!r} is called optimal, {truth.worst!r} can be reached"
        if result.status is not Status.OPTIMAL and must_prove and truth.best == truth.worst:
            yield f"{result.status} {result.objective!r} with bound {result.bound!r}, not proved: {result.message}"
    known = truth.best is not None and truth.worst is not None
    if known and result.bound is not None and _beyond(side * result.bound, side * truth.worst, 1e-9):  # type: ignore[operator]
        yield f"the bound {result.bound!r} of {result.bound_by} is beyond the optimum {truth.worst!r}"
    if (
        truth.best is None
        and method.proves & Proof.INFEASIBILITY
        and must_say
        and result.status is not Status.INFEASIBLE
    ):
        yield f"{result.status}, but there is no solution: {result.message}"
    if truth.worst is not None and must_prove and result.solution is None:
        yield f"{result.status} without a solution: {result.message}"


def _beyond(value: float, limit: float, relative: float) -> bool:
    return value > limit + relative * max(abs(limit), 1e-12)


def _bounds(instance: Instance, drawn: Drawn, truth: Truth, done: Examined) -> None:
    family = registry.family(drawn.family)
    side = 1.0 if family.sense == "min" else -1.0
    for bound in family.bounds(instance, Budget(None)):
        done.counts[f"bound {bound.source}"] += 1
        if truth.worst is not None and _beyond(side * bound.value, side * truth.worst, 1e-9):
            done.differ("bounds", f"{bound.value!r} of {bound.source} is beyond the optimum {truth.worst!r}")


def _proof(instance: Instance, drawn: Drawn, truth: Truth, done: Examined) -> None:
    # Of an instance that has a solution the proof is sought on one in four: two solvers may be asked for it.
    if truth.best is not None and drawn.seed % 4:
        return
    told = registry.family(drawn.family).prove_infeasible(instance, Budget(LIMIT_S))
    done.counts["proofs of infeasibility" if told else "proofs sought in vain"] += 1
    if told and truth.worst is not None and not truth.open:
        done.differ("proof", f"{told}, but {truth.worst!r} can be reached")
    if not told and truth.best is None:
        done.differ("proof", "there is no solution, and no proof of it")


@cache
def _check() -> Callable[[dict[str, Any], dict[str, Any]], Any]:
    found: Callable[[dict[str, Any], dict[str, Any]], Any] = runpy.run_path(str(CHECK))["referee"]
    return found


def _checked(
    drawn: Drawn, instance: Instance, solution: Solution, objective: float | None, done: Examined, who: str
) -> None:
    if drawn.state is not None:
        return
    done.counts["solutions checked"] += 1
    value, violations = _check()(json.loads(json.dumps(instance.to_data())), json.loads(json.dumps(solution.to_data())))
    if violations:
        done.differ("check.py", f"rejects the solution of {who}: {violations}")
    elif objective is None or value is None or not math.isclose(value, objective, rel_tol=1e-9, abs_tol=1e-15):
        done.differ("check.py", f"values the solution of {who} at {value!r}, the verifier at {objective!r}")
