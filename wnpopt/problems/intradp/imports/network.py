"""Instances of the published networks that the package builds itself, on the devices of Intra-DP's testbed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TypeVar

import numpy as np

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.devices import device
from wnpopt.domain.network.zoo import build_network
from wnpopt.problems.intradp.imports.fuse import fuse
from wnpopt.problems.intradp.imports.graph import from_graph
from wnpopt.problems.intradp.instance import Cost, IntradpInstance, Operator

_Cost = TypeVar("_Cost", bound=Cost)

PAPER_NETWORKS = ("vgg-19", "resnet-152", "densenet-121", "convnext-l")
"""Those of the four models of Intra-DP, section 5.2.1, that stand for VGGNet, ResNet, DenseNet and ConvNeXt."""

DEVICE, SERVER = "jetson-xavier-nx-fp32", "rtx-3080"
"""Intra-DP, section 5.1.2: robots with a Jetson Xavier NX, a server with an RTX 3080."""


def network_instance(
    network: str,
    *,
    bytes_per_s: float,
    server_speed: float = 1.0,
    scatter: float = 0.0,
    seed: int = 0,
    name: str | None = None,
) -> IntradpInstance:
    """The instance of ``network`` (see :data:`wnpopt.domain.network.zoo.NETWORKS`) on the paper's device and server.

    Times are rooflines; operators that read just their own row are fused into the one before (see :mod:`.fuse`).
    ``bytes_per_s`` is the rate of both directions of the link, ``server_speed`` multiplies the server's arithmetic and
    memory, not what launching a kernel takes. Each operator's time on each side is multiplied by a log-normal
    factor of median 1 and this ``scatter``, drawn from ``seed`` alone: whatever the bandwidth and the server.
    Raises :class:`InputError` naming an unknown network or a bad number.
    """
    for where, value in (("bytes_per_s", bytes_per_s), ("server_speed", server_speed)):
        if not 0 < value < float("inf"):
            raise InputError(f"found {value}; a number above 0 is needed", where=where)
    if not 0 <= scatter <= 1:
        raise InputError(f"found {scatter}; 0 to 1 is needed", where="scatter")
    instance = _fused(network, server_speed)
    link = instance.link.model_copy(update={"uplink_bytes_per_s": bytes_per_s, "downlink_bytes_per_s": bytes_per_s})
    told = f"roofline times, server speed {server_speed:g}, scatter {scatter:g}, seed {seed}, elementwise fused"
    return instance.changed(
        name=name or f"{network}-{bytes_per_s / 1e6:g}MBps-x{server_speed:g}-s{seed}",
        source=f"{network} on {DEVICE} and {SERVER}: {told}",
        operators=_scattered(instance.operators, scatter, seed),
        link=link,
    )


@cache
def _fused(network: str, server_speed: float) -> IntradpInstance:
    server = device(SERVER)
    server = replace(
        server,
        peak_flop_per_s=server.peak_flop_per_s * server_speed,
        memory_bytes_per_s=server.memory_bytes_per_s * server_speed,
    )
    return fuse(from_graph(build_network(network, {}), device(DEVICE), server, uplink_bytes_per_s=1.0)).instance


def _scattered(operators: tuple[Operator, ...], scatter: float, seed: int) -> tuple[Operator, ...]:
    if scatter == 0:
        return operators
    factors = np.exp(scatter * np.random.default_rng([seed, 0x736361]).standard_normal((len(operators), 2)))
    return tuple(
        operator.model_copy(
            update={"device": _times(operator.device, float(on)), "server": _times(operator.server, float(off))}
        )
        for operator, (on, off) in zip(operators, factors, strict=True)
    )


def _times(cost: _Cost, factor: float) -> _Cost:
    return cost.model_copy(update={name: getattr(cost, name) * factor for name in ("fixed_s", "full_s", "partial_s")})
