"""Libraries and kernels that lie: whatever they say, nothing wrong is called optimal, infeasible or a bound.

Each adapter tells each lie to each method that uses it, on tiny instances whose optimum, start and bounds all differ.
How a process that aborts, hangs, prints or eats memory is survived is in ``test_isolation.py``, for any method.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import wnpopt
from tests.samples import ordinarily
from wnpopt.backends import convex, cpsat, highs, simplex
from wnpopt.backends.ending import Ending, Report
from wnpopt.backends.solvers import linear
from wnpopt.core import registry
from wnpopt.core.budget import Budget
from wnpopt.core.document import Instance, Solution
from wnpopt.core.errors import SolverError
from wnpopt.core.result import Result, WarmStart
from wnpopt.core.status import Termination


@dataclass(frozen=True)
class Subject:
    """A tiny instance, its optimum, and a plan that is worse."""

    instance: Instance
    optimum: float
    start: Solution
    worse: float


def wnp(**limits: object) -> Subject:
    """Three subgraphs of 3 ticks on two cores: 6, where the load alone says 5; one after the other it takes 9."""
    data: dict[str, Any] = {
        "kind": "wnp",
        "schema_version": 1,
        "name": "three-on-two",
        "radio": {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": [[[1]]]},
        "modalities": [{"name": "m", "payload_bits": 0}],
        "chip": {
            "cores": [{"name": name, "x": x, "y": 0} for x, name in enumerate("ab")],
            "hop_ticks": 0,
            "bytes_per_tick": 1,
        },
        "subgraphs": [{"name": f"g{i}", "modality": "m", "ticks": [3, 3]} for i in range(3)],
        "edges": [],
        **limits,
    }
    plan = {
        "kind": "wnp-solution",
        "instance": "three-on-two",
        "rb": [],
        "core": {f"g{i}": "a" for i in range(3)},
        "start": {f"g{i}": 3 * i for i in range(3)},
    }
    family = registry.family("wnp")
    return Subject(family.instance_type.from_data(data), 6, family.solution_type.from_data(plan), 9)


def slide() -> Subject:
    """The two lighter users together are worth more than the one whose weight a Hz is greatest."""
    users = [("a", 7.0, "six"), ("b", 5.0, "five"), ("c", 5.0, "five")]
    data: dict[str, Any] = {
        "kind": "slide",
        "schema_version": 1,
        "name": "knapsack",
        "bandwidth_hz": 1e7,
        "objective": "weighted",
        "models": [
            {"name": name, "accuracy": 1.0, "layers": [{"bits": bits, "flop": 0.0}]}
            for name, bits in (("six", 6e6), ("five", 5e6))
        ],
        "users": [
            {
                "name": name,
                "deadline_s": 1.0,
                "link": {"spectral_efficiency": 1.0},
                "frequency_hz": [1e8, 1e9],
                "flop_per_cycle": 1.0,
                "energy_per_flop_hz2": 0.0,
                "weight": weight,
                "models": [model],
            }
            for name, weight, model in users
        ],
    }
    plan = {
        "kind": "slide-solution",
        "instance": "knapsack",
        "served": [{"user": "a", "model": "six", "bandwidth_hz": 6e6, "frequency_hz": 1e9}],
    }
    family = registry.family("slide")
    return Subject(family.instance_type.from_data(data), 10.0, family.solution_type.from_data(plan), 7.0)


def intradp() -> Subject:
    """The server is ten times as fast, and the link fast enough."""
    free, rows = {"fixed_s": 0.0, "full_s": 0.0}, {"kernel": 1, "stride": 1, "padding": 0}
    data: dict[str, Any] = {
        "kind": "intradp",
        "schema_version": 1,
        "name": "one-operator",
        "operators": [
            {"name": "in", "units": 4, "output_bytes": 8, "inputs": [], "device": free, "server": free},
            {
                "name": "work",
                "units": 4,
                "output_bytes": 8,
                "inputs": [{"from": "in", "window": rows}],
                "device": {"fixed_s": 0.0, "full_s": 40.0},
                "server": {"fixed_s": 0.0, "full_s": 4.0},
            },
            {
                "name": "out",
                "units": 4,
                "output_bytes": 8,
                "inputs": [{"from": "work", "window": rows}],
                "device": free,
                "server": free,
            },
        ],
        "link": {"uplink_bytes_per_s": 1.0, "downlink_bytes_per_s": 1.0},
        "power_w": {"compute": 3.0, "communicate": 2.0, "standby": 1.0},
    }
    plan = {
        "kind": "intradp-solution", "instance": "one-operator", "device_end": [4, 4, 4], "server_begin": [4, 4, 4],
    }  # fmt: skip
    family = registry.family("intradp")
    instance = family.instance_type.from_data(data)
    best = family.exhausted(instance, None).solution
    assert best is not None
    optimum = wnpopt.verify(instance, best).objective
    assert optimum is not None
    assert optimum < 39
    return Subject(instance, optimum, family.solution_type.from_data(plan), 40.0)


SUBJECTS: dict[str, Callable[[], Subject]] = {"wnp": wnp, "slide": slide, "intradp": intradp}


def beyond(subject: Subject) -> float:
    """On the wrong side of the optimum, but on the right side of the start: nothing that is known contradicts it."""
    return (subject.optimum + subject.worse) / 2


LIES: dict[str, Callable[[Report, Subject], Report]] = {
    "wrong objective": lambda r, _s: replace(r, objective=-1e6),
    "infeasible point": lambda r, _s: replace(r, values=None if r.values is None else tuple(1.0 for _ in r.values)),
    "negative point": lambda r, _s: replace(r, values=None if r.values is None else tuple(-7.0 for _ in r.values)),
    "point of another model": lambda r, _s: replace(r, values=(1.0,)),
    "no point": lambda r, _s: replace(r, values=()),
    "false optimal": lambda r, s: replace(r, ending=Ending.OPTIMAL, values=None, objective=s.worse, bound=s.worse),
    "bound beyond the optimum": lambda r, s: replace(r, ending=Ending.LIMIT, values=None, bound=beyond(s)),
    "bound far beyond": lambda r, s: replace(r, bound=1e12 if s.worse > s.optimum else -1e12),
    "false infeasible": lambda _r, _s: Report(Ending.INFEASIBLE, None, None, None, WarmStart.NONE, "", 0.0),
    "nan": lambda r, _s: replace(
        r, objective=math.nan, bound=math.nan, values=None if r.values is None else tuple(math.nan for _ in r.values)
    ),
    "infinite": lambda r, _s: replace(r, objective=math.inf, bound=math.inf),
    "failed": lambda _r, _s: Report(Ending.FAILED, None, None, None, WarmStart.NONE, "", 0.0, "gave up"),
    "unbounded": lambda _r, _s: Report(Ending.UNBOUNDED, None, None, None, WarmStart.NONE, "", 0.0),
}
RAISED = {
    "an exception": RuntimeError("no\nluck"),
    "no memory": MemoryError(),
    "a rejected model": SolverError("the model is rejected"),
    "an index": IndexError("7"),
}
ADAPTERS = {"highs": (linear, "solve_linear"), "cpsat": (cpsat, "solve_cpsat"), "convex": (convex, "solve_convex")}
USED = [
    ("highs", "wnp", "milp"),
    ("highs", "intradp", "milp"),
    ("highs", "slide", "milp"),
    ("cpsat", "wnp", "cpsat"),
    ("convex", "slide", "convex"),
    ("cpsat", "wnp", "lbbd"),
    ("cpsat", "wnp", "auto"),
    ("cpsat", "wnp", "milp"),
]
"""Adapter, family, method; the last three, which go on as long as they may, are slow."""


LIMIT_S = defaultdict(lambda: 20.0, lbbd=0.1, auto=0.1)
"""Seconds by method: of these two the search goes on as long as it may, as it does where lies look like answers."""


def solved(subject: Subject, method: str, start: Solution | str) -> Result[Solution]:
    return wnpopt.solve(
        subject.instance, method, threads=1, isolate=False, time_limit=LIMIT_S[method], warm_start=start
    )


def honest(subject: Subject, result: Result[Solution]) -> None:
    """Nothing in ``result`` is wrong."""
    assert result.status != "infeasible", result.message
    side = 1.0 if result.sense == "min" else -1.0
    slack = 1e-6 * abs(subject.optimum)
    if result.solution is not None:
        certificate = wnpopt.verify(subject.instance, result.solution)
        assert certificate.accepted
        assert result.objective == certificate.objective
        assert result.objective is not None
        assert side * (result.objective - subject.optimum) >= -slack
    if result.status == "optimal":
        assert result.objective == pytest.approx(subject.optimum, rel=1e-6), result.message
    if result.bound is not None:
        assert math.isfinite(result.bound)
        assert side * (subject.optimum - result.bound) >= -slack, (result.bound, result.bound_by, result.message)


@pytest.mark.parametrize("lie", [*LIES, *RAISED])
@pytest.mark.parametrize(("adapter", "family", "method"), ordinarily(5, USED))
def test_no_lie_of_an_adapter_is_believed(
    adapter: str, family: str, method: str, lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = SUBJECTS[family]()
    module, name = ADAPTERS[adapter]
    genuine = getattr(module, name)
    told: list[str] = []

    def lying(*args: Any, **kwargs: Any) -> Report:
        told.append(lie)
        if lie in RAISED:
            raise RAISED[lie]
        return LIES[lie](genuine(*args, **kwargs), subject)

    monkeypatch.setattr(module, name, lying)
    for start in (subject.start, "none"):
        honest(subject, solved(subject, method, start))
    assert told or (adapter, method) == ("cpsat", "milp"), "the lie is told"


@pytest.mark.parametrize("lie", ["failed", "unbounded", "false optimal", "bound beyond the optimum"])
def test_decomposition_ends_where_its_solver_never_answers(lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has an hour, and asks some ten times; the start is kept."""
    subject = wnp()
    calls: list[str] = []

    def failing(*_args: Any, **_kwargs: Any) -> Report:
        calls.append(lie)
        assert len(calls) < 40
        return LIES[lie](LIES["failed"](None, subject), subject)  # type: ignore[arg-type]

    monkeypatch.setattr(cpsat, "solve_cpsat", failing)
    for start in (subject.start, "none"):
        calls.clear()
        result = wnpopt.solve(subject.instance, "lbbd", threads=1, isolate=False, time_limit=3600, warm_start=start)
        honest(subject, result)
        assert result.termination is Termination.ERROR or result.found_by == "exhaustion"
        assert (result.solution is not None) or start == "none"
        assert result.message
        assert calls


