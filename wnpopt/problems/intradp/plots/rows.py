"""The network's row split of an intradp plan: along the depth, which rows the device, the server and both compute."""

from __future__ import annotations

from wnpopt.core.text import number, short
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.palette import COLOURS
from wnpopt.problems.intradp.instance import IntradpInstance
from wnpopt.problems.intradp.solution import IntradpSolution
from wnpopt.problems.intradp.verify import Message, replay

DEVICE, UPLINK, SERVER, DOWNLINK = COLOURS[:4]
BOTH = COLOURS[4]
_GAPS_UP_TO = 60
"""So many operators stand a little apart."""


def rows(instance: IntradpInstance, solution: IntradpSolution) -> Chart:
    """Shares of the rows of each operator in their order; below, what is sent of each operator's output."""
    operators = instance.operators
    ends, begins = solution.device_end, solution.server_begin
    x = tuple(float(i) for i in range(len(operators)))
    shares = [
        (100 * b / o.units, 100 * (a - b) / o.units, 100 * (o.units - a) / o.units)
        for o, a, b in zip(operators, ends, begins, strict=True)
    ]
    told = tuple(
        "\n".join((o.name, _side("device", 0, a, o.units), _side("server", b, o.units, o.units), _twice(a - b)))
        for o, a, b in zip(operators, ends, begins, strict=True)
    )
    width = 0.9 if len(operators) <= _GAPS_UP_TO else 1.0
    parts = []
    for part, (name, paint) in enumerate((("device", DEVICE), ("both", BOTH), ("server", SERVER))):
        base = tuple(sum(share[:part]) for share in shares)
        parts.append(Series(name, paint, "bars", x, tuple(share[part] for share in shares), base, told, width=width))
    replayed = replay(instance, solution)
    sent = [
        _messages(instance, name, paint, messages, shift)
        for name, paint, messages, shift in (
            ("uplink", UPLINK, replayed.uplink, -0.2),
            ("downlink", DOWNLINK, replayed.downlink, 0.2),
        )
        if messages
    ]
    panels = [Panel("rows [%]", tuple(parts), share=2.0, bottom=0.0, top=100.0)]
    if sent:
        panels.append(Panel("sent [kB]", tuple(sent), bottom=0.0))
    latency, energy = number(1e3 * replayed.latency_s, 4), number(1e3 * replayed.energy_j, 4)
    title = f"{short(instance.name, 80)}: who computes which rows, {latency} ms, {energy} mJ"
    names = tuple((place, operator.name) for place, operator in zip(x, operators, strict=True))
    return Chart(title, "operators in their order", tuple(panels), names, height=5.5 if sent else 4.0)


def _side(side: str, first: int, after: int, units: int) -> str:
    if first >= after:
        return f"{side}: nothing"
    return f"{side}: all rows" if after - first == units else f"{side}: rows {first} to {after - 1} of {units}"


def _twice(overlap: int) -> str:
    return "" if overlap <= 0 else f"both: {overlap} {'row' if overlap == 1 else 'rows'}"


def _messages(instance: IntradpInstance, name: str, paint: str, messages: tuple[Message, ...], shift: float) -> Series:
    told = tuple(
        f"{instance.operators[m.operator].name}\n{name}: {number(m.bytes / 1e3)} kB, rows {m.rows[0]} to "
        f"{m.rows[1] - 1}\n{number(1e3 * m.start_s)} to {number(1e3 * m.arrival_s)} ms"
        for m in messages
    )
    places = tuple(message.operator + shift for message in messages)
    return Series(name, paint, "bars", places, tuple(m.bytes / 1e3 for m in messages), told=told, width=0.4)
