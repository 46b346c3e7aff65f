"""A fixed set of served users, in arrays: what the convex problems over it have in common."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.problems.slide.columnar.allocation import Allocation
from wnpopt.problems.slide.columnar.columns import FloatArray, IntArray, SlideColumns
from wnpopt.problems.slide.kernels.fixed import Members, group_rates, group_widths, latencies
from wnpopt.problems.slide.kernels.hull import Rows, hull_rows
from wnpopt.problems.slide.kernels.rate import devices_of, pair_frequencies
from wnpopt.problems.slide.selection.plan import Assignment


@dataclass(frozen=True, eq=False)
class ServedSet:
    """``S`` served users sorted by transmission, ``G`` transmissions delimited by ``group_start`` (G + 1).

    A transmission is a user's (unicast) or a model's (multicast). All arrays over users have shape (S,).
    """

    columns: SlideColumns
    rows: Rows
    user: IntArray
    model: IntArray
    group_start: IntArray

    @staticmethod
    def of(columns: SlideColumns, plan: Assignment) -> ServedSet:
        """The set of ``plan``; raises :class:`InputError` for whole resource blocks, which are not convex."""
        if columns.resource_block_hz is not None:
            raise InputError(
                f"found {columns.resource_block_hz:g}; a band that divides continuously (null) is needed here",
                where="resource_block_hz",
            )
        order = np.lexsort((plan.user, plan.model)) if columns.multicast else np.argsort(plan.user, kind="stable")
        user, model = plan.user[order], plan.model[order]
        if columns.multicast:
            start = np.append(np.unique(model, return_index=True)[1], model.size)
        else:
            start = np.arange(user.size + 1)
        return ServedSet(columns, hull_rows(columns), user, model, start.astype(np.int64))

    @property
    def size(self) -> int:
        """S."""
        return int(self.user.size)

    @cached_property
    def group(self) -> IntArray:
        """Transmission of each user."""
        return np.repeat(np.arange(self.group_start.size - 1), np.diff(self.group_start))

    @cached_property
    def deadline(self) -> FloatArray:
        """Seconds."""
        return self.columns.deadline_s[self.user]

    @cached_property
    def energy(self) -> FloatArray:
        """Joules, infinite without a limit."""
        return self.columns.energy_j[self.user]

    @cached_property
    def compute(self) -> FloatArray:
        """c: the energy for computing is c*f^2."""
        return self.columns.energy_per_flop_hz2[self.user] * self.rows.total_flop[self.model]

    @cached_property
    def receive(self) -> FloatArray:
        """P*D: the energy for receiving is P*D*y."""
        return self.columns.receive_w[self.user] * self.rows.total_bits[self.model]

    @cached_property
    def low(self) -> FloatArray:
        """1/f_max."""
        return 1.0 / self.columns.frequency_max_hz[self.user]

    @cached_property
    def inverse_k(self) -> FloatArray:
        """1/k."""
        return 1.0 / self.columns.flop_per_cycle[self.user]

    @cached_property
    def efficiency(self) -> FloatArray:
        """bit/s/Hz, 0 for a fixed power."""
        return self.columns.efficiency[self.user]

    @cached_property
    def snr_hz(self) -> FloatArray:
        """Hz, 0 for links given by their efficiency."""
        return self.columns.snr_hz[self.user]

    @cached_property
    def first(self) -> IntArray:
        """First hull row of the user's model."""
        return self.rows.start[self.model]

    @cached_property
    def last(self) -> IntArray:
        """End of the hull rows of the user's model."""
        return self.rows.start[self.model + 1]

    @cached_property
    def members(self) -> Members:
        """The users as the kernels take them."""
        return Members(*(getattr(self, field) for field in Members._fields))

    def longest(self, deadline: FloatArray) -> FloatArray:
        """Greatest inverse rate of each transmission that meets these deadlines (S,), shape (G,); 0 where none does."""
        changed = self.columns.deadline_s.copy()
        changed[self.user] = deadline
        changed.setflags(write=False)
        devices = devices_of(self.columns)._replace(deadline_s=changed)
        inverse, _ = pair_frequencies(self.user, self.model, devices, self.rows, False)
        if self.size == 0:
            return np.zeros(0)
        return np.asarray(np.minimum.reduceat(inverse, self.group_start[:-1]))

    def widths(self, inverse_rate: FloatArray) -> FloatArray:
        """Hz of each transmission at its inverse rate, (G,)."""
        return group_widths(inverse_rate, self.group_start, self.efficiency, self.snr_hz)

    def inverse_rates(self, width: FloatArray) -> FloatArray:
        """Inverse rate of each transmission in ``width`` Hz, (G,)."""
        return 1.0 / group_rates(width, self.group_start, self.efficiency, self.snr_hz)

    def latencies(self, inverse_rate: FloatArray) -> FloatArray:
        """Seconds of each user at its transmission's inverse rate (G,), at the fastest frequency that it may use."""
        return self._run(inverse_rate)[0]

    def allocation(self, width: FloatArray) -> Allocation:
        """The allocation of ``width`` Hz to each transmission, at the fastest frequencies."""
        _, inverse = self._run(self.inverse_rates(width))
        order = np.argsort(self.user, kind="stable")
        low, high = self.columns.frequency_min_hz[self.user], self.columns.frequency_max_hz[self.user]
        frequency = np.where(inverse <= self.low, high, np.minimum(high, np.maximum(low, 1.0 / inverse)))
        return Allocation(
            self.user[order], self.model[order], width[self.group][order], np.ascontiguousarray(frequency[order])
        )

    def _run(self, inverse_rate: FloatArray) -> tuple[FloatArray, FloatArray]:
        return latencies(inverse_rate[self.group], self.members, self.rows)
