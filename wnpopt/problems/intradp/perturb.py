"""One small random change of an intradp instance, for the adversarial search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from wnpopt.core.perturbation import Range, change, pick, replaced
from wnpopt.problems.intradp.instance import Input, IntradpInstance, Operator, Window

WIDEN = 4
"""The kernels of a changed instance are at most this much wider than the widest of the original."""


def perturb(instance: IntradpInstance, rng: np.random.Generator, origin: IntradpInstance) -> IntradpInstance:
    """``instance`` with one number changed (or the two of an operator's time).

    That is a rate of the link or its latency, an operator's times on one side, a tensor's bytes, the deadline, each
    within a factor of 5 of the range that it has in ``origin``, or a window's kernel (with its padding) or stride.
    Kernels stay between the least of ``origin`` (or 1) and :data:`WIDEN` more than its greatest, strides between 1 and
    one more than its greatest. Names, rows, the graph, powers and the objective stay; a deadline or latency that
    ``origin`` does not set stays unset.
    """
    move = _Moves(instance, rng, origin)
    return change(
        instance,
        rng,
        (move.uplink, move.downlink, move.latency, move.device, move.device, move.server, move.server, move.bytes,
         move.bytes, move.kernel, move.stride, move.deadline),
    )  # fmt: skip


def windows(instance: IntradpInstance) -> list[Window]:
    """Every window of ``instance``; edges that read all rows have none."""
    return [edge.window for op in instance.operators for edge in op.inputs if isinstance(edge.window, Window)]


class _Moves:
    """The changes; each returns None where there is nothing to change."""

    def __init__(self, instance: IntradpInstance, rng: np.random.Generator, origin: IntradpInstance) -> None:
        self._instance, self._rng, self._origin = instance, rng, origin

    def uplink(self) -> IntradpInstance | None:
        """The uplink's rate."""
        return self._link("uplink_bytes_per_s")

    def downlink(self) -> IntradpInstance | None:
        """The downlink's rate."""
        return self._link("downlink_bytes_per_s")

    def latency(self) -> IntradpInstance | None:
        """The link's latency, where there is one."""
        return self._link("latency_s")

    def device(self) -> IntradpInstance | None:
        """An operator's time on the device."""
        return self._time("device")

    def server(self) -> IntradpInstance | None:
        """An operator's time on the server."""
        return self._time("server")

    def bytes(self) -> IntradpInstance | None:
        """The size of a tensor."""
        i = pick(len(self._instance.operators), self._rng)
        operator = self._instance.operators[i]
        allowed = Range.around(op.output_bytes for op in self._origin.operators)
        size = allowed.real(operator.output_bytes, self._rng)
        return self._with(i, operator.model_copy(update={"output_bytes": size}))

    def kernel(self) -> IntradpInstance | None:
        """A window that is wider or narrower by two rows, one at each end."""
        known = [window.kernel for window in windows(self._origin)]
        by = 1 if self._rng.random() < 0.5 else -1

        def widened(window: Window) -> Window | None:
            kernel = window.kernel + 2 * by
            if not min(1, *known) <= kernel <= max(known) + WIDEN:
                return None
            return window.model_copy(update={"kernel": kernel, "padding": window.padding + by})

        return self._window(widened)

    def stride(self) -> IntradpInstance | None:
        """A window's stride, by one."""
        known = [window.stride for window in windows(self._origin)]
        by = 1 if self._rng.random() < 0.5 else -1

        def moved(window: Window) -> Window | None:
            stride = window.stride + by
            return window.model_copy(update={"stride": stride}) if 1 <= stride <= max(known) + 1 else None

        return self._window(moved)

    def deadline(self) -> IntradpInstance | None:
        """The deadline, where there is one."""
        deadline, known = self._instance.deadline_s, self._origin.deadline_s
        if deadline is None or known is None:
            return None
        return self._instance.changed(deadline_s=Range.around([known]).real(deadline, self._rng))

    def _link(self, field: str) -> IntradpInstance | None:
        link = self._instance.link
        allowed = Range.around([float(getattr(self._origin.link, field))])
        value = allowed.real(float(getattr(link, field)), self._rng)
        return self._instance.changed(link=link.model_copy(update={field: value}))

    def _time(self, side: Literal["device", "server"]) -> IntradpInstance | None:
        """Both times of an operator by one factor, or its fixed part alone."""
        i = pick(len(self._instance.operators), self._rng)
        operator = self._instance.operators[i]
        cost = operator.device if side == "device" else operator.server
        origin = [op.device if side == "device" else op.server for op in self._origin.operators]
        if cost.full_s == 0:
            return None
        launch = Range.around(c.fixed_s for c in origin if c.full_s > 0)
        if self._rng.random() < 0.25:
            fixed = launch.real(cost.fixed_s, self._rng)
            changed = cost.model_copy(update={"fixed_s": min(fixed, cost.full_s)})
        else:
            full = Range.around(c.full_s for c in origin if c.full_s > 0).real(cost.full_s, self._rng)
            fixed = launch.clip(cost.fixed_s / cost.full_s * full)
            changed = cost.model_copy(update={"full_s": full, "fixed_s": min(full, fixed)})
        return self._with(i, operator.model_copy(update={side: changed}))

    def _window(self, move: Callable[[Window], Window | None]) -> IntradpInstance | None:
        operators = self._instance.operators
        places = [
            (i, j) for i, op in enumerate(operators) for j, e in enumerate(op.inputs) if isinstance(e.window, Window)
        ]
        if not places:
            return None
        i, j = places[pick(len(places), self._rng)]
        edge = operators[i].inputs[j]
        assert isinstance(edge.window, Window)
        window = move(edge.window)
        if window is None:
            return None
        changed: Input = edge.model_copy(update={"window": window})
        inputs = replaced(operators[i].inputs, j, changed)
        return self._with(i, operators[i].model_copy(update={"inputs": inputs}))

    def _with(self, i: int, operator: Operator) -> IntradpInstance:
        return self._instance.changed(operators=replaced(self._instance.operators, i, operator))
