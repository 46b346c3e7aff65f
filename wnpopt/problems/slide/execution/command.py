"""``wnpopt run`` of a slide plan: a station on this machine streams real models to clients on this machine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import write_json
from wnpopt.core.options import argument, option, required
from wnpopt.domain.files.network import dimensions, input_values
from wnpopt.execution.machine import memory_available, processors
from wnpopt.execution.network import RunnableNetwork
from wnpopt.execution.request import EmulatedRun, read_plan
from wnpopt.execution.unsplit import check_equal
from wnpopt.plotting.draw_gantt import check_picture, draw_gantt
from wnpopt.problems.slide.execution.layered import LayeredNetwork
from wnpopt.problems.slide.execution.report import StreamReport, calibrated_instance
from wnpopt.problems.slide.execution.station import MODES, START_S, ClientPlan, opened
from wnpopt.problems.slide.instance import SlideInstance
from wnpopt.problems.slide.solution import SlideSolution
from wnpopt.problems.slide.verify import latency, transmission_rates, verify

MOST_PER_PROCESSOR = 4
"""Clients a processor: more of them wait for each other longer than for the link."""

PROCESS_BYTES = 120 << 20
"""Memory of a client beside its model: Python, NumPy and onnxruntime."""

LATE = 4.0
"""A layer may come so many times as late as the whole plan, and :data:`GRACE_S` more."""
GRACE_S = 30.0


@dataclass(frozen=True, kw_only=True)
class StreamRunRequest(EmulatedRun):
    """What ``wnpopt run`` is asked of a slide plan."""

    instance: SlideInstance = argument("Instance that the plan is for.")
    plan: Path = argument("Solution file of the instance.")
    model: Path = required("ONNX file of the model; of several, a folder with NAME.onnx for each.", metavar="FILE.onnx")
    loading: str = option(
        "inputs",
        "How layers are loaded: weights as inputs of sessions that are there, or a session made of each as it arrives.",
        choices=("inputs", "create"),
    )
    clients: int | None = option(
        None, "Only the first N users that the plan serves.", least=1, metavar="N", shown="all"
    )
    slowdown: float = option(1.0, "Draw the device's segments out so many times; with --emulate.", least=1, metavar="X")
    calibrated: Path | None = option(
        None, "File for the instance with the layers' FLOP as measured here.", metavar="FILE.json", writes=True
    )


def run(request: StreamRunRequest, terminal: Terminal) -> None:
    """Stream the plan's models, compare every output, and say how long it took beside what was planned."""
    request.check_emulated()
    check_picture(request.plot)
    plans = _clients(request)
    networks = _networks(request, list(dict.fromkeys(plan.model for plan in plans)))
    patience = _check_machine(request, plans, networks)
    with opened(networks, plans, request.seed) as station:
        costs = station.calibrated(max(patience, START_S))
        for model, found in costs.items():
            if "error" in found[request.loading]:
                told = f"{model} cannot be loaded so: {found[request.loading]['error']}"
                raise InputError(told, where=f"--loading {request.loading}")
        report = StreamReport(request.instance, tuple(plans), networks, costs, request.loading, request.slowdown)
        patience = max(patience, _check_time(request, report))
        for number in range(request.repeat):
            for mode in MODES:
                runs = station.run(mode, request.loading, patience)
                report.add(mode, runs)
                check_equal(max(run.deviation for run in runs), request.tolerance)
            if sys.stderr.isatty():
                terminal.progress(f"run {number + 1} of {request.repeat}", last=number + 1 == request.repeat)
    if request.calibrated is not None:
        write_json(request.calibrated, calibrated_instance(report).to_data())
    if request.plot is not None:
        from wnpopt.problems.slide.execution.timeline import timeline

        draw_gantt(request.plot, timeline(report), request.instance.name, request.instance.source)
    request.tell(report, terminal)


def _check_time(request: StreamRunRequest, report: StreamReport) -> float:
    """Seconds after which a client is given up; raises :class:`InputError` where all runs take too long, as layers were
    measured."""
    longest = {mode: max(report.recursion_s(k, mode) for k in range(len(report.plans))) for mode in MODES}
    request.check_time(
        request.repeat * sum(longest.values()), f" in {len(MODES)} ways, with layers as they were measured,"
    )
    return LATE * max(longest.values()) + GRACE_S


def _clients(request: StreamRunRequest) -> list[ClientPlan]:
    """The users that the plan serves, as clients; raises :class:`InputError` for a plan that the verifier refuses."""
    instance, file = request.instance, str(request.plan)
    solution = read_plan(request.plan, SlideSolution.from_data, partial(verify, instance), instance.name)
    users = {user.name: user for user in instance.users}
    models = {model.name: model for model in instance.models}
    served = [(users[entry.user], models[entry.model], entry) for entry in solution.served]
    if not served:
        raise InputError("serves nobody: there is nothing to run", where="served", file=file)
    rates = transmission_rates(instance, served)
    plans = []
    for (user, model, entry), rate in list(zip(served, rates, strict=True))[: request.clients]:
        factor = request.slowdown * user.frequency_hz[1] / entry.frequency_hz
        planned = latency(user, model, rate, entry.frequency_hz)
        plans.append(ClientPlan(user.name, model.name, rate / 8, factor, planned, user.deadline_s))
    return plans


def _networks(request: StreamRunRequest, names: Sequence[str]) -> dict[str, LayeredNetwork]:
    """The networks of these models, from files; raises :class:`InputError` where one is not the instance's."""
    places = {model.name: place for place, model in enumerate(request.instance.models)}
    folder = request.model.is_dir()
    if not folder and len(names) > 1:
        told = f"the plan serves {', '.join(names)}; a folder with NAME.onnx for each is needed"
        raise InputError(told, where="--model")
    found = {}
    for name in names:
        if folder and "/" in name:
            raise InputError(f"no file can be called {name}.onnx", where="--model")
        file = request.model / f"{name}.onnx" if folder else request.model
        network = RunnableNetwork.read(file, dims=dimensions(request.dim), values=input_values(request.value))
        found[name] = LayeredNetwork.of(network)
        found[name].check(request.instance.models[places[name]], f"models[{places[name]}]")
    return found


def _check_machine(
    request: StreamRunRequest, plans: Sequence[ClientPlan], networks: dict[str, LayeredNetwork]
) -> float:
    """Seconds after which a client is given up; raises :class:`InputError` for more than this machine carries."""
    most = MOST_PER_PROCESSOR * len(processors())
    if len(plans) > most:
        raise InputError(
            f"the plan serves {len(plans)} users; this machine carries {most} clients ({MOST_PER_PROCESSOR} for each "
            f"of its {len(processors())} processors): --clients {most} runs the first of them",
            file=str(request.plan),
        )
    needed = sum(PROCESS_BYTES + networks[plan.model].memory_bytes for plan in plans)
    there = memory_available()
    if there is not None and needed > there:
        raise InputError(
            f"{len(plans)} clients need some {needed >> 20} MiB of memory; {there >> 20} are free: --clients takes "
            "fewer",
            file=str(request.plan),
        )
    longest = max(plan.planned_s for plan in plans)
    slowest = max(networks[plan.model].bytes / plan.bytes_per_s for plan in plans)
    request.check_time(request.repeat * len(MODES) * max(longest, slowest), f" in {len(MODES)} ways")
    return LATE * request.slowdown * max(longest, slowest) + GRACE_S
