"""Multicast where users have a choice of model: transmissions chosen one after the other, then improved in turn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wnpopt.backends.stopping import Flag
from wnpopt.problems.slide.columnar.columns import BoolArray
from wnpopt.problems.slide.kernels.needs import Needs
from wnpopt.problems.slide.selection.multicast import menu_of, reached_by, usable
from wnpopt.problems.slide.selection.plan import Assignment, Selected
from wnpopt.problems.slide.selection.widest import widest
from wnpopt.problems.slide.selection.work import MOST_WORK, Work

_ROUNDS = 6
_AT_ONCE = 1_000_000
"""Pairs of users and models over which one simple beginning takes no time to speak of."""
_MOST_LEVELS, _LEVEL_STEPS = 256, 400_000
"""Rates at which a transmission is tried for its gain a Hz: so many, or fewer where there are very many users."""


@dataclass(frozen=True, eq=False)
class Offer:
    """A transmission: what it adds, what it costs, whom it reaches (U,)."""

    gain: float
    cost: float
    reached: BoolArray


class Cover:
    """The transmissions chosen so far, at most one a model; nothing more is chosen once the ``work`` is over."""

    def __init__(self, needs: Needs, work: Work) -> None:
        self.needs = needs
        self.work = work
        self.models = [j for j in range(needs.columns.models) if usable(needs)[:, j].any()]
        self.chosen: dict[int, Offer] = {}

    def served(self, but: int = -1) -> BoolArray:
        """Users whom the transmissions (all but one model's) reach, (U,)."""
        reached = np.zeros(self.needs.columns.users, dtype=np.bool_)
        for j, offer in self.chosen.items():
            if j != but:
                reached |= offer.reached
        return reached

    def offer(self, j: int, capacity: float, *, by_ratio: bool) -> Offer | None:
        """The best transmission of model ``j`` beside the others: most value within ``capacity``, or most a Hz."""
        sizes = self.needs.columns.model_bits
        taken = math.fsum(sizes[k] for k in self.chosen if k != j)
        if self.work.over or sizes[j] > self.needs.cache - taken or capacity <= 0:
            return None
        if by_ratio:
            most = max(16, min(_MOST_LEVELS, _LEVEL_STEPS // max(1, self.needs.columns.users)))
            menu = menu_of(self.needs, j, ~self.served(j), capacity, self.work, most)
            if not menu.cost.size:
                return None
            index = int(np.argmax(menu.value / menu.cost))
            gain, cost, rate = float(menu.value[index]), float(menu.cost[index]), float(menu.rate[index])
        else:
            found = widest(self.needs, j, ~self.served(j), capacity, self.work)
            if found is None:
                return None
            gain, cost, rate = found
        return Offer(gain, cost, reached_by(self.needs, j, rate, cost))

    def free(self, but: int = -1) -> float:
        """What is left of the band (without one model's transmission)."""
        return self.needs.capacity - math.fsum(offer.cost for j, offer in self.chosen.items() if j != but)

    def by_ratio(self) -> Cover:
        """Add transmissions by falling gain a Hz while there are any."""
        while True:
            closed = [j for j in self.models if j not in self.chosen]
            offers = [(j, offer) for j in closed if (offer := self.offer(j, self.free(), by_ratio=True)) is not None]
            if not offers:
                return self
            j, best = max(offers, key=lambda entry: (entry[1].gain / entry[1].cost, -entry[0]))
            self.chosen[j] = best

    def by_share(self, order: list[int]) -> Cover:
        """Give each model in ``order`` an even part of what is left, the last one all of it."""
        for place, j in enumerate(order):
            offer = self.offer(j, self.free() / (len(order) - place), by_ratio=False)
            if offer is not None:
                self.chosen[j] = offer
        return self

    def improve(self) -> Cover:
        """Choose each model's transmission anew while the others stay, as long as that helps."""
        values = self.needs.columns.values
        for _ in range(_ROUNDS):
            changed = False
            for j in self.models:
                now = math.fsum(values[self.chosen[j].reached & ~self.served(j)]) if j in self.chosen else 0.0
                offer = self.offer(j, self.free(j), by_ratio=False)
                if offer is not None and offer.gain > now * (1 + 1e-12):
                    self.chosen[j] = offer
                    changed = True
            if not changed:
                break
        return self

    def selected(self) -> Selected:
        """The plan; who is reached by several transmissions takes the first model."""
        model = np.full(self.needs.columns.users, -1, dtype=np.int64)
        for j in sorted(self.chosen):
            model[self.chosen[j].reached & (model < 0)] = j
        plan = Assignment.of(model >= 0, model)
        return Selected(plan, math.fsum(self.needs.columns.values[plan.user]), None)


def greedy_cover(needs: Needs, flag: Flag) -> Selected:
    """The best of several beginnings, each improved: by gain a Hz, by even shares, and each model alone first.

    As many as there is work for (a count), until the ``flag`` is raised.
    """
    # A third of the work is kept for what comes after the first beginning, which is dear where there are many models.
    most = MOST_WORK + 1_000 * needs.costs.size
    rest = Work(most // 3, flag)
    first = Cover(needs, Work(most - most // 3, flag))
    models = first.models
    best = first.by_ratio().improve().selected()
    for order in (models, models[::-1], *([j] for j in models[:8])):
        if rest.over:
            break
        found = Cover(needs, rest).by_share(order).improve().selected()
        best = max(best, found, key=lambda selected: selected.value)
    if best.value == 0 and needs.costs.size <= _AT_ONCE:
        # Time was out before there was anything: the least that can be done, in milliseconds.
        best = Cover(needs, Work()).by_share(models).selected()
    return best
