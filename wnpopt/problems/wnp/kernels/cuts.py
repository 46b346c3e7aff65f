"""What weights of the modalities prove of the radio, in exact arithmetic."""

from __future__ import annotations

import numpy as np

from wnpopt.core.budget import Budget
from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.kernels.radio import deadlines, integral
from wnpopt.problems.wnp.kernels.throughput import concurrent_throughput
from wnpopt.problems.wnp.kernels.uplink import Uplink, stoppable


def cut_holds(uplink: Uplink, weight: IntArray, deadline: IntArray) -> bool:
    """True unless the weights prove, in exact arithmetic, that no allocation meets the deadlines.

    The claim that is checked: sum_{n,b} max_x sum_k u_k*r[k,n,b]*x_k >= sum_k u_k*D_k, with x over the slots that lie
    before the deadlines.
    """
    usable = uplink.usable(deadline)
    value = uplink.rates.astype(object) * weight.astype(object)[:, None, None]
    largest = int(uplink.rates.max(initial=0)) * int(weight.max(initial=0))
    if (
        largest * uplink.slots * uplink.rates.shape[1] < 2**62
    ):  # no sum below leaves 64 bits: the fast integers are exact
        value = uplink.rates * weight[:, None, None]
    order = np.argsort(-value, axis=0, kind="stable")
    sorted_value = np.take_along_axis(value, order, axis=0)
    prefix = np.maximum.accumulate(usable[order, np.arange(usable.shape[1])[None, None, :]], axis=0)
    slots = np.diff(prefix, axis=0, prepend=0)
    throughput = sum(int(part) for part in (sorted_value * slots).sum(axis=(0, 1)))
    return throughput >= sum(int(u) * int(d) for u, d in zip(weight, uplink.payload, strict=True))


def cut_bound(uplink: Uplink, tail: IntArray, weight: IntArray, at_most: int) -> int | None:
    """Largest C <= ``at_most`` such that the weights prove, exactly, that C - 1 cannot be met.

    None if there is none.
    """
    low, high = 0, at_most  # the cut fails to hold below C: monotone in C, so bisection is exact
    if cut_holds(uplink, weight, deadlines(-1, tail, uplink.slot_ticks, uplink.slots)):
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if cut_holds(uplink, weight, deadlines(middle - 1, tail, uplink.slot_ticks, uplink.slots)):
            high = middle - 1
        else:
            low = middle
    return low


def cannot_deliver(uplink: Uplink, budget: Budget) -> str | None:
    """Why the radio cannot deliver all payloads in all its slots, proved in exact arithmetic.

    None where that is not shown, in the time that ``budget`` leaves.
    """
    all_slots = np.full(uplink.count, uplink.slots, dtype=np.int64)
    if uplink.count == 0:
        return None
    if uplink.alone() is None:
        capacity = (uplink.rates * uplink.block_length).sum(axis=(1, 2))
        k = int(np.flatnonzero(capacity < uplink.payload)[0])
        return (
            f"modality {uplink.names[k]} needs {uplink.payload[k]} bits, and all resource blocks in all "
            f"slots carry {capacity[k]} for it"
        )
    usable = uplink.usable(all_slots)
    _, _, weight, _ = stoppable(
        uplink,
        budget,
        lambda stop: concurrent_throughput(uplink.share, usable, uplink.all_weights(), True, stop),
    )
    exact = integral(uplink, weight)
    if cut_holds(uplink, exact, all_slots):
        return None
    listed = ", ".join(f"{name}: {u}" for name, u in zip(uplink.names, exact, strict=True))
    return f"the payloads, weighted by modality ({listed}), exceed all that the resource blocks can carry in all slots"
