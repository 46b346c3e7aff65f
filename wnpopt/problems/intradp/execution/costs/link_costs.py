"""What a connected link carries: seconds a message and goodput, by probes that the other side answers."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.execution.remote.device import DeviceRunner
from wnpopt.problems.intradp.execution.remote.link import MOST_PROBE, Echo
from wnpopt.problems.intradp.execution.remote.pace import LEAST_TIMED
from wnpopt.problems.intradp.instance import Link

SMALL = 64
"""Bytes of a probe that takes the link no time."""

LONG_S = 0.05
"""What a long probe takes of the link, each way, at its nominal rate."""

ANSWER_S = 30.0


@dataclass(frozen=True)
class LinkCosts:
    """Seconds that a message takes beyond its bytes, and bytes a second in both directions."""

    latency_s: float
    uplink_bytes_per_s: float
    downlink_bytes_per_s: float

    def efficiency(self, link: Link) -> float:
        """The share of the nominal rates that carries tensors, at most 1."""
        nominal = 1 / link.uplink_bytes_per_s + 1 / link.downlink_bytes_per_s
        return min(1.0, nominal / (1 / self.uplink_bytes_per_s + 1 / self.downlink_bytes_per_s))


def measure_link(runner: DeviceRunner, *, repeats: int = 15) -> LinkCosts:
    """Medians of ``repeats`` short probes there and back and of long ones; the threads of inferences move them.

    Raises :class:`InputError` where the server is gone.
    """
    link = runner.model.instance.link
    usual = ANSWER_S + 4 * link.latency_s
    short = [_probed(runner, SMALL, SMALL, usual) for _ in range(repeats)]
    sizes = [
        min(MOST_PROBE, max(LEAST_TIMED, int(rate * LONG_S)))
        for rate in (link.uplink_bytes_per_s, link.downlink_bytes_per_s)
    ]
    both = sizes[0] / link.uplink_bytes_per_s + sizes[1] / link.downlink_bytes_per_s
    long = [_probed(runner, sizes[0], sizes[1], usual + 10 * both) for _ in range(max(3, repeats // 5))]
    up = median(one.up.bytes / max(one.up.seconds, 1e-9) for one in long)
    down = median(one.down.bytes / max(one.down.seconds, 1e-9) for one in long)
    trip = median(one.round_trip_s for one in short) - SMALL / up - SMALL / down
    return LinkCosts(max(0.0, trip / 2), up, down)


def _probed(runner: DeviceRunner, size: int, back: int, within_s: float) -> Echo:
    runner.probe(size, back)
    echo = runner.echo(within_s)
    if echo is None:
        raise InputError("the server is gone, or does not answer", where="--connect")
    return echo
