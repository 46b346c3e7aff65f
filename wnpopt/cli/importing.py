"""``wnpopt import``: networks, task graphs and measurements become instances."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from wnpopt.cli.arguments import integer, real
from wnpopt.cli.solve import check_target
from wnpopt.cli.terminal import say
from wnpopt.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wnpopt.core.document import Instance
    from wnpopt.domain.files.network import Network
    from wnpopt.problems.wnp.imports.assemble import Uplink

app = typer.Typer(
    help="Make an instance from a network, a task graph or measured times.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Out = Annotated[Path, typer.Option("--out", "-o", help="File for the instance.", show_default=False)]
Radio = Annotated[
    Path | None, typer.Option(help="Radio scenario file; without one the instance is chip-only.", show_default=False)
]
Channel = Annotated[
    Path | None,
    typer.Option(
        help=".npz file of SNR or bits, shape (links of the radio file, resource blocks, coherence blocks), "
        "in place of the drawn channel.",
        show_default=False,
    ),
]
Subgraphs = Annotated[int, typer.Option(help="At most so many subgraphs.", parser=integer, metavar="N")]
Seed = Annotated[int, typer.Option(help="Seed of the channel.", parser=integer, metavar="N")]
Dims = Annotated[
    list[str] | None,
    typer.Option("--dim", help="A dimension of an ONNX file, repeatable.", metavar="NAME=N", show_default=False),
]
Modality = Annotated[str | None, typer.Option(help="Name of a single graph's input.", show_default="input")]
Payload = Annotated[
    int | None,
    typer.Option(help="Bits of a single graph's input.", show_default="8 an element", parser=integer, metavar="N"),
]
Tick = Annotated[float, typer.Option(help="Length of a tick.", parser=real, metavar="S")]
Name = Annotated[str | None, typer.Option(help="Name of the instance.", show_default="that of the network")]


_SPLIT = ("device", "server", "bandwidth", "objective", "fused")
_CHIP = ("chip", "radio", "channel", "times", "subgraphs", "seed", "modality", "payload_bits", "tick_s")


@app.command("onnx")
def import_onnx(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Composition (.json), graph (.json) or ONNX file.", show_default=False)],
    out: Out,
    chip: Annotated[
        str | None,
        typer.Option(help="Chip of the library or a chip file: makes a wnp instance.", show_default=False),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(help="Core of the library; with --server makes an intradp instance.", show_default=False),
    ] = None,
    server: Annotated[str | None, typer.Option(help="Core of the library.", show_default=False)] = None,
    bandwidth: Annotated[
        float, typer.Option(help="Between device and server, each way.", parser=real, metavar="MB/s")
    ] = 10.0,
    objective: Annotated[Literal["latency", "energy"], typer.Option(help="Of an intradp instance.")] = "latency",
    fused: Annotated[
        bool, typer.Option("--fuse/--no-fuse", help="Fuse operators that read just their own row (intradp).")
    ] = False,
    radio: Radio = None,
    channel: Channel = None,
    times: Annotated[
        Path | None,
        typer.Option(help="Measured times (.csv or .json), in place of the roofline.", show_default=False),
    ] = None,
    subgraphs: Subgraphs = 20,
    seed: Seed = 0,
    dim: Dims = None,
    modality: Modality = None,
    payload_bits: Payload = None,
    tick_s: Tick = 1e-6,
    name: Name = None,
) -> int:
    """A network on a chip behind a radio (--chip), or split between a device and a server (--device, --server)."""
    given = [key for key in (*_CHIP, *_SPLIT) if _is_given(context, key)]
    if chip is None:
        if device is None or server is None:
            _refuse_half(device, server)
        _refuse(given, _CHIP, "--device and --server")
        return _split(file, out, device, server, bandwidth, objective, fused, _dims(dim or []), name)
    _refuse(given, _SPLIT, "--chip")
    from wnpopt.domain.files.chip import load_chip
    from wnpopt.domain.files.network import load_network
    from wnpopt.domain.files.profile import read_profile
    from wnpopt.problems.wnp.imports.assemble import Mesh
    from wnpopt.problems.wnp.imports.network import from_graph, from_measured, measured_times

    check_target(out, file)
    _check(subgraphs, seed, tick_s, payload_bits)
    network = load_network(file, modality=modality, payload_bits=payload_bits, dims=_dims(dim or []))
    placed = load_chip(chip)
    uplink = _uplink(network, radio, channel, seed)
    called = network.name if name is None else name
    told = _told(network, f"chip {placed.name}", radio, channel, seed)
    if times is None:
        instance = from_graph(called, network.graph, placed, uplink, subgraphs=subgraphs, tick_s=tick_s, source=told)
    else:
        try:
            table = measured_times(network.graph, placed, read_profile(times))
        except InputError as error:
            raise error.in_file(str(times)) from None
        mesh = Mesh.of(placed)
        told = f"{told}, times of {times.name}"
        instance = from_measured(
            called, network.graph, mesh, table, uplink, subgraphs=subgraphs, tick_s=tick_s, source=told
        )
    return _write(instance, out)


@app.command("profile")
def import_profile(
    file: Annotated[Path, typer.Argument(help="Measured times (.csv or .json).", show_default=False)],
    out: Out,
    network: Annotated[
        Path,
        typer.Option(help="What was measured: composition (.json), graph (.json) or ONNX file.", show_default=False),
    ],
    radio: Radio = None,
    channel: Channel = None,
    columns: Annotated[
        int | None,
        typer.Option(help="Columns of the mesh of cores.", show_default="square", parser=integer, metavar="N"),
    ] = None,
    hop_s: Annotated[float, typer.Option(help="Time of a hop.", parser=real, metavar="S")] = 3e-9,
    bytes_per_s: Annotated[float, typer.Option(help="Rate of the mesh.", parser=real, metavar="B")] = 1.6e10,
    subgraphs: Subgraphs = 20,
    seed: Seed = 0,
    dim: Dims = None,
    modality: Modality = None,
    payload_bits: Payload = None,
    tick_s: Tick = 1e-6,
    name: Name = None,
) -> int:
    """Measured times of a network: the table's cores are the chip, in its order on a mesh."""
    from wnpopt.domain.files.network import load_network
    from wnpopt.domain.files.profile import read_profile
    from wnpopt.problems.wnp.imports.assemble import Mesh
    from wnpopt.problems.wnp.imports.network import from_measured

    check_target(out, file)
    _check(subgraphs, seed, tick_s, payload_bits)
    if columns is not None and columns < 1:
        raise InputError(f"found {columns}; at least 1 is needed", where="--columns")
    for flag, value, least in (("--hop-s", hop_s, "of at least 0"), ("--bytes-per-s", bytes_per_s, "above 0")):
        if not (math.isfinite(value) and value >= 0) or (value == 0 and least == "above 0"):
            raise InputError(f"found {value:g}; a finite number {least} is needed", where=flag)
    measured = read_profile(file)
    loaded = load_network(network, modality=modality, payload_bits=payload_bits, dims=_dims(dim or []))
    try:
        table = measured.of_graph(loaded.graph)
    except InputError as error:
        raise error.in_file(str(file)) from None
    wide = math.isqrt(len(measured.cores) - 1) + 1 if columns is None else columns
    instance = from_measured(
        loaded.name if name is None else name,
        loaded.graph,
        Mesh.rows(measured.cores, wide, hop_s, bytes_per_s),
        table,
        _uplink(loaded, radio, channel, seed),
        subgraphs=subgraphs,
        tick_s=tick_s,
        source=_told(loaded, f"times of {file.name}", radio, channel, seed),
    )
    return _write(instance, out)


