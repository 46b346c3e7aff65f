"""The independent judge of intradp solutions: reads instance and solution and replays the plan.

Shares no code with the compiled kernels, bounds, formulations or heuristics, and is plain Python on purpose: it should
be easy to be sure of. It even spells out the windows anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from wnpopt.core.certificate import Certificate, Violation
from wnpopt.core.errors import InputError
from wnpopt.problems.intradp.instance import Cost, Input, IntradpInstance, Operator
from wnpopt.problems.intradp.solution import IntradpSolution

RULES = {
    "instance-name": "the solution names this instance",
    "device-length": "device_end has one entry for each operator",
    "server-length": "server_begin has one entry for each operator",
    "rows": "0 <= server_begin <= device_end <= units, so that every row is computed by someone",
    "input": "all rows of the input are on the device, none on the server",
    "output": "all rows of the output are on the device, none on the server",
    "transfers": 'with transfers "small" no tensor larger than the input is sent',
    "deadline": "the latency is at most deadline_s (relative tolerance 1e-9)",
}
"""Every rule that a solution can break, and what it asks for."""

DEADLINE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Execution:
    """Operator ``operator`` computes ``rows`` on one side from ``start_s`` to ``end_s``."""

    operator: int
    rows: tuple[int, int]
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Message:
    """``rows`` of the tensor of ``operator`` on the link from ``start_s`` to ``end_s``, there at ``arrival_s``."""

    operator: int
    rows: tuple[int, int]
    bytes: float
    start_s: float
    end_s: float
    arrival_s: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A side is busy with the cut of its work at messages, from ``start_s`` to ``end_s``: no operator runs then.

    ``operator`` has computed what the one message carries, or (``joins``) waits for what so many messages do.
    """

    operator: int
    joins: bool
    messages: int
    start_s: float
    end_s: float

    @property
    def event(self) -> str:
        """How schedules call it."""
        return "join" if self.joins else "cut"


@dataclass(frozen=True, slots=True)
class Replay:
    """What happens when a plan is executed, each list in operator order; ``energy_j`` is the device's."""

    device: tuple[Execution, ...]
    server: tuple[Execution, ...]
    uplink: tuple[Message, ...]
    downlink: tuple[Message, ...]
    latency_s: float
    energy_j: float
    device_segments: tuple[Segment, ...] = ()
    server_segments: tuple[Segment, ...] = ()


def verify(instance: IntradpInstance, solution: IntradpSolution) -> Certificate:
    """The solution's latency (s) or energy (J) and every rule (see :data:`RULES`) that it breaks.

    Amounts are in rows, bytes, seconds or a count.
    """
    found: list[Violation] = []
    if solution.instance != instance.name:
        found.append(Violation("instance-name", f"instance {solution.instance}", 1))
    if not _check_form(instance, solution, found):
        return Certificate(None, tuple(found))
    replayed = replay(instance, solution)
    if instance.transfers == "small":
        limit = instance.operators[0].output_bytes
        for direction, messages in (("uplink", replayed.uplink), ("downlink", replayed.downlink)):
            for message in messages:
                operator = instance.operators[message.operator]
                if operator.output_bytes > limit:
                    where = f"{direction} of {operator.name}"
                    found.append(Violation("transfers", where, operator.output_bytes - limit))
    deadline = instance.deadline_s
    if deadline is not None and replayed.latency_s > deadline * (1 + DEADLINE_TOLERANCE):
        found.append(Violation("deadline", "latency", replayed.latency_s - deadline))
    objective = replayed.latency_s if instance.objective == "latency" else replayed.energy_j
    return Certificate(objective, tuple(found))


