"""The server's role: it listens, and computes its rows of one device's inferences at a time."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.remote.channel import FrameChannel, PeerError
from wnpopt.problems.intradp.execution.remote.greeting import PATIENCE_S, refuse, welcome
from wnpopt.problems.intradp.execution.remote.job import Patience, SplitModel, accepted
from wnpopt.problems.intradp.execution.remote.link import Pace, SharedLink
from wnpopt.problems.intradp.execution.segments import program
from wnpopt.problems.intradp.execution.side import ReadySide, SharedConstants
from wnpopt.problems.intradp.solution import IntradpSolution

TURN_S = 2.0
"""How long a device waits for the one before it to be gone."""


class PlanServer:
    """Serves plans of one model. ``emulated``: the device may say how slow the link back to it is to seem.

    ``said`` is called with a line for whatever happens. Raises :class:`InputError` where it cannot listen.
    """

    def __init__(
        self,
        model: SplitModel,
        key: bytes,
        address: tuple[str, int] = ("127.0.0.1", 0),
        *,
        tls: ssl.SSLContext | None = None,
        emulated: bool = False,
        threads: int = 1,
        said: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.model, self._key, self._tls, self._emulated, self._threads = model, key, tls, emulated, threads
        self._said, self._shared = said, SharedConstants(model.network)
        self._busy, self._stopped = threading.Lock(), threading.Event()
        self._open: set[FrameChannel] = set()
        self._ready: tuple[IntradpSolution, ReadySide] | None = None
        try:
            family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
            self._listening = socket.create_server(address, family=family)
        except (OSError, OverflowError) as error:
            told = (getattr(error, "strerror", None) or str(error)).lower().partition(" (")[0]
            raise InputError(f"cannot listen on {address[0]}:{address[1]}: {told}", where="--listen") from None
        self._listening.settimeout(0.2)
        self.port = int(self._listening.getsockname()[1])

    def run(self) -> None:
        """Until :meth:`stop` is called."""
        threads: list[threading.Thread] = []
        while not self._stopped.is_set():
            try:
                connection, peer = self._listening.accept()
            except TimeoutError:
                continue
            except OSError:
                break
            thread = threading.Thread(target=self._serve, args=(connection, f"{peer[0]}:{peer[1]}"), daemon=True)
            threads = [one for one in threads if one.is_alive()]
            threads.append(thread)
            thread.start()
        self._listening.close()
        for channel in list(self._open):
            channel.close()
        for thread in threads:
            thread.join(5)

    def stop(self) -> None:
        self._stopped.set()

    def _serve(self, connection: socket.socket, peer: str) -> None:
        channel = None
        try:
            if self._tls is not None:
                connection.settimeout(PATIENCE_S)
                connection = self._tls.wrap_socket(connection, server_side=True)
            channel = FrameChannel(connection)
            self._open.add(channel)
            job = welcome(channel, self._key)
            if not self._busy.acquire(timeout=TURN_S):
                refuse(channel, "the server is busy with another device")
            try:
                self._work(channel, job, peer)
            finally:
                self._busy.release()
        except (PeerError, InputError) as error:
            self._said(f"{peer}: {error}")
        except OSError as error:
            self._said(f"{peer}: no TLS connection: {error}")
        finally:
            if channel is not None:
                self._open.discard(channel)
                channel.close()
            with suppress(OSError):
                connection.close()

    def _work(self, channel: FrameChannel, job: Mapping[str, Any], peer: str) -> None:
        try:
            solution, patience, emulated = accepted(self.model, job)
            side = self._prepared(solution)
            pace = self._pace(emulated)
        except InputError as error:
            refuse(channel, str(error))
        link = SharedLink(channel, side, pace)
        channel.say({"ready": len(side.segments)}, PATIENCE_S)
        self._said(f"{peer}: ready, {len(side.segments)} segments")
        arrivals = self.model.arrivals(solution)["up"]
        try:
            while True:
                link.wait_begin()
                infer_on_server(side, link, arrivals, patience)
        finally:
            link.close()

    def _pace(self, emulated: Mapping[str, float] | None) -> Pace | None:
        if emulated is None:
            return None
        rate, latency = emulated.get("bytes_per_s"), emulated.get("latency_s")
        if not self._emulated or not isinstance(rate, int | float) or not isinstance(latency, int | float) or rate <= 0:
            raise InputError("this server emulates no link")
        return Pace(float(rate), float(latency))

    def _prepared(self, solution: IntradpSolution) -> ReadySide:
        if self._ready is None or self._ready[0] != solution:
            made = program(self.model.network, self.model.own, self.model.plan(solution), "server")
            side = ReadySide(self.model.network, made, self._shared, threads=self._threads)
            side.warm()
            self._ready = (solution, side)
        return self._ready[1]


def infer_on_server(side: ReadySide, link: SharedLink, arrivals: Mapping[int, float], patience: Patience) -> None:
    """The server's part of one inference; :class:`PeerError` where a message is too late."""
    begin = time.perf_counter()
    times = []
    for bound in side.segments:
        for message in bound.segment.waits:
            link.wait(message, patience.until(begin, arrivals[message]))
        start = time.perf_counter()
        bound.run()
        times.append((bound.segment.operators[0], bound.segment.operators[-1], start, time.perf_counter()))
        if bound.segment.sends is not None:
            link.put(bound.segment.sends)
    for message, planned in arrivals.items():  # some that nothing here waits for may still be on their way
        link.wait(message, patience.until(begin, planned))
    link.done({"began": begin, "segments": times, "arrived": sorted(link.arrived.items())})