@app.command("stg")
def import_stg(
    file: Annotated[Path, typer.Argument(help="Standard Task Graph file.", show_default=False)],
    out: Out,
    cores: Annotated[int, typer.Option(help="Identical cores.", parser=integer, metavar="N", show_default=False)],
) -> int:
    """A task graph on identical cores; chip-only, one tick a unit time."""
    from wnpopt.domain.files.stg import read_stg
    from wnpopt.problems.wnp.imports.taskgraph import chip_only

    check_target(out, file)
    return _write(chip_only(read_stg(file), cores), out)


def _is_given(context: typer.Context, parameter: str) -> bool:
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def _refuse(given: list[str], others: tuple[str, ...], kind: str) -> None:
    """Raise :class:`InputError` if an option of the other kind of instance was given."""
    for key in given:
        if key in others:
            flag = "--fuse" if key == "fused" else f"--{key.replace('_', '-')}"
            raise InputError(f"does not go with {kind}", where=flag)


def _refuse_half(device: str | None, server: str | None) -> NoReturn:
    if device is None and server is None:
        raise InputError("needs --chip (a wnp instance), or --device and --server (an intradp instance)")
    missing, other = ("--server", "--device") if server is None else ("--device", "--server")
    raise InputError(f"is needed with {other}", where=missing)


