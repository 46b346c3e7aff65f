"""Every plan of a tiny wnp instance, in plain Python: the last word on what solvers and kernels claim.

Nothing of the formulations, kernels or heuristics is used here; the instance is read as the contract has it. All
allocations of resource blocks are tried slot by slot, all choices of cores, and all orders of subgraphs and of
transfers on the bus, each begun as early as that order lets it: no objective gets worse by that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import factorial, prod

from wnpopt.core.exhausted import Exhausted
from wnpopt.problems.wnp.instance import ENERGY_TOLERANCE, WnpInstance
from wnpopt.problems.wnp.solution import WnpSolution

MOST = 5_000
"""Choices of cores times orders up to which an instance is tiny: a tenth of a second's work at most."""

_STATES = 5_000
"""Of the radio, and of schedules, that are looked at before exhaustion is given up."""

_BETTER = 1e-6
"""An energy that is less by so much, relatively, is better: makespans and latencies are integers."""


Counts = tuple[int, ...]
Rows = tuple[tuple[int | None, ...], ...]


class _TooLargeError(Exception):
    """There is more than a tiny instance has."""


def exhaust(instance: WnpInstance, better_than: float | None = None) -> Exhausted[WnpSolution]:
    """The best plan whose objective is less than ``better_than`` (None: any), by trying all."""
    count = len(instance.subgraphs)
    if count > 8 or factorial(count) * prod(len(_able(instance, i)) for i in range(count)) > MOST:
        return Exhausted(None, complete=False)
    try:
        return Exhausted(_Search(instance, better_than).best(), complete=True)
    except _TooLargeError:
        return Exhausted(None, complete=False)


def _able(instance: WnpInstance, subgraph: int) -> list[int]:
    return [m for m, ticks in enumerate(instance.subgraphs[subgraph].ticks) if ticks is not None]


@dataclass(frozen=True)
class _Delivery:
    """An allocation: its rows of modalities by slot, and the slot at whose end each modality has arrived."""

    rows: Rows
    arrived: Counts
    used: Counts


def _deliveries(instance: WnpInstance) -> list[_Delivery]:
    """Those that no other beats in all arrivals, and, where energy counts, in the slots that each modality uses."""
    radio = instance.radio
    spends = instance.objective == "energy" or instance.energy_limit_j is not None
    needed = {s.modality for s in instance.subgraphs}
    payload = tuple(m.payload_bits if m.name in needed else 0 for m in instance.modalities)
    ks = range(len(payload))
    width = len(radio.bits_per_slot[0]) if radio.bits_per_slot else 0
    nothing = (0,) * len(payload)
    states: dict[tuple[Counts, Counts, Counts], Rows] = {(nothing, nothing, nothing): ()}
    done: dict[tuple[Counts, Counts], Rows] = {}
    looked_at = 0
    for slot in range(radio.slots):
        if not states:  # all have delivered: there may be billions of slots more
            break
        block = slot // radio.block_slots
        following: dict[tuple[Counts, Counts, Counts], Rows] = {}
        for (bits, arrived, used), rows in states.items():
            missing = [k for k in ks if bits[k] < payload[k]]
            if not missing:
                done.setdefault((arrived, used), rows)
                continue
            allowed: list[int | None] = [k for k in missing if slot >= instance.modalities[k].release_slot]
            if spends or not allowed:
                allowed.append(None)
            for row in product(allowed, repeat=width):
                looked_at += 1 + width
                if looked_at > 4 * _STATES:
                    raise _TooLargeError
                now, at, spent = list(bits), list(arrived), list(used)
                for n, k in enumerate(row):
                    if k is not None:
                        now[k] = min(payload[k], now[k] + radio.bits_per_slot[k][n][block])
                        spent[k] += spends
                for k in missing:
                    at[k] = slot + 1
                following.setdefault((tuple(now), tuple(at), tuple(spent)), (*rows, row))
        states = following
    for (bits, arrived, used), rows in states.items():
        if bits == payload:
            done.setdefault((arrived, used), rows)
    made = [_Delivery(rows, arrived, used) for (arrived, used), rows in done.items()]
    return [d for d in made if not any(_beats(other, d) for other in made)]


def _beats(one: _Delivery, other: _Delivery) -> bool:
    left, right = one.arrived + one.used, other.arrived + other.used
    return left != right and all(a <= b for a, b in zip(left, right, strict=True))


