"""What an executed stream is worth: latencies, misses, throughput, utilisation."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from wnpopt.problems.wnp.instance import IntArray
from wnpopt.problems.wnp.runtime.stream.document import StreamLimits
from wnpopt.problems.wnp.runtime.stream.schedule import StreamSchedule


def percentile(values: IntArray | np.ndarray[tuple[int, ...], np.dtype[np.float64]], percent: int) -> float:
    """The least of ``values`` that at least ``percent`` per cent of them do not exceed (nearest rank)."""
    rank = -(-percent * values.size // 100)
    return float(np.sort(values)[max(1, rank) - 1])


@dataclass(frozen=True)
class StreamMeasures:
    """A stream under a policy; times in ticks, rates by second, shares as fractions.

    ``missed`` counts requests that end later than their deadline (None where none has one), ``missed_share`` is of
    those that have one. ``slowdown_p95`` is of latency over what the request's network takes alone. The span from the
    first arrival to the last end is what ``throughput_per_s`` (requests), ``in_system`` (the mean number of requests
    that have arrived and are not done), ``core_utilisation`` and ``rb_utilisation`` are over.
    """

    requests: int
    mean: float
    p50: float
    p95: float
    p99: float
    worst: int
    slowdown_p95: float
    missed: int | None
    missed_share: float | None
    offered_per_s: float | None
    throughput_per_s: float | None
    in_system: float | None
    core_utilisation: float | None
    rb_utilisation: float | None

    @staticmethod
    def of(schedule: StreamSchedule, alone: IntArray) -> StreamMeasures:
        """The measures of ``schedule``; ``alone`` are the latencies of the templates alone, in ticks."""
        requests, latency = schedule.requests, schedule.latency
        base = schedule.templates[0].instance
        first, last = int(requests.arrival[0]), int(schedule.end.max())
        span, gaps = last - first, int(requests.arrival[-1]) - first
        busy = sum(int((schedule.ends(r) - schedule.start[r]).sum()) for r in range(requests.count))
        due = np.array([-1 if t.deadline_ticks is None else t.deadline_ticks for t in schedule.templates])
        deadline = due[requests.template]
        bound = deadline >= 0
        missed = int((latency[bound] > deadline[bound]).sum())
        slot = base.radio.slot_ticks
        slots = -(-last // slot) - first // slot
        cells = slots * schedule.carried.shape[1]
        return StreamMeasures(
            requests=requests.count,
            mean=float(latency.mean()),
            p50=percentile(latency, 50),
            p95=percentile(latency, 95),
            p99=percentile(latency, 99),
            worst=int(latency.max()),
            slowdown_p95=percentile(latency / np.maximum(alone[requests.template], 1), 95),
            missed=missed if bound.any() else None,
            missed_share=missed / int(bound.sum()) if bound.any() else None,
            offered_per_s=(requests.count - 1) / (gaps * base.tick_s) if gaps else None,
            throughput_per_s=requests.count / (span * base.tick_s) if span else None,
            in_system=float(latency.sum()) / span if span else None,
            core_utilisation=busy / (span * len(base.chip.cores)) if span else None,
            rb_utilisation=int((schedule.carried >= 0).sum()) / cells if cells else None,
        )

    def to_data(self) -> dict[str, float | int | None]:
        """By name."""
        return asdict(self)

    def breaks(self, limits: StreamLimits) -> bool:
        """True if ``limits`` are exceeded: the share of misses, or the slowdown where no request has a deadline."""
        if self.missed_share is not None:
            return self.missed_share > limits.missed_share
        return self.slowdown_p95 > limits.slowdown_p95
