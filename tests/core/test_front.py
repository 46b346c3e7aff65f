"""Fronts of plans that are listed, solved by looking at all of them: which points, and what is proved of them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

from wnpopt.core.errors import InputError
from wnpopt.core.front import Bicriteria, FrontPoint, LatencyEnergyFront, bicriteria, front
from wnpopt.core.result import Status

PLANS = ((10.0, 9.0), (12.0, 5.0), (12.0, 6.0), (15.0, 5.0), (20.0, 1.0), (21.0, 1.0), (30.0, 8.0))
POINTS = [(10.0, 9.0), (12.0, 5.0), (20.0, 1.0)]


@dataclass(frozen=True)
class Plan:
    """Stands for a solution."""

    latency: float
    energy: float

    def to_data(self) -> dict[str, Any]:
        """Its values."""
        return {"latency": self.latency, "energy": self.energy}


@dataclass(frozen=True)
class Posed:
    """Stands for an instance with an objective and two limits."""

    objective: str = ""
    latency_limit: float | None = None
    energy_limit: float | None = None
    name: str = "listed"
    instance_hash: str = "0" * 64


@dataclass(frozen=True)
class Answer:
    """Stands for a result."""

    solution: Plan | None
    status: Status
    bound: float | None
    message: str = ""


class Solver:
    """Takes the best of the plans, the first of equal ones.

    ``slack`` is by what its bounds of energies are less, ``bounds`` are those within a latency that are others;
    ``sure`` is what it is of latencies.
    """

    def __init__(
        self,
        plans: tuple[tuple[float, float], ...] = PLANS,
        slack: float = 0.0,
        sure: bool = True,
        bounds: Mapping[float | None, float | None] = MappingProxyType({}),
    ) -> None:
        self.plans = [Plan(*plan) for plan in plans]
        self.slack, self.sure, self.bounds = slack, sure, bounds
        self.starts: list[tuple[Any, Any]] = []

    @property
    def limits(self) -> list[float | None]:
        """The limits of latency within which it was asked for the least energy, in turn."""
        return [posed.latency_limit for posed, _ in self.starts if posed.objective == "energy"]

    def __call__(self, posed: Any, start: Any) -> Any:
        self.starts.append((posed, start))
        kept = [
            plan
            for plan in self.plans
            if (posed.latency_limit is None or plan.latency <= posed.latency_limit)
            and (posed.energy_limit is None or plan.energy <= posed.energy_limit)
        ]
        if not kept:
            return Answer(None, Status.INFEASIBLE, None)
        best = min(kept, key=lambda plan: getattr(plan, posed.objective))
        least: float = getattr(best, posed.objective)
        if posed.objective == "latency":
            return Answer(best, Status.OPTIMAL if self.sure else Status.FEASIBLE, least)
        bound = self.bounds.get(posed.latency_limit, least - self.slack)
        return Answer(best, Status.OPTIMAL if bound == least else Status.FEASIBLE, bound)


def how(**changes: Any) -> Bicriteria:
    return Bicriteria(
        **{
            "unit": "ticks",
            "step": 1.0,
            "method": "none",
            "check": lambda _: None,
            "posed": lambda _, *limits: Posed(*limits),
            "values": lambda _, plan: (plan.latency, plan.energy),
            **changes,
        }
    )


def made(solver: Solver, points: int = 10, **changes: Any) -> LatencyEnergyFront:
    told: list[FrontPoint] = []
    whole = front(Posed(), how(**changes), solver, points, told.append)  # type: ignore[arg-type]
    assert {p.latency for p in whole.points} <= {p.latency for p in told}
    assert len({p.latency for p in told}) == len(told)
    return whole


def values(whole: LatencyEnergyFront) -> list[tuple[float, float]]:
    return [(point.latency, point.energy_j) for point in whole.points]


@pytest.mark.parametrize("limits_energy", [True, False])
def test_all_that_is_best_is_proved(limits_energy: bool) -> None:
    whole = made(Solver(), limits_energy=limits_energy)
    assert values(whole) == POINTS
    assert [point.proved for point in whole.points] == [True, True, True]
    assert [point.energy_bound_j for point in whole.points] == [9.0, 5.0, 1.0]
    assert (whole.complete, whole.latency_unit, whole.instance) == (True, "ticks", "listed")
    assert whole.points[1].solution == {"latency": 12.0, "energy": 5.0}


def test_fewer_points_are_a_front_with_gaps() -> None:
    assert values(made(Solver(), points=1)) == [(20.0, 1.0)]
    two = made(Solver(), points=2)
    assert values(two) == [(10.0, 9.0), (20.0, 1.0)]
    assert [point.proved for point in two.points] == [True, True]
    assert not two.complete


@pytest.mark.parametrize("limits_energy", [True, False])
def test_an_energy_whose_bound_is_less_is_not_proved(limits_energy: bool) -> None:
    whole = made(Solver(slack=0.5), limits_energy=limits_energy)
    assert [(p.proved, p.energy_bound_j) for p in whole.points if p.latency == 20.0] == [(False, 0.5)]
    assert not any(point.proved for point in whole.points)
    assert not whole.complete
    # No energy is less than 0.
    assert made(Solver(slack=2.0), points=1, limits_energy=limits_energy).points[0].energy_bound_j == 0.0


def test_a_latency_that_may_be_less_is_not_proved() -> None:
    whole = made(Solver(sure=False))
    assert values(whole) == POINTS
    assert not any(point.proved for point in whole.points)
    assert not whole.complete


def test_without_a_least_difference_a_front_is_never_complete() -> None:
    whole = made(Solver(), points=40, step=0.0)
    assert values(whole) == POINTS
    assert [point.proved for point in whole.points] == [True, True, True]
    assert not whole.complete
    assert made(Solver(), points=40, step=0.0, resolution=0.01).complete
    # But for one point, between which and others there is nothing.
    assert made(Solver(((10.0, 2.0), (11.0, 3.0))), step=0.0).complete


def test_one_plan_that_is_best_in_both() -> None:
    whole = made(Solver(((10.0, 2.0), (11.0, 3.0))))
    assert values(whole) == [(10.0, 2.0)]
    assert (whole.points[0].proved, whole.complete) == (True, True)
    assert not made(Solver(((10.0, 2.0),), sure=False)).complete


@pytest.mark.parametrize(
    ("status", "message", "told"),
    [
        (Status.INFEASIBLE, "", "has no solution"),
        (Status.INFEASIBLE, "the deadline", "has no solution: the deadline"),
        (Status.UNKNOWN, "", "has no solution that was found in time"),
        (Status.UNKNOWN, "stopped", "has no solution that was found in time: stopped"),
    ],
)
def test_where_no_plan_is_known_there_is_no_front(status: Status, message: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        made(lambda *_: Answer(None, status, None, message))  # type: ignore[arg-type]
    assert (refused.value.what, refused.value.where) == (told, "instance")


def test_energies_within_a_billionth_are_one() -> None:
    near = Solver(((10.0, 5.0), (20.0, 5.0 * (1 - 1e-10))))
    assert [p.latency for p in made(near).points] == [10.0]
    exactly = Solver(((10.0, 5.0), (20.0, 5.0 * (1 - 1e-9))))
    assert [p.latency for p in made(exactly).points] == [10.0]
    apart = Solver(((10.0, 5.0), (20.0, 5.0 * (1 - 1e-8))))
    assert [p.latency for p in made(apart).points] == [10.0, 20.0]


def test_the_largest_latency_below() -> None:
    assert (how().below(10.0), how(step=0.0).below(10.0), how(step=0.0, resolution=0.1).below(10.0)) == (9.0, 10.0, 9.0)
    assert how(step=2.0, resolution=0.1).below(10.0) == 8.0


SPARSE = ((10.0, 9.0), (11.0, 8.0), (12.0, 7.0), (13.0, 6.0), (40.0, 2.0), (50.0, 1.0))


def test_points_are_evenly_apart() -> None:
    line = tuple((float(latency), 100.0 - latency) for latency in range(10, 51))
    for points, latencies in (
        (1, [50]), (2, [10, 50]), (4, [10, 22, 36, 50]), (6, [10, 18, 26, 34, 42, 50]),
        (7, [10, 15, 22, 29, 36, 43, 50]),
    ):  # fmt: skip
        for limits_energy in (True, False):
            assert [p.latency for p in made(Solver(line), points, limits_energy=limits_energy).points] == latencies
    assert made(Solver(line), 41).complete
    assert not made(Solver(line), 40).complete


def test_then_they_lie_between_those_farthest_apart() -> None:
    """Just below what is proved, in the middle of what is not."""
    proved, open_ones = Solver(SPARSE), Solver(SPARSE, slack=0.5)
    assert values(made(proved, points=6)) == values(made(open_ones, points=6)) == list(SPARSE)
    assert proved.limits == [None, 42.0, 32.0, 10.0, 39.0, 49.0, 12.0, 11.0]
    assert open_ones.limits == [None, 42.0, 32.0, 10.0, 26.5, 45.0, 11.5, 12.0]
    # The middle may be nearer than the least difference.
    near = Solver(((10.0, 9.0), (11.5, 5.0), (30.0, 1.0)), slack=0.5)
    made(near, points=4)
    assert near.limits == [None, 30 - 20 / 3, 10.0, 20.75]


@pytest.mark.parametrize("step", [1.0, 2.0])
def test_between_neighbours_that_are_nearer_than_the_least_difference_there_is_nothing(step: float) -> None:
    whole = made(Solver(((10.0, 9.0), (20.0, 7.0), (21.0, 6.0), (26.0, 1.0))), points=4, step=step)
    assert [p.latency for p in whole.points] == [10.0, 20.0, 21.0, 26.0]
    assert whole.complete


def test_latencies_that_no_stride_parts() -> None:
    """Two floats beside each other: what the stride takes away is rounded to nothing."""
    below = 1.0 - 2.0**-53
    assert values(made(Solver(((below, 2.0), (1.0, 1.0))), points=10, step=0.0)) == [(below, 2.0), (1.0, 1.0)]


def test_less_time_never_costs_less_energy() -> None:
    """A bound holds within shorter latencies, too, where the solver has none."""
    whole = made(Solver(bounds={10.0: None}), points=3)
    assert values(whole) == POINTS
    assert [(p.energy_bound_j, p.proved) for p in whole.points] == [(5.0, False), (5.0, True), (1.0, True)]
    assert not whole.complete
    proved = made(Solver(((10.0, 5.0), (20.0, 5.0 * (1 - 1e-10)), (30.0, 1.0)), bounds={10.0: 0.0}), points=3)
    assert [(p.latency, p.proved) for p in proved.points] == [(10.0, True), (30.0, True)]


def test_a_front_whose_points_are_proved_but_whose_least_latency_is_not() -> None:
    solver = Solver()

    def unsure_of_the_fastest(posed: Any, start: Any) -> Any:
        answer = solver(posed, start)
        if posed.objective == "latency" and posed.energy_limit is None:
            return Answer(answer.solution, Status.FEASIBLE, 0.0)
        return answer

    whole = made(unsure_of_the_fastest)  # type: ignore[arg-type]
    assert [p.proved for p in whole.points] == [True, True, True]
    assert not whole.complete
    probed = made(unsure_of_the_fastest, limits_energy=False)  # type: ignore[arg-type]
    assert [p.proved for p in probed.points] == [False, True, True]


def test_a_front_without_its_quickest_end_is_not_complete() -> None:
    one = made(Solver(), points=1)
    assert [(p.latency, p.proved) for p in one.points] == [(20.0, True)]
    assert not one.complete


@pytest.mark.parametrize("limits_energy", [True, False])
def test_a_plan_that_is_quicker_than_the_quickest_known(limits_energy: bool) -> None:
    """Solvers that are cut off: what one misses another sees."""
    solver = Solver(((12.0, 5.0), (10.0, 4.0), (20.0, 1.0)))

    def misses(posed: Any, start: Any) -> Any:
        if posed.objective == "latency" and posed.energy_limit is None:
            return Answer(solver.plans[0], Status.FEASIBLE, 0.0)
        return solver(posed, start)

    whole = made(misses, limits_energy=limits_energy)  # type: ignore[arg-type]
    assert values(whole) == [(10.0, 4.0), (20.0, 1.0)]
    assert whole.points[0].proved is limits_energy
    assert not whole.complete


def test_a_plan_that_is_worse_than_one_that_is_known_later() -> None:
    solver = Solver(((10.0, 9.0), (12.0, 5.0), (30.0, 7.0)))

    def misses(posed: Any, start: Any) -> Any:
        if posed.objective == "energy" and posed.latency_limit is None:
            return Answer(solver.plans[2], Status.FEASIBLE, 0.0)
        if posed.objective == "latency" and posed.energy_limit == 7.0:
            return Answer(None, Status.UNKNOWN, None)
        return solver(posed, start)

    whole = made(misses)  # type: ignore[arg-type]
    assert [(p.latency, p.energy_j, p.proved) for p in whole.points] == [(10.0, 9.0, True), (12.0, 5.0, True)]


def test_an_energy_whose_least_latency_nobody_knows_is_not_proved() -> None:
    solver = Solver()

    def gives_up(posed: Any, start: Any) -> Any:
        if posed.energy_limit == 5.0:
            return Answer(None, Status.UNKNOWN, None)
        return solver(posed, start)

    whole = made(gives_up)  # type: ignore[arg-type]
    assert values(whole) == POINTS
    assert [p.proved for p in whole.points] == [True, False, True]
    assert not whole.complete


def test_where_energy_cannot_be_limited_the_latency_is_halved() -> None:
    solver = Solver(PLANS[::-1])  # of equal energies the slower plan comes first
    whole = made(solver, points=1, limits_energy=False)
    assert [(p.latency, p.energy_j, p.proved) for p in whole.points] == [(20.0, 1.0, True)]
    # Just below 21; half way to 10; just below 20, where each plan takes more energy.
    assert solver.limits == [None, 20.0, 15.0, 19.0]
    many = Solver(tuple((float(latency), 1.0 if latency >= 25 else 5.0) for latency in range(89, 9, -1)))
    assert [(p.latency, p.proved) for p in made(many, points=1, limits_energy=False).points] == [(25.0, True)]
    assert many.limits == [None, 88.0, 49.0, 48.0, 29.0, 28.0, 19.0, 27.0, 23.0, 26.0, 24.5, 25.0, 24.75]
    # What is not proved is not probed.
    unproved = Solver(PLANS[::-1], slack=0.5)
    made(unproved, points=1, limits_energy=False)
    assert unproved.limits == [None]


@pytest.mark.parametrize(
    ("quicker", "bound", "expected"),
    [
        (1.0, 1.0, (20.0, True)),
        (1 + 5e-10, 1 + 5e-10, (20.0, True)),  # one energy
        (1.0 * (1 + 1e-9), 1.0, (20.0, True)),
        (1 + 1e-8, 1 + 1e-8, (21.0, True)),
        (1.5, 1.5, (21.0, True)),
        (1.5, 1 + 5e-10, (21.0, False)),  # there may be one with this energy
        (1.5, 1.0 * (1 + 1e-9), (21.0, False)),
        (1.5, 0.5, (21.0, False)),
        (1.5, 1 + 2e-9, (21.0, True)),
    ],
)
def test_what_counts_as_the_same_energy(quicker: float, bound: float, expected: tuple[float, bool]) -> None:
    """The plan of least energy takes 21 ticks; within 20 there is one of nearly the same."""
    plans = ((21.0, 1.0), (20.0, quicker), (10.0, 9.0))
    solver = Solver(plans, bounds={20.0: bound})
    (point,) = made(solver, points=1, limits_energy=False).points
    assert (point.latency, point.proved) == expected
    if not expected[1]:
        assert solver.limits == [None, 20.0]  # and it is not asked again


@pytest.mark.parametrize("limits_energy", [True, False])
def test_random_plans(limits_energy: bool) -> None:
    """Everything that is best and nothing else, all of it proved; with loose bounds nothing that is proved is wrong."""
    rng = random.Random(3)
    for number in range(150):
        plans = tuple((float(rng.randint(5, 40)), float(rng.randint(1, 20))) for _ in range(rng.randint(1, 25)))
        best = [p for p in sorted(set(plans)) if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in plans)]
        whole = made(Solver(plans), points=60, limits_energy=limits_energy)
        assert values(whole) == best, number
        assert whole.complete
        assert all(p.proved for p in whole.points)
        few = made(Solver(plans), points=rng.randint(1, 5), limits_energy=limits_energy)
        assert set(values(few)) <= set(best)
        assert not few.complete or values(few) == best
        loose = {float(limit): 0.5 for limit in range(50) if rng.random() < 0.4}
        partly = made(Solver(plans, bounds=loose), points=60, limits_energy=limits_energy)
        assert {(p.latency, p.energy_j) for p in partly.points if p.proved} <= set(best)
        assert not partly.complete or values(partly) == best


def _checked(posed: Any) -> None:
    if not posed.objective:
        raise InputError("no energy")


BROUGHT = how(check=_checked)


def test_what_a_family_has_to_bring() -> None:
    family: Any = SimpleNamespace(name="plain", front=f"{__name__}:BROUGHT")
    instance: Any = Posed()
    with pytest.raises(InputError, match="no energy"):
        bicriteria(family, instance)
    instance = Posed("latency")
    assert bicriteria(family, instance) is BROUGHT
    with pytest.raises(InputError) as refused:
        bicriteria(SimpleNamespace(name="plain", front=None), instance)  # type: ignore[arg-type]
    assert (refused.value.where, refused.value.what) == ("kind", "plain has no front of latency and energy")
    with pytest.raises(FrozenInstanceError):
        BROUGHT.unit = "s"  # type: ignore[misc]


def test_a_front_as_data() -> None:
    data = made(Solver(), points=1).to_data()
    assert (data["kind"], data["schema_version"], data["instance_hash"]) == ("front", 1, "0" * 64)
