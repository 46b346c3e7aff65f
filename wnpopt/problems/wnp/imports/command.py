"""``wnpopt import onnx --chip``, ``import profile`` and ``import stg``: what they are asked, what they make."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from wnpopt.core.command import Imported
from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError
from wnpopt.core.options import argument, option, required
from wnpopt.domain.chip.measured import Times
from wnpopt.domain.files.chip import load_chip
from wnpopt.domain.files.network import Network, dimensions, input_values, load_network
from wnpopt.domain.files.profile import read_profile
from wnpopt.domain.files.radio import load_radio
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.files.stg import read_stg
from wnpopt.domain.radio.own import load_bits
from wnpopt.problems.wnp.imports.assemble import Mesh, RadioInput
from wnpopt.problems.wnp.imports.network import coarsened, measured_times, roofline_times
from wnpopt.problems.wnp.imports.taskgraph import chip_only
from wnpopt.problems.wnp.imports.told import told
from wnpopt.problems.wnp.instance import WnpInstance


@dataclass(frozen=True, kw_only=True)
class _Request:
    """What all importers of networks are asked."""

    radio: Path | None = option(None, "Radio scenario file; without one the instance is chip-only.")
    channel: Path | None = option(
        None,
        ".npz file of SNR or bits, shape (links of the radio file, resource blocks, coherence blocks), "
        "in place of the drawn channel.",
    )
    subgraphs: str = option(
        "20",
        "At most so many subgraphs; auto: as many as keep the plan as short as single operators do.",
        metavar="N|auto",
    )
    seed: int = option(0, "Seed of the channel.", least=0)
    dim: tuple[str, ...] = option((), "A dimension of an ONNX file, repeatable.", metavar="NAME=N")
    value: tuple[str, ...] = option(
        (), "An input of an ONNX file that has this value (one for each element, or for all), repeatable.",
        metavar="NAME=V[,V...]",
    )  # fmt: skip
    modality: str | None = option(None, "Name of a single graph's input.", shown="input")
    payload_bits: int | None = option(None, "Bits of a single graph's input.", least=0, shown="8 an element")
    tick_s: float = option(1e-6, "Length of a tick.", above=0, metavar="S")
    name: str | None = option(None, "Name of the instance.", shown="that of the network")
    layers: Path | None = option(
        None, "File for the map from subgraphs back to the network's operators (NAME.layers.json).", writes=True
    )

    @property
    def most(self) -> int | None:
        """The number of subgraphs, None for auto; raises :class:`InputError`."""
        if self.subgraphs == "auto":
            return None
        number = self.subgraphs.strip()
        if not (number.isascii() and number.isdecimal() and 1 <= int(number[:20]) <= MAX_INT):
            raise InputError(
                f"found {self.subgraphs!r}; an integer of at least 1, or auto, is needed", where="--subgraphs"
            )
        return int(number)


@dataclass(frozen=True, kw_only=True)
class NetworkRequest(_Request):
    """A network on a chip."""

    file: Path = argument("Composition (.json), graph (.json) or ONNX file.")
    chip: str = required("Chip of the library or a chip file: makes a wnp instance.")
    times: Path | None = option(None, "Measured times (.csv or .json), in place of the roofline.")


@dataclass(frozen=True, kw_only=True)
class ProfileRequest(_Request):
    """Measured times of a network."""

    file: Path = argument("Measured times (.csv or .json).")
    network: Path = required("What was measured: composition (.json), graph (.json) or ONNX file.")
    columns: int | None = option(None, "Columns of the mesh of cores.", least=1, shown="square")
    hop_s: float = option(3e-9, "Time of a hop.", least=0, metavar="S")
    bytes_per_s: float = option(1.6e10, "Rate of the mesh.", above=0, metavar="B")


@dataclass(frozen=True)
class TaskGraphRequest:
    """A task graph."""

    file: Path = argument("Standard Task Graph file.")
    cores: int = required("Identical cores.", metavar="N")


def from_network(request: NetworkRequest) -> Imported:
    """A network on a chip behind a radio; raises :class:`InputError`."""
    most = request.most
    network = _network(request.file, request)
    placed = load_chip(request.chip)
    uplink = _uplink(network, request)
    name = network.name if request.name is None else request.name
    source = _source(network, f"chip {placed.name}", request)
    if request.times is None:
        return _imported(
            network, name, Mesh.of(placed), roofline_times(network.graph, placed), uplink, most, source, request
        )
    with in_file(request.times):
        table = measured_times(network.graph, placed, read_profile(request.times))
    source = f"{source}, times of {request.times.name}"
    return _imported(network, name, Mesh.of(placed), table, uplink, most, source, request, measured=True)


def from_profile(request: ProfileRequest) -> Imported:
    """A network on the cores on which it was measured; raises :class:`InputError`."""
    most = request.most
    measured = read_profile(request.file)
    network = _network(request.network, request)
    with in_file(request.file):
        table = measured.of_graph(network.graph)
    columns = math.isqrt(len(measured.cores) - 1) + 1 if request.columns is None else request.columns
    name = network.name if request.name is None else request.name
    mesh = Mesh.rows(measured.cores, columns, request.hop_s, request.bytes_per_s)
    source = _source(network, f"times of {request.file.name}", request)
    return _imported(network, name, mesh, table, _uplink(network, request), most, source, request, measured=True)


def _imported(
    network: Network,
    name: str,
    mesh: Mesh,
    times: Sequence[Times],
    uplink: RadioInput | None,
    most: int | None,
    source: str,
    request: _Request,
    *,
    measured: bool = False,
) -> Imported:
    try:
        made = coarsened(name, network.graph, mesh, times, uplink, subgraphs=most, tick_s=request.tick_s, source=source)
    except InputError as error:
        where = "--subgraphs" if error.where == "subgraphs" else error.where
        raise InputError(error.what, where=where) from None
    companions = () if request.layers is None else ((request.layers, made.layers),)
    return Imported(made.instance, told(network, made, times, measured=measured), companions)


def from_task_graph(request: TaskGraphRequest) -> WnpInstance:
    """A task graph on identical cores; raises :class:`InputError`."""
    return chip_only(read_stg(request.file), request.cores)


def _network(file: Path, request: _Request) -> Network:
    return load_network(
        file,
        modality=request.modality,
        payload_bits=request.payload_bits,
        dims=dimensions(request.dim),
        values=input_values(request.value),
    )


def _uplink(network: Network, request: _Request) -> RadioInput | None:
    if request.radio is None:
        if request.channel is not None:
            raise InputError("needs --radio, whose file says the slots and the rates", where="--channel")
        return None
    file = load_radio(request.radio)
    links = {link.name: link for link in file.links}
    for modality in network.payloads:
        if modality not in links:
            known = ", ".join(links) if links else "none"
            raise InputError(
                f"has no link called {modality!r}; the links are {known}", where="links", file=str(request.radio)
            )
    scenario = file.scenario
    try:
        if request.channel is None:
            return RadioInput.drawn(network.payloads, scenario, links, request.seed)
    except InputError as error:
        # The file has its links by name, not by number.
        where = error.where
        for number, modality in enumerate(network.payloads):
            where = where.replace(f"links[{number}]", f"links.{modality}", 1)
        raise InputError(error.what, where=where, file=str(request.radio)) from None
    bits = load_bits(request.channel, scenario.rate, data_elements=scenario.data_elements)
    wanted = (len(links), scenario.blocks)
    if (bits.shape[0], bits.shape[2]) != wanted:
        raise InputError(
            f"has {bits.shape[0]} links and {bits.shape[2]} coherence blocks; {wanted[0]} and {wanted[1]} are needed, "
            f"as in {request.radio.name}",
            file=str(request.channel),
        )
    return RadioInput.given(network.payloads, scenario, dict(zip(links, bits, strict=True)))


def _source(network: Network, what: str, request: _Request) -> str:
    """Where the instance comes from, without the paths of this machine."""
    parts = [f"imported: network {network.name}", what]
    if request.radio is not None:
        parts.append(f"radio {request.radio.name}")
        parts.append(f"seed {request.seed}" if request.channel is None else f"channel {request.channel.name}")
    return ", ".join(parts)
