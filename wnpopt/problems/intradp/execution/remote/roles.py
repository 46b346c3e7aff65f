"""The device's role with a server of either kind: elsewhere, or in a process here behind an emulated link."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from wnpopt.problems.intradp.execution.remote.connection import address_of, client_tls, connect
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner
from wnpopt.problems.intradp.execution.remote.emulation import server_process
from wnpopt.problems.intradp.execution.remote.greeting import read_key
from wnpopt.problems.intradp.execution.remote.job import Patience, SplitModel
from wnpopt.problems.intradp.execution.remote.pace import Pace
from wnpopt.problems.intradp.solution import IntradpSolution


def silent(_line: str) -> None:
    """Says nothing."""


def connected(
    model: SplitModel,
    plans: Sequence[IntradpSolution],
    address: str,
    *,
    key: Path | None = None,
    certificate: Path | None = None,
    patience: Patience | None = None,
    threads: int = 1,
    said: Callable[[str], None] = silent,
) -> DeviceRunner:
    """A device that is connected to ``wnpopt serve`` at HOST:PORT; raises :class:`InputError` where it is not there."""
    host = address_of(address, "--connect")
    reach = partial(connect, host, client_tls(host[0], certificate))
    return DeviceRunner(model, plans, reach, read_key(key, make=False), patience=patience, threads=threads, said=said)


class EmulatedServer:
    """A server's process on this machine, and devices that run plans with it one after the other."""

    def __init__(self, model: SplitModel, key: bytes, port: int) -> None:
        self.model, self.port, self._key = model, port, key

    def device(
        self,
        plans: Sequence[IntradpSolution],
        paces: tuple[Pace, Pace],
        *,
        slowdown: float = 1.0,
        patience: Patience | None = None,
        threads: int = 1,
        said: Callable[[str], None] = silent,
    ) -> DeviceRunner:
        """A device that is connected over a link of these paces (uplink, downlink)."""
        reach = partial(connect, ("127.0.0.1", self.port), None)
        return DeviceRunner(
            self.model, plans, reach, self._key, paces=paces, slowdown=slowdown, patience=patience, threads=threads,
            said=said,
        )  # fmt: skip


@contextmanager
def emulated(model: SplitModel, *, dims: Mapping[str, int] | None = None, threads: int = 1) -> Iterator[EmulatedServer]:
    """A server's process for a model, on a core of its own where there are two; it ends with the context.

    ``dims`` are those that the model's file was read with.
    """
    key = secrets.token_hex(32).encode()
    values = {name: _numbers(value) for name, value in model.network.values.items()}
    with server_process(model.instance.to_data(), model.network.path, dims or {}, values, key, threads) as port:
        yield EmulatedServer(model, key, port)


def paces_of(model: SplitModel, latency_s: float | None = None) -> tuple[Pace, Pace]:
    """The link of the model's instance, with other seconds a message where they are given."""
    link = model.instance.link
    latency = link.latency_s if latency_s is None else latency_s
    up, down = link.uplink_bytes_per_s * link.efficiency, link.downlink_bytes_per_s * link.efficiency
    return Pace(up, latency), Pace(down, latency)


def _numbers(value: float | Sequence[float]) -> list[float]:
    return [float(value)] if isinstance(value, int | float) else list(value)
