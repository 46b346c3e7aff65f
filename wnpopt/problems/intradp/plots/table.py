"""The picture of a plan table: what its plans reach at each bandwidth, and how much of the work is where."""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.core.text import number, short
from wnpopt.plotting.chart import Chart, Panel, Series
from wnpopt.plotting.palette import COLOURS, LINK
from wnpopt.problems.intradp.online.table import Entry, PlanTable
from wnpopt.problems.intradp.plots.rows import BOTH, DEVICE, SERVER

_TICKS = 12
"""So many bandwidths have their own numbers along the axis."""


def table_chart(table: PlanTable) -> Chart:
    """Latency and energy against the bandwidth, with what is proved of the objective, and the shares of the work.

    The shares are those of the device's seconds for all rows of all operators; tables of version 0.1, which hold no
    network, have none.
    """
    x = tuple(entry.megabytes_per_s for entry in table.plans)
    told = tuple(_told(entry) for entry in table.plans)
    panels = []
    for quantity, unit, paint, values in (
        ("latency", "ms", COLOURS[6], [entry.latency_s for entry in table.plans]),
        ("energy", "mJ", COLOURS[5], [entry.energy_j for entry in table.plans]),
    ):
        lines = [Series(quantity, paint, "line", x, tuple(1e3 * value for value in values), told=told)]
        bounds = [entry.bound for entry in table.plans]
        if quantity == table.objective and any(bound is not None for bound in bounds):
            proved = tuple(None if bound is None else 1e3 * bound for bound in bounds)
            lines.append(Series("bound", LINK, "line", x, proved, dash="dotted"))
        panels.append(Panel(f"{quantity} [{unit}]", tuple(lines), bottom=0.0))
    if table.network is not None:
        names = (("device alone", DEVICE), ("both", BOTH), ("server alone", SERVER))
        shares = [_shares(table, entry) for entry in table.plans]
        lines = [
            Series(name, paint, "line", x, tuple(share[part] for share in shares))
            for part, (name, paint) in enumerate(names)
        ]
        panels.append(Panel("work [%]", tuple(lines), bottom=0.0, top=102.0))
    count = f"{len(x)} plans" if len(x) > 1 else "1 plan"
    title = f"{short(table.instance, 80)}: {count}, least {table.objective}"
    ticks = tuple((rate, number(rate, 4)) for rate in x) if len(x) <= _TICKS else ()
    return Chart(
        title, "bandwidth, each way [MB/s]", tuple(panels), ticks, log_x=_by_factors(x), height=2.4 * len(panels) + 0.6
    )


def _told(entry: Entry) -> str:
    values = f"{number(1e3 * entry.latency_s)} ms, {number(1e3 * entry.energy_j)} mJ"
    return f"{number(entry.megabytes_per_s)} MB/s\n{values}\nby {entry.found_by}"


def _shares(table: PlanTable, entry: Entry) -> tuple[float, float, float]:
    """Percent of the work that the device alone, both and the server alone do."""
    assert table.network is not None
    device = both = server = whole = 0.0
    for operator, end, begin in zip(table.network.operators, entry.device_end, entry.server_begin, strict=True):
        row = operator.device.full_s / operator.units
        device, both, server = device + row * begin, both + row * (end - begin), server + row * (operator.units - end)
        whole += operator.device.full_s
    return (100 * device / whole, 100 * both / whole, 100 * server / whole) if whole else (0.0, 0.0, 0.0)


def _by_factors(x: Sequence[float]) -> bool:
    """True where the bandwidths span more than a hundredfold, or grow by factors."""
    if len(x) < 3 or x[0] <= 0:
        return False
    return x[-1] / x[0] > 100 or (x[-1] - x[-2]) > 4 * (x[1] - x[0])
