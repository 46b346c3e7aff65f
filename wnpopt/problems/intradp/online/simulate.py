"""One inference while the bandwidth changes: the contract's timing with a rate that depends on time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.instance import Cost, Input, IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution

_STEPS = (1e-9, 1e9)
_RATES = (1e-3, 1e18)
_MOST_STEPS = 2.0**50
"""Of so many steps a clock in floating point still tells each from the next."""


@dataclass(frozen=True)
class BandwidthTrace:
    """Bytes per second, constant for ``step_s`` seconds each, over and over; both directions have this rate.

    Steps of a nanosecond to 30 years, the greatest rate of a byte in a quarter of an hour to 10^18 a second.
    """

    step_s: float
    bytes_per_s: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.step_s > 0 or not self.bytes_per_s or min(self.bytes_per_s) < 0 or max(self.bytes_per_s) <= 0:
            raise InputError("a positive step and rates of at least 0, not all of them 0, are needed", where="trace")
        if not (_STEPS[0] <= self.step_s <= _STEPS[1] and _RATES[0] <= max(self.bytes_per_s) <= _RATES[1]):
            told = f"found steps of {self.step_s:g} s and rates of up to {max(self.bytes_per_s):g} bytes/s; steps of "
            told += f"{_STEPS[0]:g} to {_STEPS[1]:g} s and a greatest rate of {_RATES[0]:g} to {_RATES[1]:g} are needed"
            raise InputError(told, where="trace")

    def at(self, index: int) -> float:
        """Rate in step ``index``."""
        return self.bytes_per_s[index % len(self.bytes_per_s)]

    @cached_property
    def _sums(self) -> list[float]:
        return list(accumulate(rate * self.step_s for rate in self.bytes_per_s))

    def finish(self, start_s: float, load: float) -> float:
        """When ``load`` bytes are through that start at ``start_s``."""
        if load <= 0:
            return start_s
        whole = self._sums[-1]
        rounds = load / whole
        if start_s / self.step_s + rounds * len(self.bytes_per_s) > _MOST_STEPS:
            # A step does not move the clock there: what counts is the mean rate.
            return start_s + rounds * len(self.bytes_per_s) * self.step_s
        step = int(start_s / self.step_s)
        now = start_s
        while True:
            end = (step + 1) * self.step_s
            rate = self.at(step)
            if end > now and rate * (end - now) >= load:
                return now + load / rate
            load -= rate * max(0.0, end - now)
            now, step = max(now, end), step + 1
            if load > 2 * whole:
                # Whole rounds at once, so that a slow link costs no time here.
                rounds = int(load / whole) - 1
                load -= rounds * whole
                step += rounds * len(self.bytes_per_s)
                now = step * self.step_s


@dataclass(frozen=True)
class Inference:
    """What one took: ``sending_s`` is the time in which some message was on the link, in either direction."""

    latency_s: float
    energy_j: float
    sending_s: float


def simulate(
    instance: IntradpInstance, solution: IntradpSolution, trace: BandwidthTrace, start_s: float = 0.0
) -> tuple[float, float]:
    """(latency s, energy J) of an inference from ``start_s`` of the trace on; the instance's rates are ignored."""
    made = TimedPlan(instance, solution).infer(trace, start_s)
    return made.latency_s, made.energy_j


