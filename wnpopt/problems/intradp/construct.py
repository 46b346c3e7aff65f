"""intradp instances in a program: ``wnpopt.intradp.instance(...)``, and constructors of its parts.

Every constructor takes the fields of the document, too, under their names in the file, all in SI units. Arrays and
scalars may be NumPy's. What is wrong raises :class:`wnpopt.InputError` with the path inside the instance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wnpopt.core.construct import Fields, build, constructor
from wnpopt.core.errors import InputError
from wnpopt.core.plain import plain
from wnpopt.problems.intradp.instance import IntradpInstance, Link, Operator, Power, Window

__all__ = ["ALL", "instance", "link", "network_input", "network_output", "operator", "power", "window"]

ALL = "all"
"""The window of an operator that reads every row whatever it computes."""

_FREE: Fields = {"fixed_s": 0.0, "full_s": 0.0}
_ROW: Fields = {"kernel": 1, "stride": 1, "padding": 0}


@constructor(IntradpInstance)
def instance(name: str, *, operators: Any, link: Any, power_w: Any, **fields: Any) -> IntradpInstance:
    """An instance of local-operation partitioning between a device and a server.

    ``operators``: a :func:`network_input`, each :func:`operator` in a topological order, a :func:`network_output`.
    ``link``: see :func:`link`; a number is the rate of both directions in bytes a second. ``power_w``: see
    :func:`power`.
    """
    rate = plain(link)
    if isinstance(rate, int | float) and not isinstance(rate, bool):
        rate = _both(rate)
    return build(IntradpInstance, name=name, operators=operators, link=rate, power_w=power_w, **fields)


def network_input(units: int, output_bytes: float, *, name: str = "input") -> Fields:
    """The network's input: ``units`` rows, all on the device at time 0."""
    return {
        "name": name, "units": units, "output_bytes": output_bytes, "inputs": [], "device": _FREE, "server": _FREE,
    }  # fmt: skip


def network_output(inputs: Any, *, units: int = 1, output_bytes: float = 0.0, name: str = "output") -> Fields:
    """The network's output, which the device needs; ``inputs`` as of an :func:`operator`."""
    return {
        "name": name, "units": units, "output_bytes": output_bytes, "inputs": _inputs(inputs), "device": _FREE,
        "server": _FREE,
    }  # fmt: skip


@constructor(Operator)
def operator(
    name: str, *, units: int, output_bytes: float, inputs: Any, device: Any, server: Any, **fields: Any
) -> Fields:
    """An operator whose output has ``units`` rows (1: global) and ``output_bytes`` bytes.

    ``inputs``: windows by the name of what it reads, see :func:`window`; a name alone, or several in a list, are read
    row by row. ``device`` and ``server`` are the seconds of all rows there, or a pair of the seconds that do not depend
    on the number of rows, and the seconds of all rows with these.
    """
    return {
        "name": name,
        "units": units,
        "output_bytes": output_bytes,
        "inputs": _inputs(inputs),
        "device": _cost(device),
        "server": _cost(server),
        **fields,
    }


@constructor(Window)
def window(kernel: int = 1, stride: int = 1, padding: int = 0, **fields: Any) -> Fields:
    """The rows that an operator reads; see the document's ``window``."""
    return {"kernel": kernel, "stride": stride, "padding": padding, **fields}


@constructor(Link)
def link(bytes_per_s: float | None = None, **fields: Any) -> Fields:
    """The wireless link: ``bytes_per_s`` each way, or ``uplink_bytes_per_s`` and ``downlink_bytes_per_s``."""
    if bytes_per_s is None:
        return fields
    for direction in _both(bytes_per_s):
        if direction in fields:
            raise InputError("is given as bytes_per_s, too; one of the two is needed", where=direction)
    return _both(bytes_per_s) | fields


@constructor(Power)
def power(compute: float, communicate: float, standby: float, **fields: Any) -> Fields:
    """The device's power in watts: computing, communicating while not computing, neither."""
    return {"compute": compute, "communicate": communicate, "standby": standby, **fields}


def _both(rate: Any) -> Fields:
    return {"uplink_bytes_per_s": rate, "downlink_bytes_per_s": rate}


def _inputs(given: Any) -> Any:
    if isinstance(given, str):
        given = [given]
    if isinstance(given, Mapping):
        return [{"from": source, "window": plain(seen)} for source, seen in given.items()]
    taken = plain(given)
    if not isinstance(taken, list):
        return taken
    return [{"from": source, "window": dict(_ROW)} if isinstance(source, str) else source for source in taken]


def _cost(given: Any) -> Any:
    taken = plain(given)
    if isinstance(taken, int | float) and not isinstance(taken, bool):
        return {"fixed_s": 0.0, "full_s": taken}
    if isinstance(taken, list) and len(taken) == 2:
        return {"fixed_s": taken[0], "full_s": taken[1]}
    return taken
