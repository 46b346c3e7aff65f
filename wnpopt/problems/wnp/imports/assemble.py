"""A wnp instance from a network's graph, a mesh of cores, times and an uplink.

Durations are rounded up to ticks and rates down here, once; nothing is rounded afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wnpopt.core.document import MAX_INT
from wnpopt.core.errors import InputError
from wnpopt.core.units import per_tick_down, ticks_up
from wnpopt.domain.chip.hardware import Chip
from wnpopt.domain.chip.measured import Times
from wnpopt.domain.network.coarsen import Coarsening
from wnpopt.domain.network.graph import Graph
from wnpopt.domain.radio.scenario import Link, Scenario, draw_channel
from wnpopt.problems.wnp.instance import WnpInstance


@dataclass(frozen=True, slots=True)
class Mesh:
    """Named cores at mesh positions; a transfer takes ``hop_s`` a hop and its bytes at ``bytes_per_s``."""

    cores: tuple[tuple[str, int, int], ...]
    hop_s: float
    bytes_per_s: float

    @classmethod
    def of(cls, chip: Chip) -> Mesh:
        """The mesh of a chip."""
        return cls(tuple((core.name, core.x, core.y) for core in chip.cores), chip.hop_s, chip.bytes_per_s)

    @classmethod
    def rows(cls, names: Sequence[str], columns: int, hop_s: float, bytes_per_s: float) -> Mesh:
        """Cores that fill the rows of a mesh of ``columns`` columns."""
        return cls(tuple((name, i % columns, i // columns) for i, name in enumerate(names)), hop_s, bytes_per_s)


@dataclass(frozen=True, eq=False)
class RadioInput:
    """What is sent, and the channel that carries it.

    ``payloads`` are (modality, bits); ``bits_per_slot`` has the shape (modalities, resource blocks, coherence blocks).
    """

    payloads: tuple[tuple[str, int], ...]
    slot_s: float
    slots: int
    block_slots: int
    bits_per_slot: npt.NDArray[np.int64]

    @classmethod
    def drawn(cls, payloads: Mapping[str, int], scenario: Scenario, links: Mapping[str, Link], seed: int) -> RadioInput:
        """A channel drawn from ``seed`` for the modalities' links, in the order of ``payloads``."""
        channel = draw_channel(scenario, [links[name] for name in payloads], seed)
        return cls._on(payloads, scenario, channel.bits_per_slot)

    @classmethod
    def given(
        cls, payloads: Mapping[str, int], scenario: Scenario, bits: Mapping[str, npt.NDArray[np.int64]]
    ) -> RadioInput:
        """A channel of one's own: (resource blocks, coherence blocks) by modality, on the grid of ``scenario``."""
        return cls._on(payloads, scenario, np.stack([bits[name] for name in payloads]))

    @classmethod
    def _on(cls, payloads: Mapping[str, int], scenario: Scenario, bits: npt.NDArray[np.int64]) -> RadioInput:
        slot_s = scenario.numerology.slot_s
        return cls(tuple(payloads.items()), slot_s, scenario.slots, scenario.block_slots, bits)


def assemble(
    name: str,
    graph: Graph,
    parts: Coarsening,
    mesh: Mesh,
    times: Sequence[Times],
    uplink: RadioInput | None,
    *,
    tick_s: float,
    source: str | None,
    names: Sequence[str] | None = None,
) -> WnpInstance:
    """The instance whose subgraphs are the groups of ``parts``, called ``names`` (None: by modality and number).

    ``times`` are the seconds of each operator of ``graph`` on each core of ``mesh``. A subgraph takes the sum of its
    operators' times on a core; where one of them cannot run, the subgraph cannot. Without ``uplink`` the instance is
    chip-only: all data are there at time 0.

    Raises :class:`InputError` if a subgraph fits no core or needs two modalities' raw input, or a duration does not
    fit into 2^53 ticks.
    """
    names = _names(parts) if names is None else names
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": name,
            "source": source,
            "tick_s": tick_s,
            "radio": _radio(uplink, tick_s),
            "modalities": [] if uplink is None else [{"name": k, "payload_bits": bits} for k, bits in uplink.payloads],
            "chip": {
                "cores": [{"name": core, "x": x, "y": y} for core, x, y in mesh.cores],
                "hop_ticks": _ticks_up(mesh.hop_s, tick_s, "hop_s"),
                "bytes_per_tick": _bytes_per_tick(mesh.bytes_per_s, tick_s),
            },
            "subgraphs": [
                {
                    "name": names[i],
                    "modality": None if uplink is None else _reads(graph, group, f"subgraph {names[i]}"),
                    "ticks": _ticks(graph, times, group, tick_s, f"subgraph {names[i]}"),
                }
                for i, group in enumerate(parts.groups)
            ],
            "edges": [{"from": names[i], "to": names[j], "bytes": size} for i, j, size in parts.edges],
        }
    )


def _radio(uplink: RadioInput | None, tick_s: float) -> dict[str, object]:
    if uplink is None:
        return {"slot_ticks": 1, "slots": 1, "block_slots": 1, "bits_per_slot": []}
    return {
        "slot_ticks": _ticks_up(uplink.slot_s, tick_s, "tick_s"),
        "slots": uplink.slots,
        "block_slots": uplink.block_slots,
        "bits_per_slot": uplink.bits_per_slot.tolist(),
    }


def _names(parts: Coarsening) -> list[str]:
    counts: dict[str, int] = {}
    names = []
    for label in parts.labels:
        key = "fusion" if label is None else label
        names.append(f"{key}.{counts.get(key, 0)}")
        counts[key] = counts.get(key, 0) + 1
    return names


def _reads(graph: Graph, group: Sequence[int], where: str) -> str | None:
    """The modality whose raw input the group reads itself, None if it only reads other groups."""
    raw = set(graph.inputs)
    found = sorted(
        {
            operator.modality
            for operator in (graph.operators[i] for i in group)
            if operator.modality is not None and raw & set(operator.inputs)
        }
    )
    if len(found) > 1:
        raise InputError(f"reads the raw input of {', '.join(found)}; one modality at most is possible", where=where)
    return found[0] if found else None


def _ticks(graph: Graph, times: Sequence[Times], group: Sequence[int], tick_s: float, where: str) -> list[int | None]:
    ticks = [_sum_ticks([times[i][m] for i in group], tick_s, where) for m in range(len(times[0]))]
    if all(t is None for t in ticks):
        types = sorted({graph.operators[i].op_type for i in group})
        raise InputError(f"no core of the chip runs all of its operators ({', '.join(types)})", where=where)
    return ticks


def _sum_ticks(seconds: Sequence[float | None], tick_s: float, where: str) -> int | None:
    known = [time for time in seconds if time is not None]
    if len(known) < len(seconds):
        return None
    try:
        total = math.fsum(known)
    except OverflowError:
        total = math.inf
    return _ticks_up(total, tick_s, where)


def _ticks_up(seconds: float, tick_s: float, where: str) -> int:
    if not seconds / tick_s <= MAX_INT:
        raise InputError(f"takes {seconds:g} s, more than 2^53 ticks of {tick_s:g} s", where=where)
    return ticks_up(seconds, tick_s)


def _bytes_per_tick(bytes_per_s: float, tick_s: float) -> int:
    if not 1 <= bytes_per_s * tick_s <= MAX_INT:
        raise InputError(
            f"found {bytes_per_s:g} bytes a second, {bytes_per_s * tick_s:g} a tick of {tick_s:g} s; 1 to 2^53 a tick "
            "are possible, so choose another tick",
            where="bytes_per_s",
        )
    return per_tick_down(bytes_per_s, tick_s)
