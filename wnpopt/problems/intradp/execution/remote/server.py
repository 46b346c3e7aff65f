"""The server's role: it listens, and computes its rows of one device's inferences at a time."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.remote.channel import FrameChannel, PeerError
from wnpopt.problems.intradp.execution.remote.greeting import PATIENCE_S, refuse, welcome
from wnpopt.problems.intradp.execution.remote.job import Patience, SplitModel, accepted
from wnpopt.problems.intradp.execution.remote.link import SharedLink
from wnpopt.problems.intradp.execution.remote.pace import Pace
from wnpopt.problems.intradp.execution.remote.prepared import PreparedPlan, needed_bytes, prepare
from wnpopt.problems.intradp.execution.segments import program
from wnpopt.problems.intradp.execution.side import ReadySide, SharedConstants
from wnpopt.problems.intradp.solution import IntradpSolution

TURN_S = 2.0
"""How long a device waits for the one before it to be gone."""


MEMORY_BYTES = 4 << 30
"""What the sessions of one device's plans may take."""


class PlanServer:
    """Serves plans of one model. ``emulated``: the device may say how slow the link back to it is to seem.

    ``said`` is called with a line for whatever happens. Raises :class:`InputError` where it cannot listen. A context
    that closes it at its end, whether it ran or not.
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
        memory_bytes: int = MEMORY_BYTES,
        said: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.model, self._key, self._tls, self._emulated, self._threads = model, key, tls, emulated, threads
        self._memory_bytes = memory_bytes
        self._said, self._shared = said, SharedConstants(model.network)
        self._busy, self._stopped = threading.Lock(), threading.Event()
        self._open: set[FrameChannel] = set()
        self._ready: dict[IntradpSolution, PreparedPlan] = {}
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
        try:
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
        finally:
            self.close()
            for thread in threads:
                thread.join(5)

    def stop(self) -> None:
        """Let :meth:`run` end."""
        self._stopped.set()

    def close(self) -> None:
        """Close every socket; :meth:`run` does so at its end."""
        self._stopped.set()
        self._listening.close()
        for channel in list(self._open):
            channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self, connection: socket.socket, peer: str) -> None:
        channel = None
        try:
            if self._tls is not None:
                connection.settimeout(PATIENCE_S)
                connection = self._tls.wrap_socket(connection, server_side=True)
            channel = FrameChannel(connection)
            self._open.add(channel)
            if self._stopped.is_set():
                raise PeerError("this server ends")
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
            solutions, patience, emulated = accepted(self.model, job)
            pace = self._pace(emulated)
            prepared = self._prepared(solutions)
        except InputError as error:
            refuse(channel, str(error))
        segments = sum(len(one.side.segments) for one in prepared)
        link = SharedLink(channel, [one.side for one in prepared], pace)
        try:
            channel.say({"ready": segments}, PATIENCE_S)
            self._said(f"{peer}: ready, {segments} segments")
            while True:
                one = prepared[link.wait_begin()]
                infer_on_server(one.side, link, one.arrivals, patience)
        finally:
            link.close()

    def _pace(self, emulated: Mapping[str, Any] | None) -> Pace | None:
        if emulated is None:
            return None
        if not self._emulated:
            raise InputError("this server emulates no link")
        return Pace.from_data(emulated)

    def _prepared(self, solutions: Sequence[IntradpSolution]) -> list[PreparedPlan]:
        """The plans' sessions; those of the plans before are kept where the same are wanted again."""
        if len(solutions) > 1:
            self._check_memory(solutions)
        kept = {solution: self._ready[solution] for solution in solutions if solution in self._ready}
        self._ready = kept
        for solution in solutions:
            if solution not in kept:
                kept[solution] = prepare(self.model, solution, "server", self._shared, threads=self._threads)
        return [kept[solution] for solution in solutions]

    def _check_memory(self, solutions: Sequence[IntradpSolution]) -> None:
        model = self.model
        needed = sum(
            needed_bytes(model.network, program(model.network, model.own, model.plan(solution), "server"))
            for solution in dict.fromkeys(solutions)
        )
        if needed > self._memory_bytes:
            raise InputError(f"the plans need {needed >> 20} MiB, of which the server has {self._memory_bytes >> 20}")


def infer_on_server(side: ReadySide, link: SharedLink, arrivals: Mapping[int, float], patience: Patience) -> None:
    """The server's part of one inference; :class:`PeerError` where a message is too late."""
    begin = time.perf_counter()
    times, computing = [], []
    for bound in side.segments:
        for message in bound.segment.waits:
            link.wait(message, patience.until(begin, arrivals[message]))
        start, before = time.perf_counter(), time.thread_time()
        bound.run()
        computing.append(time.thread_time() - before)
        times.append((bound.segment.operators[0], bound.segment.operators[-1], start, time.perf_counter()))
        if bound.segment.sends is not None:
            link.put(bound.segment.sends)
    for message, planned in arrivals.items():  # some that nothing here waits for may still be on their way
        link.wait(message, patience.until(begin, planned))
    arrived = sorted(link.arrived.items())
    link.done({"began": begin, "segments": times, "computing": computing, "arrived": arrived})
