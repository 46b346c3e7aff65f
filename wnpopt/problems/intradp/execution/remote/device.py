"""The device's role: it runs inferences with a server, and alone whenever the server is not there or not in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from wnpopt.core.errors import InputError
from wnpopt.execution.network import Array
from wnpopt.execution.unsplit import UnsplitNetwork
from wnpopt.problems.intradp.execution.remote.channel import FrameChannel, PeerError
from wnpopt.problems.intradp.execution.remote.greeting import RefusedError, greet
from wnpopt.problems.intradp.execution.remote.job import Patience, SplitModel, job_of
from wnpopt.problems.intradp.execution.remote.link import Echo, SharedLink
from wnpopt.problems.intradp.execution.remote.pace import Pace, Timed, goodput
from wnpopt.problems.intradp.execution.remote.prepared import prepare
from wnpopt.problems.intradp.execution.side import ReadySide, SharedConstants
from wnpopt.problems.intradp.solution import IntradpSolution

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
"""Before the first attempt to reach the server again, and before later ones, each twice as long as the one before."""

RELINKS = 5

Connect = Callable[[], FrameChannel]
"""Opens a connection; raises :class:`PeerError`."""


@dataclass(frozen=True)
class RunInference:
    """One inference: seconds from the input to the outputs; ``alone`` is why it ran without the server, None if it did
    not. ``log`` are the times of both sides, of one that was shared (``computing`` what their threads computed);
    ``bytes_per_s`` is the link's rate as its messages tell it, None where they are too short."""

    outputs: dict[str, Array]
    latency_s: float
    alone: str | None = None
    log: Mapping[str, Any] | None = None
    bytes_per_s: float | None = None


