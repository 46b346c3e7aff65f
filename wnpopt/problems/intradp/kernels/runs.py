"""What computing some rows of an operator takes at least, for bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wnpopt.problems.intradp.instance import Cost, IntradpInstance
from wnpopt.problems.intradp.kernels.arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class RowCosts:
    """Of all operators, flat, the rows of operator u from ``ptr[u]`` on.

    ``device`` and ``server``: least seconds of at least rows [0, r), or [r, units). All rows may take less than all but
    one, which are cut; who needs r rows may compute more. ``joules`` and ``seconds``: of exactly rows [0, r) on the
    device; ``on_server``: of exactly [r, units).
    """

    ptr: IntArray
    device: FloatArray
    server: FloatArray
    seconds: FloatArray
    joules: FloatArray
    on_server: FloatArray

    @classmethod
    def of(cls, instance: IntradpInstance, watt: Sequence[float], launch: float) -> RowCosts:
        """The runs of ``instance``; ``watt`` is each operator's power on the device, but for launches."""
        device, server, seconds, joules, on_server = [], [], [], [], []
        ptr = [0]
        for operator, own in zip(instance.operators, watt, strict=True):
            units = operator.units
            rows = np.arange(units + 1)
            cut, computing = _parts(operator.device, rows, units)
            seconds.append(cut + computing)
            joules.append(launch * cut + own * computing)
            device.append(_least_of_more(seconds[-1]))
            cut, computing = _parts(operator.server, rows, units)
            server.append(_least_of_more(cut + computing)[::-1])
            on_server.append((cut + computing)[::-1])
            ptr.append(ptr[-1] + units + 1)
        return cls(
            np.array(ptr, dtype=np.int64),
            np.concatenate(device),
            np.concatenate(server),
            np.concatenate(seconds),
            np.concatenate(joules),
            np.concatenate(on_server),
        )

    def extra(self, watt: float) -> FloatArray:
        """Least joules of at least rows [0, r) on the device beyond ``watt`` in the seconds that they take.

        ``watt`` is at most every power of the device.
        """
        more = np.maximum(0.0, self.joules - watt * self.seconds)
        pieces = [_least_of_more(more[first:end]) for first, end in zip(self.ptr[:-1], self.ptr[1:], strict=True)]
        return np.concatenate(pieces)


def least_power(instance: IntradpInstance) -> float:
    """The least that a second of an inference costs the device, in W."""
    return min(instance.power_w.communicate, instance.power_w.standby, least_busy_power(instance))


def least_busy_power(instance: IntradpInstance) -> float:
    """The least that a second of its computing costs the device, in W."""
    power = instance.power_w
    own = [operator.device.compute_w for operator in instance.operators if operator.device.compute_w is not None]
    return min(power.compute, power.compute if power.launch is None else power.launch, *own)


def _parts(cost: Cost, rows: IntArray, units: int) -> tuple[FloatArray, FloatArray]:
    """Seconds of (launch and cutting, computing) of each number of rows."""
    cut = cost.fixed_s + np.where(rows < units, cost.partial_s, 0.0)
    return np.where(rows > 0, cut, 0.0), (cost.full_s - cost.fixed_s) * rows / units


def _least_of_more(took: FloatArray) -> FloatArray:
    """For each number of rows the least of so many or more."""
    return np.minimum.accumulate(took[::-1])[::-1]
