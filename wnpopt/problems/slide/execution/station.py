"""The station: it sends every client its model over a link of the rate that the plan gives it, and gathers what the
clients say."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from wnpopt.execution.arrays import decoded
from wnpopt.execution.child import ChildProcess, ChildProcesses, hear_all
from wnpopt.execution.machine import processors
from wnpopt.execution.network import Array
from wnpopt.execution.pacer import send_paced
from wnpopt.execution.unsplit import UnsplitNetwork, largest_difference
from wnpopt.execution.urgent import make_urgent
from wnpopt.problems.slide.execution.layered import LayeredNetwork

Mode = Literal["stream", "late", "whole"]
MODES: tuple[Mode, ...] = ("stream", "late", "whole")
"""Infer as layers arrive; the same layers after the download; one session of all, made and run after the download."""

START_S = 120.0
CLIENT = "wnpopt.problems.slide.execution.client"
_LEAD_S = 0.02


@dataclass(frozen=True)
class ClientPlan:
    """What a client is to be: its user, its model, bytes a second of its link, and the factor by which its layers are
    drawn out. ``planned_s`` is when the plan has its last layer done."""

    user: str
    model: str
    bytes_per_s: float
    factor: float
    planned_s: float
    deadline_s: float


@dataclass(frozen=True)
class ClientRun:
    """A run as the client saw it: seconds since the link began to carry, layer by layer (in the mode "whole" of making
    the session and running it), seconds of its processor, and the largest deviation of its outputs."""

    arrived: tuple[float, ...]
    start: tuple[float, ...]
    end: tuple[float, ...]
    cpu: tuple[float, ...]
    deviation: float

    @property
    def latency_s(self) -> float:
        return self.end[-1]


class Station:
    """A server with a process for each client; all end with the ``with`` block of :func:`opened`."""

    def __init__(
        self,
        networks: dict[str, LayeredNetwork],
        plans: Sequence[ClientPlan],
        children: ChildProcesses,
        seed: int,
    ) -> None:
        self.plans, self._networks = plans, networks
        self._expected: dict[str, dict[str, Array]] = {}
        inputs = {}
        for name, layered in networks.items():
            inputs[name] = layered.network.random_inputs(seed)
            whole = UnsplitNetwork(layered.network)
            self._expected[name] = whole.outputs(inputs[name]) | whole.tensors(layered.network.logits, inputs[name])
        tasks = {name: layered.task(inputs[name]) for name, layered in networks.items()}
        mine = processors()
        alone = len(plans) <= len(mine)  # more of them than processors are better spread by the system
        self._links: list[socket.socket] = []
        self.clients: list[ChildProcess] = []
        for number, plan in enumerate(plans):
            own, theirs = socket.socketpair()
            self._links.append(own)
            self.clients.append(
                children.start(
                    CLIENT,
                    f"the client of {plan.user}",
                    {"link": theirs},
                    processors=[mine[number]] if alone else list(mine),
                    **tasks[plan.model],
                )
            )
        hear_all(self.clients, START_S)

    def close(self) -> None:
        for link in self._links:
            link.close()

    def calibrated(self, patience_s: float) -> dict[str, dict[str, Any]]:
        """By model, what its layers take on this machine while nothing else runs: see ``LayerClient.calibrate``."""
        found: dict[str, dict[str, Any]] = {}
        for number, plan in enumerate(self.plans):
            if plan.model not in found:
                self._run([number], "late", "create", 1, None, patience_s)
                self.clients[number].tell({"do": "calibrate"})
                found[plan.model] = self.clients[number].hear(patience_s)
        return found

    def run(self, mode: Mode, loading: str, patience_s: float) -> list[ClientRun]:
        """All clients at once, each over its own link."""
        return self._run(range(len(self.plans)), mode, loading, None, self.plans, patience_s)

    def _run(
        self,
        which: Sequence[int],
        mode: Mode,
        loading: str,
        factor: float | None,
        paced: Sequence[ClientPlan] | None,
        patience_s: float,
    ) -> list[ClientRun]:
        clients = [self.clients[number] for number in which]
        for number, client in zip(which, clients, strict=True):
            drawn = self.plans[number].factor if factor is None else factor
            client.tell({"do": "run", "mode": mode, "loading": loading, "factor": drawn, "patience_s": patience_s})
        hear_all(clients, START_S)
        begin = time.perf_counter() + _LEAD_S
        senders = []
        for number in which:
            rate = None if paced is None else paced[number].bytes_per_s
            pieces = self._networks[self.plans[number].model].pieces()
            self._links[number].settimeout(patience_s)
            senders.append(threading.Thread(target=_send, args=(self._links[number], pieces, begin, rate), daemon=True))
        for sender in senders:
            sender.start()
        for client in clients:
            client.tell({"begin": begin})
        told = hear_all(clients, patience_s + START_S)
        for sender in senders:
            sender.join()
        return [self._seen(number, one) for number, one in zip(which, told, strict=True)]

    def _seen(self, number: int, told: dict[str, Any]) -> ClientRun:
        outputs = {name: decoded(value) for name, value in told["outputs"].items()}
        worst = largest_difference(outputs, self._expected[self.plans[number].model])
        arrived, start, end, cpu = (tuple(map(float, told[what])) for what in ("arrived", "start", "end", "cpu"))
        return ClientRun(arrived, start, end, cpu, worst)


@contextmanager
def opened(networks: dict[str, LayeredNetwork], plans: Sequence[ClientPlan], seed: int = 0) -> Iterator[Station]:
    """A station whose clients are ready. Raises :class:`ExecutionError` where one is not."""
    with ChildProcesses() as children:
        station = Station(networks, plans, children, seed)
        try:
            yield station
        finally:
            station.close()


def _send(link: socket.socket, pieces: list[memoryview], begin: float, rate: float | None) -> None:
    make_urgent()
    try:
        send_paced(link, pieces, begin, rate)
    except OSError:  # the client is gone, and what listens to it says so
        return
