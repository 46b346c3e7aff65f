"""A lower bound on the robust value, from a bound of each world (models/wnp/simulation.md has the proof)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.core.result import relative_gap
from wnpopt.problems.wnp.runtime.hindsight import lower_bound
from wnpopt.problems.wnp.runtime.kernels.sampling import FloatArray
from wnpopt.problems.wnp.runtime.robust.sample import Sample, criterion
from wnpopt.problems.wnp.solution import WnpSolution

_SHARE = 0.2
"""Of the time that is left, for bounds."""


@dataclass(frozen=True)
class SampleBound:
    """Bounds of the first worlds of a sample, ``values`` (scenarios, worlds): NaN where nothing can be delivered.

    No plan and no policy, not even one that knows the worlds, has a lesser objective in any of them; so none has a
    lesser mean over them, nor a lesser mean of the worst of them.
    """

    values: FloatArray

    @staticmethod
    def of(sample: Sample, budget: Budget) -> SampleBound:
        """Bounds of up to ``bound_worlds`` worlds of each scenario, of fewer where time is short."""
        wanted = min(sample.scenarios.bound_worlds, sample.scenarios.test_worlds)
        part = budget if budget.time_limit is None else budget.share(_SHARE * budget.remaining())
        rows: list[list[float]] = []
        for number in range(wanted):
            if part.exhausted():
                break
            each = [lower_bound(sample.setting, w.world(sample.first + number), part) for w in sample.worlds]
            rows.append([np.nan if value is None else value for value in each])
        return SampleBound(np.array(rows, dtype=np.float64).reshape(len(rows), len(sample.worlds)).T)

    def compared(self, sample: Sample, plan: WnpSolution) -> dict[str, object] | None:
        """The criterion of ``plan`` and of the bounds over the worlds that have one; None where there are none.

        No ``value`` and ``gap`` where the plan does not end in all of these worlds.
        """
        known = ~np.isnan(self.values)
        if not known.any():
            return None
        bounds = self.values[known]
        objectives = sample.objectives(plan).reshape(len(sample.worlds), sample.count)
        reached = objectives[:, : self.values.shape[1]][known]
        bound = criterion(sample.scenarios, bounds)
        value = None if np.isnan(reached).any() else criterion(sample.scenarios, reached)
        return {
            "worlds": int(bounds.size),
            "value": value,
            "bound": bound,
            "gap": None if value is None else relative_gap(value, bound),
        }