@pytest.mark.parametrize("method", ["cpsat", "milp", "lbbd", "auto"])
def test_two_libraries_that_lie_alike_are_not_believed(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance with a limit that only exhaustion shows to be kept: the libraries agree that there is no plan."""
    subject = wnp(makespan_limit_ticks=6)
    none = LIES["false infeasible"]
    monkeypatch.setattr(linear, "solve_linear", lambda *_a, **_k: none(None, subject))  # type: ignore[arg-type]
    monkeypatch.setattr(highs, "solve_highs", lambda *_a, **_k: none(None, subject))  # type: ignore[arg-type]
    monkeypatch.setattr(cpsat, "solve_cpsat", lambda *_a, **_k: none(None, subject))  # type: ignore[arg-type]
    if registry.method("wnp", method).refuse(subject.instance) is not None:
        subject = wnp()
    result = solved(subject, method, "none")
    honest(subject, result)
    assert result.objective == 6
    assert result.found_by == ("pacs-ls" if method == "auto" else "exhaustion")
    if method != "auto":
        assert "defect" in result.message
        assert result.termination is Termination.ERROR
    assert registry.family("wnp").prove_infeasible(subject.instance, Budget(20.0)) is None


def test_a_bound_at_a_suboptimal_start_is_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = wnp()
    none = LIES["false infeasible"](None, subject)  # type: ignore[arg-type]
    monkeypatch.setattr(cpsat, "solve_cpsat", lambda *_a, **_k: LIES["false optimal"](none, subject))
    result = solved(subject, "cpsat", subject.start)
    assert (result.status, result.objective, result.found_by) == ("feasible", 6, "exhaustion")
    assert "defect: the bound 9 of cpsat is contradicted by a verified solution of 6" in result.message


@pytest.mark.parametrize("lie", ["nan", "zeros", "negative", "huge", "raises"])
def test_no_lie_of_linear_programmes_is_believed(lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their prices and values are hints alone: a method that uses them proves what it proves by itself."""
    data = {**slide().instance.to_data(), "delivery": "multicast"}
    instance = registry.family("slide").instance_type.from_data(data)
    best = registry.family("slide").exhausted(instance, None).solution
    assert best is not None
    optimum = wnpopt.verify(instance, best).objective
    assert optimum is not None
    subject = Subject(instance, optimum, slide().start, 7.0)
    genuine = simplex.solve_linear
    values = {"nan": math.nan, "zeros": 0.0, "negative": -3.0, "huge": 1e300}

    def lying(*args: Any, **kwargs: Any) -> simplex.LinearAnswer:
        if lie == "raises":
            raise RuntimeError("no luck")
        answer = genuine(*args, **kwargs)
        return simplex.LinearAnswer(np.full_like(answer.values, values[lie]), np.full_like(answer.duals, values[lie]))

    monkeypatch.setattr(simplex, "solve_linear", lying)
    for method in ("cover", "auto"):
        honest(subject, solved(subject, method, "none"))
