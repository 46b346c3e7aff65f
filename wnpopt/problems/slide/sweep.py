"""Users served by simultaneous downloading and by download-then-infer, over a parameter, with rho and the spread."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wnpopt.problems.slide.instance import SlideInstance


@dataclass(frozen=True)
class Spread:
    """Values over seeds."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Arithmetic mean."""
        return math.fsum(self.values) / len(self.values)

    @property
    def low(self) -> float:
        """Least."""
        return min(self.values)

    @property
    def high(self) -> float:
        """Greatest."""
        return max(self.values)


@dataclass(frozen=True)
class Point:
    """What both schemes serve at ``x``, and the mean rho of the users served, each over seeds.

    ``proved`` says that every one of these is optimal for its scheme.
    """

    x: float
    slide: Spread
    dai: Spread
    rho: Spread
    proved: bool

    @property
    def gain(self) -> float:
        """How many more users simultaneous downloading serves, as a share of the other's."""
        return self.slide.mean / self.dai.mean - 1 if self.dai.mean > 0 else math.inf


def sweep(make: Callable[[float, int], SlideInstance], values: Sequence[float], seeds: Sequence[int]) -> list[Point]:
    """A point for each value: ``make(value, seed)`` gives the instances (no multicast with a choice of models)."""
    return [_point(make, value, seeds) for value in values]


def _point(make: Callable[[float, int], SlideInstance], x: float, seeds: Sequence[int]) -> Point:
    import numpy as np

    from wnpopt.problems.slide.kernels.needs import Needs, Scheme
    from wnpopt.problems.slide.selection.exact import exact_selection

    slide, dai, rho = [], [], []
    proved = True
    for seed in seeds:
        columns = make(x, seed).columns
        needs = Needs.of(columns)
        chosen, other = exact_selection(needs), exact_selection(Needs.of(columns, scheme=Scheme.DOWNLOAD_FIRST))
        assert chosen is not None, "a sweep needs variants with a special exact method"
        assert other is not None
        proved &= all(s.bound is not None and s.bound <= s.value * (1 + 1e-9) for s in (chosen, other))
        plan = chosen.plan
        speed = columns.flop_per_cycle[plan.user] * needs.frequencies(plan.user, plan.model)
        share = columns.model_flop[plan.model] / speed / columns.deadline_s[plan.user]
        slide.append(chosen.value)
        dai.append(other.value)
        rho.append(float(np.mean(share)) if share.size else 0.0)
    return Point(x, Spread(tuple(slide)), Spread(tuple(dai)), Spread(tuple(rho)), proved)
