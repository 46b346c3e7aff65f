"""``wnpopt run`` of a wnp plan: a chip's cores as processes of this machine."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.facts import counted
from wnpopt.core.jsonio import read_json, write_json
from wnpopt.core.options import argument, option, required
from wnpopt.domain.files.network import dimensions, input_values
from wnpopt.execution.composition import ComposedNetwork
from wnpopt.execution.machine import processors
from wnpopt.execution.request import EmulatedRun, read_plan
from wnpopt.execution.unsplit import check_equal
from wnpopt.plotting.draw_gantt import check_picture, draw_gantt
from wnpopt.problems.wnp.execution.emulation import emulated
from wnpopt.problems.wnp.execution.program import ChipProgram, program
from wnpopt.problems.wnp.execution.report import ChipReport, calibrated_instance, calibrated_layers
from wnpopt.problems.wnp.instance import WnpInstance
from wnpopt.problems.wnp.layers import WnpLayers
from wnpopt.problems.wnp.solution import WnpSolution
from wnpopt.problems.wnp.verify import verify

MARGIN = 1.25
"""What every subgraph may take at least, in units of what it was measured to take, where no scale is given."""

LATE = 4.0
"""A run may take so many times as long as planned, and :data:`GRACE_S` more."""
GRACE_S = 30.0


@dataclass(frozen=True, kw_only=True)
class ChipRunRequest(EmulatedRun):
    """What ``wnpopt run`` is asked of a wnp plan."""

    instance: WnpInstance = argument("Instance that the plan is for.")
    plan: Path = argument("Solution file of the instance.")
    model: Path = required("ONNX file, or composition of such, that was imported.", metavar="FILE.onnx")
    layers: Path | None = option(
        None, "The map that import --layers wrote.", shown="that of the instance beside the plan"
    )
    time_scale: float | None = option(
        None, "Draw the plan's times out so many times.", above=0, metavar="X",
        shown="so that every subgraph has a quarter more than it takes here",
    )  # fmt: skip
    share: bool = option(
        False, "Let several cores share a processor, where there are too few.", flags=("--share",)
    )  # fmt: skip
    calibrated: Path | None = option(
        None,
        "File for the instance with the subgraphs' ticks as measured here, its map of layers beside it.",
        metavar="FILE.json",
        writes=True,
    )


def run(request: ChipRunRequest, terminal: Terminal) -> None:
    """Run the plan, compare every output, and say how long it took beside what was planned."""
    request.check_emulated()
    check_picture(request.plot)
    _check_map(request)
    if request.instance.chip.exclusive_bus:
        raise InputError("a shared bus does not run here; wnpopt simulate executes it", where="chip.exclusive_bus")
    chip = _program(request)
    _check_processors(request, chip)
    with emulated(chip, request.seed) as emulation:
        rehearsal = emulation.run(0.0, GRACE_S)
        check_equal(rehearsal.deviation, request.tolerance)
        seconds = emulation.calibrated(GRACE_S)
        report = ChipReport(chip, seconds, _scale(request, chip, seconds))
        request.check_time(
            request.repeat * report.planned_s,
            f", drawn out {report.scale:.4g} times,",
            ", and a plan of the instance that --calibrated writes needs less drawing out",
        )
        for number in range(request.repeat):
            report.runs.append(emulation.run(report.tick_s, LATE * report.planned_s + GRACE_S))
            check_equal(report.runs[-1].deviation, request.tolerance)
            if sys.stderr.isatty():
                told = f"run {number + 1} of {request.repeat}: {1e3 * report.runs[-1].makespan_s:.2f} ms"
                terminal.progress(told, last=number + 1 == request.repeat)
    if request.calibrated is not None:
        measured = calibrated_instance(chip, seconds)
        write_json(request.calibrated, measured.to_data())
        layers = calibrated_layers(chip.layers, measured, seconds)
        write_json(_map_beside(request.calibrated), layers.to_data())
    if request.plot is not None:
        from wnpopt.problems.wnp.execution.timeline import timeline

        draw_gantt(request.plot, timeline(report), request.instance.name, request.instance.source)
    request.tell(report, terminal)


def _map_beside(instance: Path) -> Path:
    return instance.with_suffix(".layers.json")


def _check_map(request: ChipRunRequest) -> None:
    """Raise :class:`InputError` where the map beside the calibrated instance cannot be written, or would replace one
    that is read."""
    if request.calibrated is None:
        return
    path = _map_beside(request.calibrated)
    if path.is_dir():
        raise InputError("is a directory; the map of the calibrated instance goes there", file=str(path))
    for read in (request.layers, request.plan, request.model):
        if read is not None and os.path.realpath(read) == os.path.realpath(path):
            told = f"would be replaced by the map beside {request.calibrated}; another --calibrated is needed"
            raise InputError(told, file=str(path))


def _program(request: ChipRunRequest) -> ChipProgram:
    verified = partial(verify, request.instance)
    solution = read_plan(request.plan, WnpSolution.from_data, verified, request.instance.name)
    composed = ComposedNetwork.read(request.model, dims=dimensions(request.dim), values=input_values(request.value))
    layers = _layers(request)
    try:
        return program(request.instance, solution, layers, composed)
    except InputError as error:
        raise error.in_file("--layers" if request.layers is None else str(request.layers)) from None


def _layers(request: ChipRunRequest) -> WnpLayers:
    """The map that is given, or that of the instance beside the plan or the model."""
    if request.layers is not None:
        try:
            return WnpLayers.from_data(read_json(request.layers))
        except InputError as error:
            raise error.in_file(str(request.layers)) from None
    for folder in dict.fromkeys((request.plan.parent, request.model.parent)):
        for file in sorted(folder.glob("*.layers.json")):
            with suppress(InputError):
                data = read_json(file)
                if data.get("instance_hash") == request.instance.instance_hash:
                    return WnpLayers.from_data(data)
    raise InputError(
        "is needed: there is no map of this instance beside the plan; import --layers writes one", where="--layers"
    )


def _check_processors(request: ChipRunRequest, chip: ChipProgram) -> None:
    used, there = len(chip.cores), len(processors())
    if used > there and not request.share:
        raise InputError(
            f"the plan uses {counted(used, 'core')}, this machine has {counted(there, 'processor')}; wnpopt simulate "
            "executes it in events, and --share lets cores take turns on a processor",
            file=str(request.plan),
        )


def _scale(request: ChipRunRequest, chip: ChipProgram, seconds: dict[str, float]) -> float:
    if request.time_scale is not None:
        return request.time_scale
    # Where cores share a processor, all that run at once have to fit.
    crowd = -(-len(chip.cores) // len(processors()))
    tick = chip.instance.tick_s
    needed = [
        seconds[task.name] / (task.ticks * tick)
        for tasks in chip.cores.values() for task in tasks if task.ticks > 0
    ]  # fmt: skip
    return MARGIN * crowd * max(needed, default=1.0)
