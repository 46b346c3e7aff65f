"""``wnpopt import onnx --device --server``: a network between two cores of the library."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wnpopt.core.command import Imported
from wnpopt.core.errors import InputError
from wnpopt.core.options import argument, option, required
from wnpopt.domain.chip.devices import device
from wnpopt.domain.chip.hardware import Core
from wnpopt.domain.files.network import dimensions, input_values, load_network
from wnpopt.domain.files.profile import read_profile
from wnpopt.domain.files.reading import in_file
from wnpopt.problems.intradp.imports.fuse import fuse
from wnpopt.problems.intradp.imports.graph import from_graph
from wnpopt.problems.intradp.imports.times import measured_pairs
from wnpopt.problems.intradp.imports.told import told
from wnpopt.problems.intradp.layers import IntradpLayers


@dataclass(frozen=True)
class SplitRequest:
    """What the importer is asked."""

    file: Path = argument("Composition (.json), graph (.json) or ONNX file.")
    device: str = required("Core of the library; with --server makes an intradp instance.")
    server: str = required("Core of the library.")
    bandwidth: float = option(10.0, "Between device and server, each way.", above=0, most=1e300, metavar="MB/s")
    objective: str = option("latency", "Of an intradp instance.", choices=("latency", "energy"))
    fused: bool = option(False, "Fuse operators that read just their own row (intradp).", flags=("--fuse/--no-fuse",))
    dim: tuple[str, ...] = option((), "A dimension of an ONNX file, repeatable.", metavar="NAME=N")
    value: tuple[str, ...] = option(
        (), "An input of an ONNX file that has this value (one for each element, or for all), repeatable.",
        metavar="NAME=V[,V...]",
    )  # fmt: skip
    times: Path | None = option(None, "Measured times (.csv or .json) on both cores, in place of the rooflines.")
    name: str | None = option(None, "Name of the instance.", shown="that of the network")
    layers: Path | None = option(
        None, "File for the map from operators back to the network's operators (NAME.layers.json).", writes=True
    )


def from_network(request: SplitRequest) -> Imported:
    """The instance of a network between two cores; raises :class:`InputError`."""
    here, there = _core("--device", request.device), _core("--server", request.server)
    network = load_network(request.file, dims=dimensions(request.dim), values=input_values(request.value))
    pairs = None
    if request.times is not None:
        with in_file(request.times):
            pairs = measured_pairs(network.graph, here, there, read_profile(request.times))
    instance = from_graph(
        network.graph,
        here,
        there,
        times=pairs,
        uplink_bytes_per_s=request.bandwidth * 1e6,
        objective=request.objective,
        name=network.name if request.name is None else request.name,
    )
    cores_told = f"device {request.device}, server {request.server}"
    source = f"imported: network {network.name}, {cores_told}, {request.bandwidth:g} MB/s"
    if request.times is not None:
        source += f", times of {request.times.name}"
    instance = instance.changed(source=source + (", fused" if request.fused else ""))
    fused = fuse(instance) if request.fused else None
    made = instance if fused is None else fused.instance
    tells = told(network, made, measured=pairs is not None)
    if request.layers is None:
        return Imported(made, tells)
    return Imported(made, tells, ((request.layers, IntradpLayers.of(network.graph, instance, fused)),))


def _core(flag: str, name: str) -> Core:
    try:
        return device(name)
    except InputError as error:
        raise InputError(error.what, where=flag) from None
