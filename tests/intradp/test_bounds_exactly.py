"""Bounds and proofs of missed deadlines on an instance whose optimum is known: 7 s, all on the device, or 20 J."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.intradp.hand import INSTANCE, branching, window
from tests.mutations import Change, put
from wnpopt.backends.stopping import never
from wnpopt.core.budget import Budget
from wnpopt.problems.intradp import bounds as file
from wnpopt.problems.intradp.exhaustion import exhaust
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels import heads
from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.methods import refusals
from wnpopt.problems.intradp.search import beam, refuting
from wnpopt.problems.intradp.verify import verify


def posed(*changes: Change) -> IntradpInstance:
    data = copy.deepcopy(INSTANCE)
    for change in changes:
        change(data)
    return IntradpInstance.from_data(data)


def bounds(instance: IntradpInstance, seconds: float | None = None) -> dict[str, float]:
    told = file.bounds(instance, Budget(seconds))
    assert len({bound.source for bound in told}) == len(told)
    return {bound.source: bound.value for bound in told}


def late(deadline_s: float, *changes: Change) -> str | None:
    return file.prove_infeasible(posed(put("deadline_s", value=deadline_s), *changes), Budget(None))


COSTS = put("objective", value="energy")


@pytest.mark.parametrize("changes", [(), (COSTS,)])
def test_no_bound_is_above_the_optimum(changes: tuple[Change, ...]) -> None:
    best = exhaust(posed(*changes)).solution
    assert best is not None
    optimum = verify(posed(*changes), best).objective
    assert optimum is not None
    of = bounds(posed(*changes))
    assert list(of) == ["heads", "labels"]
    assert 0 < min(of.values()) <= max(of.values()) < optimum
    if not changes:
        assert optimum == 7
        assert min(of.values()) >= optimum * (1 - 3e-9)  # proved, but for the errors of sums
    # with a time limit the heads alone, the better ones if there is time for them
    assert bounds(posed(*changes), 600.0) == {"heads": of["heads"]}
    assert of == bounds(posed(*changes))


def test_a_deadline_that_is_missed_is_no_bound() -> None:
    assert list(bounds(posed(put("deadline_s", value=7)))) == ["heads", "labels"]
    assert list(bounds(posed(put("deadline_s", value=1)))) == ["heads"]


def test_what_is_too_large_has_the_trivial_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "TABLE_LIMIT", 3)
    assert bounds(posed()) == {"trivial": 0.0}
    assert late(1) is None


def test_a_raised_flag_ends_with_the_heads() -> None:
    flag = never()
    flag[0] = 1
    assert [bound.source for bound in file._bounds(posed(), Budget(None), flag)] == ["heads"]


@pytest.mark.parametrize(
    ("refuted", "named"), [(lambda least: least * 1.5, True), (lambda least: least * (1 + 2e-9), True),
                           (lambda least: least * (1 + 0.5e-9), False), (lambda least: least, False),
                           (lambda _: 0.0, False)],
)  # fmt: skip
def test_directions_are_named_where_they_are_better(refuted: Any, named: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of networks with skips alone, from the best of the other bounds up to the best of the simplest plans."""
    one, two = {"kernel": 1, "stride": 1, "padding": 1}, {"kernel": 1, "stride": 1, "padding": 0}
    network = IntradpInstance.from_data(branching([one, two]))
    asked = []

    def noted(_problem: Any, least: float, cutoff: float, options: int, _flag: Any) -> float:
        asked.append((least, cutoff, options))
        return float(refuted(least))

    def labels(*_: Any, **more: Any) -> beam.LabelResult:
        efforts.append((_[1], _[2], more["effort"]))
        return found(*_, **more)

    efforts: list[tuple[int, float, int]] = []
    found = beam.run_labels
    monkeypatch.setattr(beam, "run_labels", labels)
    monkeypatch.setattr(refuting, "refuted", noted)
    of = bounds(network)
    [(least, cutoff, options)] = asked
    assert least == max(of["heads"], of.get("labels", 0.0))
    assert (cutoff, options) == (4.0, file.OPTIONS)  # all on the device
    assert of.get("directions") == (refuted(least) if named else None)
    assert efforts == [(file.NARROW, 4.0, file.BRIEF)]
    bounds(posed())
    assert len(asked) == 1  # not of a chain
    assert efforts[1] == (file.NARROW, 7.0, file.EFFORT)


@pytest.mark.parametrize("changes", [(), (COSTS,)])
def test_deadlines_that_no_plan_meets(changes: tuple[Change, ...]) -> None:
    """Whatever the objective; within the tolerance a plan is accepted."""
    assert file.prove_infeasible(posed(*changes), Budget(None)) is None
    for deadline in (1e9, 8, 7, 7 / (1 + 0.9e-9)):
        assert late(deadline, *changes) is None, deadline
    assert late(6, *changes) == "no plan ends within 6 s (label-setting with a beam of 10)"
    assert late(0, *changes) == "no plan ends within 0 s (label-setting with a beam of 10)"
    assert late(7 / (1 + 1.1e-9), *changes) is None  # nearer than the error of the sums that prove it
    assert late(7 / (1 + 4e-9), *changes) is not None


