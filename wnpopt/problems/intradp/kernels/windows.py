"""The windows of all edges as tables, see :class:`~wnpopt.problems.intradp.kernels.arrays.Arrays`."""

from __future__ import annotations

import numpy as np

from wnpopt.backends.compiled import compiled
from wnpopt.problems.intradp.kernels.arrays import IntArray, RowArray


@compiled
def tabulate(
    units: RowArray, sources: RowArray, consumers: RowArray, shapes: IntArray, ptr: IntArray
) -> tuple[RowArray, RowArray, RowArray, RowArray]:
    """dev_lo, dev_hi (by device_end) and srv_lo, srv_hi (by server_begin), edge e at ``ptr[e]``.

    ``shapes`` (E, 4): kernel, stride, padding, upsample; stride 0 stands for "all".
    """
    size = ptr[len(sources)]
    dev_lo, dev_hi = np.zeros(size, np.int32), np.zeros(size, np.int32)
    srv_lo, srv_hi = np.zeros(size, np.int32), np.zeros(size, np.int32)
    for e in range(len(sources)):
        rows, most, at = np.int64(units[consumers[e]]), np.int64(units[sources[e]]), ptr[e]
        kernel, stride, padding, upsample = shapes[e, 0], shapes[e, 1], shapes[e, 2], shapes[e, 3]
        for r in range(rows + 1):
            lo = hi = np.int64(0)
            if r > 0:
                hi = most
                if stride > 0:
                    lo = max(-padding // upsample, np.int64(0))
                    hi = min(-(-((r - 1) * stride - padding + kernel) // upsample), most)
            dev_lo[at + r] = lo if lo < hi else most
            dev_hi[at + r] = hi if lo < hi else 0
            lo = hi = np.int64(0)
            if r < rows:
                hi = most
                if stride > 0:
                    lo = max((r * stride - padding) // upsample, np.int64(0))
                    hi = min(-(-((rows - 1) * stride - padding + kernel) // upsample), most)
            srv_lo[at + r] = lo if lo < hi else most
            srv_hi[at + r] = hi if lo < hi else 0
    return dev_lo, dev_hi, srv_lo, srv_hi