def _split(
    file: Path,
    out: Path,
    device: str,
    server: str,
    bandwidth: float,
    objective: str,
    fused: bool,
    dims: Mapping[str, int],
    name: str | None,
) -> int:
    """Write the intradp instance of a network between two cores of the library."""
    from wnpopt.domain.chip.devices import device as core
    from wnpopt.domain.files.network import load_network
    from wnpopt.problems.intradp.imports.fuse import fuse
    from wnpopt.problems.intradp.imports.graph import from_graph

    check_target(out, file)
    rate = bandwidth * 1e6
    if not (math.isfinite(rate) and rate > 0):
        raise InputError(f"found {bandwidth:g}; a finite number above 0 is needed", where="--bandwidth")
    cores = []
    for flag, called in (("--device", device), ("--server", server)):
        try:
            cores.append(core(called))
        except InputError as error:
            raise InputError(error.what, where=flag) from None
    network = load_network(file, dims=dims)
    instance = from_graph(
        network.graph,
        cores[0],
        cores[1],
        uplink_bytes_per_s=rate,
        objective=objective,
        name=network.name if name is None else name,
    )
    told = f"imported: network {network.name}, device {device}, server {server}, {bandwidth:g} MB/s"
    instance = instance.changed(source=told + (", fused" if fused else ""))
    return _write(fuse(instance).instance if fused else instance, out)


def _check(subgraphs: int, seed: int, tick_s: float, payload_bits: int | None) -> None:
    """Refuse what no file can make right, before any is read."""
    for flag, value, least in (("--subgraphs", subgraphs, 1), ("--seed", seed, 0), ("--payload-bits", payload_bits, 0)):
        if value is not None and value < least:
            raise InputError(f"found {value}; at least {least} is needed", where=flag)
    if not (math.isfinite(tick_s) and tick_s > 0):
        raise InputError(f"found {tick_s:g}; a finite number above 0 is needed", where="--tick-s")


def _dims(given: list[str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for text in given:
        name, _, value = text.rpartition("=")
        if not name or not value.isdecimal() or not 1 <= int(value[:20]) <= 2**53:
            raise InputError(f"found {text!r}; NAME=N with an integer of at least 1 is needed", where="--dim")
        found[name] = int(value)
    return found


def _uplink(network: Network, radio: Path | None, channel: Path | None, seed: int) -> Uplink | None:
    from wnpopt.domain.files.radio import load_radio
    from wnpopt.domain.radio.own import load_bits
    from wnpopt.problems.wnp.imports.assemble import Uplink

    if radio is None:
        if channel is not None:
            raise InputError("needs --radio, whose file says the slots and the rates", where="--channel")
        return None
    file = load_radio(radio)
    links = {link.name: link for link in file.links}
    for modality in network.payloads:
        if modality not in links:
            known = ", ".join(links) if links else "none"
            raise InputError(f"has no link called {modality!r}; the links are {known}", where="links", file=str(radio))
    scenario = file.scenario
    try:
        if channel is None:
            return Uplink.drawn(network.payloads, scenario, links, seed)
    except InputError as error:
        # The file has its links by name, not by number.
        where = error.where
        for number, modality in enumerate(network.payloads):
            where = where.replace(f"links[{number}]", f"links.{modality}", 1)
        raise InputError(error.what, where=where, file=str(radio)) from None
    bits = load_bits(channel, scenario.rate, data_elements=scenario.data_elements)
    wanted = (len(links), scenario.blocks)
    if (bits.shape[0], bits.shape[2]) != wanted:
        raise InputError(
            f"has {bits.shape[0]} links and {bits.shape[2]} coherence blocks; {wanted[0]} and {wanted[1]} are needed, "
            f"as in {radio.name}",
            file=str(channel),
        )
    return Uplink.given(network.payloads, scenario, dict(zip(links, bits, strict=True)))


def _told(network: Network, what: str, radio: Path | None, channel: Path | None, seed: int) -> str:
    """Where the instance comes from, without the paths of this machine."""
    parts = [f"imported: network {network.name}", what]
    if radio is not None:
        parts.append(f"radio {radio.name}")
        parts.append(f"seed {seed}" if channel is None else f"channel {channel.name}")
    return ", ".join(parts)


def _write(instance: Instance, out: Path) -> int:
    from wnpopt import api

    api.save(instance, out)
    say(str(out))
    return 0
