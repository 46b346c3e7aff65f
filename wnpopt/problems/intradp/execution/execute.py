"""Executes a plan on real tensors in one process: two sides that hold just their rows, and the messages of the plan.

This is what proves windows and segments right: a side has nothing but what it computed and what was sent to it. The
outputs have to equal those of the unsplit network in a session of its own on the file as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.execution.network import Array
from wnpopt.execution.unsplit import deviation, largest_difference, largest_entry
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.nodes import cut_array
from wnpopt.problems.intradp.execution.segments import Side, program
from wnpopt.problems.intradp.execution.side import ReadySide, SharedConstants
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution


@dataclass(frozen=True)
class SplitRun:
    """The outputs that the device has, the rows of watched tensors by side, and what was sent."""

    outputs: dict[str, Array]
    watched: tuple[tuple[str, tuple[int, int], Array], ...]
    messages: int
    bytes: int
    segments: int
    blank: tuple[str, ...]


class SplitNetwork:
    """Both sides of a plan in this process."""

    def __init__(
        self,
        network: ExecutableNetwork,
        instance: IntradpInstance,
        solution: IntradpSolution,
        *,
        shared: SharedConstants | None = None,
        watch: Collection[str] = (),
        optimise: bool = True,
    ) -> None:
        shared = SharedConstants(network) if shared is None else shared
        self.network = network
        self.sides: dict[Side, ReadySide] = {}
        both: tuple[Side, Side] = ("device", "server")
        for side in both:
            made = program(network, instance, solution, side, watch)
            self.sides[side] = ReadySide(network, made, shared, optimise=optimise)

    def run(self, inputs: Mapping[str, Array], *, shift: int = 0) -> SplitRun:
        """One inference; raises :class:`InputError` where both sides wait for each other.

        With ``shift`` the rows of every message arrive so many rows further on: what a comparison has to notice.
        """
        self.network.check_inputs(inputs)
        for side in self.sides.values():
            side.forget()
        device, server = self.sides["device"], self.sides["server"]
        device.put_inputs(inputs)
        arrived: dict[Side, set[int]] = {"device": set(), "server": set()}
        pairs: tuple[tuple[Side, Side], ...] = (("device", "server"), ("server", "device"))
        if 0 in device.program.sends:
            self._deliver(device, server, 0, arrived["server"], shift)
        at: dict[Side, int] = {"device": 0, "server": 0}
        moved = True
        while moved:
            moved = False
            for name, other in pairs:
                side, peer = self.sides[name], self.sides[other]
                while at[name] < len(side.segments):
                    bound = side.segments[at[name]]
                    if not arrived[name].issuperset(bound.segment.waits):
                        break
                    bound.run()
                    at[name] += 1
                    moved = True
                    if bound.segment.sends is not None:
                        self._deliver(side, peer, bound.segment.sends, arrived[other], shift)
        if any(at[name] < len(side.segments) for name, side in self.sides.items()):
            raise InputError("the sides wait for each other")
        if not arrived["device"].issuperset(device.program.last_waits):
            raise InputError("a message with the outputs was not sent")
        sent = [b for side in self.sides.values() for message in side.program.sends.values() for b in message]
        return SplitRun(
            device.outputs(inputs),
            tuple(
                (buffer.tensor, buffer.rows, side.buffers[buffer.name].copy())
                for side in self.sides.values()
                for buffer in side.program.watched
            ),
            sum(len(side.program.sends) for side in self.sides.values()),
            sum(self.sides["device"].buffers[buffer.name].nbytes for buffer in sent),
            sum(len(side.segments) for side in self.sides.values()),
            tuple(dict.fromkeys(name for side in self.sides.values() for name in side.program.blank)),
        )

    def _deliver(self, source: ReadySide, target: ReadySide, message: int, arrived: set[int], shift: int) -> None:
        for buffer in source.program.sends[message]:
            value, where = source.buffers[buffer.name], self.network.locality.rows[buffer.tensor]
            if shift:
                value = np.roll(value, shift) if where is None else np.roll(value, shift * where.inner, where.axis)
            target.buffers[buffer.name][...] = value
        arrived.add(message)


def difference(
    network: ExecutableNetwork, run: SplitRun, outputs: Mapping[str, Array], inner: Mapping[str, Array]
) -> float:
    """The largest deviation of a split run from the unsplit network, in units of each tensor's largest entry.

    ``outputs`` and ``inner`` are the unsplit network's outputs and watched tensors. Infinite where one side has a
    number and the other none.
    """
    worst = largest_difference(run.outputs, outputs)
    for tensor, rows, value in run.watched:
        where, whole = network.locality.rows[tensor], inner[tensor]
        expected = whole if where is None else cut_array(whole, where, (0, network.units(tensor)), rows)
        worst = max(worst, deviation(value, expected, float(largest_entry(whole))))
    return worst
