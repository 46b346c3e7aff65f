"""One small random change of an intradp instance, for the adversarial search."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from wnpopt.core.perturbation import Move, NumberMove, Range, Walk, change, moves_of_optional
from wnpopt.problems.intradp.instance import Cost, IntradpInstance, Window

WIDEN = 4
"""The kernels of a changed instance are at most this much wider than the widest of the original."""

_WINDOWS = "operators.*.inputs.*.window"

_LATER: Mapping[str, float | None] = MappingProxyType(
    {
        "link.efficiency": 1.0,
        "operators.*.device.partial_s": 0.0,
        "operators.*.server.partial_s": 0.0,
        "segment_s.device": 0.0,
        "segment_s.server": 0.0,
        "power_w.launch": None,
        "operators.*.device.compute_w": None,
    }
)
"""Optional fields with their defaults: those that ``origin`` sets are changed too, and nothing is drawn for others."""


def perturb(instance: IntradpInstance, rng: np.random.Generator, origin: IntradpInstance) -> IntradpInstance:
    """``instance`` with one number changed (or the two of an operator's time).

    That is a rate of the link, its latency or efficiency, an operator's times on one side or its power, what partial
    operators and segments cost, a tensor's bytes, the deadline, each within a factor of 5 of the range that it has in
    ``origin``, or a window's kernel (with its padding) or stride. Kernels stay between the least of ``origin`` (or 1)
    and :data:`WIDEN` more than its greatest, strides between 1 and one more than its greatest. Names, rows, the graph,
    the device's powers but for those of launches and operators, and the objective stay; what ``origin`` does not set
    stays unset.
    """
    moves: dict[Move[IntradpInstance], int] = {
        NumberMove("link.uplink_bytes_per_s"): 1,
        NumberMove("link.downlink_bytes_per_s"): 1,
        NumberMove("link.latency_s"): 1,
        _times("device"): 2,
        _times("server"): 2,
        NumberMove("operators.*.output_bytes"): 2,
        _kernel: 1,
        _stride: 1,
        NumberMove("deadline_s"): 1,
    }
    return change(instance, rng, origin, moves | moves_of_optional(origin, _LATER))


def _is_window(value: object) -> bool:
    return isinstance(value, Window)  # edges that read all rows have none


def _takes_time(cost: Cost) -> bool:
    return cost.full_s > 0


def _kernel(walk: Walk[IntradpInstance]) -> IntradpInstance | None:
    """A window that is wider or narrower by two rows, one at each end."""
    place, window = walk.pick(_WINDOWS, _is_window)
    by = _up_or_down(walk.rng)
    kernel, known = window.kernel + 2 * by, [other.kernel for other in walk.known(_WINDOWS, _is_window)]
    if not min(1, *known) <= kernel <= max(known) + WIDEN:
        return None
    return walk.put({(*place, "kernel"): kernel, (*place, "padding"): window.padding + by})


def _stride(walk: Walk[IntradpInstance]) -> IntradpInstance | None:
    """A window's stride, by one."""
    place, window = walk.pick(_WINDOWS, _is_window)
    stride = window.stride + _up_or_down(walk.rng)
    most = max(other.stride for other in walk.known(_WINDOWS, _is_window)) + 1
    return walk.put({(*place, "stride"): stride}) if 1 <= stride <= most else None


def _up_or_down(rng: np.random.Generator) -> int:
    return 1 if rng.random() < 0.5 else -1


def _times(side: str) -> Move[IntradpInstance]:
    """Both times of an operator on one side by one factor, or its fixed part alone."""
    path = f"operators.*.{side}"

    def move(walk: Walk[IntradpInstance]) -> IntradpInstance | None:
        place, cost = walk.pick(path, _takes_time)
        known = walk.known(path, _takes_time)
        launch = Range.around(other.fixed_s for other in known)
        if walk.rng.random() < 0.25:
            full, fixed = cost.full_s, launch.real(cost.fixed_s, walk.rng)
        else:
            full = Range.around(other.full_s for other in known).real(cost.full_s, walk.rng)
            fixed = launch.clip(cost.fixed_s / cost.full_s * full)
        return walk.put({(*place, "full_s"): full, (*place, "fixed_s"): min(full, fixed)})

    return move
