"""Plans made ready on a side, before the first inference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.remote.job import SplitModel
from wnpopt.problems.intradp.execution.segments import Buffer, Side, SideProgram, program
from wnpopt.problems.intradp.execution.side import ReadySide, SharedConstants
from wnpopt.problems.intradp.solution import IntradpSolution


@dataclass(frozen=True)
class PreparedPlan:
    """A plan with the sessions of one side. ``arrivals`` are its messages' times by the plan, by operator, on this
    side; ``latest_s`` is when all is over."""

    solution: IntradpSolution
    side: ReadySide
    arrivals: Mapping[int, float]
    latest_s: float

    @property
    def shared(self) -> bool:
        """Whether anything is sent."""
        return bool(self.side.program.sends or self.side.program.receives)


def prepare(
    model: SplitModel, solution: IntradpSolution, side: Side, constants: SharedConstants, *, threads: int = 1
) -> PreparedPlan:
    """The plan's sessions of one side, warm; raises :class:`InputError` for a plan that does not fit."""
    made = program(model.network, model.own, model.plan(solution), side)
    ready = ReadySide(model.network, made, constants, threads=threads)
    ready.warm()
    planned = model.arrivals(solution)
    latest = max([model.replay(solution).latency_s, *planned["up"].values()], default=0.0)
    return PreparedPlan(solution, ready, planned["down" if side == "device" else "up"], latest)


def needed_bytes(network: ExecutableNetwork, made: SideProgram) -> int:
    """What a side's sessions take, roughly: their buffers, and a packed copy of each session's constants."""
    buffers: dict[str, Buffer] = {}
    packed = 0
    for segment in made.segments:
        buffers |= {one.name: one for one in (*segment.inputs, *segment.outputs)}
        packed += sum(constant_bytes(network, name) for name in segment.shared)
    for message in (*made.sends.values(), *made.receives.values(), *made.result.values()):
        buffers |= {one.name: one for one in message}
    held = sum(
        int(np.prod(network.shape(one.tensor, one.rows))) * network.dtype(one.tensor).itemsize
        for one in buffers.values()
    )
    return held + packed


def constant_bytes(network: ExecutableNetwork, name: str) -> int:
    """The size of a constant."""
    from onnx import helper

    proto = network.constants[name]
    return int(np.prod(proto.dims)) * int(helper.tensor_dtype_to_np_dtype(proto.data_type).itemsize)
