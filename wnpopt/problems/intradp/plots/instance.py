"""What an intradp instance asks for: seconds of each operator on either side, and the bytes that it puts out."""

from __future__ import annotations

from wnpopt.core.facts import counted
from wnpopt.core.text import number, short
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.palette import COLOURS, LINK
from wnpopt.problems.intradp.instance import IntradpInstance


def charts(instance: IntradpInstance) -> dict[str, Chart]:
    """Along the operators in their order: times on device and server, and the output beside that of the input."""
    operators = instance.operators
    x = tuple(float(i) for i in range(len(operators)))
    told = tuple(
        f"{o.name}: {counted(o.units, 'row')}\ndevice {number(1e3 * o.device.full_s)} ms, "
        f"server {number(1e3 * o.server.full_s)} ms\nputs out {number(o.output_bytes / 1e3)} kB"
        for o in operators
    )
    times = [
        _times(side, paint, [o.full_s for o in costs], x, shift, told)
        for side, paint, costs, shift in (
            ("device", COLOURS[0], [o.device for o in operators], -0.2),
            ("server", COLOURS[1], [o.server for o in operators], 0.2),
        )
    ]
    given = instance.input_bytes / 1e3
    sizes = (
        Series("output", COLOURS[2], "bars", x, tuple(o.output_bytes / 1e3 for o in operators), told=told),
        Series("input", LINK, "segments", (-0.5, len(x) - 0.5), (given, given), dash="dashed"),
    )
    panels = (Panel("all rows [ms]", tuple(times), bottom=0.0), Panel("output [kB]", sizes, bottom=0.0))
    link = instance.link
    rates = f"{link.uplink_bytes_per_s / 1e6:.4g} and {link.downlink_bytes_per_s / 1e6:.4g} MB/s"
    title = f"{short(instance.name, 80)}: {counted(len(operators), 'operator')}, {rates} up and down"
    names = tuple((place, operator.name) for place, operator in zip(x, operators, strict=True))
    return {"operators": Chart(title, "operators in their order", panels, names, height=6.5)}


def _times(
    side: str, paint: str, costs: list[float], x: tuple[float, ...], shift: float, told: tuple[str, ...]
) -> Series:
    name = f"{side}, {1e3 * sum(costs):.4g} ms in all"
    values = tuple(1e3 * cost for cost in costs)
    return Series(name, paint, "bars", tuple(place + shift for place in x), values, told=told, width=0.4)
