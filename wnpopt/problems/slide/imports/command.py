"""``wnpopt import onnx --users``: networks that a station sends to users, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wnpopt.core.command import Imported
from wnpopt.core.errors import InputError
from wnpopt.core.facts import Fact, Facts, FactTable, counted
from wnpopt.core.options import argument, option, required
from wnpopt.domain.chip.devices import device
from wnpopt.domain.chip.hardware import Core
from wnpopt.domain.files.network import Network, dimensions, input_values, load_network
from wnpopt.domain.files.profile import read_profile
from wnpopt.domain.files.reading import in_file
from wnpopt.domain.files.told import network_told
from wnpopt.problems.slide.imports.layers import layers_of
from wnpopt.problems.slide.instance import Layer, Link, Model, SlideInstance, User
from wnpopt.problems.slide.verify import latency

SLACK = 1.5
"""The default deadline, in units of what the largest model takes over an equal part of the band."""

HIGH_HZ = 1e9


@dataclass(frozen=True)
class StreamRequest:
    """What the importer is asked."""

    file: Path = argument("Composition (.json), graph (.json) or ONNX file.")
    users: int = required("Users of a cell that ask for the network: makes a slide instance.", metavar="N")
    also: tuple[str, ...] = option((), "Another network, repeatable; users ask for them in turn.", metavar="FILE")
    band_hz: float = option(2e7, "Bandwidth of the cell.", above=0, metavar="HZ")
    efficiency: float = option(4.0, "Mean spectral efficiency, in bit/s/Hz.", above=0, metavar="X")
    spread: float = option(0.3, "Greatest deviation of a user's from it, as a share.", least=0, most=0.9)
    deadline: float | None = option(
        None, "Of every user, in seconds.", above=0, metavar="S", shown="1.5 times what an equal part of the band needs"
    )
    user_core: str = option("jetson-xavier-nx-fp32", "Core of the library (or of --times) that users have.")
    slowest: float = option(0.25, "Least frequency, as a share of the greatest.", above=0, most=1)
    times: Path | None = option(None, "Measured times (.csv or .json) on that core, in place of the roofline.")
    seed: int = option(0, "Seed of the users' links.", least=0)
    dim: tuple[str, ...] = option((), "A dimension of an ONNX file, repeatable.", metavar="NAME=N")
    value: tuple[str, ...] = option(
        (), "An input of an ONNX file that has this value (one for each element, or for all), repeatable.",
        metavar="NAME=V[,V...]",
    )  # fmt: skip
    name: str | None = option(None, "Name of the instance.", shown="that of the network")


def from_networks(request: StreamRequest) -> Imported:
    """Users who ask for networks from files; raises :class:`InputError`.

    A model's FLOP are those of the network; they are divided among its layers as the seconds are that the operators
    take on the users' core, and the FLOP a cycle are such that all of them take those seconds at the greatest
    frequency.
    """
    if request.users < 1:
        raise InputError(f"found {request.users}; at least 1 is needed", where="--users")
    networks = [_network(file, request) for file in (request.file, *map(Path, request.also))]
    seconds = [_seconds(network, request) for network in networks]
    work = [max(1.0, float(network.graph.flop)) for network in networks]
    total = sum(map(sum, seconds))
    if not total > 0:
        raise InputError(f"the operators take no time on {request.user_core}", where="--user-core")
    speed = sum(work) / total
    models = [
        Model(name=network.name, accuracy=1.0, layers=tuple(
            Layer(bits=8.0 * layer.bytes, flop=time * speed)
            for layer, time in zip(layers_of(network.graph), times, strict=True)
        ))
        for network, times in zip(networks, seconds, strict=True)
    ]  # fmt: skip
    names = [model.name for model in models]
    if len(set(names)) < len(names):
        raise InputError(f"two networks have the same name: {', '.join(names)}", where="--also")
    users = _users(request, models, speed)
    instance = SlideInstance.from_data(
        {
            "kind": "slide",
            "schema_version": 1,
            "name": networks[0].name if request.name is None else request.name,
            "source": _source(networks, request),
            "bandwidth_hz": request.band_hz,
            "models": [model.to_data() for model in models],
            "users": [user.to_data() for user in users],
        }
    )
    return Imported(instance, _told(networks, instance))


def _network(file: Path, request: StreamRequest) -> Network:
    return load_network(file, dims=dimensions(request.dim), values=input_values(request.value))


def _seconds(network: Network, request: StreamRequest) -> list[float]:
    """Seconds of each layer on the users' core."""
    graph = network.graph
    times: Sequence[float | None]
    if request.times is None:
        core = _core(request.user_core)
        times = [core.seconds(operator) for operator in graph.operators]
    else:
        with in_file(request.times):
            profile = read_profile(request.times)
            column = profile.column(request.user_core)
            times = [row[column] for row in profile.of_graph(graph)]
    for operator, time in zip(graph.operators, times, strict=True):
        if time is None:
            raise InputError(f"{operator.name!r} cannot run on {request.user_core}", where="--user-core")
    return [sum(times[v] or 0.0 for v in layer.operators) for layer in layers_of(graph)]


def _core(name: str) -> Core:
    try:
        return device(name)
    except InputError as error:
        raise InputError(error.what, where="--user-core") from None


def _users(request: StreamRequest, models: Sequence[Model], speed: float) -> list[User]:
    rng = np.random.default_rng([request.seed, 0x736C6F])
    drawn = request.efficiency * (1 + request.spread * rng.uniform(-1, 1, request.users))
    made = [
        User(
            name=f"u{u}",
            deadline_s=request.deadline or 0.0,
            link=Link(spectral_efficiency=float(drawn[u])),
            frequency_hz=(request.slowest * HIGH_HZ, HIGH_HZ),
            flop_per_cycle=speed / HIGH_HZ,
            energy_per_flop_hz2=0.0,
            models=(models[u % len(models)].name,) if len(models) > 1 else None,
        )
        for u in range(request.users)
    ]
    if request.deadline is not None:
        return made
    share = request.band_hz / request.users
    slowest = max(
        latency(user, models[u % len(models)], share * user.link.spectral_efficiency, HIGH_HZ)
        for u, user in enumerate(made)
    )
    return [user.model_copy(update={"deadline_s": SLACK * slowest}) for user in made]


def _source(networks: Sequence[Network], request: StreamRequest) -> str:
    parts = [f"imported: {' and '.join(network.name for network in networks)} for {counted(request.users, 'user')}"]
    parts.append(f"core {request.user_core}, seed {request.seed}")
    if request.times is not None:
        parts.append(f"times of {request.times.name}")
    return ", ".join(parts)


def _told(networks: Sequence[Network], instance: SlideInstance) -> Facts:
    read = [network_told(network) for network in networks]
    rows = tuple((model.name, len(model.layers), int(model.bits) // 8, model.flop) for model in instance.models)
    facts = (Fact("users", len(instance.users)), Fact("deadline_s", instance.users[0].deadline_s))
    table = FactTable("models", ("model", "layers", "bytes", "flop"), rows)
    warnings = tuple(line for one in read for line in one.warnings)
    return Facts((*read[0].facts, *facts), (table, *read[0].tables), warnings)