@pytest.mark.parametrize(("seconds", "expected"), [(None, [0.5]), (600.0, [0.75, 0.5])])
def test_quick_heads_come_first_under_a_time_limit(
    seconds: float | None, expected: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The better of the two counts; without a time limit there is but one."""
    hurried: list[bool] = []

    class Front:
        def __init__(self, _arrays: Any, *weights: float, hurry: Any, **_: Any) -> None:
            assert len(weights) == 2
            hurried.append(hurry())
            least = expected[len(hurried) - 1]
            self.heads = SimpleNamespace(device=np.array([9.0, 8.0, 7.0, least]))

    monkeypatch.setattr(heads, "Front", Front)
    monkeypatch.setattr(beam, "run_labels", lambda *_, **__: SimpleNamespace(bound=np.inf))
    told = file._bounds(posed(), Budget(seconds), never())
    assert [(bound.source, bound.value) for bound in told] == [("heads", expected[0] * (1 - 1e-9))]
    assert hurried == [True, False][2 - len(expected) :]


def test_directions_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the simplest plans meet no deadline, and once the flag is raised."""
    asked: list[Any] = []
    monkeypatch.setattr(refuting, "refuted", lambda *args: asked.append(args) or 0.0)
    one, two = {"kernel": 1, "stride": 1, "padding": 1}, {"kernel": 1, "stride": 1, "padding": 0}
    late_network = IntradpInstance.from_data(branching([one, two], deadline_s=0.1))
    file._bounds(late_network, Budget(None), never())
    assert asked == []
    network = IntradpInstance.from_data(branching([one, two]))
    found = beam.run_labels

    def labels(*args: Any, **more: Any) -> Any:
        result = found(*args, **more)
        more["flag"][0] = 1
        return result

    file._bounds(network, Budget(None), never())
    assert len(asked) == 1
    monkeypatch.setattr(beam, "run_labels", labels)
    file._bounds(network, Budget(None), never())
    assert len(asked) == 1


def test_how_wide_the_beam_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wider ones where nothing is clear yet; then all plans, of a small instance."""
    widths: list[int] = []
    told = {"bound": 0.0, "objective": np.inf}

    def labels(problem: Any, width: int, cutoff: float, *_: Any, **more: Any) -> Any:
        assert (problem.instance.objective, problem.instance.deadline_s) == ("latency", None)
        assert cutoff == 6 * (1 + 1e-6) + 1e-15
        assert more["effort"] == file.EFFORT
        widths.append(width)
        return type("Labels", (), told)

    monkeypatch.setattr(beam, "run_labels", labels)
    assert late(6) == "none of all plans keeps the deadline"
    assert widths == [10, 1000, 20_000]
    told["bound"] = 6 * (1 + 1e-9)
    assert late(6) == "none of all plans keeps the deadline"
    told["bound"] = 6 * (1 + 1.1e-9)
    assert late(6) == "no plan ends within 6 s (label-setting with a beam of 10)"
    told.update(bound=0.0, objective=6 * (1 + 1e-9))  # a plan that is accepted
    widths.clear()
    assert late(6) is None
    assert widths == [10]
    told["objective"] = 5.0
    assert late(6) is None
    told["objective"] = 6 * (1 + 1.1e-9)
    assert late(6, COSTS) == "none of all plans keeps the deadline"
    flag = never()
    flag[0] = 1
    widths.clear()
    assert file._prove_infeasible(posed(put("deadline_s", value=6)), Budget(None), flag) is None
    assert file._prove_infeasible(posed(put("deadline_s", value=6)), Budget(0.0), never()) is None
    assert widths == [10, 10]


def test_all_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    """90 of them, the least of 7 s."""
    problem = Problem.of(posed())
    for accepted, proved in (
        (6.0, True),
        (7 * (1 - 2e-9), True),
        (7 * (1 - 0.5e-9), False),
        (7.0, False),
        (8.0, False),
    ):
        assert (file._by_all_plans(problem, accepted) is not None) is proved
    # of the input's own rows all are there, and all of the output's: y may not be sent
    other = posed(
        put("operators", 0, "units", value=8), window(1, stride=2), put("transfers", value="small"),
        put("operators", 2, "output_bytes", value=16), put("operators", 3, "units", value=4),
        put("operators", 3, "inputs", 0, "window", value="all"),
    )  # fmt: skip
    assert file._by_all_plans(Problem.of(other), 7.0) is None
    assert file._by_all_plans(Problem.of(other), 6.9) is not None
    monkeypatch.setattr(file, "SMALL", 90)
    assert file._by_all_plans(problem, 6.0) == "none of all plans keeps the deadline"
    monkeypatch.setattr(file, "SMALL", 89)
    assert file._by_all_plans(problem, 6.0) is None
