"""wnp instances in a program: ``wnpopt.wnp.instance(...)``, and constructors of its parts.

Every constructor takes the fields of the document, too, under their names in the file; durations are in seconds
(``slot_s``, ``hop_s``, ``seconds``) or in ticks (``slot_ticks``, ``hop_ticks``, ``ticks``), as is handier. Seconds are
rounded up to whole ticks once, deadlines, limits and rates down. Arrays and scalars may be NumPy's. What is wrong
raises :class:`wnpopt.InputError` with the path inside the instance.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from wnpopt.core.construct import MOST, Fields, build, constructor, rows
from wnpopt.core.errors import InputError
from wnpopt.core.near import near
from wnpopt.core.plain import plain
from wnpopt.problems.wnp.instance import Chip, Core, Edge, Modality, Radio, Subgraph, WnpInstance

__all__ = ["chip", "core", "edge", "instance", "mesh", "modality", "radio", "subgraph", "subgraphs"]

_CHIP_ONLY: Fields = {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": []}


@constructor(WnpInstance)
def instance(
    name: str,
    *,
    chip: Fields | Chip,
    subgraphs: Any,
    edges: Any = (),
    modalities: Any = (),
    radio: Fields | Radio | None = None,
    **fields: Any,
) -> WnpInstance:
    """An instance of joint resource-block allocation and subgraph mapping.

    ``chip``, ``radio``: see :func:`chip` and :func:`radio`; without a radio the problem is chip-only. ``subgraphs``:
    see :func:`subgraph` and :func:`subgraphs`. ``modalities``: a list (:func:`modality`), or payloads in bits by name.
    ``edges``: a list of :func:`edge` or of (from, to, bytes), or bytes by (from, to). ``tick_s`` is 1e-6 unless given.
    """
    sensors = _modalities(modalities)
    if radio is None:
        if sensors:
            raise InputError("missing field; modalities need one", where="radio")
        radio = _CHIP_ONLY
    placed = plain(chip)
    return build(
        WnpInstance,
        name=name,
        radio=radio,
        modalities=sensors,
        chip=placed,
        subgraphs=_subgraphs(plain(subgraphs), _core_names(placed)),
        edges=_edges(edges),
        **fields,
    )


@constructor(Radio)
def radio(bits_per_slot: Any, *, slots: int, block_slots: int | None = None, **fields: Any) -> Fields:
    """The uplink: ``slots`` slots of ``slot_s`` seconds.

    ``bits_per_slot`` is an array of the shape (modalities, resource blocks, coherence blocks), or (modalities, resource
    blocks) for a channel that stays as it is. ``block_slots``, the slots of a coherence block, follows from the number
    of blocks unless it is given. Raises :class:`InputError`.
    """
    table, count, length = plain(bits_per_slot), plain(slots), plain(block_slots)
    steady = isinstance(table, list) and all(_is_row(plane) for plane in table)
    try:  # what is wrong with the table or the slots is told when the instance is checked
        if steady:
            blocks = 1 if length is None else min(math.ceil(count / length), MOST // sum(map(len, table)))
            table = [[[bits] * blocks for bits in plane] for plane in table]
        if length is None:
            length = math.ceil(count / len(table[0][0]))
    except (TypeError, LookupError, ZeroDivisionError, OverflowError, MemoryError):
        length = count if length is None else length
    return {"bits_per_slot": table, "slots": count, "block_slots": length, **fields}


@constructor(Modality)
def modality(name: str, payload_bits: int, **fields: Any) -> Fields:
    """A sensor's data of so many bits."""
    return {"name": name, "payload_bits": payload_bits, **fields}


@constructor(Chip)
def chip(cores: Any, **fields: Any) -> Fields:
    """Cores on a mesh whose transfers take ``hop_s`` seconds a hop and their bytes at ``bytes_per_s``.

    ``cores``: a list of :func:`core`, or what :func:`mesh` makes; names alone stand in a row.
    """
    taken = plain(cores)
    if isinstance(taken, list):
        taken = [{"name": entry, "x": i, "y": 0} if isinstance(entry, str) else entry for i, entry in enumerate(taken)]
    return {"cores": taken, **fields}


