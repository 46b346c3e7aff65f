"""How quick a direction of the link is: emulated, and as the bytes that come tell it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.online.simulate import BandwidthTrace

LEAST_TIMED = 16_384
"""Messages of fewer bytes say nothing of the rate: a real link brings them at once."""


@dataclass(frozen=True)
class Pace:
    """An emulated direction: bytes a second, and the seconds that a message needs beyond its bytes.

    With a ``trace``, whose time 0 is ``origin_s`` of the machine's monotonic clock, the rates are those of the trace
    times ``efficiency``.
    """

    bytes_per_s: float
    latency_s: float = 0.0
    trace: BandwidthTrace | None = None
    origin_s: float = 0.0
    efficiency: float = 1.0

    def finish(self, start: float, size: int) -> float:
        """When ``size`` bytes are through that start at ``start`` (of ``time.perf_counter``)."""
        if self.trace is None:
            return start + size / self.bytes_per_s
        return self.origin_s + self.trace.finish(max(0.0, start - self.origin_s), size / self.efficiency)

    def to_data(self) -> dict[str, Any]:
        """What the other process needs to emulate this direction, as JSON."""
        data: dict[str, Any] = {"bytes_per_s": self.bytes_per_s, "latency_s": self.latency_s}
        if self.trace is not None:
            data["trace"] = [self.trace.step_s, list(self.trace.bytes_per_s), self.origin_s, self.efficiency]
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Pace:
        """The direction that ``to_data`` told; raises :class:`InputError` for what is none."""
        try:
            trace = None
            origin, share = 0.0, 1.0
            if "trace" in data:
                step, rates, origin, share = data["trace"]
                trace = BandwidthTrace(float(step), tuple(float(rate) for rate in rates))
            made = cls(float(data["bytes_per_s"]), float(data["latency_s"]), trace, float(origin), float(share))
        except (KeyError, TypeError, ValueError, OverflowError):
            raise InputError("the device describes no link that can be emulated") from None
        numbers = (made.bytes_per_s, made.latency_s, made.origin_s, made.efficiency)
        if not all(map(math.isfinite, numbers)) or made.bytes_per_s <= 0 or made.latency_s < 0 or made.efficiency <= 0:
            raise InputError("the device describes no link that can be emulated")
        return made


@dataclass(frozen=True, slots=True)
class Timed:
    """Bytes that came, and the seconds from the first of them to the last."""

    bytes: int
    seconds: float


def goodput(timed: Sequence[Timed]) -> float | None:
    """Bytes a second of the messages that are long enough to tell; None where there is none."""
    long = [one for one in timed if one.bytes >= LEAST_TIMED and one.seconds > 0]
    return sum(one.bytes for one in long) / sum(one.seconds for one in long) if long else None
