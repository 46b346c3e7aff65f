"""Every check of the kit fails on a fault that is planted for it; exclusions and versions do what they say."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ConfigDict

from tests.contract.subjects import subjects
from tests.registered import registered
from wnpopt import testing
from wnpopt.core import registry
from wnpopt.core.bound import Bound
from wnpopt.core.certificate import Certificate
from wnpopt.core.document import Instance
from wnpopt.core.facts import Fact, Facts
from wnpopt.core.method import Context, Method, Outcome
from wnpopt.core.proof import Proof
from wnpopt.core.result import Termination, WarmStart
from wnpopt.plotting.gantt import Bar, Gantt, Group, Lane
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution

BASE = next(subject for subject in subjects() if subject.family.name == "wnp")
WNP = BASE.family
Data = dict[str, Any]
calls: list[int] = []


def subject(*, mutations: Any = None, **family: object) -> testing.Subject:
    """The family with another part in its description, and what is known of it."""
    made = replace(BASE, family=replace(WNP, **family), mutations=BASE.mutations if mutations is None else mutations)
    made.__dict__["solved"] = BASE.solved
    return made


def reading(change: Callable[[Data], object]) -> testing.Subject:
    """Instances are read with a ``change`` of what is in the file."""

    class Lax(WnpInstance):
        @classmethod
        def from_data(cls, data: object) -> Any:
            changed = copy.deepcopy(data)
            change(changed)  # type: ignore[arg-type]
            return super().from_data(changed)

    return subject(instance_type=Lax)


def unlike(data: Data) -> None:
    names: set[str] = set()
    for entry in (*data["chip"]["cores"], *data["modalities"], *data["subgraphs"]):
        entry["name"] += "'" if entry["name"] in names else ""
        names.add(entry["name"])


class NameCounts(WnpInstance):
    _unhashed = ("source",)


class Thawed(WnpInstance):
    model_config = ConfigDict(frozen=False)


class Loses(WnpInstance):
    def __reduce__(self) -> Any:
        return WnpInstance.from_data, ({**self.to_data(), "tick_s": 3e-6},)


class AnySchema(WnpInstance):
    @classmethod
    def model_json_schema(cls, *_: Any, **__: Any) -> Data:
        return {}


class Priced(WnpSolution):
    makespan: int = 0


def late_bar(*_: object) -> Gantt:
    return Gantt("late", "ticks", 1.0, "core", (Lane("c0"),), (Group("g", "#000000"),), (Bar(0, 0.0, 2.0, "late", 0),))


def endless(*_: object) -> Facts:
    return Facts((Fact("makespan", float("inf")),))


def unchanged(instance: Instance, *_: object) -> Instance:
    return instance


FAMILY_FAULTS: dict[str, Callable[[], testing.Subject]] = {
    "document-version": lambda: reading(lambda data: data.update(schema_version=1)),
    "document-kind": lambda: reading(lambda data: data.update(kind="wnp")),
    "document-missing-field": lambda: reading(lambda data: data.setdefault("name", "nameless")),
    "document-unknown-field": lambda: reading(lambda data: data.pop("surprise", None)),
    "document-duplicate-name": lambda: reading(unlike),
    "document-round-trip": lambda: reading(lambda data: data["chip"].update(hop_ticks=data["chip"]["hop_ticks"] + 1)),
    "document-hash": lambda: subject(
        instance_type=NameCounts, generate=lambda o, s: NameCounts.from_data(WNP.generate(o, s).to_data())
    ),
    "document-frozen": lambda: subject(instance_type=Thawed),
    "document-pickle": lambda: subject(instance_type=Loses),
    "document-json-schema": lambda: subject(instance_type=AnySchema),
    "family-description": lambda: subject(gantt="wnpopt.core.document:MAX_INT"),
    "family-generate": lambda: subject(generate=lambda options, _seed: WNP.generate(options, 1)),
    "family-known-case": lambda: subject(doctor=replace(WNP.doctor, optimum=97)),  # type: ignore[type-var]
    "family-bounds": lambda: subject(bounds=lambda *_: (Bound(1e9, "wrong"),)),
    "family-infeasible": lambda: subject(prove_infeasible=lambda *_: "no"),
    "family-formulations": lambda: subject(formulations={"none": "builtins:print"}),
    "family-gantt": lambda: subject(gantt=f"{__name__}:late_bar"),
    "family-show": lambda: subject(show=f"{__name__}:endless"),
    "family-perturb": lambda: subject(perturb=f"{__name__}:unchanged"),
    "family-suites": lambda: subject(suites={"renamed": next(iter(WNP.suites.values()))}),
    "verifier-rules": lambda: subject(mutations=dict(list(BASE.mutations.items())[1:])),
    "verifier-accepts": lambda: subject(verify=lambda *_: Certificate(None)),
    "verifier-decisions-alone": lambda: subject(solution_type=Priced),
    "verifier-mutation:overlap": lambda: subject(mutations={"overlap": lambda _instance, solution, _rng: solution}),
}


def right(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    outcome: Outcome[WnpSolution] = registry.method("wnp", "pacs").run(instance, context)
    return outcome


def garbage(instance: WnpInstance, _context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    return Outcome(WnpSolution(instance=instance.name, rb=(), core={}, start={}), Termination.HEURISTIC)


def different(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    calls.append(1)
    return replace(right(instance, context), message=f"call {len(calls)}")


def boasts_of_a_start(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    return replace(right(instance, context), warm_start=WarmStart.ACCEPTED)


def impatient(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    if context.budget.exhausted():
        raise RuntimeError("no time")
    return right(instance, context)


def forgetful(instance: WnpInstance, context: Context[WnpSolution]) -> Outcome[WnpSolution]:
    outcome = right(instance, context)
    assert outcome.solution is not None
    context.trace.incumbent(98, outcome.solution)
    if context.budget.stop.wait(20):
        raise RuntimeError("interrupted")
    return outcome


def method(name: str, run: Any, **more: Any) -> Method[Any, Any]:
    return Method(**{"family": "wnp", "name": name, "summary": "planted", "proves": Proof.NOTHING, "run": run, **more})


METHOD_FAULTS = {
    "method-description": method("silent", right, summary=""),
    "method-refuses": method("vague", right, refuse=lambda _: ("no-such-field", "why not")),
    "method-known-optimum": method("empty", lambda *_: Outcome(None, Termination.HEURISTIC)),
    "method-valid": method("garbage", garbage),
    "method-repeats": method("different", different),
    "method-proves": method("boastful", right, proves=Proof.OPTIMALITY),
    "method-infeasible": method("hopeful", garbage),
    "method-warm-start": method("grateful", boasts_of_a_start),
    "method-no-time": method("impatient", impatient, timed=True),
    "method-stopped-at-once": method("nervous", impatient, timed=True),
    "method-stopped-in-mid-run": method("forgetful", forgetful),
}
GENUINE = method("right", right, refuse=lambda instance: registry.method("wnp", "pacs").refuse(instance))
REGISTERED = {made.name: made for made in (*METHOD_FAULTS.values(), GENUINE)}
globals().update({name.upper(): made for name, made in REGISTERED.items()})


@pytest.fixture
def planted() -> Iterator[None]:
    assert BASE.solved, "solved by the genuine methods"
    with registered(__name__, REGISTERED):
        yield


def case(of: testing.Subject, name: str, exclude: dict[str, str] | None = None) -> testing.Case:
    check, _, about = name.partition(":")
    return next(c for c in testing.cases(of, exclude=exclude) if c.check.name == check and c.about == about)


def test_every_check_has_a_fault() -> None:
    assert {name.partition(":")[0] for name in (*FAMILY_FAULTS, *METHOD_FAULTS)} == set(testing.CHECKS)


@pytest.mark.parametrize("name", FAMILY_FAULTS)
def test_a_family_with_a_fault_fails(name: str) -> None:
    assert case(BASE, name).run() is None, "the genuine family keeps the promise"
    with pytest.raises(AssertionError):
        case(FAMILY_FAULTS[name](), name).run()


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("name", METHOD_FAULTS)
def test_a_method_with_a_fault_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name == "method-stopped-at-once":
        # A child process that is still starting is given up before the method begins: no fault of it is seen then.
        monkeypatch.setattr("wnpopt.solving.run._needs_isolation", lambda *_: False)
    with pytest.raises(AssertionError):
        case(BASE, f"{name}:{METHOD_FAULTS[name].name}").run()
    case(BASE, f"{name}:right").run()


def test_an_exclusion_passes_over_what_fails() -> None:
    told = case(FAMILY_FAULTS["family-gantt"](), "family-gantt", {"family-gantt": "issue 7"}).run()
    assert told == "excluded: issue 7"


def test_an_exclusion_that_is_not_needed_fails() -> None:
    with pytest.raises(AssertionError, match=r"issue 7.*not needed any more"):
        case(BASE, "family-gantt", {"family-gantt": "issue 7"}).run()


def test_an_exclusion_of_one_rule_leaves_the_others() -> None:
    excluded = [c for c in testing.cases(BASE, exclude={"verifier-mutation:overlap": "issue 7"}) if c.excluded]
    assert [c.about for c in excluded] == ["overlap"]


@pytest.mark.parametrize("name", ["family-gant", "method-valid:nobody"])
def test_an_exclusion_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        testing.cases(BASE, exclude={name: "misspelt"})


def test_an_older_version_has_no_newer_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = replace(testing.CHECKS["family-gantt"], since=testing.VERSION + 1)
    monkeypatch.setitem(testing.CHECKS, "family-gantt", newer)
    assert "family-gantt" not in {c.check.name for c in testing.cases(BASE, version=testing.VERSION)}
    assert "family-gantt" in {c.check.name for c in testing.cases(BASE, version=testing.VERSION + 1)}


def test_all_that_is_broken_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {name: testing.CHECKS[name] for name in ("family-gantt", "family-perturb", "verifier-accepts")}
    monkeypatch.setattr("wnpopt.testing.kit.CHECKS", chosen)
    broken = subject(gantt=f"{__name__}:late_bar", perturb=f"{__name__}:unchanged")
    with pytest.raises(AssertionError, match="2 checks failed") as error:
        testing.conform(broken)
    assert {"wnp-family-gantt", "wnp-family-perturb"} <= {row.partition(":")[0] for row in str(error.value).split("\n")}
    assert testing.conform(BASE) == []
