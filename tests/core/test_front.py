"""Fronts of plans that are listed, solved by looking at all of them: which points, and what is proved of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from wnpopt.core.errors import InputError
from wnpopt.core.front import Bicriteria, FrontPoint, LatencyEnergyFront, front
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
    """Takes the best of the plans; ``slack`` by which its bounds of energies are less, ``sure`` of latencies."""

    def __init__(self, plans: tuple[tuple[float, float], ...] = PLANS, slack: float = 0.0, sure: bool = True) -> None:
        self.plans = [Plan(*plan) for plan in plans]
        self.slack, self.sure = slack, sure
        self.starts: list[tuple[Any, Any]] = []

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
        return Answer(best, Status.FEASIBLE if self.slack else Status.OPTIMAL, least - self.slack)


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


def test_one_plan_that_is_best_in_both() -> None:
    whole = made(Solver(((10.0, 2.0), (11.0, 3.0))))
    assert values(whole) == [(10.0, 2.0)]
    assert (whole.points[0].proved, whole.complete) == (True, True)
    assert not made(Solver(((10.0, 2.0),), sure=False)).complete


def test_where_no_plan_is_known_there_is_no_front() -> None:
    with pytest.raises(InputError, match="has no solution") as refused:
        made(Solver(()))
    assert refused.value.where == "instance"


def test_energies_within_a_billionth_are_one() -> None:
    near = Solver(((10.0, 5.0), (20.0, 5.0 * (1 - 1e-10))))
    assert [p.latency for p in made(near).points] == [10.0]
    apart = Solver(((10.0, 5.0), (20.0, 5.0 * (1 - 1e-8))))
    assert [p.latency for p in made(apart).points] == [10.0, 20.0]


def test_the_largest_latency_below() -> None:
    assert (how().below(10.0), how(step=0.0).below(10.0), how(step=0.0, resolution=0.1).below(10.0)) == (9.0, 10.0, 9.0)
    assert how(step=2.0, resolution=0.1).below(10.0) == 8.0
