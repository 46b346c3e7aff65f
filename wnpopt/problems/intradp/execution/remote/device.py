"""The device's role: it runs inferences with a server, and alone whenever the server is not there or not in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wnpopt.core.errors import InputError
from wnpopt.execution.network import Array
from wnpopt.execution.unsplit import UnsplitNetwork
from wnpopt.problems.intradp.execution.remote.channel import FrameChannel, PeerError
from wnpopt.problems.intradp.execution.remote.greeting import RefusedError, greet
from wnpopt.problems.intradp.execution.remote.job import Patience, SplitModel, job_of
from wnpopt.problems.intradp.execution.remote.link import Pace, SharedLink
from wnpopt.problems.intradp.execution.segments import program
from wnpopt.problems.intradp.execution.side import ReadySide, SharedConstants
from wnpopt.problems.intradp.solution import IntradpSolution

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
"""Before the first attempt to reach the server again, and before later ones, each twice as long as the one before."""

Connect = Callable[[], FrameChannel]
"""Opens a connection; raises :class:`PeerError`."""


@dataclass(frozen=True)
class RunInference:
    """One inference: seconds from the input to the outputs; ``alone`` is why it ran without the server, None if it did
    not. ``log`` are the times of both sides, of one that was shared."""

    outputs: dict[str, Array]
    latency_s: float
    alone: str | None = None
    log: Mapping[str, Any] | None = None


class DeviceRunner:
    """Runs one plan of a model with whatever ``connect`` reaches.

    ``paces`` are the directions of an emulated link (uplink, downlink), ``slowdown`` the factor by which this side's
    segments are drawn out. Raises :class:`InputError` where the server is not there at first, or refuses.
    """

    def __init__(
        self,
        model: SplitModel,
        solution: IntradpSolution,
        connect: Connect,
        key: bytes,
        *,
        patience: Patience | None = None,
        paces: tuple[Pace, Pace] | None = None,
        slowdown: float = 1.0,
        threads: int = 1,
        said: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.model, self.solution, self._connect, self._key = model, solution, connect, key
        self.patience = Patience() if patience is None else patience
        self._paces, self._slowdown, self._said = paces, slowdown, said
        made = program(model.network, model.own, model.plan(solution), "device")
        self.side = ReadySide(model.network, made, SharedConstants(model.network), threads=threads)
        self.side.warm()
        self.whole = UnsplitNetwork(model.network, threads=threads)
        self.whole.outputs(model.network.random_inputs())
        planned = model.arrivals(solution)
        self._arrivals = planned["down"]
        self._latest = max([model.replay(solution).latency_s, *planned["up"].values()], default=0.0)
        self._link: SharedLink | None = None
        self._reaching: threading.Thread | None = None
        self._pause, self._again = FIRST_PAUSE_S, 0.0
        self._stopped = threading.Event()
        try:
            self._link = self._reach()
        except RefusedError as error:
            raise InputError(f"the server refuses: {error}", where="--connect") from None
        except PeerError as error:
            raise InputError(str(error), where="--connect") from None

    def infer(self, inputs: Mapping[str, Array]) -> RunInference:
        """One inference; right whatever the server does."""
        self.model.network.check_inputs(inputs)
        begin = time.perf_counter()
        link, reason = self._link, "the server is not reached yet"
        if link is not None:
            try:
                return self._shared(link, inputs, begin)
            except PeerError as error:
                reason = str(error)
                self._lose(link, reason)
        self._try_again()
        start = time.perf_counter()
        outputs = self.whole.outputs(inputs)
        self._draw_out(start)
        return RunInference(outputs, time.perf_counter() - begin, reason)

    def close(self) -> None:
        self._stopped.set()
        if self._reaching is not None:
            self._reaching.join(10)
        if self._link is not None:
            self._link.close()
            self._link = None

    @property
    def connected(self) -> bool:
        return self._link is not None

    def _shared(self, link: SharedLink, inputs: Mapping[str, Array], begin: float) -> RunInference:
        link.begin()
        self.side.put_inputs(inputs)
        if 0 in self.side.program.sends:
            link.put(0)
        times = []
        for bound in self.side.segments:
            for message in bound.segment.waits:
                link.wait(message, self.patience.until(begin, self._arrivals[message]))
            start = time.perf_counter()
            bound.run()
            self._draw_out(start)
            times.append((bound.segment.operators[0], bound.segment.operators[-1], start, time.perf_counter()))
            if bound.segment.sends is not None:
                link.put(bound.segment.sends)
        for message in self.side.program.last_waits:
            link.wait(message, self.patience.until(begin, self._arrivals[message]))
        outputs = self.side.outputs(inputs)
        latency = time.perf_counter() - begin
        arrived = sorted(link.arrived.items())
        sent = [(one.message, one.start, one.end) for one in link.sent]
        log: dict[str, Any] = {"began": begin, "segments": times, "arrived": arrived, "sent": sent}
        try:  # the buffers are free for the next inference only when the server is done with this one
            log["server"] = link.wait_done(self.patience.until(begin, self._latest))
        except PeerError as error:
            self._lose(link, str(error))
            self._try_again()
        return RunInference(outputs, latency, None, log)

    def _draw_out(self, start: float) -> None:
        if self._slowdown > 1:
            time.sleep((self._slowdown - 1) * (time.perf_counter() - start))

    def _reach(self) -> SharedLink:
        channel = self._connect()
        try:
            down = None
            if self._paces is not None:
                down = {"bytes_per_s": self._paces[1].bytes_per_s, "latency_s": self._paces[1].latency_s}
            greet(channel, self._key, job_of(self.model, self.solution, self.patience, down))
        except BaseException:
            channel.close()
            raise
        return SharedLink(channel, self.side, None if self._paces is None else self._paces[0])

    def _lose(self, link: SharedLink, reason: str) -> None:
        self._said(f"{reason}: this device goes on alone")
        self._link = None
        link.close()
        self._pause = FIRST_PAUSE_S
        self._again = time.perf_counter() + self._pause

    def _try_again(self) -> None:
        """Reach the server beside the inferences, each time after twice the pause."""
        busy = self._reaching is not None and self._reaching.is_alive()
        if self._link is None and not busy and time.perf_counter() >= self._again:
            self._reaching = threading.Thread(target=self._reach_again, daemon=True)
            self._reaching.start()

    def _reach_again(self) -> None:
        try:
            link = self._reach()
        except (PeerError, RefusedError) as error:
            self._pause = min(2 * self._pause, LONGEST_PAUSE_S)
            self._again = time.perf_counter() + self._pause
            self._said(f"{error}: tried again in {self._pause:.1f} s")
            return
        if self._stopped.is_set():
            link.close()
            return
        self._link = link
        self._said("the server is there again")
