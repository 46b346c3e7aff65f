"""``wnpopt measure``: an ONNX file's times on this machine, as a profile that imports take or within an instance."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wnpopt.core.command import Terminal
from wnpopt.core.errors import InputError
from wnpopt.core.jsonio import read_json, write_json
from wnpopt.core.options import argument, option, required
from wnpopt.core.text import number, percent
from wnpopt.domain.files.names import network_name
from wnpopt.domain.files.network import dimensions, input_values
from wnpopt.domain.files.profile import read_profile
from wnpopt.problems.intradp.execution.measure import measure_onnx

if TYPE_CHECKING:
    from wnpopt.problems.intradp.execution.costs.calibrated import Observe
    from wnpopt.problems.intradp.execution.costs.link_costs import LinkCosts
    from wnpopt.problems.intradp.execution.costs.side_costs import SideCosts
    from wnpopt.problems.intradp.execution.remote.job import SplitModel
    from wnpopt.problems.intradp.execution.segments import Side
    from wnpopt.problems.intradp.instance import IntradpInstance

BOTH = "both"

LONGEST_S = 30.0

LONGEST_INPUT_S = 0.1
"""What the network's input may take of the emulated link while costs are measured: seconds of computing they are."""


@dataclass(frozen=True)
class MeasureRequest:
    """What the command is asked."""

    model: Path = argument("ONNX file.")
    out: Path = required(
        "Profile (.json), for import onnx --times; with --instance the calibrated instance.", flags=("--out", "-o"),
        writes=True,
    )  # fmt: skip
    core: str | None = option(
        None, "What this machine goes by in the profile: the name that the import is given as --device or --server."
    )
    beside: Path | None = option(None, "Profile of other machines whose times are taken over.")
    instance: Path | None = option(
        None, "Instance imported from the file, in which what is measured by running parts of it replaces costs."
    )
    side: str = option(BOTH, "Which of the instance's sides this machine is.", choices=("device", "server", BOTH))
    slowdown: float = option(1.0, "The device is so many times as slow as this machine.", least=1, metavar="X")
    emulate: bool = option(False, "Measure the instance's link, emulated on this machine.", flags=("--emulate",))
    connect: str | None = option(None, "Measure the link to a server (wnpopt serve).", metavar="HOST:PORT")
    key: Path | None = option(None, "File of the key that both sides share.", shown="the user's own")
    certificate: Path | None = option(None, "Certificate (PEM) that is trusted; needed beyond this machine.")
    search: float = option(3.0, "Seconds of search for each plan whose segments are measured.", above=0, metavar="S")
    repeats: int = option(5, "Runs of each operator, of which the median counts.", least=1, most=100_000)
    threads: int = option(1, "Of each operator.", least=1, most=1024)
    seed: int = option(0, "Of the random inputs.", least=0)
    dim: tuple[str, ...] = option((), "A dimension of the ONNX file, repeatable.", metavar="NAME=N")
    value: tuple[str, ...] = option((), "An input that has this value, repeatable.", metavar="NAME=V[,V...]")
    json: bool = option(False, "One JSON object on stdout instead.", flags=("--json",))


def run(request: MeasureRequest, terminal: Terminal) -> None:
    """Measure, write the profile or the instance, and say what it came to."""
    _check(request)
    if request.instance is None:
        _profile(request, terminal)
    else:
        _calibrated(request, request.instance, terminal)


def _check(request: MeasureRequest) -> None:
    if request.instance is None:
        if request.core is None or not request.core.strip() or not request.core.isprintable():
            told = "is needed, or --instance" if request.core is None else f"found {request.core!r}"
            raise InputError(f"{told}; a printable name is needed", where="--core")
        for flag, given in (
            ("--emulate", request.emulate), ("--connect", request.connect is not None),
            ("--side", request.side != BOTH), ("--slowdown", request.slowdown > 1),
        ):  # fmt: skip
            if given:
                raise InputError("is for --instance", where=flag)
        return
    for flag, given in (("--core", request.core is not None), ("--beside", request.beside is not None)):
        if given:
            raise InputError("does not go with --instance: it is for a profile", where=flag)
    if request.emulate and request.connect is not None:
        raise InputError("does not go with --emulate; one of the two is possible", where="--connect")
    if request.connect is not None and request.side != "device":
        raise InputError("is for --side device: what the server takes is measured there", where="--connect")
    if request.threads > 1:
        raise InputError("found more than 1; parts of plans are measured in seconds of one thread", where="--threads")
    if request.slowdown > 1 and request.side == "server":
        raise InputError("is for the device", where="--slowdown")


def _profile(request: MeasureRequest, terminal: Terminal) -> None:
    assert request.core is not None
    rows: list[dict[str, object]] = []
    if request.beside is not None:
        known = read_profile(request.beside)
        if request.core in known.cores:
            raise InputError(f"has times of {request.core!r} already", file=str(request.beside))
        rows = [
            {"operator": operator, "core": core, "time_s": seconds}
            for operator, times in zip(known.operators, known.seconds, strict=True)
            for core, seconds in zip(known.cores, times, strict=True)
        ]
    seconds = measure_onnx(
        request.model,
        dims=dimensions(request.dim),
        values=input_values(request.value),
        repeats=request.repeats,
        threads=request.threads,
        seed=request.seed,
    )
    rows += [{"operator": name, "core": request.core, "time_s": time} for name, time in seconds.items()]
    name = network_name("", request.model.stem)
    write_json(request.out, {"kind": "profile", "schema_version": 1, "name": name, "rows": rows})
    total = sum(seconds.values())
    if request.json:
        told = {"out": str(request.out), "core": request.core, "operators": len(seconds), "total_s": total}
        terminal.say(json.dumps(told))
        return
    terminal.say(f"{len(seconds)} operators, {1e3 * total:.3f} ms in all: {request.out}")