def replay(instance: IntradpInstance, solution: IntradpSolution) -> Replay:
    """Execute the plan on paper; raises :class:`InputError` where it does not say who computes which rows."""
    broken: list[Violation] = []
    if not _check_form(instance, solution, broken):
        raise InputError(f"the plan cannot be executed: {broken[0]}")
    count = len(instance.operators)
    index = {operator.name: i for i, operator in enumerate(instance.operators)}
    units = [operator.units for operator in instance.operators]
    on_device = [(0, end) for end in solution.device_end]
    on_server = [(begin, units[i]) for i, begin in enumerate(solution.server_begin)]

    # What each operator misses of each of its inputs, on each side; and the hull of it for each tensor.
    missed_by_device: list[set[int]] = [set() for _ in range(count)]
    missed_by_server: list[set[int]] = [set() for _ in range(count)]
    down: dict[int, tuple[int, int]] = {}
    up: dict[int, tuple[int, int]] = {}
    for v, operator in enumerate(instance.operators):
        for edge in operator.inputs:
            u = index[edge.source]
            need = needed_rows(edge, on_device[v], units[u])
            if need is not None and need[1] > solution.device_end[u]:
                missing = (max(need[0], solution.device_end[u]), need[1])
                missed_by_device[v].add(u)
                down[u] = _hull(down.get(u), missing)
            need = needed_rows(edge, on_server[v], units[u])
            if need is not None and need[0] < solution.server_begin[u]:
                missing = (need[0], min(solution.server_begin[u], need[1]))
                missed_by_server[v].add(u)
                up[u] = _hull(up.get(u), missing)

    device: list[Execution] = []
    busy = _BusyTime(instance)
    server: list[Execution] = []
    uplink: list[Message] = []
    downlink: list[Message] = []
    device_segments: list[Segment] = []
    server_segments: list[Segment] = []
    device_free = server_free = uplink_free = downlink_free = 0.0
    arrived_up: dict[int, float] = {}
    arrived_down: dict[int, float] = {}
    link, cut = instance.link, instance.segment_s
    joined_on_device: set[int] = set()
    joined_on_server: set[int] = set()
    for v, operator in enumerate(instance.operators):
        if on_device[v][0] < on_device[v][1]:
            first = missed_by_device[v] - joined_on_device
            joined_on_device |= first
            begin = max([device_free, *(arrived_down[u] for u in missed_by_device[v])])
            start = begin + len(first) * cut.device
            device_free = start + _seconds(operator.device, on_device[v], units[v])
            busy.run(operator, solution.device_end[v], begin, device_free, len(first) * cut.device)
            if first and cut.device:
                device_segments.append(Segment(v, True, len(first), begin, start))
            device.append(Execution(v, on_device[v], start, device_free))
        if on_server[v][0] < on_server[v][1]:
            first = missed_by_server[v] - joined_on_server
            joined_on_server |= first
            begin = max([server_free, *(arrived_up[u] for u in missed_by_server[v])])
            start = begin + len(first) * cut.server
            if first and cut.server:
                server_segments.append(Segment(v, True, len(first), begin, start))
            server_free = start + _seconds(operator.server, on_server[v], units[v])
            server.append(Execution(v, on_server[v], start, server_free))
        if v in up:
            busy.launch(device_free, cut.device)
            if cut.device:
                device_segments.append(Segment(v, False, 1, device_free, device_free + cut.device))
            device_free += cut.device
        if v in down:
            if cut.server:
                server_segments.append(Segment(v, False, 1, server_free, server_free + cut.server))
            server_free += cut.server
        if v in up:
            load = operator.output_bytes * (up[v][1] - up[v][0]) / units[v]
            start = max(uplink_free, device_free)
            uplink_free = start + load / (link.uplink_bytes_per_s * link.efficiency)
            arrived_up[v] = uplink_free + link.latency_s
            uplink.append(Message(v, up[v], load, start, uplink_free, arrived_up[v]))
        if v in down:
            load = operator.output_bytes * (down[v][1] - down[v][0]) / units[v]
            start = max(downlink_free, server_free)
            downlink_free = start + load / (link.downlink_bytes_per_s * link.efficiency)
            arrived_down[v] = downlink_free + link.latency_s
            downlink.append(Message(v, down[v], load, start, downlink_free, arrived_down[v]))
    latency = device[-1].end_s
    energy = _energy(instance, latency, busy, [*uplink, *downlink])
    return Replay(
        tuple(device), tuple(server), tuple(uplink), tuple(downlink), latency, energy,
        tuple(device_segments), tuple(server_segments),
    )  # fmt: skip


