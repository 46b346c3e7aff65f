"""What the runtime itself took of an inference: its latency beyond its own segments and the link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wnpopt.problems.intradp.execution.remote.device import RunInference
from wnpopt.problems.intradp.execution.remote.job import SplitModel
from wnpopt.problems.intradp.execution.remote.pace import Pace
from wnpopt.problems.intradp.execution.segments import Side, SideProgram, program
from wnpopt.problems.intradp.solution import IntradpSolution


def runtime_overhead(
    model: SplitModel, solution: IntradpSolution, inference: RunInference, paces: tuple[Pace, Pace]
) -> float | None:
    """Seconds of a shared inference beyond what its segments took, in the order of the plan, and its messages on links
    of these paces; None of an inference without the server's times."""
    log: Mapping[str, Any] = inference.log or {}
    if "server" not in log:
        return None
    programs: dict[Side, SideProgram] = {}
    sides: tuple[Side, Side] = ("device", "server")
    for side in sides:
        programs[side] = program(model.network, model.own, model.plan(solution), side)
    spent = {
        side: [float(entry[3]) - float(entry[2]) for entry in told["segments"]]
        for side, told in (("device", log), ("server", log["server"]))
    }
    return inference.latency_s - critical_path(model, programs, spent, paces)


def critical_path(
    model: SplitModel,
    programs: Mapping[Side, SideProgram],
    spent: Mapping[str, Sequence[float]],
    paces: tuple[Pace, Pace],
) -> float:
    """When the device has everything, if segments take what they ``spent`` and all else but the link takes no time."""
    network = model.network
    other: dict[Side, Side] = {"device": "server", "server": "device"}
    link: dict[Side, Pace] = {"device": paces[0], "server": paces[1]}
    arrived: dict[Side, dict[int, float]] = {"device": {}, "server": {}}
    free: dict[Side, float] = {"device": 0.0, "server": 0.0}
    now: dict[Side, float] = {"device": 0.0, "server": 0.0}
    at: dict[Side, int] = {"device": 0, "server": 0}

    def send(side: Side, message: int) -> None:
        buffers = programs[side].sends[message]
        size = sum(_size(network.shape(b.tensor, b.rows)) * network.dtype(b.tensor).itemsize for b in buffers)
        free[side] = link[side].finish(max(free[side], now[side]), size)
        arrived[other[side]][message] = free[side] + link[side].latency_s

    if 0 in programs["device"].sends:
        send("device", 0)
    moved = True
    while moved:
        moved = False
        for side, made in programs.items():
            while at[side] < len(made.segments):
                segment = made.segments[at[side]]
                if not arrived[side].keys() >= set(segment.waits):
                    break
                now[side] = max([now[side], *(arrived[side][message] for message in segment.waits)])
                now[side] += spent[side][at[side]]
                at[side] += 1
                moved = True
                if segment.sends is not None:
                    send(side, segment.sends)
    return max([now["device"], *(arrived["device"][message] for message in programs["device"].last_waits)])


def _size(shape: Sequence[int]) -> int:
    count = 1
    for extent in shape:
        count *= extent
    return count
