"""A wnp instance from a multimodal network, a chip and a radio scenario.

Durations are rounded up to ticks and rates down here, once; nothing is rounded afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence

from wnpopt.core.errors import InputError
from wnpopt.core.units import per_tick_down, ticks_up
from wnpopt.domain.coarsen import Coarsening, coarsen
from wnpopt.domain.fusion import Composition, fuse
from wnpopt.domain.graph import Graph
from wnpopt.domain.hardware import Chip
from wnpopt.domain.radio.scenario import Link, Scenario, draw_channel
from wnpopt.problems.wnp.instance import WnpInstance


def build_instance(
    name: str,
    composition: Composition,
    chip: Chip,
    scenario: Scenario,
    links: Sequence[Link],
    *,
    subgraphs: int,
    seed: int,
    tick_s: float = 1e-6,
    source: str | None = None,
) -> WnpInstance:
    """The instance in which each branch's raw input is sent over its own link (in the branches' order).

    The network is coarsened to at most ``subgraphs`` subgraphs, none of which mixes modalities. A subgraph takes the
    sum of its operators' roofline times on a core; where one of them is not supported, the subgraph cannot run.

    Raises :class:`InputError` if links and branches do not match, or a subgraph fits no core.
    """
    if len(links) != len(composition.branches):
        raise InputError(
            f"found {len(links)}; one link for each of the {len(composition.branches)} branches is needed",
            where="links",
        )
    graph = fuse(composition)
    parts = coarsen(graph, subgraphs)
    names = _names(parts)
    channel = draw_channel(scenario, links, seed)
    return WnpInstance.from_data(
        {
            "kind": "wnp",
            "schema_version": 1,
            "name": name,
            "source": source,
            "tick_s": tick_s,
            "radio": {
                "slot_ticks": ticks_up(scenario.numerology.slot_s, tick_s),
                "slots": scenario.slots,
                "block_slots": scenario.block_slots,
                "bits_per_slot": channel.bits_per_slot.tolist(),
            },
            "modalities": [{"name": b.modality, "payload_bits": b.payload_bits} for b in composition.branches],
            "chip": {
                "cores": [{"name": core.name, "x": core.x, "y": core.y} for core in chip.cores],
                "hop_ticks": ticks_up(chip.hop_s, tick_s),
                "bytes_per_tick": per_tick_down(chip.bytes_per_s, tick_s),
            },
            "subgraphs": [
                {
                    "name": names[i],
                    "modality": _reads(graph, group, f"subgraph {names[i]}"),
                    "ticks": _ticks(graph, chip, group, tick_s, names[i]),
                }
                for i, group in enumerate(parts.groups)
            ],
            "edges": [{"from": names[i], "to": names[j], "bytes": size} for i, j, size in parts.edges],
        }
    )


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


def _ticks(graph: Graph, chip: Chip, group: Sequence[int], tick_s: float, name: str) -> list[int | None]:
    times = [placed.core.group_seconds(graph, group) for placed in chip.cores]
    if all(time is None for time in times):
        types = sorted({graph.operators[i].op_type for i in group})
        raise InputError(
            f"no core of the chip runs all of its operators ({', '.join(types)})", where=f"subgraph {name}"
        )
    return [None if time is None else ticks_up(time, tick_s) for time in times]