class _Search:
    """All plans; the limit on the objective falls with each that is better."""

    def __init__(self, instance: WnpInstance, better_than: float | None) -> None:
        self.instance, self.better_than = instance, better_than
        self.number = {s.name: i for i, s in enumerate(instance.subgraphs)}
        self.job = {job.name: job for job in instance.jobs}
        self.modality = {m.name: k for k, m in enumerate(instance.modalities)}
        self.edges = [(self.number[e.source], self.number[e.target], e.bytes) for e in instance.edges]
        self.looked_at = 0
        self.plan: WnpSolution | None = None

    def best(self) -> WnpSolution | None:
        """The best plan."""
        deliveries = _deliveries(self.instance)
        able = [_able(self.instance, i) for i in range(len(self.instance.subgraphs))]
        for cores in product(*able) if deliveries else ():
            for delivery in deliveries:
                self._on(cores, delivery)
        return self.plan

    def _on(self, cores: Counts, delivery: _Delivery) -> None:
        chip = self.instance.chip
        ticks = [s.ticks[m] or 0 for s, m in zip(self.instance.subgraphs, cores, strict=True)]
        move, spent = [], 0.0
        for i, j, size in self.edges:
            a, b = chip.cores[cores[i]], chip.cores[cores[j]]
            hops = abs(a.x - b.x) + abs(a.y - b.y)
            move.append(0 if cores[i] == cores[j] else chip.hop_ticks * hops + -(-size // chip.bytes_per_tick))
            if cores[i] != cores[j]:
                spent += chip.joule_per_byte_hop * size * max(1, hops)
        for modality, used in zip(self.instance.modalities, delivery.used, strict=True):
            spent += modality.transmit_j_per_rb_slot * used
        first = []
        for subgraph in self.instance.subgraphs:
            at = subgraph.release_ticks
            if subgraph.job is not None:
                at = max(at, self.job[subgraph.job].release_ticks)
            if subgraph.modality is not None:
                at = max(at, delivery.arrived[self.modality[subgraph.modality]] * self.instance.radio.slot_ticks)
            first.append(at)
        for start, end, sent in self._schedules(cores, ticks, move, first, spent):
            value = self._value(cores, ticks, end, spent)
            if value is not None:
                self.better_than = value
                self.plan = self._solution(cores, delivery, start, sent)

    def _schedules(
        self, cores: Counts, ticks: list[int], move: list[int], first: list[int], spent: float
    ) -> Iterator[tuple[Counts, Counts, Counts]]:
        """Starts and ends of subgraphs, and starts of transfers, -1 for those that need none on the bus."""
        shared = self.instance.chip.exclusive_bus
        on_bus = [shared and cores[i] != cores[j] for i, j, _ in self.edges]
        none, nothing = (-1,) * len(cores), (-1,) * len(self.edges)
        stack = [(none, none, nothing, (0,) * len(self.instance.chip.cores), 0)]
        seen = set()
        while stack:
            state = stack.pop()
            if state in seen:
                continue
            seen.add(state)
            self.looked_at += 1
            if self.looked_at > _STATES * 4:
                raise _TooLargeError
            start, end, sent, free, bus = state
            if min(end) >= 0:
                yield start, end, sent
                continue
            if self._value(cores, ticks, end, spent) is None:
                continue  # what has been placed is too late already
            for e, (i, _, _) in enumerate(self.edges):
                if on_bus[e] and sent[e] < 0 <= end[i]:
                    at = max(bus, end[i])
                    stack.append((start, end, (*sent[:e], at, *sent[e + 1 :]), free, at + move[e]))
            for i in range(len(cores)):
                begin = self._ready(i, end, sent, move, on_bus)
                if end[i] < 0 <= begin:
                    at = max(begin, first[i], free[cores[i]])
                    after = (*free[: cores[i]], at + ticks[i], *free[cores[i] + 1 :])
                    ends = (*end[:i], at + ticks[i], *end[i + 1 :])
                    stack.append(((*start[:i], at, *start[i + 1 :]), ends, sent, after, bus))

    def _ready(self, i: int, end: Counts, sent: Counts, move: list[int], on_bus: list[bool]) -> int:
        """When all inputs of a subgraph are there; -1 if one has not been made or sent."""
        ready = 0
        for e, (a, b, _) in enumerate(self.edges):
            if b == i:
                left = sent[e] if on_bus[e] else end[a]
                if left < 0:
                    return -1
                ready = max(ready, left + move[e])
        return ready

    def _value(self, cores: Counts, ticks: list[int], end: Counts, spent: float) -> float | None:
        """The objective; None where a limit is broken, or it is not better.

        Of a part (``end`` is -1 for what is not placed) the least that it can become: all that is computed is paid,
        and idling until the last end so far.
        """
        instance, last = self.instance, max(0, *end)
        if instance.makespan_limit_ticks is not None and last > instance.makespan_limit_ticks:
            return None
        joule = spent
        for m, core in enumerate(instance.chip.cores):
            busy = sum(t for t, c in zip(ticks, cores, strict=True) if c == m)
            joule += instance.tick_s * (core.active_w * busy + core.idle_w * (last - busy))
        # What the verifier accepts is within its tolerance: more than that is rejected here, never less.
        limit = instance.energy_limit_j
        if limit is not None and joule > limit * (1 + 3 * ENERGY_TOLERANCE):
            return None
        latency = 0
        for job in instance.jobs:
            ends = [at for at, s in zip(end, instance.subgraphs, strict=True) if s.job == job.name]
            if job.deadline_ticks is not None and max(ends) > job.deadline_ticks:
                return None
            latency += job.weight * max(0, max(ends) - job.release_ticks)
        value = {"makespan": last, "weighted_latency": latency, "energy": joule}[instance.objective]
        return value if self._is_better(value) else None

    def _is_better(self, value: float) -> bool:
        if self.better_than is None:
            return True
        if self.instance.objective == "energy":
            return value < self.better_than * (1 - _BETTER)
        return value < self.better_than

    def _solution(self, cores: Counts, delivery: _Delivery, start: Counts, sent: Counts) -> WnpSolution:
        instance = self.instance
        names = [s.name for s in instance.subgraphs]
        bus = {f"{e.source}->{e.target}": at for e, at in zip(instance.edges, sent, strict=True) if at >= 0}
        return WnpSolution(
            instance=instance.name,
            rb=delivery.rows,
            core={name: instance.chip.cores[m].name for name, m in zip(names, cores, strict=True)},
            start=dict(zip(names, start, strict=True)),
            transfer_start=bus if instance.chip.exclusive_bus else None,
        )
