"""What the segments of plans take while both sides run them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.costs.bench import SegmentTime, segment_times
from wnpopt.problems.intradp.execution.costs.calibrated import Observe
from wnpopt.problems.intradp.execution.costs.link_costs import LinkCosts, measure_link
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner
from wnpopt.problems.intradp.execution.segments import Side, program
from wnpopt.problems.intradp.solution import IntradpSolution

Open = Callable[[Sequence[IntradpSolution]], DeviceRunner]
"""Connects a device that has these plans ready."""


def over_a_link(
    open_device: Open, alone: IntradpSolution, repeats: int, *, quicker: Open | None = None
) -> tuple[LinkCosts, Observe]:
    """What the link costs, and how plans are run over it, or over a ``quicker`` one: what is computed is the same.

    ``alone`` is a plan that needs no server.
    """
    with open_device([alone]) as runner:
        link = measure_link(runner)

    def observed(plans: Sequence[IntradpSolution]) -> Mapping[tuple[int, Side], Sequence[SegmentTime]]:
        with (open_device if quicker is None else quicker)(plans) as device:
            return observe(device, repeats)

    return link, observed


def observe(runner: DeviceRunner, repeats: int) -> dict[tuple[int, Side], list[SegmentTime]]:
    """Run each of the runner's plans in turn, ``repeats`` times after one that does not count; (plan, side) -> seconds
    that the side's thread computed, segment by segment, medians.

    Raises :class:`InputError` where the device had to finish alone, always.
    """
    model = runner.model
    inputs = model.network.random_inputs()
    spent: dict[tuple[int, Side], list[list[float]]] = {}
    for turn in range(repeats + 1):
        for plan in range(len(runner.prepared)):
            log = runner.infer(inputs, plan).log
            if turn and log is not None and "server" in log:
                spent.setdefault((plan, "device"), []).append(log["computing"])
                spent.setdefault((plan, "server"), []).append(_numbers(log["server"].get("computing")))
    found: dict[tuple[int, Side], list[SegmentTime]] = {}
    for (plan, side), times in spent.items():
        solution = runner.solutions[plan]
        made = program(model.network, model.own, model.plan(solution), side)
        whole = [one for one in times if len(one) == len(made.segments)]
        if whole:
            found[plan, side] = segment_times(
                model, solution, made, [median(column) for column in zip(*whole, strict=True)]
            )
    if not found:
        raise InputError("no inference was shared, so that nothing is known of its costs", where="--connect")
    return found


def _numbers(told: object) -> list[float]:
    """What the other side says, if it is numbers."""
    if not isinstance(told, list) or not all(isinstance(one, int | float) for one in told):
        return []
    return [float(one) for one in told]