def needed_rows(edge: Input, rows: tuple[int, int], units: int) -> tuple[int, int] | None:
    """Rows of a tensor of ``units`` rows that an operator reads to compute ``rows`` of its own; None for none."""
    lo, hi = rows
    if lo >= hi:
        return None
    if edge.window == "all":
        return 0, units
    window = edge.window
    x = lo * window.stride - window.padding
    y = (hi - 1) * window.stride - window.padding + window.kernel
    first = max(x // window.upsample, 0)
    last = min((y + window.upsample - 1) // window.upsample, units)
    return (first, last) if first < last else None


def _hull(known: tuple[int, int] | None, rows: tuple[int, int]) -> tuple[int, int]:
    return rows if known is None else (min(known[0], rows[0]), max(known[1], rows[1]))


def _seconds(cost: Cost, rows: tuple[int, int], units: int) -> float:
    count = rows[1] - rows[0]
    cutting = cost.partial_s if count < units else 0.0
    return cost.fixed_s + cutting + (cost.full_s - cost.fixed_s) * count / units


class _BusyTime:
    """The device's busy time and its energy.

    They are sums of durations and not of differences of times: where the device waits for 10^9 times as long as it
    computes, differences would have lost most of their digits.
    """

    def __init__(self, instance: IntradpInstance) -> None:
        self._power = instance.power_w
        self._launch = self._power.compute if self._power.launch is None else self._power.launch
        self.spans: list[tuple[float, float]] = []
        self.seconds: list[float] = []
        self.joules: list[float] = []

    def run(self, operator: Operator, count: int, begin: float, end: float, joining: float) -> None:
        """So many rows of an operator, after the seconds that ``joining`` messages takes."""
        cost = operator.device
        launching = joining + cost.fixed_s + (cost.partial_s if count < operator.units else 0.0)
        computing = (cost.full_s - cost.fixed_s) * count / operator.units
        watt = self._power.compute if cost.compute_w is None else cost.compute_w
        self.spans.append((begin, end))
        self.seconds += [launching, computing]
        self.joules += [self._launch * launching, watt * computing]

    def launch(self, begin: float, seconds: float) -> None:
        """A message is cut off."""
        self.spans.append((begin, begin + seconds))
        self.seconds.append(seconds)
        self.joules.append(self._launch * seconds)


def _energy(instance: IntradpInstance, latency: float, busy: _BusyTime, messages: list[Message]) -> float:
    """Joules of the device over [0, latency]."""
    sending = [(message.start_s, message.end_s) for message in messages]
    events = sorted({min(t, latency) for span in (*busy.spans, *sending) for t in span})
    busy_edges, send_edges = _edges(busy.spans), _edges(sending)
    power = instance.power_w
    alone = 0.0
    computing = communicating = 0
    for begin, end in pairwise(events):
        computing += busy_edges.get(begin, 0)
        communicating += send_edges.get(begin, 0)
        if communicating and not computing:
            alone += end - begin
    rest = max(0.0, latency - sum(busy.seconds) - alone)
    return sum(busy.joules) + power.communicate * alone + power.standby * rest


def _edges(spans: list[tuple[float, float]]) -> dict[float, int]:
    """By how much the number of open spans changes at each time."""
    change: dict[float, int] = {}
    for begin, end in spans:
        change[begin] = change.get(begin, 0) + 1
        change[end] = change.get(end, 0) - 1
    return change


def _check_form(instance: IntradpInstance, solution: IntradpSolution, found: list[Violation]) -> bool:
    """True if the plan says who computes which rows, so that it can be replayed."""
    count = len(instance.operators)
    sound = True
    for field, values in (("device_end", solution.device_end), ("server_begin", solution.server_begin)):
        if len(values) != count:
            rule = "device-length" if field == "device_end" else "server-length"
            found.append(Violation(rule, field, abs(len(values) - count)))
            sound = False
    if not sound:
        return False
    for i, operator in enumerate(instance.operators):
        begin, end = solution.server_begin[i], solution.device_end[i]
        excess = max(begin - end, end - operator.units, begin - operator.units)
        if excess > 0:
            found.append(Violation("rows", f"operator {operator.name}", excess))
            sound = False
    for rule, i in (("input", 0), ("output", count - 1)):
        away = sum(instance.operators[i].units - side[i] for side in (solution.device_end, solution.server_begin))
        if away > 0:
            found.append(Violation(rule, f"operator {instance.operators[i].name}", away))
            sound = False
    return sound
