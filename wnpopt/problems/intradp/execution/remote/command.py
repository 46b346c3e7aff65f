"""``wnpopt run`` and ``wnpopt serve``: a plan on real tensors, on two machines or on this one."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json
from wnpopt.core.options import argument, option, required
from wnpopt.core.text import percent
from wnpopt.domain.files.network import dimensions, input_values
from wnpopt.execution.unsplit import UnsplitNetwork, check_equal, largest_difference
from wnpopt.problems.intradp.execution.costs.plans import named_plan
from wnpopt.problems.intradp.execution.network import ExecutableNetwork
from wnpopt.problems.intradp.execution.remote.connection import address_of, server_tls
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner, RunInference
from wnpopt.problems.intradp.execution.remote.greeting import read_key
from wnpopt.problems.intradp.execution.remote.guard import MeasuredGain, guard
from wnpopt.problems.intradp.execution.remote.job import SplitModel
from wnpopt.problems.intradp.execution.remote.run_request import (
    OWN_KEY,
    PICTURES,
    RunRequest,
    check_strategies,
    device_of,
)
from wnpopt.problems.intradp.execution.remote.server import MEMORY_BYTES, PlanServer
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.online.table import PlanTable
from wnpopt.problems.intradp.solution import IntradpSolution


@dataclass(frozen=True)
class ServeRequest:
    """What ``wnpopt serve`` is asked."""

    instance: IntradpInstance = argument("Instance that the plans are for.")
    model: Path = required("ONNX file that the instance was imported from.", metavar="FILE.onnx")
    key: Path | None = option(None, "File of the key that both sides share; made if there is none.", shown=OWN_KEY)
    listen: str = option("127.0.0.1:7317", "Where to listen; port 0 for any that is free.", metavar="HOST:PORT")
    certificate: Path | None = option(None, "TLS certificate (PEM); needed beyond this machine.")
    certificate_key: Path | None = option(None, "Its private key.", shown="in the same file")
    threads: int = option(1, "Of each session.", least=1, most=1024)
    memory: int = option(
        MEMORY_BYTES >> 20, "MiB that the sessions of a device's plans may take.", least=1, most=1 << 24, metavar="MIB"
    )  # fmt: skip
    dim: tuple[str, ...] = option((), "A dimension of the ONNX file, repeatable.", metavar="NAME=N")
    value: tuple[str, ...] = option((), "An input that has this value, repeatable.", metavar="NAME=V[,V...]")


def serve(request: ServeRequest, terminal: Terminal) -> None:
    """Serve plans until SIGINT or SIGTERM."""
    address = address_of(request.listen, "--listen")
    tls = server_tls(address[0], request.certificate, request.certificate_key)
    model = _model(request.instance, request.model, request.dim, request.value)
    server = PlanServer(
        model, read_key(request.key, make=True), address, tls=tls, threads=request.threads,
        memory_bytes=request.memory << 20, said=lambda line: terminal.progress(line, last=True),
    )  # fmt: skip
    with server, _stopped_by_signals(server):
        terminal.say(f"listening on {address[0]}:{server.port}")
        sys.stdout.flush()
        server.run()


def run(request: RunRequest, terminal: Terminal) -> None:
    """Run the plan, compare every output, and say how long it took beside what was planned."""
    _check(request)
    plan = _plan(request.plan)
    model = _model(request.instance, request.model, request.dim, request.value)
    if isinstance(plan, PlanTable) or request.trace is not None or request.compare:
        from wnpopt.problems.intradp.execution.remote.comparison_command import run_comparison

        run_comparison(request, model, plan, terminal)
        return
    try:
        model.plan(plan)
    except InputError as error:
        raise error.in_file(str(request.plan)) from None
    plans = [plan] if request.guard is None else [plan, named_plan(model.instance, "layer-cut")]
    with device_of(request, model, plans, terminal) as runner:
        gain, number = None, 0
        if request.guard is not None:
            gain = guard(runner, model.network.random_inputs(request.seed), 1, 0, threshold=request.guard)
            number = 0 if gain.keeps_split else 1
        report, shared = _inferences(request, model, plans[number], runner, number, terminal)
    report["guard"] = None if gain is None else _told(gain)
    if request.plot is not None:
        _draw(request, model, plans[number], shared)
    if request.json:
        terminal.say(json.dumps(report))
        return
    for line in _lines(report):
        terminal.say(line)


def _check(request: RunRequest) -> None:
    if request.emulate == (request.connect is not None):
        raise InputError("one of both is needed: --emulate, or --connect HOST:PORT", where="--connect")
    for flag, given in (
        ("--slowdown", request.slowdown > 1), ("--trace", request.trace is not None),
        ("--latency", request.latency is not None),
    ):  # fmt: skip
        if given and not request.emulate:
            raise InputError("is for --emulate", where=flag)
    if request.plot is not None and request.plot.suffix.lower() not in PICTURES:
        told = f"found {request.plot.name}; a file name with one of the endings {', '.join(PICTURES)} is needed"
        raise InputError(told, where="--plot")
    check_strategies(request.compare)


def _told(gain: MeasuredGain) -> dict[str, Any]:
    return {
        "layer_cut_s": gain.layer_cut_s, "split_s": gain.split_s, "gain": gain.gain, "threshold": gain.threshold,
        "kept": "plan" if gain.keeps_split else "layer-cut",
    }  # fmt: skip


def _inferences(
    request: RunRequest,
    model: SplitModel,
    plan: IntradpSolution,
    runner: DeviceRunner,
    place: int,
    terminal: Terminal,
) -> tuple[dict[str, Any], RunInference | None]:
    inputs = model.network.random_inputs(request.seed)
    expected = UnsplitNetwork(model.network, threads=request.threads).outputs(inputs)
    latencies: list[float] = []
    alone: list[dict[str, Any]] = []
    worst, shared = 0.0, None
    for number in range(request.repeat):
        made = runner.infer(inputs, place)
        latencies.append(made.latency_s)
        if made.alone is not None:
            alone.append({"inference": number, "reason": made.alone})
        else:
            shared = made
        worst = max(worst, largest_difference(made.outputs, expected))
        told = f"inference {number + 1} of {request.repeat}: {1e3 * made.latency_s:.2f} ms"
        if sys.stderr.isatty():
            terminal.progress(told, last=number + 1 == request.repeat)
    check_equal(worst, request.tolerance)
    ordered = sorted(latencies)
    replayed = model.replay(plan)
    side = runner.prepared[place].side
    program = side.program
    return {
        "kind": "intradp-run", "schema_version": 1, "instance": model.instance.name,
        "instance_hash": model.instance.instance_hash, "model_hash": model.fingerprint["model"],
        "mode": "emulate" if request.emulate else "connect", "slowdown": request.slowdown,
        "planned_s": replayed.latency_s, "median_s": median(latencies), "least_s": ordered[0],
        "p95_s": ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], "worst_s": ordered[-1],
        "latencies_s": latencies, "alone": alone, "deviation": worst,
        "messages": len(program.sends) + len(program.receives),
        "bytes": sum(
            side.buffers[buffer.name].nbytes
            for message in (*program.sends.values(), *program.receives.values())
            for buffer in message
        ),
        "segments": len(program.segments), "blank": list(program.blank),
        "timeline": None if shared is None else _timeline(model, plan, shared),
    }, shared  # fmt: skip


def _timeline(model: SplitModel, plan: IntradpSolution, shared: RunInference) -> dict[str, Any]:
    from wnpopt.problems.intradp.execution.remote.timeline import measured, planned

    return {"planned": planned(model, plan), "measured": measured(model, shared)}


def _draw(request: RunRequest, model: SplitModel, plan: IntradpSolution, shared: RunInference | None) -> None:
    assert request.plot is not None
    if shared is None:
        raise InputError("no inference was shared: there is nothing to draw", where="--plot")
    from wnpopt.problems.intradp.execution.remote.timeline import timeline

    chart = timeline(model, plan, shared)
    if request.plot.suffix.lower() == ".html":
        from wnpopt.core.jsonio import write_atomic
        from wnpopt.plotting.gantt_page import schedule_page

        write_atomic(request.plot, schedule_page(chart, model.instance.name, model.instance.source, {}))
        return
    from wnpopt.plotting.gantt_image import gantt_figure
    from wnpopt.plotting.save import save_image

    save_image(gantt_figure(chart), request.plot)


def _lines(report: dict[str, Any]) -> Iterator[str]:
    ms = {name: f"{1e3 * report[f'{name}_s']:.2f}" for name in ("planned", "median", "least", "p95", "worst")}
    gain = report["guard"]
    if gain is not None:
        which = "the plan" if gain["kept"] == "plan" else "the layer cut"
        told = f"the plan saves {percent(gain['gain'])}, {percent(gain['threshold'])} is needed"
        yield f"guard     {which} is kept: {told}"
    yield f"planned   {ms['planned']} ms"
    spread = f"{ms['least']} to {ms['worst']}, p95 {ms['p95']}"
    yield f"measured  {ms['median']} ms (median of {len(report['latencies_s'])}; {spread})"
    yield f"sent      {report['messages']} messages, {report['bytes']} bytes an inference"
    yield f"outputs   equal the unsplit network's within {report['deviation']:.1e}"
    alone: Sequence[dict[str, Any]] = report["alone"]
    if alone:
        yield f"alone     {len(alone)} inferences: {alone[0]['reason']}"


def _plan(path: Path) -> IntradpSolution | PlanTable:
    try:
        data = read_json(path)
        return PlanTable.from_data(data) if data.get("kind") == "intradp-table" else IntradpSolution.from_data(data)
    except InputError as error:
        raise error.in_file(str(path)) from None


def _model(instance: IntradpInstance, path: Path, dim: tuple[str, ...], value: tuple[str, ...]) -> SplitModel:
    network = ExecutableNetwork.read(path, dims=dimensions(dim), values=input_values(value))
    return SplitModel(instance, network)


@contextmanager
def _stopped_by_signals(server: PlanServer) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.signal(number, lambda *_: server.stop()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            with suppress(ValueError):
                signal.signal(number, handler)
