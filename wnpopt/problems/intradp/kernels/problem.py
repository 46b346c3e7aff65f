"""The instance as flat read-only arrays, the form in which compiled code takes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.kernels.arrays import Arrays
from wnpopt.problems.intradp.kernels.runs import RowCosts, least_power
from wnpopt.problems.intradp.kernels.windows import tabulate
from wnpopt.problems.intradp.solution import IntradpSolution


@dataclass(frozen=True)
class Problem:
    """A compiled instance: its arrays, and the way back to a solution."""

    instance: IntradpInstance
    arrays: Arrays

    @classmethod
    def of(cls, instance: IntradpInstance) -> Problem:
        """The problem of ``instance``; the same object for the same instance object."""
        return _compile(_Same(instance))

    @property
    def count(self) -> int:
        """Number of operators, input and output included."""
        return len(self.arrays.units)

    @property
    def limit(self) -> float:
        """Latency (s) that the verifier still accepts; infinite without a deadline."""
        deadline = self.instance.deadline_s
        return np.inf if deadline is None else deadline * (1 + 1e-9)

    @property
    def by_energy(self) -> bool:
        """True if the objective is energy."""
        return self.instance.objective == "energy"

    def solution(self, device_end: npt.ArrayLike, server_begin: npt.ArrayLike) -> IntradpSolution:
        """The solution with these rows."""
        return IntradpSolution(
            instance=self.instance.name,
            device_end=tuple(int(a) for a in np.asarray(device_end)),
            server_begin=tuple(int(b) for b in np.asarray(server_begin)),
        )


class _Same:
    """Hashes an instance by identity, so that compiling it again is free and comparing costs nothing."""

    def __init__(self, instance: IntradpInstance) -> None:
        self.instance = instance

    def __hash__(self) -> int:
        return id(self.instance)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.instance is self.instance


@lru_cache(maxsize=4)
def _compile(key: _Same) -> Problem:
    instance = key.instance
    operators = instance.operators
    index = {operator.name: i for i, operator in enumerate(operators)}
    units = np.array([operator.units for operator in operators], dtype=np.int32)
    sources, consumers, in_ptr, shapes = [], [], [0], []
    for v, operator in enumerate(operators):
        for edge in operator.inputs:
            sources.append(index[edge.source])
            consumers.append(v)
            window = edge.window
            if window == "all":
                shapes.append((0, 0, 0, 1))
            else:
                shapes.append((window.kernel, window.stride, window.padding, window.upsample))
        in_ptr.append(len(sources))
    in_source, in_consumer = np.array(sources, dtype=np.int32), np.array(consumers, dtype=np.int32)
    need_ptr = np.concatenate([[0], np.cumsum(units[in_consumer].astype(np.int64) + 1)])
    tables = tabulate(units, in_source, in_consumer, np.array(shapes, dtype=np.int64).reshape(-1, 4), need_ptr)
    out_edge = np.argsort(in_source, kind="stable")
    out_ptr = np.searchsorted(in_source[out_edge], np.arange(len(operators) + 1))
    limit = instance.input_bytes if instance.transfers == "small" else np.inf
    link, power = instance.link, instance.power_w
    launch = power.compute if power.launch is None else power.launch
    watt = [power.compute if o.device.compute_w is None else o.device.compute_w for o in operators]
    runs = RowCosts.of(instance, watt, launch)
    arrays = Arrays(
        units=units,
        bytes=np.array([operator.output_bytes for operator in operators]),
        device_fixed=np.array([operator.device.fixed_s for operator in operators]),
        device_full=np.array([operator.device.full_s for operator in operators]),
        server_fixed=np.array([operator.server.fixed_s for operator in operators]),
        server_full=np.array([operator.server.full_s for operator in operators]),
        device_partial=np.array([operator.device.partial_s for operator in operators]),
        server_partial=np.array([operator.server.partial_s for operator in operators]),
        device_watt=np.array(watt, dtype=np.float64),
        sendable=np.array([operator.output_bytes <= limit for operator in operators]),
        in_ptr=np.array(in_ptr, dtype=np.int32),
        in_source=in_source,
        in_consumer=in_consumer,
        out_ptr=out_ptr.astype(np.int32),
        out_edge=out_edge.astype(np.int32),
        need_ptr=need_ptr,
        dev_lo=tables[0],
        dev_hi=tables[1],
        srv_lo=tables[2],
        srv_hi=tables[3],
        row_ptr=runs.ptr,
        device_least=runs.device,
        server_least=runs.server,
        device_extra=runs.extra(least_power(instance)),
        link=np.array(
            [link.uplink_bytes_per_s * link.efficiency, link.downlink_bytes_per_s * link.efficiency, link.latency_s]
        ),
        power=np.array([power.compute, power.communicate, power.standby, launch], dtype=np.float64),
        segments=np.array([instance.segment_s.device, instance.segment_s.server], dtype=np.float64),
    )
    for array in arrays:
        array.setflags(write=False)
    return Problem(instance, arrays)


def is_chain(problem: Problem) -> bool:
    """True if no tensor has two readers: then labels on the network itself are quick and good."""
    sources = {(edge.source, operator.name) for operator in problem.instance.operators for edge in operator.inputs}
    return len({source for source, _ in sources}) == len(sources)
