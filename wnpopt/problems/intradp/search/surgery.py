"""The layer partition of least sequential estimate, by a minimum cut.

After DNN surgery (Hu, Bao, Wang, Liu, "Dynamic adaptive DNN surgery for inference acceleration on the edge", INFOCOM
2019): operators are nodes, the device is the source's side. Every operator costs its time on the side where it stands,
every tensor its transfer once for each direction in which somebody on the other side reads it. The estimate adds all
of it up; the plan is then scored by the true timing like every other.
"""

from __future__ import annotations

import numpy as np

from wnpopt.problems.intradp.kernels.problem import Problem
from wnpopt.problems.intradp.search.plans import PricedPlan, price

RESOLUTION = 200_000_000
"""Integer units that the device's whole work is divided into: scipy's maximum flow works in 32 bits."""

NEVER = 2_000_000_000


def min_cut(problem: Problem) -> PricedPlan:
    """The plan of the minimum cut; ties go to the device."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    p, n = problem.arrays, problem.count
    device, server = p.device_full, p.server_full
    cap = float(device.sum())
    scale = RESOLUTION / cap if cap > 1e-290 else 0.0  # below, the quotient would overflow
    source, sink = 3 * n, 3 * n + 1
    tails: list[int] = []
    heads: list[int] = []
    costs: list[int] = []

    def arc(tail: int, head: int, seconds: float) -> None:
        # All on the device costs `cap`: nothing dearer is ever cut.
        tails.append(tail)
        heads.append(head)
        costs.append(NEVER if seconds > 2 * cap else round(seconds * scale))

    for v in range(n):
        fixed = v in (0, n - 1)
        arc(source, v, np.inf if fixed else float(server[v]))
        arc(v, sink, float(device[v]))
    for u in range(n):
        rate_up, rate_down, delay = p.link
        readers = sorted({int(p.in_consumer[e]) for e in p.out_edge[p.out_ptr[u] : p.out_ptr[u + 1]]})
        if not readers:
            continue
        may = bool(p.sendable[u])
        arc(u, n + u, float(p.bytes[u] / rate_up + delay) if may else np.inf)
        arc(2 * n + u, u, float(p.bytes[u] / rate_down + delay) if may else np.inf)
        for v in readers:
            arc(n + u, v, np.inf)
            arc(v, 2 * n + u, np.inf)
    shape = (3 * n + 2, 3 * n + 2)
    network = csr_array((np.array(costs, np.int32), (np.array(tails), np.array(heads))), shape=shape)
    residual = network - maximum_flow(network, source, sink).flow
    residual.data[residual.data < 0] = 0
    residual.eliminate_zeros()
    reached = breadth_first_order(residual, source, return_predecessors=False)
    on_device = np.zeros(3 * n + 2, dtype=bool)
    on_device[reached] = True
    # What the source does not reach may stand on either side of a minimum cut unless the sink asks for it: the
    # device takes all that does not reach the sink.
    to_sink = breadth_first_order(residual.T.tocsr(), sink, return_predecessors=False)
    asked = np.zeros(3 * n + 2, dtype=bool)
    asked[to_sink] = True
    keep = on_device[:n] | ~asked[:n]
    keep[0] = keep[n - 1] = True
    a = np.where(keep, p.units, 0).astype(np.int32)
    return price(problem, a, a.copy(), "min-cut")
