"""What both sides of a connection have to agree on: model, instance, plan, deadlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.matching import check_plan, match, spread
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.remote.greeting import model_hash
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import Replay, replay


@dataclass(frozen=True)
class Patience:
    """A message may come ``factor`` times as late as the plan says, and ``grace_s`` seconds more."""

    factor: float = 4.0
    grace_s: float = 0.5

    def until(self, begin: float, planned_s: float) -> float:
        return begin + self.factor * planned_s + self.grace_s


MOST_PLANS = 64
"""Plans of one connection."""


class SplitModel:
    """An instance and the network that it was made of."""

    def __init__(self, instance: IntradpInstance, network: ExecutableNetwork) -> None:
        self.instance, self.network = instance, network
        self.own, self._place = match(network, instance)

    @cached_property
    def fingerprint(self) -> dict[str, str]:
        """What has to be the same on both sides."""
        return {"model": model_hash(self.network), "instance": self.instance.instance_hash}

    def plan(self, solution: IntradpSolution) -> IntradpSolution:
        """A plan for the instance as one for the network's own operators; :class:`InputError` if it does not fit."""
        check_plan(self.instance, solution)
        return spread(solution, self._place, self.own)

    def replay(self, solution: IntradpSolution) -> Replay:
        """The plan's times."""
        return replay(self.instance, solution)

    def arrivals(self, solution: IntradpSolution) -> dict[str, dict[int, float]]:
        """When the messages of the network's own operators arrive by the plan: "up" at the server, "down" here."""
        planned = self.replay(solution)
        last = {place: u for u, place in enumerate(self._place)}
        return {
            way: {last[message.operator]: message.arrival_s for message in messages}
            for way, messages in (("up", planned.uplink), ("down", planned.downlink))
        }

    def operator(self, own: int) -> int:
        """The operator of the instance that one of the network's own belongs to."""
        return self._place[own]


def job_of(
    model: SplitModel, plans: Sequence[IntradpSolution], patience: Patience, emulated: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the device asks of the server, as JSON."""
    return {
        **model.fingerprint,
        "plans": [plan.to_data() for plan in plans],
        "patience": [patience.factor, patience.grace_s],
        "emulated": None if emulated is None else dict(emulated),
    }


def accepted(
    model: SplitModel, job: Mapping[str, Any]
) -> tuple[list[IntradpSolution], Patience, Mapping[str, Any] | None]:
    """The job of a device; raises :class:`InputError` with a reason that the device may read."""
    for what in ("model", "instance"):
        if job.get(what) != model.fingerprint[what]:
            raise InputError(f"the {what} is another one on the server")
    plans, patience, emulated = job.get("plans"), job.get("patience"), job.get("emulated")
    if not isinstance(plans, list) or not plans or not isinstance(patience, list) or len(patience) != 2:
        raise InputError("the device does not say what it wants")
    if len(plans) > MOST_PLANS:
        raise InputError(f"the device wants {len(plans)} plans; at most {MOST_PLANS} are possible")
    numbers = [float(entry) for entry in patience if isinstance(entry, int | float) and 0 <= entry < 1e9]
    if len(numbers) != 2 or not isinstance(emulated, dict | None):
        raise InputError("the device does not say what it wants")
    solutions = [IntradpSolution.from_data(plan) for plan in plans]
    for solution in solutions:
        model.plan(solution)
    return solutions, Patience(numbers[0], numbers[1]), emulated