def _calibrated(request: MeasureRequest, file: Path, terminal: Terminal) -> None:
    from wnpopt.problems.intradp.execution.costs.bench import CostBench
    from wnpopt.problems.intradp.execution.costs.calibrated import SIDES, measure_costs
    from wnpopt.problems.intradp.execution.network import ExecutableNetwork
    from wnpopt.problems.intradp.execution.remote.job import SplitModel
    from wnpopt.problems.intradp.instance import IntradpInstance

    try:
        instance = IntradpInstance.from_data(read_json(file))
    except InputError as error:
        raise error.in_file(str(file)) from None
    dims = dimensions(request.dim)
    network = ExecutableNetwork.read(request.model, dims=dims, values=input_values(request.value))
    model = SplitModel(instance, network)
    sides: Sequence[Side] = [side for side in SIDES if request.side in (side, BOTH)]
    bench = CostBench(model, repeats=request.repeats)
    with _over_a_link(request, model, dims) as (link, observe):
        made, costs = measure_costs(
            bench, sides, slowdown=request.slowdown, link=link, observe=observe, search_s=request.search,
            seed=request.seed,
        )  # fmt: skip
    write_json(request.out, made.to_data())
    report = _report(request, instance, made, costs, link)
    if request.json:
        terminal.say(json.dumps(report))
        return
    for line in _lines(report):
        terminal.say(line)


@contextmanager
def _over_a_link(
    request: MeasureRequest, model: SplitModel, dims: Mapping[str, int]
) -> Iterator[tuple[LinkCosts | None, Observe | None]]:
    """The link's costs, and how plans are run over it; None twice where no link is asked for."""
    if not request.emulate and request.connect is None:
        yield None, None
        return
    from wnpopt.problems.intradp.execution.costs.observed import over_a_link
    from wnpopt.problems.intradp.execution.costs.plans import named_plan
    from wnpopt.problems.intradp.execution.remote.job import Patience
    from wnpopt.problems.intradp.execution.remote.roles import connected, emulated, paces_of

    # Costs that are not known yet are no reason to give up on a message.
    patience = Patience(4.0, LONGEST_S)
    alone = named_plan(model.instance, "device-only")
    if request.connect is not None:
        elsewhere = partial(
            connected, model, address=request.connect, key=request.key, certificate=request.certificate,
            patience=patience,
        )  # fmt: skip
        yield over_a_link(elsewhere, alone, request.repeats)
        return
    with emulated(model, dims=dims) as server:
        here = partial(server.device, slowdown=request.slowdown, patience=patience)
        paces = paces_of(model)
        least = model.instance.input_bytes / LONGEST_INPUT_S
        quicker = (replace(pace, bytes_per_s=max(pace.bytes_per_s, least)) for pace in paces)
        yield over_a_link(
            partial(here, paces=paces), alone, request.repeats, quicker=partial(here, paces=tuple(quicker))
        )


def _report(
    request: MeasureRequest,
    before: IntradpInstance,
    made: IntradpInstance,
    costs: Mapping[Side, SideCosts],
    link: LinkCosts | None,
) -> dict[str, Any]:
    return {
        "out": str(request.out), "instance_hash": made.instance_hash, "slowdown": request.slowdown,
        "sides": {
            side: {
                "operators": len(one.costs), "sum_s": one.sum_s, "whole_s": one.whole_s,
                "whole_factor": one.whole_s / max(one.sum_s, 1e-12), "segment_s": one.segment_s,
                "partial_s": sum(cost.partial_s for cost in one.costs),
                "fixed_s": sum(cost.fixed_s for cost in one.costs), "error": one.error,
            }
            for side, one in costs.items()
        },
        "latency_s": None if link is None else link.latency_s,
        "uplink_bytes_per_s": None if link is None else link.uplink_bytes_per_s,
        "downlink_bytes_per_s": None if link is None else link.downlink_bytes_per_s,
        "efficiency": None if link is None else link.efficiency(before.link),
    }  # fmt: skip


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    for side, told in report["sides"].items():
        ms = {name: f"{1e3 * told[name]:.3f} ms" for name in ("whole_s", "sum_s", "fixed_s", "partial_s", "segment_s")}
        yield f"{side:9}  {ms['whole_s']} as a whole here; {told['operators']} operators one by one {ms['sum_s']}"
        yield f"           {ms['fixed_s']} of them fixed, {ms['partial_s']} more if all are split"
        yield f"           {ms['segment_s']} a message; segments are off by {percent(told['error'])} (median)"
    if report["latency_s"] is not None:
        rates = [f"{report[f'{way}_bytes_per_s'] / 1e6:.4g}" for way in ("uplink", "downlink")]
        share = number(float(f"{report['efficiency']:.4g}"))
        yield f"link       {1e3 * report['latency_s']:.3f} ms a message, {' and '.join(rates)} MB/s, efficiency {share}"
    yield str(report["out"])
