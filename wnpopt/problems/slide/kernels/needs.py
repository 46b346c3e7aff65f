"""What every pair of user and model needs: the scalars on which the whole problem becomes a selection."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wnpopt.problems.slide.columnar.columns import FloatArray, IntArray, SlideColumns
from wnpopt.problems.slide.kernels.hull import Rows, download_rows, hull_rows
from wnpopt.problems.slide.kernels.link import bands
from wnpopt.problems.slide.kernels.rate import devices_of, inverse_rates, pair_frequencies
from wnpopt.problems.slide.kernels.scheme import Scheme

EXACT = 1e-12
"""Relative slack of what is given out as a solution: a limit that is met exactly may be missed by rounding."""

RELAXED = 1.1e-9
"""Relative slack of what is proved: the verifier's and a tenth of it for rounding, here and there (sums of up to 10^5
terms), so that nothing that it accepts is left out."""

_SPECK = 1e-18


@dataclass(frozen=True, eq=False)
class Needs:
    """Least needs of all pairs under a scheme.

    ``inverse_rate`` (U, J) is the greatest 1/rate in s/bit, 0 where a pair is infeasible at any rate. ``relaxed``
    needs hold all limits within the verifier's tolerance, and a little more.
    """

    columns: SlideColumns
    rows: Rows
    scheme: Scheme
    relaxed: bool
    inverse_rate: FloatArray

    @staticmethod
    @np.errstate(all="ignore")  # what overflows is infinite, and no plan
    def of(columns: SlideColumns, *, relaxed: bool = False, scheme: Scheme = Scheme.SLIDE) -> Needs:
        """The needs of ``columns``."""
        rows = download_rows(columns) if scheme is Scheme.DOWNLOAD_FIRST else hull_rows(columns)
        slack, at_most = RELAXED if relaxed else 0.0, scheme is Scheme.MAX_FREQUENCY
        inverse = inverse_rates(
            devices_of(columns), rows, columns.min_accuracy, columns.accuracy, columns.allowed, slack, at_most
        )
        inverse.setflags(write=False)
        return Needs(columns, rows, scheme, relaxed, inverse)

    @property
    def slack(self) -> float:
        """Relative slack of sums."""
        return RELAXED if self.relaxed else EXACT

    @property
    def capacity(self) -> float:
        """What the bandwidths may add up to: resource blocks, or Hz, slack included."""
        block = self.columns.resource_block_hz
        if block is None:
            return self.columns.bandwidth_hz * (1 + self.slack)
        return math.floor(self.columns.bandwidth_hz / block * (1 + 2 * self.slack))

    @property
    def cache(self) -> float:
        """What the sizes of the models served may add up to, in bits; infinite without a limit."""
        limit = self.columns.cache_bits
        return math.inf if limit is None else limit * (1 + self.slack)

    @cached_property
    @np.errstate(all="ignore")  # what overflows is infinite, and no plan
    def costs(self) -> FloatArray:
        """Least bandwidth of each pair alone, in the unit of :attr:`capacity`, shape (U, J); infinite if too much."""
        most = self.columns.bandwidth_hz * (1 + 4 * self.slack)
        hz = bands(self.inverse_rate, self.columns.efficiency, self.columns.snr_hz, most)
        costs = self.in_units(hz)
        costs[costs > self.capacity] = np.inf
        costs.setflags(write=False)
        return costs

    @property
    def values_in_reach(self) -> FloatArray:
        """What those users add to the objective who could be served if they were alone, (N,)."""
        able = np.isfinite(self.costs) & (self.columns.model_bits <= self.cache)
        return np.asarray(self.columns.values[able.any(axis=1)])

    @property
    def least_hz(self) -> float:
        """What a transmission has at least: the verifier asks for some bandwidth, however little is needed.

        So small a part of the band that not even a million of them are more than the slack of what is proved.
        """
        return max(min(self.columns.bandwidth_hz * _SPECK, 1e-6), 5e-324)

    @np.errstate(all="ignore")  # what overflows is infinite, and no plan
    def in_units(self, hz: FloatArray) -> FloatArray:
        """Hz in the unit of :attr:`capacity`: itself, or whole resource blocks rounded up."""
        block = self.columns.resource_block_hz
        if block is None:
            return np.maximum(hz, self.least_hz)
        # A served user has at least one block.
        return np.maximum(1.0, np.ceil(hz / (block * (1 + self.slack)) * (1 - EXACT)))

    def frequencies(self, user: IntArray, model: IntArray) -> FloatArray:
        """Frequencies in Hz at which the pairs are feasible at their least rate, and at any higher one."""
        at_most = self.scheme is Scheme.MAX_FREQUENCY
        _, frequency = pair_frequencies(user, model, devices_of(self.columns), self.rows, at_most)
        return frequency
