"""An instance whose costs and link are those that were measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from wnpopt.problems.intradp.execution.costs.bench import CostBench, SegmentTime
from wnpopt.problems.intradp.execution.costs.link_costs import LinkCosts
from wnpopt.problems.intradp.execution.costs.plans import cut_plan, named_plan, split_plan
from wnpopt.problems.intradp.execution.costs.side_costs import SideCosts, fit
from wnpopt.problems.intradp.execution.segments import Side
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import verify

SIDES: tuple[Side, ...] = ("device", "server")
RATES = (0.5, 1.0, 2.0)
"""Of the link's own: at which plans are made whose segments are measured."""

ROUNDS = 3
"""Plans are made anew for the costs that the segments of the ones before gave: a plan that looks good because its costs
are wrong is then measured."""

SEARCH_S = 3.0

ASIDE = 0.3
"""What a segment measured aside counts beside one that ran with the other side."""

CUTS = 8
"""Places, evenly over the network, where it is cut into two segments: they tell its parts from each other."""


def with_costs(
    instance: IntradpInstance,
    *,
    device: SideCosts | None = None,
    server: SideCosts | None = None,
    link: LinkCosts | None = None,
) -> IntradpInstance:
    """The instance with what was measured in place of its own, validated; its name stays, so that plans stay plans of
    it. Sides and links that are None stay as they are."""
    data = instance.to_data()
    operators: list[dict[str, dict[str, object]]] = data["operators"]  # type: ignore[assignment]
    segment_s = {"device": instance.segment_s.device, "server": instance.segment_s.server}
    for side, costs in (("device", device), ("server", server)):
        if costs is None:
            continue
        segment_s[side] = costs.segment_s
        for operator, cost in zip(operators[1:-1], costs.costs, strict=True):
            operator[side] |= {"fixed_s": cost.fixed_s, "full_s": cost.full_s, "partial_s": cost.partial_s}
    data["segment_s"] = segment_s
    if link is not None:
        told: dict[str, object] = data["link"]  # type: ignore[assignment]
        told |= {"latency_s": link.latency_s, "efficiency": link.efficiency(instance.link)}
    return IntradpInstance.from_data(data)


def at_rate(instance: IntradpInstance, factor: float) -> IntradpInstance:
    """The instance with both rates so many times as high."""
    link = instance.link
    rates = {
        "uplink_bytes_per_s": link.uplink_bytes_per_s * factor,
        "downlink_bytes_per_s": link.downlink_bytes_per_s * factor,
    }
    return instance.changed(link=link.model_copy(update=rates))


Observe = Callable[[Sequence[IntradpSolution]], Mapping[tuple[int, Side], Sequence[SegmentTime]]]
"""Runs plans for real, and returns the segments of each on both sides; see :func:`.observed.observe`."""


def measure_costs(
    bench: CostBench,
    sides: Sequence[Side] = SIDES,
    *,
    slowdown: float = 1.0,
    link: LinkCosts | None = None,
    observe: Observe | None = None,
    rates: Sequence[float] = RATES,
    rounds: int = ROUNDS,
    search_s: float = SEARCH_S,
    seed: int = 0,
) -> tuple[IntradpInstance, dict[Side, SideCosts]]:
    """The bench's instance with the costs of ``sides`` measured here, those of the device ``slowdown`` times as slow,
    and ``link``; and the costs themselves, before the slowing.

    Operators and the whole network are measured once, and the segments on both sides of some cuts; then those of the
    layer cut's and the search's plans at ``rates`` times the link's own, ``rounds`` times: in sequence here, or where
    there is ``observe`` as they run with the other side.
    """
    instance, operators, whole_s = bench.model.instance, bench.operators(), bench.whole()
    segments: dict[Side, list[SegmentTime]] = {side: [] for side in sides}
    whole: dict[Side, float] = dict.fromkeys(sides, whole_s)
    count = len(instance.operators)
    cuts = [cut_plan(instance, 2 + (count - 3) * step // CUTS) for step in range(CUTS)]
    for plan in _possible(instance, cuts):
        for part in SIDES:
            for side in sides:
                weight = 1.0 if observe is None else ASIDE
                segments[side] += [replace(one, weight=weight) for one in bench.segments(plan, part)]
    known: dict[IntradpSolution, None] = {}
    costs = {side: fit(operators, whole[side], segments[side]) for side in sides}
    made = _apply(instance, costs, slowdown, link)
    for turn in range(rounds):
        wanted = [named_plan(instance, name) for name in ("device-only", "server-only")] if not turn else []
        for factor in rates:
            here = at_rate(made, factor)
            wanted += [named_plan(here, "layer-cut"), split_plan(here, search_s, seed)]
        plans = [plan for plan in _possible(instance, wanted) if plan not in known]
        known |= dict.fromkeys(plans)
        if observe is None:
            seen = {(i, side): bench.segments(plan, side) for i, plan in enumerate(plans) for side in sides}
        else:
            seen = {key: list(times) for key, times in observe(plans).items()} if plans else {}
            for place, side in enumerate(SIDES if not turn and plans[:2] == wanted[:2] else ()):
                alone = seen.get((place, side), [])
                if side in whole and len(alone) == 1:
                    whole[side] = alone[0].seconds
        for (_, part), times in seen.items():
            for side in sides:
                if observe is None or part == side:  # measured aside, both sides' segments are this machine's
                    segments[side] += times
        costs = {side: fit(operators, whole[side], segments[side]) for side in sides}
        made = _apply(instance, costs, slowdown, link)
    return made, costs


def _possible(instance: IntradpInstance, plans: Sequence[IntradpSolution]) -> list[IntradpSolution]:
    """Each once, without those that send what may not be sent; deadlines do not count."""
    timeless = instance.changed(deadline_s=None)
    return [plan for plan in dict.fromkeys(plans) if verify(timeless, plan).accepted]


def _apply(
    instance: IntradpInstance, costs: Mapping[Side, SideCosts], slowdown: float, link: LinkCosts | None
) -> IntradpInstance:
    device = costs.get("device")
    return with_costs(
        instance, device=None if device is None else device.times(slowdown), server=costs.get("server"), link=link
    )
