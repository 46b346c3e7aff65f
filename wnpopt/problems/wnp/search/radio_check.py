"""The radio's side of the decomposition.

An allocation for given deadlines, or cuts that every feasible vector satisfies.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from wnpopt.backends.stopping import run_stoppable
from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.formulations.uplink import allocate
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.cuts import cut_holds
from wnpopt.problems.wnp.kernels.exchange import exchange
from wnpopt.problems.wnp.kernels.rounding import repair
from wnpopt.problems.wnp.kernels.throughput import FloatArray, concurrent_throughput
from wnpopt.problems.wnp.kernels.uplink import Uplink, stoppable

_WALKS, _STEPS, _EACH = 48, 100_000, 200
"""Of the annealing where rounding fails, some 10 ms each: most vectors within one, the hardest in 30. ``_EACH`` rate at
most so many steps: what is tiny is decided exactly in no time."""
_SHARE = 0.5  # of the time for one vector, for annealing


@dataclass(frozen=True)
class Answer:
    """An allocation (K', N, B), or None; ``refuted`` if it is proved that there is none."""

    count: IntArray | None
    refuted: bool


class RadioCheck:
    """Asks the radio about deadlines and remembers what it answered, as cuts for the master.

    ``weights`` are dual cuts (R7), ``no_goods`` are vectors g of which some entry must be exceeded (R8):
    OR_k T_k >= g_k + 1.
    """

    def __init__(self, uplink: Uplink, weights: list[IntArray]) -> None:
        self.uplink = uplink
        self.weights = list(weights)
        self.no_goods: list[IntArray] = []
        self._known = {tuple(w.tolist()) for w in weights}
        self._rounds = 0
        self._asked: Counter[tuple[int, ...]] = Counter()

    def ask(self, deadline: IntArray, budget: Budget) -> Answer:
        """An allocation that meets ``deadline`` (K', slots), else a new cut or no-good that excludes it."""
        uplink = self.uplink
        self._rounds += 1
        usable = uplink.usable(deadline)
        if uplink.count == 0:
            return Answer(np.zeros(uplink.rates.shape, dtype=np.int64), False)
        _, upper, weight, count = stoppable(
            uplink,
            budget,
            lambda stop: concurrent_throughput(uplink.share, usable, uplink.all_weights(), False, stop),
        )
        if upper < 1.0 - 1e-9 and self._add_cut(weight / uplink.payload, deadline):
            return Answer(None, True)
        rounded, count = count, count.copy()
        if stoppable(uplink, budget, lambda stop: repair(uplink.rates, uplink.payload, usable, weight, count, stop)):
            return Answer(count, False)
        return self._ask_again(deadline, usable, weight, rounded.copy(), budget)

    def _add_cut(self, per_bit: np.ndarray[tuple[int, ...], np.dtype[np.float64]], deadline: IntArray) -> bool:
        """Remember the cut of these weights if, in small integers, it excludes ``deadline``."""
        for bits in (12, 16, 20):
            weight = np.rint(per_bit * (2**bits / per_bit.max())).astype(np.int64)
            if not cut_holds(self.uplink, weight, deadline):
                return self.remember(weight)
        return False

    def remember(self, weight: IntArray) -> bool:
        """Keep a cut for the masters to come; False if it is known already."""
        key = tuple(weight.tolist())
        if key in self._known:
            return False
        self._known.add(key)
        self.weights.append(weight)
        return True

    def _ask_again(
        self, deadline: IntArray, usable: IntArray, weight: FloatArray, count: IntArray, budget: Budget
    ) -> Answer:
        """Rounding failed: annealing, with new seeds each time that the same vector comes, then exactly."""
        uplink, vector = self.uplink, tuple(deadline.tolist())
        seed, steps = self._asked[vector], min(_STEPS, _EACH * uplink.rates.size)
        self._asked[vector] += 1
        if run_stoppable(
            lambda stop: exchange(uplink.rates, uplink.payload, usable, weight, count, _WALKS, steps, seed, stop),
            budget if budget.time_limit is None else budget.share(_SHARE * budget.remaining()),
        ):
            return Answer(count, False)
        return self._ask_exactly(deadline, budget)

    def _ask_exactly(self, deadline: IntArray, budget: Budget) -> Answer:
        """The relaxation has room, rounding found none: an integer programme decides, and a no-good follows."""
        count, impossible = allocate(self.uplink, deadline, budget)
        if count is not None:
            return Answer(count, False)
        if not impossible:
            return Answer(None, False)
        raised = deadline.copy()
        for k in range(self.uplink.count):
            step = max(1, (self.uplink.slots - int(raised[k])) // 2)
            while step > 0 and not budget.exhausted():
                trial = raised.copy()
                trial[k] = min(trial[k] + step, self.uplink.slots)
                if trial[k] > raised[k] and self._still_impossible(trial, budget):
                    raised = trial
                else:
                    step //= 2
        self.no_goods.append(raised)
        return Answer(None, True)

    def _still_impossible(self, deadline: IntArray, budget: Budget) -> bool:
        short = budget.share(0.2)
        _, impossible = allocate(self.uplink, deadline, short)
        return impossible

    def summary(self) -> str:
        """How the radio answered."""
        return f"masters: {self._rounds}, radio cuts: {len(self.weights)}, no-goods: {len(self.no_goods)}"