class TimedPlan:
    """A plan whose messages are known: who waits for which rows depends on no bandwidth."""

    def __init__(self, instance: IntradpInstance, solution: IntradpSolution) -> None:
        self._instance = instance
        operators = instance.operators
        index = {operator.name: i for i, operator in enumerate(operators)}
        ends, begins = solution.device_end, solution.server_begin
        self._ends, self._begins = ends, begins
        self._down: dict[int, tuple[int, int]] = {}
        self._up: dict[int, tuple[int, int]] = {}
        self._waits: list[tuple[set[int], set[int]]] = []
        down, up = self._down, self._up
        for v, operator in enumerate(operators):
            missed: tuple[set[int], set[int]] = (set(), set())
            for edge in operator.inputs:
                u = index[edge.source]
                lo, hi = _reads(edge, 0, ends[v], operators[u].units)
                if hi > ends[u]:
                    span = down.get(u, (operators[u].units, 0))
                    down[u] = min(span[0], max(lo, ends[u])), max(span[1], hi)
                    missed[0].add(u)
                lo, hi = _reads(edge, begins[v], operator.units, operators[u].units)
                if lo < min(hi, begins[u]):
                    span = up.get(u, (operators[u].units, 0))
                    up[u] = min(span[0], lo), max(span[1], min(hi, begins[u]))
                    missed[1].add(u)
            self._waits.append(missed)

    def infer(self, trace: BandwidthTrace, start_s: float = 0.0) -> Inference:
        """An inference from ``start_s`` of the trace on; the instance's rates are ignored."""
        instance, operators = self._instance, self._instance.operators
        ends, begins, waits, up, down = self._ends, self._begins, self._waits, self._up, self._down
        device = server = uplink = downlink = start_s
        arrived_up: dict[int, float] = {}
        arrived_down: dict[int, float] = {}
        busy: list[tuple[float, float]] = []
        extra = 0.0  # joules of the device's computing beyond its power as a rule
        power, cut = instance.power_w, instance.segment_s
        launch_w = power.compute if power.launch is None else power.launch
        joined: tuple[set[int], set[int]] = (set(), set())
        share = instance.link.efficiency
        sending: list[tuple[float, float]] = []
        for v, operator in enumerate(operators):
            if ends[v] > 0:
                begin = max([device, *(arrived_down[u] for u in waits[v][0])])
                first = waits[v][0] - joined[0]
                joined[0].update(first)
                launch, took = _run(operator.device, ends[v], operator.units, len(first) * cut.device)
                device = begin + launch + took
                watt = power.compute if operator.device.compute_w is None else operator.device.compute_w
                extra += (launch_w - power.compute) * launch + (watt - power.compute) * took
                busy.append((begin, device))
            rows = operator.units - begins[v]
            if rows > 0:
                begin = max([server, *(arrived_up[u] for u in waits[v][1])])
                first = waits[v][1] - joined[1]
                joined[1].update(first)
                launch, took = _run(operator.server, rows, operator.units, len(first) * cut.server)
                server = begin + launch + took
            if v in up:
                busy.append((device, device + cut.device))
                device += cut.device
                extra += (launch_w - power.compute) * cut.device
            if v in down:
                server += cut.server
            if v in up:
                begin = max(uplink, device)
                uplink = trace.finish(begin, operator.output_bytes * (up[v][1] - up[v][0]) / operator.units / share)
                arrived_up[v] = uplink + instance.link.latency_s
                sending.append((begin, uplink))
            if v in down:
                begin = max(downlink, server)
                downlink = trace.finish(
                    begin, operator.output_bytes * (down[v][1] - down[v][0]) / operator.units / share
                )
                arrived_down[v] = downlink + instance.link.latency_s
                sending.append((begin, downlink))
        computing = sum(end - begin for begin, end in busy)
        communicating = _alone(sending, busy, device)
        idle = device - start_s - computing - communicating
        joules = power.compute * computing + extra + power.communicate * communicating + power.standby * idle
        return Inference(device - start_s, joules, _alone(sending, [], device))


def _run(cost: Cost, rows: int, units: int, joining: float) -> tuple[float, float]:
    """Seconds of (launch, partial operator and joining messages; computing) of some rows."""
    launch = joining + cost.fixed_s + (cost.partial_s if rows < units else 0.0)
    return launch, (cost.full_s - cost.fixed_s) * rows / units


def _reads(edge: Input, lo: int, hi: int, units: int) -> tuple[int, int]:
    """Rows that the rows [lo, hi) read; (units, 0) for none."""
    if lo >= hi:
        return units, 0
    found = edge.rows(lo, hi, units)
    return found if found[0] < found[1] else (units, 0)


def _alone(sending: list[tuple[float, float]], busy: list[tuple[float, float]], end: float) -> float:
    """Seconds before ``end`` in which something is sent while the device does not compute; ``busy`` is in order."""
    total = 0.0
    covered = float("-inf")
    first = 0
    for begin, finish in sorted(sending):
        lo, hi = max(begin, covered), min(finish, end)
        if hi <= lo:
            continue
        while first < len(busy) and busy[first][1] <= lo:
            first += 1
        total += hi - lo
        k = first
        while k < len(busy) and busy[k][0] < hi:
            total -= max(0.0, min(hi, busy[k][1]) - max(lo, busy[k][0]))
            k += 1
        covered = hi
    return total