@constructor(Core)
def core(name: str, x: int = 0, y: int = 0, **fields: Any) -> Fields:
    """A core at the mesh position (x, y)."""
    return {"name": name, "x": x, "y": y, **fields}


def mesh(names: Sequence[str] | int, *, columns: int | None = None) -> list[Fields]:
    """Cores that fill the rows of a mesh of ``columns`` columns, a square one unless given.

    A number makes c0, c1 and so on.
    """
    made = rows(Core, names, "c", {})
    width = max(1, math.isqrt(max(0, len(made) - 1)) + 1) if columns is None else plain(columns)
    if not isinstance(width, int) or isinstance(width, bool) or width < 1:
        raise InputError(f"found {width!r}; an integer of at least 1 is needed", where="columns")
    return [core | {"x": i % width, "y": i // width} for i, core in enumerate(made)]


@constructor(Subgraph)
def subgraph(name: str, seconds: Any = None, *, modality: str | None = None, **fields: Any) -> Fields:
    """A part of the network: its ``seconds`` on each core, None where it cannot run.

    A number holds for every core; times by core's name leave the others out. ``ticks`` are whole ticks instead.
    """
    if seconds is not None:
        fields = {"seconds": seconds} | fields
    elif "ticks" not in fields:
        raise InputError("missing field; seconds or ticks are needed", where="seconds")
    return {"name": name, "modality": modality, **fields}


def subgraphs(names: Sequence[str] | int, **columns: Any) -> list[Fields]:
    """A subgraph for each of ``names``; a number makes g0, g1 and so on.

    ``seconds`` (or ``ticks``) is an array of the shape (subgraphs, cores); ``modality`` is one for all, or a list with
    one for each, and so is every other field.
    """
    return rows(Subgraph, names, "g", columns)


@constructor(Edge)
def edge(source: str, target: str, bytes: int = 0) -> Fields:
    """``bytes`` flow from the subgraph ``source`` to the subgraph ``target``."""
    return {"from": source, "to": target, "bytes": bytes}


def _modalities(given: Any) -> Any:
    taken = plain(given)
    if isinstance(taken, dict):
        return [{"name": name, "payload_bits": bits} for name, bits in taken.items()]
    return taken


def _edges(given: Any) -> Any:
    if isinstance(given, Mapping):
        given = [(*pair, size) if isinstance(pair, tuple) else (pair, size) for pair, size in given.items()]
    taken = plain(given)
    return [_edge(entry, f"edges[{i}]") for i, entry in enumerate(taken)] if isinstance(taken, list) else taken


def _edge(given: Any, where: str) -> Any:
    if not isinstance(given, list):
        return given
    if len(given) != 3:
        raise InputError(f"has {len(given)} entries; from, to and bytes are needed", where=where)
    return {"from": given[0], "to": given[1], "bytes": given[2]}


def _core_names(placed: Any) -> list[Any]:
    cores = placed.get("cores") if isinstance(placed, dict) else None
    return [entry.get("name") for entry in cores if isinstance(entry, dict)] if isinstance(cores, list) else []


def _subgraphs(given: Any, cores: list[Any]) -> Any:
    if not isinstance(given, list):
        return given
    return [
        _timed(entry, cores, f"subgraphs[{i}]") if isinstance(entry, dict) else entry for i, entry in enumerate(given)
    ]


def _timed(part: Fields, cores: list[Any], where: str) -> Fields:
    times = [key for key in ("seconds", "ticks") if key in part]
    return part | {key: _on_cores(part[key], cores, f"{where}.{key}") for key in times}


def _on_cores(times: Any, cores: list[Any], where: str) -> Any:
    """Times by core, whichever way they were given."""
    if isinstance(times, dict):
        for name in times if cores else ():
            if name not in cores:
                known = ", ".join(map(str, cores))
                raise InputError(
                    f"{name!r} is no core; the cores are {known}{near(name, map(str, cores))}", where=where
                )
        return [times.get(name) for name in cores]
    if isinstance(times, int | float) and not isinstance(times, bool):
        return [times] * len(cores)
    return times


def _is_row(plane: Any) -> bool:
    return isinstance(plane, list) and bool(plane) and not any(isinstance(entry, list) for entry in plane)