class DeviceRunner:
    """Runs a plan of a model with whatever ``connect`` reaches, or any of several that are all made ready before.

    ``paces`` are the directions of an emulated link (uplink, downlink), ``slowdown`` the factor by which this side's
    segments are drawn out. Raises :class:`InputError` where the server is not there at first, or refuses. A context
    that closes it at its end.
    """

    def __init__(
        self,
        model: SplitModel,
        solution: IntradpSolution | Sequence[IntradpSolution],
        connect: Connect,
        key: bytes,
        *,
        patience: Patience | None = None,
        paces: tuple[Pace, Pace] | None = None,
        slowdown: float = 1.0,
        threads: int = 1,
        said: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.model, self._connect, self._key = model, connect, key
        self.solutions = [solution] if isinstance(solution, IntradpSolution) else list(solution)
        self.patience = Patience() if patience is None else patience
        self._paces, self._slowdown, self._said, self._threads = paces, slowdown, said, threads
        self._owed = 0.0
        constants = SharedConstants(model.network)
        self.prepared = [prepare(model, one, "device", constants, threads=threads) for one in self.solutions]
        self.whole = UnsplitNetwork(model.network, threads=threads)
        self.whole.outputs(model.network.random_inputs())
        self._link: SharedLink | None = None
        self._greeting: FrameChannel | None = None
        self._reaching: threading.Thread | None = None
        self._pause, self._again = FIRST_PAUSE_S, 0.0
        self._stopped = threading.Event()
        self._link = self._first_reach()

    def infer(self, inputs: Mapping[str, Array], plan: int | None = 0) -> RunInference:
        """One inference by a plan, None for the device alone; right whatever the server does."""
        self.model.network.check_inputs(inputs)
        begin = time.perf_counter()
        self._owed = 0.0
        if plan is None:
            return self._alone(inputs, begin, None)
        link, reason = self._link, "the server is not reached yet"
        if link is not None:
            try:
                return self._shared(link, plan, inputs, begin)
            except PeerError as error:
                reason = str(error)
                self._lose(link, reason)
        self._try_again()
        return self._alone(inputs, begin, reason)

    def probe(self, size: int, back: int) -> None:
        """Ask the server beside the inferences how quick the link is; nothing while an answer is on its way."""
        if self._link is not None and not self._link.probing:
            self._link.probe(size, back)

    @property
    def probing(self) -> bool:
        """True while the answer to a probe is on its way, and the link with it."""
        return self._link is not None and self._link.probing

    def echo(self, within_s: float | None = None) -> Echo | None:
        """What the last probe told, once; waits for it for ``within_s``. None where there is nothing (yet)."""
        link = self._link
        if link is None:
            self._try_again()
            return None
        try:
            if link.failed is not None:
                raise link.failed
            return link.take_echo() if within_s is None else link.wait_echo(time.perf_counter() + within_s)
        except PeerError as error:
            self._lose(link, str(error))
            return None

    def relink(self, paces: tuple[Pace, Pace]) -> None:
        """Connect anew, over an emulated link of other paces; the sessions stay as they are on both sides.

        Raises :class:`InputError` where the server is not there.
        """
        if self._link is not None:
            self._link.close()
            self._link = None
        self._paces = paces
        for _ in range(RELINKS):  # the server may still be busy with the inference before
            with suppress(PeerError, RefusedError):
                self._link = self._reach()
                return
        self._link = self._first_reach()

    def close(self) -> None:
        self._stopped.set()
        greeting = self._greeting
        if greeting is not None:
            greeting.close()
        if self._reaching is not None:
            self._reaching.join(10)
        if self._link is not None:
            self._link.close()
            self._link = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def connected(self) -> bool:
        return self._link is not None

    @property
    def side(self) -> ReadySide:
        """This side of the first plan."""
        return self.prepared[0].side

    def _alone(self, inputs: Mapping[str, Array], begin: float, reason: str | None) -> RunInference:
        start, computing = time.perf_counter(), self._clock()
        outputs = self.whole.outputs(inputs)
        spent = self._clock() - computing
        self._draw_out(spent)
        end = time.perf_counter()
        operators = len(self.model.own.operators)
        segments = [(1, operators - 2, start, end)]
        log = {"began": begin, "segments": segments, "computing": [spent], "arrived": [], "sent": []}
        return RunInference(outputs, end - begin, reason, log if reason is None else None)

    def _shared(self, link: SharedLink, plan: int, inputs: Mapping[str, Array], begin: float) -> RunInference:
        prepared = self.prepared[plan]
        side, arrivals = prepared.side, prepared.arrivals
        if link.failed is not None:
            raise link.failed
        link.begin(plan)
        side.put_inputs(inputs)
        if 0 in side.program.sends:
            link.put(0)
        times, computing = [], []
        for bound in side.segments:
            for message in bound.segment.waits:
                link.wait(message, self.patience.until(begin, arrivals[message]))
            start, before = time.perf_counter(), self._clock()
            bound.run()
            computing.append(self._clock() - before)
            self._draw_out(computing[-1])
            times.append((bound.segment.operators[0], bound.segment.operators[-1], start, time.perf_counter()))
            if bound.segment.sends is not None:
                link.put(bound.segment.sends)
        for message in side.program.last_waits:
            link.wait(message, self.patience.until(begin, arrivals[message]))
        outputs = side.outputs(inputs)
        latency = time.perf_counter() - begin
        arrived = sorted(link.arrived.items())
        sent = [(one.message, one.start, one.end) for one in link.sent]
        log: dict[str, Any] = {
            "began": begin, "segments": times, "computing": computing, "arrived": arrived, "sent": sent
        }  # fmt: skip
        try:  # the buffers are free for the next inference only when the server is done with this one
            server = link.wait_done(self.patience.until(begin, prepared.latest_s))
        except PeerError as error:
            self._lose(link, str(error))
            self._try_again()
            return RunInference(outputs, latency, None, log)
        log["server"] = server
        return RunInference(outputs, latency, None, log, goodput([*link.timed, *_timed(server)]))

    def _clock(self) -> float:
        """Seconds that this thread has computed; of several threads the time that passes."""
        return time.thread_time() if self._threads == 1 else time.perf_counter()

    def _draw_out(self, spent: float) -> None:
        """Sleep as long as a slower device would compute on; what one sleep is too long the next is shorter."""
        if self._slowdown > 1:
            start = time.perf_counter()
            self._owed += (self._slowdown - 1) * spent
            if self._owed > 0:
                time.sleep(self._owed)
                self._owed -= time.perf_counter() - start

    def _first_reach(self) -> SharedLink:
        try:
            return self._reach()
        except RefusedError as error:
            raise InputError(f"the server refuses: {error}", where="--connect") from None
        except PeerError as error:
            raise InputError(str(error), where="--connect") from None

    def _reach(self) -> SharedLink:
        channel = self._greeting = self._connect()
        try:
            if self._stopped.is_set():
                raise PeerError("this device is closed")
            down = None if self._paces is None else self._paces[1].to_data()
            greet(channel, self._key, job_of(self.model, self.solutions, self.patience, down))
        except BaseException:
            channel.close()
            raise
        finally:
            self._greeting = None
        sides = [prepared.side for prepared in self.prepared]
        return SharedLink(channel, sides, None if self._paces is None else self._paces[0])

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
            if self._stopped.is_set():
                return
            self._pause = min(2 * self._pause, LONGEST_PAUSE_S)
            self._again = time.perf_counter() + self._pause
            self._said(f"{error}: tried again in {self._pause:.1f} s")
            return
        if self._stopped.is_set():
            link.close()
            return
        self._link = link
        self._said("the server is there again")


def _timed(report: Mapping[str, Any]) -> list[Timed]:
    """What a server says of the messages that it got; nothing of what is no pair of numbers."""
    told = report.get("timed")
    pairs = [entry for entry in told if isinstance(entry, list) and len(entry) == 2] if isinstance(told, list) else []
    numbers = [
        pair for pair in pairs if all(isinstance(number, int | float) and 0 <= number <= 2**53 for number in pair)
    ]
    return [Timed(int(size), float(seconds)) for size, seconds in numbers]
