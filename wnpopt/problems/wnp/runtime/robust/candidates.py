"""Candidates for a robust plan: made with margins, made for sampled worlds, and neighbours of those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.runtime.engine import run
from wnpopt.problems.wnp.runtime.execution import PlanExecution
from wnpopt.problems.wnp.runtime.planner import planned
from wnpopt.problems.wnp.runtime.program import PlanRules, Program
from wnpopt.problems.wnp.runtime.robust.sample import Sample
from wnpopt.problems.wnp.runtime.setting import Setting
from wnpopt.problems.wnp.runtime.world import World
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import verify

MARGINS = ((1.0, 0.9), (1.0, 0.75), (1.1, 1.0), (1.1, 0.9), (1.25, 1.0), (1.25, 0.75))
"""(ticks, rates) times those of the instance."""
SAMPLED = 6
"""Worlds for which pacs plans as if they were sure."""


def made_for_others(sample: Sample, seed: int) -> Iterator[tuple[str, WnpSolution | None]]:
    """Plans of pacs for worlds with margins and for sampled worlds, each brought to the instance; None for none."""
    setting = sample.setting
    nominal = World.nominal(setting)
    for ticks, rates in MARGINS:
        longer = np.where(nominal.ticks < 0, -1, np.ceil(nominal.ticks * ticks)).astype(np.int64)
        fewer = np.floor(nominal.bits * rates).astype(np.int64)
        world = replace(nominal, ticks=longer, bits=fewer)
        yield f"pacs with ticks x {ticks:g} and rates x {rates:g}", _brought(setting, world, seed)
    for number in range(min(SAMPLED, sample.count)):
        worlds = sample.worlds[number % len(sample.worlds)]
        yield "pacs for a sampled world", _brought(setting, worlds.world(sample.first + number), seed)


def _brought(setting: Setting, world: World, seed: int) -> WnpSolution | None:
    plan = planned(world.instance(setting), "pacs", seed)
    return None if plan is None else retimed(setting, plan)


def retimed(setting: Setting, plan: WnpSolution) -> WnpSolution | None:
    """``plan``'s table, cores and orders with the starts that they have in the instance; None if that is no plan.

    The table is kept as a whole where it can be (what is surplus in the instance may be needed in a world), else it is
    what is carried.
    """
    execution = PlanExecution.new(setting)
    run(setting, World.nominal(setting), Program.of(setting, plan, PlanRules()), execution)
    if not execution.finished:
        return None
    made: WnpSolution = execution.solution(setting)
    instance: WnpInstance = setting.instance
    whole = made.model_copy(update={"rb": plan.rb[: instance.radio.slots]})
    for candidate in (whole, made):
        if verify(instance, candidate).accepted:
            return candidate
    return None


@dataclass(frozen=True)
class Neighbours:
    """Random changes of a plan: a subgraph on another core, earlier or later in the order, or another plan's radio."""

    setting: Setting
    tables: Sequence[WnpSolution]

    def one(self, plan: WnpSolution, random: np.random.Generator) -> WnpSolution | None:
        """A neighbour, accepted by the verifier, or None."""
        instance = self.setting.instance
        names = [s.name for s in instance.subgraphs]
        place = self.setting.place
        order = sorted(range(len(names)), key=lambda i: (plan.start[names[i]], place[i]))
        core, table = dict(plan.core), plan.rb
        kind = random.integers(0, 10)
        if kind == 9 and self.tables:
            table = self.tables[int(random.integers(len(self.tables)))].rb
        else:
            at = int(random.integers(len(order)))
            chosen = order[at]
            if kind < 5:
                able = np.flatnonzero(instance.ticks[chosen] >= 0)
                core[names[chosen]] = instance.chip.cores[int(able[random.integers(able.size)])].name
            order = self._moved(order, at, random) if kind >= 3 else order
        rank = {names[i]: position for position, i in enumerate(order)}
        sends = None
        if instance.chip.exclusive_bus:  # into a subgraph right before it: in one order with everything else
            sends = {
                f"{e.source}->{e.target}": rank[e.target] for e in instance.edges if core[e.source] != core[e.target]
            }
        changed = plan.model_copy(update={"rb": table, "core": core, "start": rank, "transfer_start": sends})
        return retimed(self.setting, changed)

    def _moved(self, order: list[int], at: int, random: np.random.Generator) -> list[int]:
        """One subgraph elsewhere between the last that it needs and the first that needs it."""
        chosen = order[at]
        source, target = self.setting.plan.source, self.setting.plan.target
        position = {i: p for p, i in enumerate(order)}
        low = max((position[int(i)] + 1 for i in source[target == chosen]), default=0)
        high = min((position[int(i)] - 1 for i in target[source == chosen]), default=len(order) - 1)
        reach = 8
        to = int(random.integers(max(low, at - reach), min(high, at + reach) + 1))
        rest = order[:at] + order[at + 1 :]
        return [*rest[:to], chosen, *rest[to:]]
