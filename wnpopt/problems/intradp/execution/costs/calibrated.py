"""An instance whose costs and link are those that were measured."""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.problems.intradp.execution.costs.bench import CostBench, SegmentTime
from wnpopt.problems.intradp.execution.costs.link_costs import LinkCosts
from wnpopt.problems.intradp.execution.costs.plans import cut_plan, named_plan, split_plan
from wnpopt.problems.intradp.execution.costs.side_costs import SideCosts, fit
from wnpopt.problems.intradp.execution.segments import Side
from wnpopt.problems.intradp.instance import IntradpInstance

SIDES: tuple[Side, ...] = ("device", "server")
RATES = (0.5, 1.0, 2.0)
"""Of the link's own: at which plans are made whose segments are measured."""

ROUNDS = 3
"""Plans are made anew for the costs that the segments of the ones before gave: a plan that looks good because its costs
are wrong is then measured."""

SEARCH_S = 3.0

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


def measure_costs(
    bench: CostBench,
    sides: Sequence[Side] = SIDES,
    *,
    slowdown: float = 1.0,
    link: LinkCosts | None = None,
    rates: Sequence[float] = RATES,
    rounds: int = ROUNDS,
    search_s: float = SEARCH_S,
    seed: int = 0,
) -> tuple[IntradpInstance, SideCosts]:
    """The bench's instance with the costs of ``sides`` measured here, those of the device ``slowdown`` times as slow,
    and ``link``; and the costs themselves, before the slowing.

    Operators and the whole network are measured once, and the segments on both sides of some cuts; then those of the
    layer cut's and the search's plans at ``rates`` times the link's own, ``rounds`` times.
    """
    operators, whole_s = bench.operators(), bench.whole()
    segments: list[SegmentTime] = []
    count = len(bench.model.instance.operators)
    cuts = [cut_plan(bench.model.instance, 2 + (count - 3) * step // CUTS) for step in range(CUTS)]
    for plan in dict.fromkeys(cuts):
        for side in SIDES:
            segments += bench.segments(plan, side)
    costs = fit(operators, whole_s, segments)
    measured = set[tuple[object, Side]]()
    made = _apply(bench.model.instance, sides, costs, slowdown, link)
    for _ in range(rounds):
        for factor in rates:
            here = at_rate(made, factor)
            for plan in (named_plan(here, "layer-cut"), split_plan(here, search_s, seed)):
                for side in sides:
                    if (plan, side) not in measured:
                        measured.add((plan, side))
                        segments += bench.segments(plan, side)
        costs = fit(operators, whole_s, segments)
        made = _apply(bench.model.instance, sides, costs, slowdown, link)
    return made, costs


def _apply(
    instance: IntradpInstance, sides: Sequence[Side], costs: SideCosts, slowdown: float, link: LinkCosts | None
) -> IntradpInstance:
    return with_costs(
        instance,
        device=costs.times(slowdown) if "device" in sides else None,
        server=costs if "server" in sides else None,
        link=link,
    )
