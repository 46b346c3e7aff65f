"""The instance as flat read-only arrays, the form in which compiled code takes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution

IntArray = npt.NDArray[np.int64]
RowArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float64]


class Arrays(NamedTuple):
    """What compiled code reads. N operators, E edges sorted by consumer, T = sum over edges of (units + 1).

    ``*_ptr`` slice the edges by consumer (``in_``) and, through ``out_edge``, by producer (``out_``). The windows are
    tables: with ``at = need_ptr[e]``, the device's rows [0, a) of the consumer need rows [dev_lo[at + a],
    dev_hi[at + a]) of the producer, the server's rows [b, units) need [srv_lo[at + b], srv_hi[at + b]). An empty need
    is [units, 0): it is never missing. ``sendable`` tells which tensors may be sent.
    """

    units: RowArray
    bytes: FloatArray
    device_fixed: FloatArray
    device_full: FloatArray
    server_fixed: FloatArray
    server_full: FloatArray
    sendable: npt.NDArray[np.bool_]
    in_ptr: RowArray
    in_source: RowArray
    in_consumer: RowArray
    out_ptr: RowArray
    out_edge: RowArray
    need_ptr: IntArray
    dev_lo: RowArray
    dev_hi: RowArray
    srv_lo: RowArray
    srv_hi: RowArray
    link: FloatArray  # uplink bytes/s, downlink bytes/s, latency s
    power: FloatArray  # watts: compute, communicate, standby


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
    sources, consumers, in_ptr, need_ptr = [], [], [0], [0]
    tables: list[tuple[RowArray, RowArray, RowArray, RowArray]] = []
    for v, operator in enumerate(operators):
        for edge in operator.inputs:
            u = index[edge.source]
            sources.append(u)
            consumers.append(v)
            window = edge.window
            shape = (0, 0, 0, 0) if window == "all" else (window.kernel, window.stride, window.padding, window.upsample)
            tables.append(_tables(operator.units, operators[u].units, *shape))
            need_ptr.append(need_ptr[-1] + operator.units + 1)
        in_ptr.append(len(sources))
    out_edge = np.argsort(np.array(sources, dtype=np.int64), kind="stable")
    out_ptr = np.searchsorted(np.array(sources, dtype=np.int64)[out_edge], np.arange(len(operators) + 1))
    limit = instance.input_bytes if instance.transfers == "small" else np.inf
    columns = [np.concatenate(column) if tables else np.zeros(0, np.int32) for column in zip(*tables, strict=True)]
    columns = columns or [np.zeros(0, np.int32)] * 4
    link, power = instance.link, instance.power_w
    arrays = Arrays(
        units=units,
        bytes=np.array([operator.output_bytes for operator in operators]),
        device_fixed=np.array([operator.device.fixed_s for operator in operators]),
        device_full=np.array([operator.device.full_s for operator in operators]),
        server_fixed=np.array([operator.server.fixed_s for operator in operators]),
        server_full=np.array([operator.server.full_s for operator in operators]),
        sendable=np.array([operator.output_bytes <= limit for operator in operators]),
        in_ptr=np.array(in_ptr, dtype=np.int32),
        in_source=np.array(sources, dtype=np.int32),
        in_consumer=np.array(consumers, dtype=np.int32),
        out_ptr=out_ptr.astype(np.int32),
        out_edge=out_edge.astype(np.int32),
        need_ptr=np.array(need_ptr, dtype=np.int64),
        dev_lo=columns[0],
        dev_hi=columns[1],
        srv_lo=columns[2],
        srv_hi=columns[3],
        link=np.array([link.uplink_bytes_per_s, link.downlink_bytes_per_s, link.latency_s]),
        power=np.array([power.compute, power.communicate, power.standby]),
    )
    for array in arrays:
        array.setflags(write=False)
    return Problem(instance, arrays)


def _tables(
    units: int, source_units: int, kernel: int, stride: int, padding: int, upsample: int
) -> tuple[RowArray, RowArray, RowArray, RowArray]:
    """dev_lo, dev_hi (by device_end) and srv_lo, srv_hi (by server_begin) of one edge; stride 0 stands for "all"."""
    ends = np.arange(units + 1, dtype=np.int64)
    if stride == 0:
        x_device = x_server = np.zeros(units + 1, dtype=np.int64)
        y_device = y_server = np.full(units + 1, source_units, dtype=np.int64)
        upsample = 1
    else:
        x_device = np.full(units + 1, -padding, dtype=np.int64)
        y_device = (ends - 1) * stride - padding + kernel
        x_server = ends * stride - padding
        y_server = np.full(units + 1, (units - 1) * stride - padding + kernel, dtype=np.int64)
    device = _clip(x_device, y_device, upsample, source_units, ends > 0)
    server = _clip(x_server, y_server, upsample, source_units, ends < units)
    return (*device, *server)


def _clip(
    x: IntArray, y: IntArray, upsample: int, units: int, computed: npt.NDArray[np.bool_]
) -> tuple[RowArray, RowArray]:
    lo = np.maximum(x // upsample, 0)
    hi = np.minimum(-(-y // upsample), units)
    empty = ~computed | (lo >= hi)
    return np.where(empty, units, lo).astype(np.int32), np.where(empty, 0, hi).astype(np.int32)
