"""Seconds of a network's operators on device and server, from a table of measured times."""

from __future__ import annotations

from wnpopt.core.errors import InputError
from wnpopt.domain.chip.hardware import Core
from wnpopt.domain.chip.measured import MeasuredTimes, Times
from wnpopt.domain.network.graph import Graph


def measured_pairs(graph: Graph, device: Core, server: Core, measured: MeasuredTimes) -> dict[str, tuple[float, float]]:
    """(device, server) seconds by operator, from the columns called like the two cores.

    A table of opaque operators alone leaves the others out: they keep their rooflines. Raises :class:`InputError`
    naming the core or the operator that was not measured, or cannot run.
    """
    columns = (measured.column(device.name), measured.column(server.name))
    rows = measured.of_opaque(graph)
    if rows is None:
        rows = dict(enumerate(measured.of_graph(graph)))
    return {graph.operators[i].name: _pair(graph.operators[i].name, row, columns) for i, row in rows.items()}


def _pair(operator: str, row: Times, columns: tuple[int, int]) -> tuple[float, float]:
    device, server = (row[m] for m in columns)
    if device is None or server is None:
        side = "device" if device is None else "server"
        raise InputError(f"has no time on the {side}; both run every operator", where=operator)
    return device, server
