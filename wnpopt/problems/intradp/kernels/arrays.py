"""What compiled code reads: flat read-only arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
RowArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float64]


class Arrays(NamedTuple):
    """What compiled code reads. N operators, E edges sorted by consumer, T = sum over edges of (units + 1).

    ``*_ptr`` slice the edges by consumer (``in_``) and, through ``out_edge``, by producer (``out_``). The windows are
    tables: with ``at = need_ptr[e]``, the device's rows [0, a) of the consumer need rows [dev_lo[at + a],
    dev_hi[at + a]) of the producer, the server's rows [b, units) need [srv_lo[at + b], srv_hi[at + b]). An empty need
    is [units, 0): it is never missing. ``sendable`` tells which tensors may be sent.

    For bounds, flat, the rows of operator u from ``row_ptr[u]`` on: ``device_least[. + r]`` and ``server_least[. + r]``
    are the least seconds of at least rows [0, r), or [r, units); ``device_extra`` the least joules of the former beyond
    the least of all powers.
    """

    units: RowArray
    bytes: FloatArray
    device_fixed: FloatArray
    device_full: FloatArray
    server_fixed: FloatArray
    server_full: FloatArray
    device_partial: FloatArray
    server_partial: FloatArray
    device_watt: FloatArray  # but for launches
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
    row_ptr: IntArray
    device_least: FloatArray
    server_least: FloatArray
    device_extra: FloatArray
    link: FloatArray  # uplink bytes/s, downlink bytes/s (what carries tensors of both), latency s
    power: FloatArray  # watts: compute, communicate, standby, launch
    segments: FloatArray  # seconds of a cut at a message: device, server
